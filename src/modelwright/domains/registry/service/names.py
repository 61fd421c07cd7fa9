"""The verbs of registered names, of models and of prompts: create, read, change, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from modelwright.domains.registry.queries import aliases, lists, versions
from modelwright.domains.registry.queries import names as queries
from modelwright.domains.registry.queries.names import NameRow
from modelwright.domains.registry.rules import names as rules
from modelwright.domains.registry.service import ancestry, files, gate, news
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import AlreadyExists, Invalid
from modelwright.types.registry import Kind, RegisteredModel, RegisteredModelCreate, RegisteredUpdate

T = TypeVar("T")


def create(ctx: Ctx, body: RegisteredModelCreate) -> RegisteredModel:
    """A new name. The tag `mlflow.prompt.is_prompt` makes it one for prompts.

    Raises:
        Invalid: a bad name, tag or description. AlreadyExists: the name is taken, by a model or a prompt.
    """
    kind = rules.kind_of(body.tags)
    rules.name(body.name, kind)
    rules.tags(body.tags)
    rules.text(body.description, "description", rules.DESCRIPTION)
    ctx.require(Permission.WRITE, news.resource(kind, body.name))

    def work(tx: Tx) -> RegisteredModel:
        there = queries.find(tx, ctx.workspace, body.name)
        if there is not None and body.exist_ok and there.kind == kind:
            return lists.assemble(tx, [there])[0]
        row = None if there else make(ctx, tx, body.name, kind, body.description, body.tags)
        if row is None:
            raise taken(body.name, kind, queries.find(tx, ctx.workspace, body.name))
        return lists.assemble(tx, [row])[0]

    return ctx.db.submit(work, key=key(ctx, body.name)).result()


def make(
    ctx: Ctx, tx: Tx, name: str, kind: Kind, description: str = "", tags: dict[str, str] | None = None
) -> NameRow | None:
    """A new name in an open transaction; None when it is taken."""
    tags = tags or {}
    row = queries.insert(tx, ctx.workspace, name, kind, description, ctx.who, ctx.clock.now_ms())
    if row is None:
        return None
    if kind is Kind.PROMPT:
        tags = {**tags, rules.IS_PROMPT: "true"}
    queries.put_tags(tx, row.id, tags)
    news.named(ctx, tx, row, "created", {"tags": tags}, tags=tags, description=description)
    return row


def taken(name: str, kind: Kind, there: NameRow | None) -> AlreadyExists:
    """The refusal of a name that is taken, in MLflow's words."""
    word = {Kind.MODEL: "Registered Model", Kind.PROMPT: "Prompt"}
    other = Kind(there.kind) if there else kind
    if other is not kind:
        return AlreadyExists(
            f"Tried to create a {word[kind].lower()} with name {name!r}, but the name is already taken by a "
            f"{word[other].lower()}. A model and a prompt cannot have the same name.",
            where="name",
        )
    return AlreadyExists(f"{word[kind]} (name={name}) already exists.", where="name")


def get(ctx: Ctx, name: str, kind: Kind | None = None) -> RegisteredModel:
    """One name, of a kind when it matters. Raises `NotFound`."""
    with ctx.db.read() as tx:
        return lists.assemble(tx, [located(tx, ctx, name, Permission.READ, kind=kind)])[0]


def located(
    tx: Tx, ctx: Ctx, name: str, permission: Permission, *, kind: Kind | None = None, lock: bool = False
) -> NameRow:
    """The row of a name, when the actor may do this to it; `lock` keeps it from changing until the commit.

    Raises:
        NotFound: there is none, or it is hidden. Denied.
    """
    row = queries.find(tx, ctx.workspace, name, lock=lock)
    ctx.require(permission, news.resource(row.kind if row else (kind or Kind.MODEL), name))
    if row is None or (kind is not None and row.kind != kind):
        return queries.locate(tx, ctx.workspace, name, kind=kind)
    return row


def key(ctx: Ctx, name: str) -> str:
    """What orders the writes to one name."""
    return f"registry/{ctx.workspace}/{name}"


def change(
    ctx: Ctx,
    name: str,
    work: Callable[[Tx, NameRow], T],
    *,
    kind: Kind | None = None,
    permission: Permission = Permission.WRITE,
) -> T:
    """Do something to a name that nobody else changes meanwhile. Raises as `located`, and what the work raises."""
    return ctx.db.submit(
        lambda tx: work(tx, located(tx, ctx, name, permission, kind=kind, lock=True)), key=key(ctx, name)
    ).result()


