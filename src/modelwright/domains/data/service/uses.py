"""The verbs of uses: that a run read or made a version. A version that a run uses does not go."""

from __future__ import annotations

from modelwright.domains.audit import service as audit
from modelwright.domains.data.queries import versions as queries
from modelwright.domains.data.rules import names
from modelwright.domains.data.service import datasets, pins, versions
from modelwright.domains.events import service as events
from modelwright.domains.lineage import service as lineage
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.data import DataUse, DataVersion, UseCreate
from modelwright.types.errors import Invalid
from modelwright.types.lineage import Edge, Node

_MOST = 10_000


def put(ctx: Ctx, name: str, reference: str, body: UseCreate) -> DataVersion:
    """Record that a run reads or makes a version; returns the version. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.WRITE, datasets.resource(name))
    names.run(body.run_id)
    names.text_of(body.context, "context", 200)
    if body.direction not in ("input", "output"):
        raise Invalid("a run uses a version as `input` or as `output`", where="direction")

    def work(tx: Tx) -> DataVersion:
        row = versions.locate(ctx, tx, name, reference)
        queries.put_use(tx, row.id, body.run_id, body.direction, body.context, ctx.clock.now_ms())
        me, run = pins.node(name, row.number), Node("run", body.run_id)
        source, target = (me, run) if body.direction == "input" else (run, me)
        lineage.link(ctx, tx, [Edge(source, target, via=body.run_id)])
        audit.append(ctx, tx, "dataset_version.used", f"datasets/{name}/{row.number}", {
            "run": body.run_id, "direction": body.direction,
        })
        events.publish(ctx, tx, "dataset.updated", name)
        return queries.assemble(tx, name, [row])[0]

    return ctx.db.submit(work, key=name).result()


def of_version(ctx: Ctx, name: str, reference: str, limit: int = 1_000) -> list[DataUse]:
    """Runs that use a version, newest first; then what else pins it. Raises `NotFound`."""
    if not 1 <= limit <= _MOST:
        raise Invalid(f"limit is from 1 to {_MOST:,}", where="limit")
    row = versions.located(ctx, name, reference)
    with ctx.db.read() as tx:
        found = queries.uses(tx, name, row.dataset, row.id, limit)
        for hook in ctx.hooks.get("data.pins", []):
            for number, reason in hook(ctx, tx, name, [row.number]).items():
                found.append(DataUse(dataset=name, version=number, run_id="", direction="pin", context=reason))
    return found
