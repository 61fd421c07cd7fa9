"""The verb fork: a new run that goes on from a step of another."""

from __future__ import annotations

import os

from modelwright.domains.tracking.points import store
from modelwright.domains.tracking.queries import artifacts, assemble
from modelwright.domains.tracking.queries import runs as queries
from modelwright.domains.tracking.rules import limits, names, places
from modelwright.domains.tracking.service import experiments, flows, runs
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import AlreadyExists
from modelwright.types.ids import new_id
from modelwright.types.tracking import Fork, Run, RunState


def fork(ctx: Ctx, run_id: str, body: Fork) -> Run:
    """A new running run with all of another: params, tags, summary, definitions, origin, inputs, files (by reference).

    Of its points those up to and including `step`, or all without one. The same `id` again is the same fork.

    Raises:
        NotFound: no such run. Conflict: its experiment is deleted. AlreadyExists: the id is another run's. Invalid.
    """
    ctx.require(Permission.WRITE)
    new = new_id() if body.id is None else limits.run_id(body.id)
    name = limits.name(body.name) if body.name else names.generated(int.from_bytes(os.urandom(6), "big"))
    if body.step is not None:
        limits.int64(body.step, "step")

    def work(tx: Tx) -> Run:
        source = runs.locate(tx, ctx, run_id, writable=True)
        home = experiments.locate(tx, ctx, source.experiment_id, writable=True)
        now = ctx.clock.now_ms()
        row = source._replace(
            id=new,
            name=name,
            state=RunState.RUNNING.value,
            user=ctx.who,
            created_ms=now,
            start_ms=now,
            end_ms=None,
            heartbeat_ms=None,
            stop_requested=0,
            forked_from=source.id,
            fork_step=body.step,
            artifact_uri=places.within(home.artifact_location, f"{new}/artifacts"),
        )
        seq = queries.insert(tx, row)
        if seq is None:
            known = queries.find(tx, new)
            if (
                known is None
                or known.workspace != ctx.workspace
                or (known.forked_from, known.fork_step) != (run_id, body.step)
            ):
                raise AlreadyExists(f"the run id {new!r} is taken", where="id")
            return assemble.whole(tx, known)
        queries.copy_data(tx, source.seq, seq)
        store.copy(tx, source.seq, seq, body.step)
        artifacts.copy(tx, ctx.workspace, f"runs/{source.id}", f"runs/{new}")
        flows.forked(ctx, tx, row, seq)
        runs.changed(ctx, tx, "run.created", row, {"name": name, "forked_from": source.id, "step": body.step})
        return assemble.whole(tx, queries.locate(tx, ctx.workspace, new))

    return ctx.db.submit(work, key=run_id).result()
