"""Every statement about points: the row of each series, its chunks, the pyramids over them, the batches of writers.

Whoever changes the chunks of a run holds its row (`runs.locate(…, writable=True)` or `hold`), so that they take turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from modelwright.kit.db import Row, Tx

FRESH = 8  # a series whose chunks as they arrived weigh this much is merged
IDLE = 2  # where nothing has come for a while, this is enough; the index `metrics_to_merge` says the same
_HEAVY = 8_192  # points that weigh as much by themselves
ROOFLESS = 99  # `above` of a chunk or pyramid that no pyramid covers
_IN = 500
HEAD = 'key, "last", last_step, last_ms, "count", nans, "min", "max", "sum", min_step, fresh'
_INSERT_CHUNK = 'INSERT INTO chunks (run, key, level, first_step, last_step, first_ms, last_ms, "count", data)'


class Head(NamedTuple):
    """The row of a series. `last` None is NaN; `total` None is NaN (∞ − ∞), or there are no numbers."""

    key: str
    last: float | None
    last_step: int
    last_ms: int
    points: int
    nans: int
    lowest: float | None
    highest: float | None
    total: float | None
    first_step: int
    fresh: int


def weight(count: int) -> int:
    """How much a chunk of `count` points, as it arrived, calls for merging: 1, up to `FRESH` for many points."""
    return 1 + min(count * (FRESH - 1) // _HEAVY, FRESH - 1)


class Place(NamedTuple):
    """A chunk without its bytes."""

    id: int
    level: int
    above: int
    parent: int | None
    first_step: int
    last_step: int
    first_ms: int
    last_ms: int
    points: int


def marks(values: Sequence[Any]) -> str:
    """`?,?,…`"""
    return ",".join("?" * len(values))


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """The values, the last one repeated up to a power of two, so that few texts of statements exist."""
    size = 1
    while size < len(values):
        size *= 2
    return (*values, *(values[-1],) * (size - len(values)))


def heads(tx: Tx, run: int, keys: Sequence[str]) -> dict[str, Head]:
    """The rows of those of the series that exist."""
    if len(keys) == 1:
        row = tx.row(f"SELECT {HEAD} FROM metrics WHERE run = ? AND key = ?", (run, keys[0]))
        return {keys[0]: Head._make(row)} if row else {}
    found: dict[str, Head] = {}
    for start in range(0, len(keys), _IN):
        part = _padded(keys[start : start + _IN])
        for row in tx.rows(f"SELECT {HEAD} FROM metrics WHERE run = ? AND key IN ({marks(part)})", (run, *part)):
            found[row[0]] = Head._make(row)
    return found


def put_heads(tx: Tx, rows: list[Row]) -> None:
    """Write rows of series: (run, experiment, then the fields of `Head`)."""
    tx.many(
        f"INSERT INTO metrics (run, experiment, {HEAD}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (run, key) "
        "DO UPDATE SET "
        '"last" = excluded."last", last_step = excluded.last_step, last_ms = excluded.last_ms, "count" = '
        'excluded."count", '
        'nans = excluded.nans, "min" = excluded."min", "max" = excluded."max", "sum" = excluded."sum", '
        "min_step = excluded.min_step, fresh = excluded.fresh",
        rows,
    )


def put_chunks(tx: Tx, rows: list[Row]) -> None:
    """Write chunks: (run, key, level, first_step, last_step, first_ms, last_ms, count, data)."""
    tx.insert(_INSERT_CHUNK, rows)


def policies(tx: Tx, run: int) -> list[tuple[str, str]]:
    """(key or pattern, policy) of the definitions of a run; empty when all keep all points."""
    rows = tx.rows("SELECT key, policy FROM definitions WHERE run = ?", (run,))
    return [(row[0], row[1]) for row in rows] if any(row[1] != "all" for row in rows) else []


def reaching(
    tx: Tx, run: int, key: str, steps: tuple[int, int], times: tuple[int, int] | None = None
) -> list[tuple[int, int, bytes]]:
    """(id, level, bytes) of the chunks of a series that reach into a range of steps (and of times), ends included."""
    sql = "SELECT id, level, data FROM chunks WHERE run = ? AND key = ? AND last_step >= ? AND first_step <= ?"
    values: tuple[Any, ...] = (run, key, *steps)
    if times is not None:
        sql += " AND last_ms >= ? AND first_ms <= ?"
        values += times
    return [(row[0], row[1], row[2]) for row in tx.rows(sql, values)]


def places(tx: Tx, run: int, key: str) -> list[Place]:
    """The chunks of a series, without their bytes."""
    return [
        Place._make(row)
        for row in tx.rows(
            'SELECT id, level, above, parent, first_step, last_step, first_ms, last_ms, "count" FROM chunks '
            "WHERE run = ? AND key = ?",
            (run, key),
        )
    ]


def data(tx: Tx, ids: Sequence[int], table: str = "chunks") -> dict[int, bytes]:
    """Bytes of chunks (or pyramids) by id."""
    found: dict[int, bytes] = {}
    for start in range(0, len(ids), _IN):
        part = _padded(ids[start : start + _IN])
        for row in tx.rows(f"SELECT id, data FROM {table} WHERE id IN ({marks(part)})", part):
            found[row[0]] = row[1]
    return found


def all_chunks(tx: Tx, run: int, key: str) -> list[bytes]:
    """The bytes of all chunks of a series."""
    return [row[0] for row in tx.rows("SELECT data FROM chunks WHERE run = ? AND key = ?", (run, key))]


def drop_chunks(tx: Tx, ids: Sequence[int]) -> int:
    """Remove chunks; returns how many there were. `unroof` comes first where pyramids stand over them."""
    gone = 0
    for start in range(0, len(ids), _IN):
        part = _padded(ids[start : start + _IN])
        gone += tx.execute(f"DELETE FROM chunks WHERE id IN ({marks(part)})", part)
    return gone


def unroof(tx: Tx, run: int, key: str, chunk_ids: Sequence[int]) -> None:
    """Remove the pyramids that stand over chunks; what else they covered is without a roof then."""
    parents: set[int] = set()
    for start in range(0, len(chunk_ids), _IN):
        part = _padded(chunk_ids[start : start + _IN])
        parents |= {
            row[0]
            for row in tx.rows(f"SELECT parent FROM chunks WHERE id IN ({marks(part)})", part)
            if row[0] is not None
        }
    table = "chunks"
    while parents:
        above: set[int] = set()
        for parent in sorted(parents):
            row = tx.row("SELECT parent FROM pyramids WHERE id = ?", (parent,))
            if row and row[0] is not None:
                above.add(row[0])
            tx.execute(
                f"UPDATE {table} SET above = {ROOFLESS}, parent = NULL WHERE run = ? AND key = ? AND parent = ?",
                (run, key, parent),
            )
            tx.execute("DELETE FROM pyramids WHERE id = ?", (parent,))
        parents, table = above, "pyramids"


def seen(tx: Tx, run: int, writer: str, seq: int) -> bool:
    """Note a writer's batch; True when it, or a later one, was noted before."""
    return (
        tx.execute(
            "INSERT INTO writers (run, writer, seq) VALUES (?,?,?) ON CONFLICT (run, writer) DO UPDATE SET seq = "
            "excluded.seq "
            "WHERE writers.seq < excluded.seq",
            (run, writer, seq),
        )
        == 0
    )


