"""Saved views: how somebody looks at the runs of an experiment, alone or shared with the workspace.

The state is the page's own and is kept as it comes. A view that is not shared does not exist for others; only its owner
and administrators of the workspace change it.
"""

from __future__ import annotations

from typing import Any

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import views as queries
from modelwright.domains.tracking.queries.views import ViewRow
from modelwright.domains.tracking.rules import limits
from modelwright.domains.tracking.rules import views as rules
from modelwright.domains.tracking.service import experiments
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Denied, Invalid, NotFound
from modelwright.types.ids import new_id
from modelwright.types.overview import View, ViewCreate, ViewUpdate
from modelwright.types.page import Page

MOST = 500  # views of an experiment


def listed(ctx: Ctx, experiment_id: str) -> Page[View]:
    """The views of an experiment that are shared or the actor's own, oldest first. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        number = experiments.locate(tx, ctx, experiment_id).number
        return Page([queries.whole(row) for row in queries.of_experiment(tx, number) if _sees(ctx, row)])


def get(ctx: Ctx, view_id: str) -> View:
    """One view. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return queries.whole(_locate(tx, ctx, view_id))


def create(ctx: Ctx, experiment_id: str, body: ViewCreate) -> View:
    """A new view, the actor's own.

    Raises:
        NotFound: no such experiment. Conflict: it is deleted. TooLarge: over 256 KB.
        Invalid: a bad name, too many views.
    """
    ctx.require(Permission.WRITE)
    limits.name(body.name)
    state = rules.stored(body.state)

    def work(tx: Tx) -> View:
        number = experiments.locate(tx, ctx, experiment_id, writable=True).number
        if queries.count(tx, number) >= MOST:
            raise Invalid(f"an experiment has at most {MOST} views", where="experiment_id", hint="delete some")
        now = ctx.clock.now_ms()
        row = ViewRow(new_id(), ctx.workspace, number, body.name, ctx.who, int(body.shared), state, now, now)
        queries.insert(tx, row)
        _tell(ctx, tx, "view.created", row, {"name": row.name, "shared": body.shared})
        return queries.whole(row)

    return ctx.db.submit(work).result()


def update(ctx: Ctx, view_id: str, body: ViewUpdate) -> View:
    """Change a view; absent fields stay.

    Raises:
        NotFound. Denied: it is somebody else's. TooLarge: over 256 KB. Invalid: a bad name.
    """
    ctx.require(Permission.WRITE)
    if body.name is not None:
        limits.name(body.name)
    state = None if body.state is None else rules.stored(body.state)

    def work(tx: Tx) -> View:
        row = _own(tx, ctx, view_id)
        new = row._replace(
            name=row.name if body.name is None else body.name,
            shared=row.shared if body.shared is None else int(body.shared),
            state=row.state if state is None else state,
        )
        if new == row:
            return queries.whole(row)
        new = new._replace(updated_ms=ctx.clock.now_ms())
        queries.change(tx, new)
        detail: dict[str, Any] = {
            field: {"old": getattr(row, field), "new": getattr(new, field)}
            for field in ("name", "shared")
            if getattr(row, field) != getattr(new, field)
        }
        if new.state != row.state:
            detail["state"] = {"characters": len(new.state)}
        _tell(ctx, tx, "view.updated", new, detail)
        return queries.whole(new)

    return ctx.db.submit(work).result()


def delete(ctx: Ctx, view_id: str) -> None:
    """Delete a view for good. Raises `NotFound`, or `Denied` when it is somebody else's."""
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> None:
        row = _own(tx, ctx, view_id)
        queries.delete(tx, row.id)
        _tell(ctx, tx, "view.deleted", row, {"name": row.name})

    ctx.db.submit(work).result()


def _sees(ctx: Ctx, row: ViewRow) -> bool:
    return bool(row.shared) or row.owner == ctx.who


def _locate(tx: Tx, ctx: Ctx, view_id: str, *, lock: bool = False) -> ViewRow:
    row = queries.get(tx, ctx.workspace, view_id, lock=lock) if view_id.isascii() and view_id.isprintable() else None
    if row is None or not _sees(ctx, row):
        raise NotFound(f"there is no view {view_id[:60]!r}", where="view_id")
    return row


def _own(tx: Tx, ctx: Ctx, view_id: str) -> ViewRow:
    row = _locate(tx, ctx, view_id, lock=True)
    if row.owner != ctx.who:
        try:
            ctx.require(Permission.ADMIN)
        except Denied:
            raise Denied(f"the view belongs to {row.owner}", hint="save a view of your own instead") from None
    return row


def _tell(ctx: Ctx, tx: Tx, kind: str, row: ViewRow, detail: dict[str, Any]) -> None:
    audit.append(ctx, tx, kind, f"views/{row.id}", detail | {"experiment": str(row.experiment)})
    events.publish(ctx, tx, kind, row.id, str(row.experiment))