def update(ctx: Ctx, name: str, body: RegisteredUpdate, kind: Kind | None = None) -> RegisteredModel:
    """Change the description and tags. Raises `NotFound`, `Denied`, `Invalid`."""
    rules.tags(body.tags)
    if body.description is not None:
        rules.text(body.description, "description", rules.DESCRIPTION)

    def work(tx: Tx, row: NameRow) -> RegisteredModel:
        now = ctx.clock.now_ms()
        if body.description is not None:
            queries.describe(tx, row.id, body.description, now)
            news.named(
                ctx,
                tx,
                row,
                "updated",
                {"description": {"old": row.description[:1_000], "new": body.description[:1_000]}},
                description=body.description,
            )
        if body.tags:
            _same_kind(row, body.tags)
            old = queries.tags_of(tx, [row.id]).get(row.id, {})
            queries.put_tags(tx, row.id, {key: value for key, value in body.tags.items() if value is not None})
            queries.drop_tags(tx, row.id, [key for key, value in body.tags.items() if value is None])
            news.tags(ctx, tx, row, old, body.tags)
        return lists.assemble(tx, [queries.locate(tx, ctx.workspace, row.name)])[0]

    return change(ctx, name, work, kind=kind)


def rename(ctx: Ctx, name: str, new: str, kind: Kind | None = None) -> RegisteredModel:
    """Give it another name, which its versions, aliases and moves follow.

    Raises:
        NotFound, Denied. Invalid: a bad name. AlreadyExists: the name is taken, or was another model's.
    """
    rules.name(new, kind or Kind.MODEL, where="new_name")

    def work(tx: Tx, row: NameRow) -> RegisteredModel:
        rules.name(new, Kind(row.kind), where="new_name")
        ctx.require(Permission.WRITE, news.resource(row.kind, new))
        if new == row.name:
            return lists.assemble(tx, [row])[0]
        if queries.find(tx, ctx.workspace, new) is not None:
            raise AlreadyExists(f"Registered Model (name={new}) already exists.", where="new_name")
        past = queries.past_of(tx, ctx.workspace, new)
        if past is not None and past != row.id:
            raise AlreadyExists(
                f"Registered Model (name={new}) existed before, and its version numbers would be given twice.",
                where="new_name",
                hint="choose another name, or create the model anew: its numbers then go on where they ended",
            )
        queries.given_up(tx, row)
        queries.rename(tx, row, new, ctx.clock.now_ms())
        renamed = queries.locate(tx, ctx.workspace, new)
        ancestry.renamed(ctx, tx, row, renamed)
        news.named(ctx, tx, row, "renamed", {"old": row.name, "new": new}, new_name=new)
        return lists.assemble(tx, [renamed])[0]

    return change(ctx, name, work, kind=kind)


def delete(ctx: Ctx, name: str, kind: Kind | None = None) -> None:
    """Remove it with its versions, tags, aliases and moves. Its numbers are not given again.

    Raises:
        NotFound, Denied. What a hook raises that guards one of its aliases.
    """

    def work(tx: Tx, row: NameRow) -> None:
        for alias, version in aliases.of_models(tx, [row.id]).get(row.id, {}).items():
            gate.ask(ctx, tx, row, "alias", alias, None, version, verb="deleted")
        numbers = versions.numbers(tx, row.id)
        files.drop_all(ctx, tx, row)
        for number in numbers:
            ancestry.gone(ctx, tx, row, number)
        queries.given_up(tx, row)
        queries.delete(tx, row.id)
        news.named(ctx, tx, row, "deleted", {"versions": numbers[:1_000]})

    change(ctx, name, work, kind=kind)


def _same_kind(row: NameRow, tags: dict[str, str | None]) -> None:
    """A tag cannot make a model a prompt, which has other rules for sources, nor the reverse."""
    if rules.IS_PROMPT in tags:
        value: Any = tags[rules.IS_PROMPT]
        if row.prompt != ((value or "").lower() == "true"):
            raise Invalid(
                f"the tag {rules.IS_PROMPT} is decided when the name is made", where="tags", hint="use another name"
            )

