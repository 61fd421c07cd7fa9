"""The verb retain: remove what the rule of a dataset lets go, and nothing that anybody needs."""

from __future__ import annotations

from modelwright.domains.data.queries import datasets as queries
from modelwright.domains.data.queries import versions as version_queries
from modelwright.domains.data.rules import retention
from modelwright.domains.data.service import datasets, pins, versions
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.data import Retained

_MOST = 1_000_000


def retain(ctx: Ctx, name: str, *, dry_run: bool = False) -> Retained:
    """Apply the rule of a dataset now, or say what would go. Raises `NotFound`."""
    ctx.require(Permission.READ if dry_run else Permission.WRITE, datasets.resource(name))
    if dry_run:
        with ctx.db.read() as tx:
            return _apply(ctx, tx, name, remove=False)
    return ctx.db.submit(lambda tx: _apply(ctx, tx, name, remove=True), key=name).result()


def retain_all(ctx: Ctx) -> int:
    """Apply the rules of all datasets of all workspaces; returns how many versions went."""
    ctx.require(Permission.SERVER)
    with ctx.db.read() as tx:
        ruled = queries.with_retention(tx)
    return sum(len(retain(ctx.acting(ctx.actor, workspace, ctx.request_id), name).removed)
               for workspace, name in ruled)


def _apply(ctx: Ctx, tx: Tx, name: str, *, remove: bool) -> Retained:
    dataset = datasets.located(ctx, tx, name, lock=remove)
    rows = version_queries.page(tx, dataset.id, None, _MOST)
    tags = queries.tags_of(tx, "dataset_version_tags", "version", [row.id for row in rows])
    due = set(retention.due(
        datasets.rule_of(dataset), [(row.number, row.created_ms, bool(tags[row.id])) for row in rows],
        ctx.clock.now_ms(),
    ))
    kept = {**pins.pinned(ctx, tx, name, [row for row in rows if row.number in due]), **pins.named(tx, dataset.id)}
    going = [row for row in rows if row.number in due and row.number not in kept]
    if remove and going:
        versions.remove(ctx, tx, name, going, "dataset_version.retired")
    return Retained(
        removed=sorted(row.number for row in going),
        kept={str(number): kept[number] for number in sorted(due) if number in kept},
    )


