"""Every statement about whole series: listed, searched by name, renamed, removed, copied, read through."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.tracking.queries.points import HEAD, ROOFLESS, Head, marks
from modelwright.kit.db import Row, Tx

_IN = 500
_BATCH = 200  # chunks read at once when all are
_TABLES = ("pyramids", "chunks", "metrics")
_SPAN = 'first_step, last_step, first_ms, last_ms, "count", data'


def of_run(tx: Tx, run: int) -> list[Head]:
    """The rows of all series of a run."""
    return [Head._make(row) for row in tx.rows(f"SELECT {HEAD} FROM metrics WHERE run = ? ORDER BY key", (run,))]


def exists(tx: Tx, run: int, key: str) -> bool:
    """Whether the metric was ever logged."""
    return tx.row("SELECT 1 FROM metrics WHERE run = ? AND key = ?", (run, key)) is not None


def experiment_of(tx: Tx, run: int) -> int:
    """The number of a run's experiment."""
    row = tx.row("SELECT experiment FROM runs WHERE seq = ?", (run,))
    assert row is not None
    return row[0]


def keys(tx: Tx, runs: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Of the metrics of some runs: (runs that have it, points) by key."""
    found: dict[str, tuple[int, int]] = {}
    for start in range(0, len(runs), _IN):
        part = runs[start : start + _IN]
        for key, count, points in tx.rows(
            f'SELECT key, count(*), sum("count") FROM metrics WHERE run IN ({marks(part)}) GROUP BY key', part
        ):
            before = found.get(key, (0, 0))
            found[key] = (before[0] + count, before[1] + int(points))
    return found


def rename(tx: Tx, run: int, key: str, new_key: str) -> None:
    """Give a series another key, which must be free; its definition goes along."""
    for table in _TABLES:
        tx.execute(f"UPDATE {table} SET key = ? WHERE run = ? AND key = ?", (new_key, run, key))
    row = tx.row("SELECT goal, step_metric, policy, hidden FROM definitions WHERE run = ? AND key = ?", (run, key))
    if row:
        tx.execute("DELETE FROM definitions WHERE run = ? AND key IN (?, ?)", (run, key, new_key))
        tx.execute(
            "INSERT INTO definitions (run, key, goal, step_metric, policy, hidden) VALUES (?,?,?,?,?,?)",
            (run, new_key, *row),
        )


def remove(tx: Tx, run: int, key: str) -> None:
    """Remove a series with all its points and its definition."""
    for table in (*_TABLES, "definitions"):
        tx.execute(f"DELETE FROM {table} WHERE run = ? AND key = ?", (run, key))


def copy_chunk(tx: Tx, number: int, target: int, parent: int | None) -> None:
    """Copy a chunk to another run, with the pyramid right above it."""
    roof = None
    if parent is not None:
        roof = tx.row(
            f"INSERT INTO pyramids (run, key, tier, shift, {_SPAN}) SELECT ?, key, tier, shift, {_SPAN} FROM "
            "pyramids WHERE id = ? "
            "RETURNING id",
            (target, parent),
        )
    tx.execute(
        f"INSERT INTO chunks (run, key, level, above, parent, {_SPAN}) "
        f"SELECT ?, key, level, above, CAST(? AS BIGINT), {_SPAN} FROM chunks WHERE id = ?",
        (target, roof[0] if roof else None, number),
    )
    if parent is not None and roof is None:  # its pyramid was removed
        tx.execute(f"UPDATE chunks SET above = {ROOFLESS} WHERE run = ? AND parent IS NULL", (target,))


def some(tx: Tx, table: str, after: int) -> list[Row]:
    """The next chunks or pyramids of the server behind an id: (id, run's id, key, points, data)."""
    return tx.rows(
        f'SELECT {table}.id, runs.id, key, "count", data FROM {table} JOIN runs ON runs.seq = {table}.run WHERE '
        f"{table}.id > ? "
        f"ORDER BY {table}.id LIMIT {_BATCH}",
        (after,),
    )
