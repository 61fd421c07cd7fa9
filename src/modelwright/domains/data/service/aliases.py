"""The verbs of aliases: names that point to a version and keep the history of their moves."""

from __future__ import annotations

from modelwright.domains.audit import service as audit
from modelwright.domains.data.queries import datasets as queries
from modelwright.domains.data.queries.datasets import DatasetRow
from modelwright.domains.data.rules import names
from modelwright.domains.data.service import datasets, pins
from modelwright.domains.events import service as events
from modelwright.domains.lineage import service as lineage
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.data import AliasChange, DataAlias
from modelwright.types.errors import NotFound


def listed(ctx: Ctx, name: str) -> list[DataAlias]:
    """Aliases of a dataset by name. Raises `NotFound`."""
    ctx.require(Permission.READ, datasets.resource(name))
    with ctx.db.read() as tx:
        dataset = datasets.located(ctx, tx, name).id
        return queries.aliases_of(tx, [dataset])[dataset]


def history(ctx: Ctx, name: str, alias: str = "", limit: int = 100) -> list[AliasChange]:
    """The last moves of one alias or of all, newest first. Raises `NotFound`."""
    ctx.require(Permission.READ, datasets.resource(name))
    with ctx.db.read() as tx:
        return queries.moves(tx, datasets.located(ctx, tx, name).id, alias, min(max(limit, 1), 1_000))


def put(ctx: Ctx, name: str, alias: str, version: str) -> DataAlias:
    """Point an alias to a version. Raises `NotFound`, `Invalid`."""
    from modelwright.domains.data.service import versions

    ctx.require(Permission.WRITE, datasets.resource(name))
    names.alias(alias)

    def work(tx: Tx) -> DataAlias:
        dataset = datasets.located(ctx, tx, name, lock=True)
        row = versions.locate(ctx, tx, name, version)
        move(ctx, tx, dataset, alias, row.number)
        return next(item for item in queries.aliases_of(tx, [dataset.id])[dataset.id] if item.alias == alias)

    return ctx.db.submit(work, key=name).result()


def drop(ctx: Ctx, name: str, alias: str) -> None:
    """Remove an alias. Raises `NotFound`."""
    ctx.require(Permission.WRITE, datasets.resource(name))

    def work(tx: Tx) -> None:
        dataset = datasets.located(ctx, tx, name, lock=True)
        if queries.alias(tx, dataset.id, alias) is None:
            raise NotFound(f"the dataset {name!r} has no alias {alias[:80]!r}", where="alias")
        move(ctx, tx, dataset, alias, None)

    ctx.db.submit(work, key=name).result()


def move(ctx: Ctx, tx: Tx, dataset: DatasetRow, alias: str, number: int | None) -> None:
    """Point an alias to a number, or remove it, in a transaction that holds the dataset."""
    previous = queries.alias(tx, dataset.id, alias)
    if previous == number:
        return
    queries.move_alias(tx, dataset.id, alias, number, ctx.clock.now_ms(), ctx.who)
    pointing = queries.aliases_of(tx, [dataset.id])[dataset.id]
    for each in {previous, number} - {None}:
        assert each is not None
        lineage.describe(ctx, tx, pins.node(dataset.name, each), f"{dataset.name} v{each}", {
            "aliases": [item.alias for item in pointing if item.version == each],
        })
    audit.append(ctx, tx, "dataset_alias.set" if number else "dataset_alias.deleted", f"datasets/{dataset.name}", {
        "alias": alias, "old": previous, "new": number,
    })
    events.publish(ctx, tx, "dataset.updated", dataset.name)
