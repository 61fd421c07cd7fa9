"""Every statement that reads points for charts: extents of series, and what of chunks and pyramids covers a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from modelwright.domains.tracking.queries.points import marks
from modelwright.kit.db import Row, Tx
from modelwright.types.errors import Invalid

_IN = 400
_SPAN = "first_step, first_ms, last_step, last_ms"


def _parts(runs: Sequence[int], keys: Sequence[str]) -> Iterator[tuple[list[int], list[str]]]:
    """Distinct runs and keys in portions that fit into one statement."""
    distinct = sorted(set(keys))
    numbers = sorted(set(runs))
    for first in range(0, len(numbers), _IN):
        for start in range(0, len(distinct), _IN):
            yield numbers[first : first + _IN], distinct[start : start + _IN]


def _rows(tx: Tx, sql: str, runs: Sequence[int], keys: Sequence[str], values: Sequence[Any] = ()) -> Iterator[Row]:
    """Rows of a statement over `{series}`, portion by portion."""
    for numbers, names in _parts(runs, keys):
        series = f"run IN ({marks(numbers)}) AND key IN ({marks(names)})"
        yield from tx.rows(sql.replace("{series}", series), (*numbers, *names, *values))


def extents(tx: Tx, runs: Sequence[int], keys: Sequence[str]) -> dict[tuple[int, str], Row]:
    """Of those of the series that exist: (first_step, last_step, count, min, max) by (run, key)."""
    rows = _rows(
        tx, 'SELECT run, key, min_step, last_step, "count", "min", "max" FROM metrics WHERE {series}', runs, keys
    )
    return {(row[0], row[1]): row[2:] for row in rows}


def times(tx: Tx, runs: Sequence[int], keys: Sequence[str]) -> dict[tuple[int, str], tuple[int, int]]:
    """Least and greatest time of series."""
    rows = _rows(
        tx, "SELECT run, key, min(first_ms), max(last_ms) FROM chunks WHERE {series} GROUP BY run, key", runs, keys
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def cover(tx: Tx, runs: Sequence[int], keys: Sequence[str], shift: int, low: int, high: int) -> Iterator[Row]:
    """(run, key, first_step, first_ms, last_step, last_ms, shift, data) of what shows all points of the series in a
    range of steps once, no coarser than buckets of 2^shift; shift −1 are chunks."""
    span = (shift, low, high)
    yield from _rows(
        tx,
        f"SELECT run, key, {_SPAN}, shift, data FROM pyramids WHERE {{series}} AND shift <= ? AND above > ? AND "
        "last_step >= ? "
        "AND first_step <= ?",
        runs,
        keys,
        (shift, *span),
    )
    yield from _rows(
        tx,
        f"SELECT run, key, {_SPAN}, -1, data FROM chunks WHERE {{series}} AND above > ? AND last_step >= ? AND "
        "first_step <= ?",
        runs,
        keys,
        span,
    )


def chunks_by_step(tx: Tx, run: int, key: str, low: int, high: int) -> list[bytes]:
    """Chunks that reach into a range of steps."""
    return [
        row[0]
        for row in tx.rows(
            "SELECT data FROM chunks WHERE run = ? AND key = ? AND last_step >= ? AND first_step <= ? ORDER BY "
            "first_step, first_ms",
            (run, key, low, high),
        )
    ]


def chunks_by_time(tx: Tx, run: int, key: str, low: int, high: int) -> list[bytes]:
    """Chunks that reach into a range of times."""
    low, high = max(low, -(1 << 63)), min(high, (1 << 63) - 1)
    return [
        row[0]
        for row in tx.rows(
            "SELECT data FROM chunks WHERE run = ? AND key = ? AND last_ms >= ? AND first_ms <= ? ORDER BY "
            "first_step, first_ms",
            (run, key, low, high),
        )
    ]


def all_chunks(tx: Tx, run: int, key: str) -> list[bytes]:
    """All chunks of a series."""
    return [
        row[0]
        for row in tx.rows(
            "SELECT data FROM chunks WHERE run = ? AND key = ? ORDER BY first_step, first_ms", (run, key)
        )
    ]


def runs(tx: Tx, workspace: str, ids: Sequence[str]) -> dict[str, tuple[int, int, str]]:
    """(seq, start in ms, group) of those of the runs that exist in a workspace."""
    found: dict[str, tuple[int, int, str]] = {}
    for start in range(0, len(ids), _IN):
        part = ids[start : start + _IN]
        for row in tx.rows(
            "SELECT id, seq, COALESCE(start_ms, created_ms), group_name FROM runs WHERE workspace = ? AND "
            "lifecycle <> 'purged' "
            f"AND id IN ({marks(part)})",
            (workspace, *part),
        ):
            found[row[0]] = (row[1], row[2], row[3])
    return found


def labels(tx: Tx, by: str, numbers: Sequence[int]) -> dict[int, str]:
    """The text of a param or tag (`params.lr`, `tags.model`) of those of the runs that have it.

    Raises:
        Invalid: `by` is neither.
    """
    kind, _, key = by.partition(".")
    if not key or kind not in ("params", "tags"):
        raise Invalid(f"cannot group by {by[:80]!r}", where="group_by", hint="params.<key>, tags.<key> or group")
    found: dict[int, str] = {}
    for start in range(0, len(numbers), _IN):
        part = numbers[start : start + _IN]
        column = "text" if kind == "params" else "value"
        for row in tx.rows(f"SELECT run, {column} FROM {kind} WHERE key = ? AND run IN ({marks(part)})", (key, *part)):
            found[row[0]] = row[1]
    return found
