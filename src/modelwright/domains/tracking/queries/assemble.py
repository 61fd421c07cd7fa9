"""Rows of runs with everything that hangs on them, as `Run`: a fixed number of statements for any number of runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from modelwright.domains.tracking.queries import inputs
from modelwright.domains.tracking.queries.runs import RunRow, origin_of
from modelwright.kit.db import Row, Tx
from modelwright.types.codec import number_out, reader
from modelwright.types.tracking import (
    DatasetInput,
    Lifecycle,
    MetricSummary,
    ModelInput,
    ModelOutput,
    Origin,
    Run,
    RunKind,
    RunState,
)

_IN = 2_000
_value = reader(Any)
_KINDS = {kind.value: kind for kind in RunKind}
_STATES = {state.value: state for state in RunState}
_Data = dict[int, dict[str, Any]]


def bare(row: RunRow, **more: Any) -> Run:
    """A row alone, with what the caller knows of the rest."""
    return Run(
        id=row.id,
        experiment_id=str(row.experiment),
        name=row.name,
        kind=_KINDS[row.kind],
        state=_STATES[row.state],
        lifecycle=Lifecycle.ACTIVE if row.lifecycle == "active" else Lifecycle.DELETED,
        user=row.user,
        parent_id=row.parent_id,
        group=row.group,
        notes=row.notes,
        created_ms=row.created_ms,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        heartbeat_ms=row.heartbeat_ms,
        deleted_ms=row.deleted_ms,
        stop_requested=bool(row.stop_requested),
        forked_from=row.forked_from,
        fork_step=row.fork_step,
        artifact_uri=row.artifact_uri,
        **more,
    )


def runs(tx: Tx, rows: Sequence[RunRow], *, data: bool = True, links: bool = False) -> list[Run]:
    """Runs in the order of their rows.

    Args:
        data: params, tags, metrics and summary too.
        links: dataset inputs, model inputs and outputs too.
    """
    seqs = [row.seq for row in rows]
    params: _Data = {}
    tags: _Data = {}
    summaries: _Data = {}
    metrics: _Data = {}
    datasets: dict[int, list[DatasetInput]] = {}
    models: dict[int, tuple[list[ModelInput], list[ModelOutput]]] = {}
    for start in range(0, len(seqs), _IN):
        part = seqs[start : start + _IN]
        if data:
            _gather(tx, params, "params", part, _value)
            _gather(tx, tags, "tags", part, None)
            _gather(tx, summaries, "summaries", part, _value)
            _metrics(tx, metrics, part)
        if links:
            datasets.update(inputs.datasets_of(tx, part))
            models.update(inputs.models_of(tx, part))
    found: list[Run] = []
    for row in rows:
        more: dict[str, Any] = {}
        if data:
            more = {
                "params": params.get(row.seq, {}),
                "tags": tags.get(row.seq, {}),
                "metrics": metrics.get(row.seq, {}),
                "summary": summaries.get(row.seq, {}),
            }
        if links:
            ins, outs = models.get(row.seq, ([], []))
            more |= {"dataset_inputs": datasets.get(row.seq, []), "model_inputs": ins, "model_outputs": outs}
        found.append(bare(row, **more))
    return found


def whole(tx: Tx, row: RunRow) -> Run:
    """One run with all there is."""
    origin: Origin | None = origin_of(tx, row.seq)
    run = runs(tx, [row], links=True)[0]
    if origin is None:
        return run
    return msgspec.structs.replace(run, origin=origin)


def _gather(tx: Tx, into: _Data, table: str, seqs: Sequence[int], read: Callable[[bytes], Any] | None) -> None:
    """Keys and values of a table by run; values are texts, or JSON to be read."""
    present = None
    values: dict[str, Any] = {}
    for seq, key, value in tx.rows(
        f"SELECT run, key, value FROM {table} WHERE run {tx.dialect.among} ORDER BY run, key",
        (tx.dialect.members(seqs),),
    ):
        if seq != present:
            present = seq
            values = into[seq] = {}
        if read is None:
            values[key] = value
        elif value[0] == '"' and "\\" not in value:
            values[key] = value[1:-1]  # a JSON text without escapes, as most are
        else:
            values[key] = read(value.encode())


def _metrics(tx: Tx, into: _Data, seqs: Sequence[int]) -> None:
    goals: dict[int, list[tuple[str, str]]] = {}
    for seq, key, goal in tx.rows(
        f"SELECT run, key, goal FROM definitions WHERE goal IS NOT NULL AND run {tx.dialect.among}",
        (tx.dialect.members(seqs),),
    ):
        goals.setdefault(seq, []).append((key, goal))
    present = None
    found: dict[str, MetricSummary] = {}
    declared: list[tuple[str, str]] | None = None
    for row in tx.rows(
        'SELECT run, key, "last", last_step, last_ms, "count", "min", "max", "sum", nans FROM metrics '
        f"WHERE run {tx.dialect.among} ORDER BY run, key",
        (tx.dialect.members(seqs),),
    ):
        seq, key, last, step, time_ms, count, least, most, total, nans = row
        if seq != present:
            present = seq
            found = into[seq] = {}
            declared = goals.get(seq)
        if declared is None and not nans and count and total is not None and total - total == 0.0:
            # The usual case: where the sum is finite, all values are.
            found[key] = MetricSummary(
                last=last, step=step, time_ms=time_ms, count=count, min=least, max=most, mean=total / count
            )
        else:
            found[key] = _summary(row, goal_of(declared, key))


def goal_of(goals: list[tuple[str, str]] | None, key: str) -> str | None:
    """The goal declared for a metric: by its own name, else by the longest `prefix*`."""
    best: tuple[int, str] | None = None
    for pattern, goal in goals or ():
        if pattern == key:
            return goal
        if pattern.endswith("*") and key.startswith(pattern[:-1]) and (best is None or len(pattern) > best[0]):
            best = (len(pattern), goal)
    return best[1] if best else None


def _summary(row: Row, goal: str | None) -> MetricSummary:
    _, _, last, step, time_ms, count, least, most, total, nans = row
    numbers = count - nans
    low = high = mean = None
    if numbers > 0:
        low, high, mean = _number(least), _number(most), _number(None if total is None else total / numbers)
    return MetricSummary(
        last=_number(last),
        step=step,
        time_ms=time_ms,
        count=count,
        min=low,
        max=high,
        mean=mean,
        best=high if goal == "max" else low if goal == "min" else None,
        nans=nans,
    )


def _number(value: float | None) -> float | str:
    return "NaN" if value is None else number_out(value)
