"""Many runs at once: tables of them, the keys that they have, the values of one key.

What it takes to find keys is remembered in this process for a while: it may be lost at any time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import table as queries
from modelwright.domains.tracking.queries.search import runs as planner
from modelwright.domains.tracking.queries.table import Rows
from modelwright.domains.tracking.rules import columns as rules
from modelwright.domains.tracking.rules.columns import Column
from modelwright.kit import frames
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import number_out, to_json
from modelwright.types.errors import Invalid
from modelwright.types.overview import (
    Facet,
    FacetQuery,
    Facets,
    RunKeys,
    RunRows,
    RunTable,
    Selection,
    TableColumn,
)

MOST = 200_000  # rows of a table
CELLS = 20_000_000  # rows · columns
FACETS = 1_000
_FEW = 8  # experiments whose metrics are read from their index
_KEPT = 64  # answers remembered
_WORTH = 20  # an answer is good for as many times the time that it took, whatever happens
_CACHE = "tracking.keys"


class _Table(NamedTuple):
    rows: Rows
    columns: list[Column]
    total: int


def table(ctx: Ctx, body: RunTable) -> RunRows:
    """A table of runs, for JSON.

    Raises:
        Invalid: an unknown column, a bad filter or order, a limit out of bounds.
    """
    began = time.perf_counter()
    found = _table(ctx, body)
    return RunRows(
        ids=found.rows.ids,
        columns=[TableColumn(name=each.name, kind=each.kind, values=rules.spelled(each)) for each in found.columns],
        total=found.total,
        took_ms=_since(began),
    )


def table_frame(ctx: Ctx, body: RunTable) -> bytes:
    """As `table`, as a binary frame (see `RunRows`)."""
    began = time.perf_counter()
    found = _table(ctx, body)
    about: dict[str, dict[str, Any]] = {}
    for each in found.columns:
        about[each.name] = {"kind": each.kind.value}
        if each.textual:
            about[each.name]["dictionary"] = msgspec.Raw(to_json(each.texts))
        elif each.nan:
            about[each.name]["nan"] = each.nan
    header = {"total": found.total, "took_ms": _since(began), "ids": msgspec.Raw(to_json(found.rows.ids))}
    return frames.encode(
        header, {each.name: each.codes if each.textual else each.numbers for each in found.columns}, about
    )


def _table(ctx: Ctx, body: RunTable) -> _Table:
    ctx.require(Permission.READ)
    if not 1 <= body.limit <= MOST:
        raise Invalid(f"a table has 1 to {MOST:,} rows", where="limit")
    names = [name for name in dict.fromkeys(body.columns) if name not in rules.FIXED]
    if len(names) > rules.MOST:
        raise Invalid(f"a table has at most {rules.MOST} columns", where="columns", hint="ask for those that are shown")
    asked = [rules.asked(name) for name in names]
    request = queries.search(body, body.order_by)
    with ctx.db.read() as tx:
        found = queries.rows(tx, ctx.workspace, request, body.limit)
        if len(found) * max(1, len(asked)) > CELLS:
            raise Invalid(
                f"{len(asked)} columns of {len(found):,} runs are too many for one table",
                where="columns",
                hint="ask for fewer columns, or narrow the filter",
            )
        total = len(found)
        if total == body.limit:
            total = planner.count(tx, ctx.workspace, request)
        made = queries.columns(tx, found, asked, scan=_scannable(tx, ctx, body))
    return _Table(found, [*(found.fixed(name) for name in rules.FIXED), *made], total)


def _scannable(tx: Tx, ctx: Ctx, selection: Selection) -> Sequence[int]:
    """The experiments whose metrics may be read whole, because nearly all of their runs were asked for."""
    if selection.filter.strip() or not 1 <= len(selection.experiments) <= _FEW:
        return ()
    return queries.experiments(tx, ctx.workspace, selection.experiments)


def keys(ctx: Ctx, body: Selection) -> RunKeys:
    """The keys of params, tags, metrics and summary that some runs have.

    An answer that took long is given again for up to twenty times as long, and as long as nothing happens at all.

    Raises:
        Invalid: a bad filter.
    """
    ctx.require(Permission.READ)
    cache: dict[Any, tuple[float, int, RunKeys]] = ctx.local.setdefault(_CACHE, {})
    name = (ctx.workspace, tuple(body.experiments), body.filter, body.lifecycle)
    began = time.monotonic()
    position = events.position(ctx)
    known = cache.get(name)
    if known is not None and (known[1] == position or began < known[0]):
        return known[2]
    with ctx.db.read() as tx:
        found = _keys(tx, ctx, body)
    ended = time.monotonic()
    while len(cache) >= _KEPT:
        cache.pop(next(iter(cache)), None)
    cache[name] = (ended + _WORTH * (ended - began), position, found)
    return found


def _keys(tx: Tx, ctx: Ctx, body: Selection) -> RunKeys:
    seqs = queries.seqs(tx, ctx.workspace, queries.search(body))
    numbers = queries.experiments(tx, ctx.workspace, body.experiments)
    whole = not body.filter.strip() and len(numbers) <= _FEW
    if whole and body.lifecycle is not None and not queries.only_active(tx, numbers):
        whole = False
    found = {kind: queries.keys(tx, kind, seqs) for kind in ("params", "tags", "summary")}
    found["metrics"] = queries.metric_keys(tx, numbers) if whole else queries.keys(tx, "metrics", seqs)
    return RunKeys(runs=len(seqs), **{kind: queries.infos(each) for kind, each in found.items()})


def facets(ctx: Ctx, body: FacetQuery) -> Facets:
    """The values of a key, the most frequent first.

    Raises:
        Invalid: an unknown key, a bad filter, a limit out of bounds.
    """
    ctx.require(Permission.READ)
    if not 1 <= body.limit <= FACETS:
        raise Invalid(f"1 to {FACETS:,} values can be asked for", where="limit")
    with ctx.db.read() as tx:
        found = queries.rows(tx, ctx.workspace, queries.search(body), MOST)
        if body.key in rules.FIXED:
            column = found.fixed(body.key)
        else:
            column = queries.columns(tx, found, [rules.asked(body.key, "key")])[0]
    if column.textual:
        counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.texts))
        values: list[Any] = column.texts
        missing = int((column.codes < 0).sum())
    else:
        there = np.isfinite(column.numbers)
        distinct, counts = np.unique(column.numbers[there], return_counts=True)
        values = [number_out(value) for value in distinct.tolist()]
        missing = int((~there).sum())
    order = sorted(range(len(values)), key=lambda place: (-int(counts[place]), values[place]))
    return Facets(
        key=body.key,
        kind=column.kind,
        values=[Facet(values[place], int(counts[place])) for place in order[: body.limit]],
        distinct=len(values),
        missing=missing,
        runs=len(found),
    )


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
