"""What params have to do with a metric, over the runs of a search."""

from __future__ import annotations

import time

import numpy as np

from modelwright.domains.tracking.queries import table as queries
from modelwright.domains.tracking.rules import columns as rules
from modelwright.domains.tracking.rules import importance
from modelwright.kit.context import Ctx
from modelwright.types.access import Permission
from modelwright.types.errors import Invalid
from modelwright.types.overview import Importance, ImportanceQuery

RUNS = 2_000  # runs that take part; of more, so many, evenly spread
PARAMS = 60  # params that take part: those that most runs have
_ALL = 200_000


def of_params(ctx: Ctx, body: ImportanceQuery) -> Importance:
    """Importance and rank correlation of params. The same runs give the same answer.

    Raises:
        Invalid: the metric or a param names no column or no numbers, a bad filter.
    """
    ctx.require(Permission.READ)
    began = time.perf_counter()
    name = body.metric if body.metric.startswith(("metrics.", "summary.", "params.")) else f"metrics.{body.metric}"
    metric = rules.asked(name, "metric")
    if len(body.params) > PARAMS:
        raise Invalid(f"at most {PARAMS} params can be looked at", where="params")
    wanted = [rules.asked(f"params.{key}", "params") for key in dict.fromkeys(body.params)]
    with ctx.db.read() as tx:
        found = queries.rows(tx, ctx.workspace, queries.search(body), _ALL)
        scan = () if body.filter.strip() else queries.experiments(tx, ctx.workspace, body.experiments[:8])
        column = queries.columns(tx, found, [metric], scan=scan if body.experiments else ())[0]
        if column.textual:
            raise Invalid(f"the values of {body.metric[:80]!r} are no numbers", where="metric")
        places = np.flatnonzero(np.isfinite(column.numbers))
        if len(places) > RUNS:
            places = places[np.linspace(0, len(places) - 1, RUNS).astype(np.int64)]
        taken = found.only(places.tolist())
        left_out = 0
        if not wanted:
            present = queries.keys(tx, "params", taken.seqs)
            names = sorted(present, key=lambda key: (-present[key][0], key))
            left_out = max(0, len(names) - PARAMS)
            wanted = [rules.asked(f"params.{key}") for key in names[:PARAMS] if f"params.{key}" != name]
        params = queries.columns(tx, taken, wanted)
    said = importance.of_params(column.numbers[places], params, body.goal)
    note = said.note
    if left_out:
        note = f"{note}; " if note else ""
        note += f"{left_out} params that fewer runs have were left out"
    return Importance(
        metric=body.metric,
        runs=len(places),
        total=len(found),
        explained=said.explained,
        params=said.params,
        note=note,
        took_ms=round((time.perf_counter() - began) * 1000, 3),
    )
