"""`POST /api/v1/lineage`: one event, or many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from modelwright.domains.lineage.service import external
from modelwright.kit.context import Ctx
from modelwright.kit.http import body
from modelwright.kit.http.body import POOL
from modelwright.protocols.openlineage import decode
from modelwright.protocols.openlineage.wire import ROUTES, answer
from modelwright.types.access import Permission
from modelwright.types.codec import reader, to_json
from modelwright.types.errors import Invalid, ModelwrightError, TooLarge
from modelwright.types.lineage import Told

MOST_BYTES = 16 * 1024 * 1024
MOST_EVENTS = 1_000
_json = reader(Any)


@ROUTES.post(
    "/lineage",
    permission=Permission.WRITE,
    raw=True,
    limit=MOST_BYTES,
    status=201,
    summary="Take in an OpenLineage event (spec 2-0-2)",
)
async def take_event(ctx: Ctx, request: Request) -> Response:
    """201 when it is new, 200 when the very same event came before. RunEvent, JobEvent and DatasetEvent are known."""
    content = await body(request, MOST_BYTES)
    told = await _in_pool(request, lambda: decode.event(content))
    new = await asyncio.wrap_future(external.submit(ctx, told, content))
    return answer({"new": new}, 201 if new else 200)


@ROUTES.post(
    "/lineage/batch",
    permission=Permission.WRITE,
    raw=True,
    limit=MOST_BYTES,
    summary="Take in many OpenLineage events",
)
async def take_events(ctx: Ctx, request: Request) -> Response:
    """Each for itself: the answer counts them and says which were refused and why. 200 when all were taken, or 207."""
    content = await body(request, MOST_BYTES)
    read = await _in_pool(request, lambda: _many(content))
    failed: list[dict[str, Any]] = []
    futures: list[tuple[int, Any]] = []
    for place, (told, raw, refusal) in enumerate(read):
        if told is None:
            failed.append({"index": place, "reason": refusal, "retryable": False})
        else:
            futures.append((place, asyncio.wrap_future(external.submit(ctx, told, raw))))
    for place, future in futures:
        try:
            await future
        except ModelwrightError as error:
            retry = error.kind in ("unavailable", "storage_full")
            failed.append({"index": place, "reason": _reason(error), "retryable": retry})
    failed.sort(key=lambda each: each["index"])
    summary = {"received": len(read), "successful": len(read) - len(failed), "failed": len(failed),
               "retryable": sum(each["retryable"] for each in failed),
               "non_retryable": sum(not each["retryable"] for each in failed)}
    outcome = "success" if not failed else "partial_success"
    return answer({"status": outcome, "summary": summary, "failed_events": failed}, 207 if failed else 200)


def _many(content: bytes) -> list[tuple[Told | None, bytes, str]]:
    value = _json(content)
    if not isinstance(value, list):
        raise Invalid("a list of events is expected", where="body")
    items = cast("list[Any]", value)
    if len(items) > MOST_EVENTS:
        raise TooLarge(f"over {MOST_EVENTS:,} events at once", where="body")
    found: list[tuple[Told | None, bytes, str]] = []
    for place, each in enumerate(items):
        try:
            found.append((decode.decoded(each, f"[{place}]"), to_json(each), ""))
        except ModelwrightError as error:
            found.append((None, b"", _reason(error)))
    return found


def _reason(error: ModelwrightError) -> str:
    return f"{error.message} (in {error.where})" if error.where else error.message


async def _in_pool(request: Request, work: Callable[[], Any]) -> Any:
    pool: Callable[[Callable[[], Any]], Awaitable[Any]] = request.scope[POOL]
    return await pool(work)