def add_dropped(tx: Tx, run: int, count: int) -> None:
    """The client tells that it had to drop this many points."""
    tx.execute("UPDATE runs SET dropped = dropped + ? WHERE seq = ?", (count, run))


class Roof(NamedTuple):
    """A pyramid without its bytes."""

    id: int
    tier: int
    shift: int
    parent: int | None
    first_step: int
    last_step: int
    first_ms: int
    last_ms: int
    points: int


def to_merge(tx: Tx, most: int, idle_since_ms: int) -> list[tuple[int, str]]:
    """(run, key) of series with many chunks as they arrived, or some and no point of a later time."""
    return [
        (row[0], row[1])
        for row in tx.rows(
            f"SELECT run, key FROM metrics WHERE fresh >= {IDLE} AND (fresh >= {FRESH} OR last_ms < ?) "
            "ORDER BY run, key LIMIT ?",
            (idle_since_ms, most),
        )
    ]


def hold(tx: Tx, run: int) -> bool:
    """Take the row of a run for this transaction; whether the run is still there."""
    return tx.row(f"SELECT seq FROM runs WHERE seq = ?{tx.dialect.row_lock}", (run,)) is not None


def name_of(tx: Tx, run: int) -> str:
    """The id of a run; empty when it is gone."""
    row = tx.row("SELECT id FROM runs WHERE seq = ?", (run,))
    return row[0] if row else ""


def present(tx: Tx, ids: Sequence[int], table: str = "chunks") -> int:
    """How many of the chunks (or pyramids) are still there."""
    found = 0
    for start in range(0, len(ids), _IN):
        part = _padded(ids[start : start + _IN])
        row = tx.row(f"SELECT count(*) FROM {table} WHERE id IN ({marks(part)})", part)
        found += row[0] if row else 0
    return found


def put_sealed(tx: Tx, row: Row) -> None:
    """Write a sealed chunk: (run, key, level, above, parent, first_step, last_step, first_ms, last_ms, count, data)."""
    tx.execute(
        'INSERT INTO chunks (run, key, level, above, parent, first_step, last_step, first_ms, last_ms, "count", data) '
        "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        row,
    )


def put_roof(tx: Tx, row: Row) -> int:
    """Write a pyramid: (run, key, tier, shift, first_step, last_step, first_ms, last_ms, count, data); returns its
    id.
    """
    found = tx.row(
        'INSERT INTO pyramids (run, key, tier, shift, first_step, last_step, first_ms, last_ms, "count", data) '
        "VALUES (?,?,?,?,?,?,?,?,?,?) RETURNING id",
        row,
    )
    assert found is not None
    return found[0]


def cover(tx: Tx, ids: Sequence[int], shift: int, parent: int) -> None:
    """Note the pyramid that stands over pyramids."""
    tx.execute(f"UPDATE pyramids SET above = ?, parent = ? WHERE id IN ({marks(ids)})", (shift, parent, *ids))


def merged(tx: Tx, run: int, key: str, fewer: int) -> None:
    """Chunks of a series, of this weight, are no longer as they arrived."""
    tx.execute("UPDATE metrics SET fresh = fresh - ? WHERE run = ? AND key = ?", (fewer, run, key))


def roofs(tx: Tx, run: int, key: str) -> list[Roof]:
    """The pyramids of a series, without their bytes."""
    return [
        Roof._make(row)
        for row in tx.rows(
            'SELECT id, tier, shift, parent, first_step, last_step, first_ms, last_ms, "count" FROM pyramids '
            "WHERE run = ? AND key = ?",
            (run, key),
        )
    ]


def roofless(tx: Tx, run: int, key: str) -> list[Place]:
    """The chunks of a series over which no pyramid stands."""
    return [place for place in places(tx, run, key) if place.above == ROOFLESS]
