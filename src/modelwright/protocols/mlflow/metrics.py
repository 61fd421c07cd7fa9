"""Histories of metrics over the MLflow wire, written by hand because they are long."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator

from starlette.responses import Response, StreamingResponse

from modelwright.domains.tracking.service import series
from modelwright.kit.context import Ctx
from modelwright.protocols.mlflow import encode
from modelwright.protocols.mlflow.decode import missing
from modelwright.protocols.mlflow.shapes import BulkHistory, BulkInterval, MetricHistory
from modelwright.protocols.mlflow.wire import AJAX, endpoint
from modelwright.types.access import Permission
from modelwright.types.codec import to_json
from modelwright.types.errors import Invalid, NotFound

_PAGE = 25_000
_RUNS = 100
_SAMPLE = 2_500
_TOKEN = struct.Struct("<qqd")
_After = tuple[int, int, float]


@endpoint("GET", "/metrics/get-history", MetricHistory, Permission.READ)
def get_history(ctx: Ctx, request: MetricHistory) -> Response:
    """All points of a metric by time, step and value: pages when asked for, else the whole of it, streamed."""
    size = request.max_results
    if size is not None and size <= 0:
        raise Invalid(
            f"Invalid value {size} for parameter 'max_results' supplied. It must be a positive integer.",
            where="max_results",
        )
    after = _read_token(request.page_token) if request.page_token else None
    page = min(size or _PAGE, _PAGE)
    points, following = _page(ctx, request.run_id, request.metric_key, after, page)
    if size is None and following is not None:
        return StreamingResponse(_rest(ctx, request, points, following), media_type="application/json")
    token = f',"next_page_token":"{_token(following)}"' if following is not None else ""
    if not points:
        return encode.raw(b"{}")
    return encode.raw(b'{"metrics":[' + points + b"]" + token.encode() + b"}")


@endpoint("GET", "/metrics/get-history-bulk", BulkHistory, Permission.READ, prefixes=AJAX)
def bulk_history(ctx: Ctx, request: BulkHistory) -> Response:
    """The points of a metric of several runs, run by run; at most 25,000 in all."""
    if not request.run_id:
        raise Invalid("GetMetricHistoryBulk request must specify at least one run_id.", where="run_id")
    if len(request.run_id) > _RUNS:
        raise Invalid(
            f"GetMetricHistoryBulk request cannot specify more than {_RUNS} run_ids. "
            f"Received {len(request.run_id)} run_ids.",
            where="run_id",
        )
    if not request.metric_key:
        raise Invalid("GetMetricHistoryBulk request must specify a metric_key.", where="metric_key")
    left = max(0, min(request.max_results, _PAGE))
    parts: list[bytes] = []
    for run_id in sorted(set(request.run_id)):
        if left <= 0:
            break
        try:
            block = series.history(ctx, run_id, request.metric_key, limit=left, by_time=True)
        except NotFound:
            continue
        steps, times, values = block.steps.tolist(), block.times.tolist(), block.values.tolist()
        left -= len(steps)
        if steps:
            parts.append(encode.points(request.metric_key, steps, times, values, run_id=run_id))
    return encode.raw(b'{"metrics":[' + b",".join(parts) + b"]}")


@endpoint("GET", "/metrics/get-history-bulk-interval", BulkInterval, Permission.READ)
def bulk_interval(ctx: Ctx, request: BulkInterval) -> Response:
    """An even sample of the points of a metric of several runs, with the ends of each kept."""
    if len(request.run_ids) > _RUNS:
        raise Invalid(
            f"GetMetricHistoryBulkInterval request must specify at most {_RUNS} run_ids. "
            f"Received {len(request.run_ids)} run_ids.",
            where="run_ids",
        )
    size = _SAMPLE if request.max_results is None else request.max_results
    if not 1 <= size <= _SAMPLE:
        raise Invalid(f"max_results must be between 1 and {_SAMPLE}.", where="max_results")
    start, end = request.start_step, request.end_step
    if (start is None) != (end is None):
        raise Invalid("If either start step or end step are specified, both must be specified.", where="start_step")
    if start is not None and end is not None and start > end:
        raise Invalid(
            f"end_step must be greater than start_step. Found start_step={start} and end_step={end}.",
            where="start_step",
        )
    if not all(request.run_ids):
        raise missing("run_ids")
    parts: list[bytes] = []
    for run_id, block in series.intervals(ctx, request.run_ids, request.metric_key, start, end, size).items():
        steps, times, values = block.steps.tolist(), block.times.tolist(), block.values.tolist()
        if steps:
            parts.append(encode.points(request.metric_key, steps, times, values, run_id=run_id))
    return encode.raw(b'{"metrics":[' + b",".join(parts) + b"]}" if parts else b"{}")


def _page(ctx: Ctx, run_id: str, key: str, after: _After | None, size: int) -> tuple[bytes, _After | None]:
    """Points of one page, and where the next one starts when there is one."""
    block = series.history(ctx, run_id, key, after=after, limit=size + 1, by_time=True)
    steps, times, values = block.steps[:size].tolist(), block.times[:size].tolist(), block.values[:size].tolist()
    following = (steps[-1], times[-1], values[-1]) if len(block.steps) > size else None
    return encode.points(key, steps, times, values) if steps else b"", following


def _rest(ctx: Ctx, request: MetricHistory, points: bytes, following: _After | None) -> Iterator[bytes]:
    yield b'{"metrics":['
    yield points
    while following is not None:
        points, following = _page(ctx, request.run_id, request.metric_key, following, _PAGE)
        if points:
            yield b"," + points
    yield b"]}"


def _token(after: _After) -> str:
    return base64.urlsafe_b64encode(_TOKEN.pack(*after)).decode()


def _read_token(text: str) -> _After:
    try:
        step, time_ms, value = _TOKEN.unpack(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, struct.error, binascii.Error):
        raise Invalid(f"Invalid page token: {to_json(text[:40]).decode()}", where="page_token") from None
    return step, time_ms, value
