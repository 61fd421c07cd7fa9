"""What tracking tells lineage: data into runs, runs into models, parents into children, forks; and that a run is gone.

Runs made before the graph existed get their edges by `catch_up`.
"""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.lineage import service as lineage
from modelwright.domains.tracking.queries import inputs, runs
from modelwright.domains.tracking.queries.runs import RunRow
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.lineage import Edge, Node
from modelwright.types.tracking import DatasetInput

_BATCH = 200
_CURSOR = "tracking.runs"


def run(row: RunRow) -> Node:
    """A run's node."""
    return Node("run", row.id, row.name)


def model(model_id: str, name: str = "") -> Node:
    """A logged model's node."""
    return Node("model", model_id, name)


def dataset(name: str, digest: str) -> Node:
    """A dataset that a run named by name and digest. The room that keeps its contents says which version it is."""
    return Node("dataset_version", f"{name}/{digest}", name)


def read(ctx: Ctx, tx: Tx, row: RunRow, datasets: Sequence[DatasetInput], models: Sequence[str]) -> None:
    """A run read datasets and logged models."""
    _link(ctx, tx, row, [Edge(dataset(each.name, each.digest), run(row)) for each in datasets])
    _link(ctx, tx, row, [Edge(model(each), run(row)) for each in models])


def made(ctx: Ctx, tx: Tx, row: RunRow, models: Sequence[Node]) -> None:
    """A run made logged models."""
    _link(ctx, tx, row, [Edge(run(row), each) for each in models])


def begun(ctx: Ctx, tx: Tx, row: RunRow) -> None:
    """A run began, perhaps under another."""
    if row.parent_id:
        _link(ctx, tx, row, [Edge(_other(tx, row, row.parent_id), run(row))])


def moved(ctx: Ctx, tx: Tx, row: RunRow, old_parent: str | None) -> None:
    """A run has another parent, or none."""
    if old_parent:
        lineage.cut(ctx, tx, Node("run", old_parent), run(row))
    begun(ctx, tx, row)


def forked(ctx: Ctx, tx: Tx, row: RunRow, seq: int) -> None:
    """A run goes on from another, with what that one had read."""
    begun(ctx, tx, row)
    if row.forked_from:
        _link(ctx, tx, row, [Edge(_other(tx, row, row.forked_from), run(row))])
    read(ctx, tx, row, inputs.datasets_of(tx, [seq]).get(seq, []), [])


def renamed(ctx: Ctx, tx: Tx, node: Node) -> None:
    """A run or logged model has another name."""
    lineage.relabel(ctx, tx, node)


def gone(ctx: Ctx, tx: Tx, workspace: str, kind: str, name: str) -> None:
    """A run or logged model was removed for good."""
    lineage.unlink(ctx.acting(ctx.actor, workspace), tx, Node(kind, name))


def catch_up(ctx: Ctx) -> int:
    """Tell of some runs that were made before the graph was; returns how many, 0 when all are told of."""
    with ctx.db.read() as tx:
        place = lineage.position(tx, _CURSOR)
        if place is not None and place <= 0:
            return 0
        found = runs.before(tx, place, _BATCH)
    with ctx.db.write() as tx:
        ins = inputs.datasets_of(tx, [row.seq for row in found])
        links = inputs.models_of(tx, [row.seq for row in found])
        for row in found:
            here = ctx.acting(ctx.actor, row.workspace)
            used, outs = links.get(row.seq, ([], []))
            begun(here, tx, row)
            read(here, tx, row, ins.get(row.seq, []), [each.model_id for each in used])
            made(here, tx, row, [model(each.model_id) for each in outs])
        lineage.advance(tx, _CURSOR, found[-1].seq if found else 0)
    return len(found)


def _other(tx: Tx, row: RunRow, run_id: str) -> Node:
    """A run that another names, with its name when it is here."""
    found = runs.find(tx, run_id)
    return run(found) if found is not None and found.workspace == row.workspace else Node("run", run_id)


def _link(ctx: Ctx, tx: Tx, row: RunRow, edges: Sequence[Edge]) -> None:
    if edges:
        lineage.link(ctx, tx, edges)
