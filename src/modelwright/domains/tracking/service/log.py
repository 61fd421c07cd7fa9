"""Logging to a run: points, params, tags, summary, definitions, lines and origin of one batch, in one transaction.

The hot path of the product. Checks and packing happen in the caller's thread, the database is asked in the group-commit
lane, and an answer means committed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import msgspec

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.points import batch, ingest
from modelwright.domains.tracking.points.batch import Series
from modelwright.domains.tracking.queries import console
from modelwright.domains.tracking.queries import points as stored
from modelwright.domains.tracking.queries import runs as queries
from modelwright.domains.tracking.queries.runs import RunRow
from modelwright.domains.tracking.rules import limits
from modelwright.domains.tracking.rules import params as param_rules
from modelwright.domains.tracking.rules.params import Stored
from modelwright.domains.tracking.service import runs
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.tracking import LogAck, LogBatch, RunUpdate

_WRITER = 200  # characters of a writer's name
_FEW = 64  # params, tags, series, points of a batch that is written in no time


class _Checked(msgspec.Struct, frozen=True):
    """A batch whose every part is fit to be stored."""

    body: LogBatch
    series: list[Series]
    params: dict[str, Stored]
    summary: dict[str, Stored]
    write_once: bool
    change: runs.Change | None = None


def log(ctx: Ctx, run_id: str, body: LogBatch, *, write_once: bool = False) -> LogAck:
    """As `submit`, and wait for the commit."""
    return submit(ctx, run_id, body, write_once=write_once).result()


def submit(
    ctx: Ctx, run_id: str, body: LogBatch, *, write_once: bool = False, change: RunUpdate | None = None
) -> Future[LogAck]:
    """Log a batch, all of it or nothing; the future is done when it is committed.

    `(writer, seq)` of a writer must rise: a batch that is not past the last one applied is a duplicate and changes
    nothing. Identical points are stored once; a second point at a step goes by the policy of its metric. Ended runs
    take points, crashed ones are running again. Columns of points may be lists or numpy arrays.

    Args:
        write_once: a param that has another value is refused (MLflow's rule) instead of changed.
        change: what to change of the run itself in the same transaction; a duplicate batch does not change it again.

    Raises:
        Invalid: a bad key or number, columns of unequal length, a param changed against `write_once`.
        NotFound: no such run. Conflict: the run is deleted, or a step is taken and the policy refuses that.
        Refusals of the batch itself are raised at once, the others by the future.
    """
    ctx.require(Permission.WRITE)
    checked = _check(body, write_once, change)
    return ctx.db.submit(lambda tx: _apply(ctx, tx, run_id, checked), key=run_id, brief=_brief(checked))


def _check(body: LogBatch, write_once: bool, change: RunUpdate | None) -> _Checked:
    if body.writer and (len(body.writer) > _WRITER or not body.writer.isprintable()):
        raise Invalid("the writer's name is too long or holds control characters", where="writer")
    if body.seq or body.writer:
        limits.int64(body.seq, "seq")
    if not 0 <= body.dropped < 1 << 40:
        raise Invalid("not a count", where="dropped")
    params: dict[str, Stored] = {}
    summary: dict[str, Stored] = {}
    if body.params:
        params = {key: param_rules.stored(key, value) for key, value in param_rules.flatten(body.params).items()}
    if body.summary:
        flat = param_rules.flatten(body.summary, "summary")
        summary = {key: param_rules.stored(key, value, "summary") for key, value in flat.items()}
    if body.tags:
        limits.tags(body.tags)
    for place, definition in enumerate(body.definitions):
        limits.key(definition.key, f"definitions[{place}].key")
        if definition.step_metric is not None:
            limits.key(definition.step_metric, f"definitions[{place}].step_metric")
    checked = None if change is None else runs.checked(change)
    return _Checked(body, batch.gather(body.points), params, summary, write_once, checked)


def _brief(checked: _Checked) -> bool:
    """Whether there is so little to write that it takes no time."""
    parts = len(checked.series) + len(checked.params) + len(checked.summary) + len(checked.body.tags)
    return (
        parts <= _FEW
        and not checked.body.lines
        and not checked.body.definitions
        and checked.change is None
        and sum(series.count for series in checked.series) <= _FEW
    )


def _apply(ctx: Ctx, tx: Tx, run_id: str, checked: _Checked) -> LogAck:
    body = checked.body
    row = queries.locate(tx, ctx.workspace, run_id, writable=True)
    ack = LogAck(seq=body.seq, stop=bool(row.stop_requested))
    revived = queries.alive(tx, row, ctx.clock.now_ms())
    if body.writer and stored.seen(tx, row.seq, body.writer, body.seq):
        if revived:
            events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)
        return msgspec.structs.replace(ack, duplicate=True)
    told = revived
    if checked.change is not None:
        row = runs.apply(ctx, tx, run_id, checked.change)
    for given, put in _parts(ctx, row, checked):
        if given:
            put(tx)
            told = True
    if checked.series and ingest.add(tx, row.seq, row.experiment, row.id, checked.series):
        events.publish(ctx, tx, "run.points", row.id, row.experiment_id)
    if body.lines:
        console.append_lines(tx, row.seq, body.lines)
        events.publish(ctx, tx, "run.logs", row.id, row.experiment_id)
    if told:
        events.publish(ctx, tx, "run.updated", row.id, row.experiment_id)
    return ack


def _parts(ctx: Ctx, row: RunRow, checked: _Checked) -> list[tuple[Any, Callable[[Tx], None]]]:
    """What a batch may hold beside points and lines, and how each is put, in order."""
    body = checked.body
    if not (checked.params or body.tags or checked.summary or body.definitions or body.origin or body.dropped):
        return []
    return [
        (checked.params, lambda tx: _put_params(ctx, tx, row, checked)),
        (body.tags, lambda tx: queries.put_tags(tx, row.seq, body.tags)),
        (checked.summary, lambda tx: queries.put_summary(tx, row.seq, checked.summary)),
        (body.definitions, lambda tx: queries.put_definitions(tx, row.seq, body.definitions)),
        (body.origin, lambda tx: queries.put_origin(tx, row.seq, body.origin) if body.origin else None),
        (body.dropped, lambda tx: stored.add_dropped(tx, row.seq, body.dropped)),
    ]


def _put_params(ctx: Ctx, tx: Tx, row: RunRow, checked: _Checked) -> None:
    """New params are stored; changed ones are refused or audited."""
    new = checked.params
    if queries.add_params(tx, row.seq, new) == len(new):
        return
    old = queries.params_of(tx, row.seq, list(new))
    differing = {key: value for key, (_, value) in old.items() if value != new[key][1]}
    if differing and checked.write_once:
        key, value = next(iter(differing.items()))
        raise Invalid(
            f"Changing param values is not allowed. Param with key={key!r} was already logged with "
            f"value={value!r} for "
            f"run ID={row.id!r}. Attempted logging new value {new[key][1]!r}.",
            where="params",
        )
    if differing:
        changes = {key: {"old": value, "new": new[key][1]} for key, value in differing.items()}
        audit.append(ctx, tx, "run.updated", f"runs/{row.id}", {"params": changes})
    queries.put_params(tx, row.seq, {key: value for key, value in new.items() if old[key][0] != value[0]})
