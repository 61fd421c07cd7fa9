"""Whole series at once: copied to another run, and read through to find damage. Knows chunks; refuses to know who
asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelwright.domains.tracking.points import chunk, pyramid
from modelwright.domains.tracking.points.ingest import anew, extent
from modelwright.domains.tracking.queries import points as stored
from modelwright.domains.tracking.queries import series as names
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.errors import Unavailable


def copy(tx: Tx, source: int, target: int, up_to_step: int | None) -> None:
    """Copy the points of one run to another that has none, all or those up to and including a step.

    Sealed chunks keep the pyramid over them; coarser ones are built when the series is next merged.

    Raises:
        Unavailable: stored points that had to be cut are damaged.
    """
    experiment = names.experiment_of(tx, target)
    for head in names.of_run(tx, source):
        if up_to_step is not None and head.first_step > up_to_step:
            continue
        for place in stored.places(tx, source, head.key):
            if up_to_step is None or place.last_step <= up_to_step:
                names.copy_chunk(tx, place.id, target, place.parent)
            elif place.first_step <= up_to_step:
                block = chunk.read(stored.data(tx, [place.id])[place.id], f"run number {source}, metric {head.key!r}")
                block = chunk.cut(block, block.steps <= up_to_step)
                level = min(place.level, 1)
                data = chunk.packed(block) if level else chunk.fresh(block)
                stored.put_chunks(tx, [(target, head.key, level, *extent(block), len(block.steps), data)])
        if up_to_step is not None and head.last_step > up_to_step:
            blocks = [chunk.read(data, f"metric {head.key!r}") for data in stored.all_chunks(tx, target, head.key)]
            fresh = sum(
                stored.weight(place.points) for place in stored.places(tx, target, head.key) if place.level == 0
            )
            known = anew(head.key, chunk.ordered(chunk.join(blocks)), fresh)
        else:
            known = head
        if known is not None:
            stored.put_heads(tx, [(target, experiment, *known)])


def damages(ctx: Ctx) -> Iterator[str]:
    """Read all stored points of the server; one sentence for each chunk or pyramid that is not what was written."""
    for table in ("chunks", "pyramids"):
        after = 0
        while True:
            with ctx.db.read() as tx:
                rows = names.some(tx, table, after)
            if not rows:
                break
            for number, run, key, count, data in rows:
                where = f"run {run}, metric {key!r}"
                try:
                    found = len(chunk.read(data, where).steps) if table == "chunks" else _points(data, where)
                    if found != count:
                        yield f"{where}: {table} {number} holds {found} points instead of {count}"
                except Unavailable as error:
                    yield f"{where}: {table} {number}: {error.message}"
                after = number


def _points(data: bytes, where: str) -> int:
    made = pyramid.unpack(data, where)
    return int(made["count"].sum(dtype="i8") + made["odd"].sum(dtype="i8"))
