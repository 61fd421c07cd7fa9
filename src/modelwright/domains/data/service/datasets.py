"""The verbs of datasets: names with a description, tags and a rule of retention. Hidden ones do not exist."""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.audit import service as audit
from modelwright.domains.data.queries import datasets as queries
from modelwright.domains.data.queries import versions
from modelwright.domains.data.queries.datasets import DatasetRow
from modelwright.domains.data.rules import names
from modelwright.domains.events import service as events
from modelwright.kit.context import Ctx, absent
from modelwright.kit.db import Tx
from modelwright.kit.filters import Sql
from modelwright.types.access import Permission
from modelwright.types.codec import from_json, to_json
from modelwright.types.data import Dataset, DatasetCreate, DatasetUpdate, DataUse, Retention
from modelwright.types.errors import AlreadyExists, Conflict, Invalid
from modelwright.types.page import Page, Search

TAGS = ("named_dataset_tags", "dataset")


def resource(name: str) -> str:
    """What grants call a dataset."""
    return f"datasets/{name}"


def create(ctx: Ctx, body: DatasetCreate) -> Dataset:
    """A new name.

    Raises:
        Invalid: a bad name or tag. AlreadyExists.
    """
    ctx.require(Permission.WRITE, resource(names.name(body.name)))
    names.tags(body.tags)
    names.text_of(body.description, "description")

    def work(tx: Tx) -> Dataset:
        row, made = ensure(ctx, tx, body.name, body.description)
        if not made and not body.exist_ok:
            raise AlreadyExists(f"the dataset {body.name!r} exists already", where="name")
        if made:
            queries.put_tags(tx, *TAGS, row.id, dict(body.tags))
        return assemble(tx, [row])[0]

    return ctx.db.submit(work, key=body.name).result()


def get(ctx: Ctx, name: str) -> Dataset:
    """One dataset with its newest version. Raises `NotFound`."""
    ctx.require(Permission.READ, resource(name))
    with ctx.db.read() as tx:
        return assemble(tx, [located(ctx, tx, name)])[0]


def search(ctx: Ctx, request: Search) -> Page[Dataset]:
    """A page of datasets that the actor may see. Raises `Invalid` (filter, order, page)."""
    scope = ctx.scope("datasets")
    if scope.nothing:
        ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        rows, token = queries.search(tx, Sql("d.workspace = ?", (ctx.workspace,)) & scope.where("d.name"), request)
        return Page(assemble(tx, rows), token)


def update(ctx: Ctx, name: str, body: DatasetUpdate) -> Dataset:
    """Change what is said about a dataset, or its rule of retention. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.WRITE, resource(name))
    names.tags(body.tags)
    if body.description is not None:
        names.text_of(body.description, "description")
    rule = body.retention
    if rule and any(value is not None and not 1 <= value <= 100_000 for value in (rule.keep_last, rule.keep_days)):
        raise Invalid("keep_last and keep_days are from 1 to 100,000", where="retention")

    def work(tx: Tx) -> Dataset:
        row = located(ctx, tx, name, lock=True)
        row = row._replace(
            description=row.description if body.description is None else body.description,
            retention=row.retention if rule is None else _rule_text(rule), updated_ms=ctx.clock.now_ms(),
        )
        queries.update(tx, row)
        queries.put_tags(tx, *TAGS, row.id, body.tags)
        audit.append(ctx, tx, "dataset.updated", resource(name), {
            "description": body.description is not None, "tags": body.tags,
            **({} if rule is None else {"retention": {"old": from_json(row.retention, dict), "new": rule}}),
        })
        events.publish(ctx, tx, "dataset.updated", name)
        return assemble(tx, [row])[0]

    return ctx.db.submit(work, key=name).result()


def delete(ctx: Ctx, name: str) -> None:
    """Remove a dataset with all versions; their contents go by garbage collection.

    Raises:
        NotFound. Conflict: a run, model or report needs a version.
    """
    from modelwright.domains.data.service import pins

    ctx.require(Permission.WRITE, resource(name))

    def work(tx: Tx) -> None:
        row = located(ctx, tx, name, lock=True)
        rows = versions.page(tx, row.id, None, 1_000_000)
        pinned = pins.pinned(ctx, tx, name, rows)
        if pinned:
            number, reason = next(iter(sorted(pinned.items())))
            raise Conflict(
                f"version {number} of {name!r} is in use: {reason}", where="name",
                hint=f"{len(pinned)} versions are in use; delete the others one by one",
            )
        queries.delete(tx, row.id)
        pins.gone(ctx, tx, name, rows)
        audit.append(ctx, tx, "dataset.deleted", resource(name), {"versions": len(rows)})
        events.publish(ctx, tx, "dataset.deleted", name)

    ctx.db.submit(work, key=name).result()


def uses(ctx: Ctx, name: str, limit: int = 1_000) -> list[DataUse]:
    """Runs that use any version, newest first. Raises `NotFound`."""
    ctx.require(Permission.READ, resource(name))
    with ctx.db.read() as tx:
        return versions.uses(tx, name, located(ctx, tx, name).id, None, limit)


def uses_of_run(ctx: Ctx, run_id: str) -> list[DataUse]:
    """Versions that a run read or made, those that the actor may see."""
    scope = ctx.scope("datasets")
    if scope.nothing:
        ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return [use for use in versions.uses_of_run(tx, ctx.workspace, names.run(run_id)) if use.dataset in scope]


def located(ctx: Ctx, tx: Tx, name: str, *, lock: bool = False) -> DatasetRow:
    """The dataset of a name in the workspace. Raises `NotFound`."""
    row = queries.get(tx, ctx.workspace, name, lock=lock) if "\0" not in name else None
    if row is None:
        raise absent(resource(name[:128]))
    return row


def ensure(ctx: Ctx, tx: Tx, name: str, description: str = "") -> tuple[DatasetRow, bool]:
    """The dataset of a name, made when it is missing; and whether it was. Locked."""
    made = queries.insert(tx, ctx.workspace, name, description, ctx.clock.now_ms(), ctx.who)
    if made:
        audit.append(ctx, tx, "dataset.created", resource(name))
        events.publish(ctx, tx, "dataset.created", name)
    return located(ctx, tx, name, lock=True), made


def rule_of(row: DatasetRow) -> Retention:
    """The rule of retention of a dataset."""
    return from_json(row.retention, Retention)


def assemble(tx: Tx, rows: Sequence[DatasetRow]) -> list[Dataset]:
    """Rows with all that hangs on them."""
    ids = [row.id for row in rows]
    tags = queries.tags_of(tx, *TAGS, ids)
    aliases = queries.aliases_of(tx, ids)
    newest = versions.newest(tx, ids)
    counted = versions.counts(tx, ids)
    tagged = queries.tags_of(tx, "dataset_version_tags", "version", [row.id for row in newest.values()])
    found: list[Dataset] = []
    for row in rows:
        last = newest.get(row.id)
        pointing = {item.alias: item.version for item in aliases[row.id]}
        found.append(Dataset(
            name=row.name, description=row.description, tags=tags[row.id], aliases=pointing, retention=rule_of(row),
            created_ms=row.created_ms, updated_ms=row.updated_ms, created_by=row.created_by,
            versions=counted.get(row.id, (0, 0))[0], uses=counted.get(row.id, (0, 0))[1],
            latest=None if last is None else versions.struct(
                row.name, last, tagged[last.id], [name for name, number in pointing.items() if number == last.number]),
        ))
    return found


def _rule_text(rule: Retention) -> str:
    return "{}" if rule == Retention() else to_json(rule).decode()
