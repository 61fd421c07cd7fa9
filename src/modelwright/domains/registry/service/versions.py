"""The verbs of versions: make, read, change, delete, compare."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from modelwright.domains.registry.queries import aliases, versions
from modelwright.domains.registry.queries import names as name_queries
from modelwright.domains.registry.queries.names import NameRow
from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.domains.registry.rules import compare as differences
from modelwright.domains.registry.rules import names as rules
from modelwright.domains.registry.service import ancestry, files, moves, names, news, reading
from modelwright.domains.registry.service.found import Found
from modelwright.domains.tracking.service import artifacts, pins
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.registry import (
    Comparison,
    Kind,
    ModelVersion,
    RegisteredUpdate,
    Stage,
    VersionCreate,
    VersionFacts,
)
from modelwright.types.tracking import Artifact

_TRIES = 3
_PATCH = "code/diff.patch"


class _Changed(Exception):
    """The files of the source changed while they were read."""


def create(ctx: Ctx, name: str, body: VersionCreate, *, wire: bool = False) -> ModelVersion:
    """A new version, with the next number. Its files are pinned and its facts are read now.

    Args:
        wire: as on MLflow's wire: the model must exist, the run or model of the source must be named beside it, and
            the source may have no files yet.

    Raises:
        NotFound: no such model (`wire`), or no files at the source. Invalid: not a source that may be used.
        Conflict: the files keep changing. Whatever a hook raises.
    """
    rules.name(name)
    rules.tags(body.tags)
    for alias in body.aliases:
        rules.alias(alias)
    for where, text in (("description", body.description), ("run_link", body.run_link)):
        rules.text(text, where, rules.DESCRIPTION)
    for where, text in (("run_id", body.run_id), ("model_id", body.model_id)):
        rules.text(text, where, rules.NAME)
    if rules.kind_of(body.tags) is Kind.PROMPT:
        raise Invalid(f"the tag {rules.IS_PROMPT} is for versions of prompts", where="tags")
    rules.wanted(body.number)
    ctx.require(Permission.WRITE, news.resource(Kind.MODEL, name))
    for _ in range(_TRIES):
        with ctx.db.read() as tx:
            _check_name(tx, ctx, name, wire=wire)
            found = reading.resolve(ctx, tx, body.source, body.run_id, body.model_id, bound=wire)
            listed = pins.files(tx, ctx, found.owner, found.directory) if found.owner else []
            facts = reading.facts(ctx, tx, found, listed)
        if found.owner and not listed and not wire:
            raise NotFound(f"there are no files at {body.source!r}", where="source", hint="upload the model first")
        digest = files.manifest(listed)
        try:
            return ctx.db.submit(
                lambda tx, facts=facts, digest=digest: _made(ctx, tx, name, body, facts, digest, wire=wire),
                key=names.key(ctx, name),
            ).result()
        except _Changed:
            continue
    raise Conflict("the files of the source keep changing", where="source", hint="register it when it is complete")


def _check_name(tx: Tx, ctx: Ctx, name: str, *, wire: bool) -> None:
    there = name_queries.find(tx, ctx.workspace, name)
    if there is None and wire:
        names.located(tx, ctx, name, Permission.WRITE)
    if there is not None and there.prompt:
        raise Invalid(
            f"{name!r} is a prompt: its versions carry the tag {rules.IS_PROMPT} and have no files", where="name"
        )


def _made(
    ctx: Ctx, tx: Tx, name: str, body: VersionCreate, facts: VersionFacts, digest: str, *, wire: bool
) -> ModelVersion:
    _check_name(tx, ctx, name, wire=wire)
    row = name_queries.find(tx, ctx.workspace, name, lock=True)
    if row is None:
        row = names.make(ctx, tx, name, Kind.MODEL) or name_queries.locate(tx, ctx.workspace, name, lock=True)
    found = reading.resolve(ctx, tx, body.source, body.run_id, body.model_id, bound=wire)
    made = insert(ctx, tx, row, body, found, facts, digest=digest)
    pinned: list[Artifact] = []
    if found.owner:
        pinned = pins.pin(tx, ctx, found.owner, found.directory, files.owner(row.id, made.version))
        if files.manifest(pinned) != digest:
            raise _Changed
    if pinned:
        versions.change(
            tx,
            made.id,
            {"size": sum(item.size or 0 for item in pinned), "location": files.location(row.id, made.version)},
        )
    if found.model is not None:
        pins.registered(tx, ctx, found.model.id, name, made.version)
    return announce(ctx, tx, row, made, body.aliases)


def insert(
    ctx: Ctx, tx: Tx, row: NameRow, body: VersionCreate, found: Found, facts: VersionFacts | None, *, digest: str = ""
) -> VersionRow:
    """The row of a new version with its tags and facts."""
    now = ctx.clock.now_ms()
    made = versions.insert(
        tx,
        VersionRow(
            id=0,
            model=row.id,
            version=name_queries.take_number(tx, row.id, now, body.number),
            workspace=row.workspace,
            name=row.name,
            kind=row.kind,
            lifecycle="active",
            stage=Stage.NONE.value,
            status="READY",
            status_message="",
            description=body.description,
            source=found.source,
            location=found.location,
            run_id=found.run_id,
            model_id=found.model_id,
            run_link=body.run_link,
            user=ctx.who,
            created_ms=now if body.created_ms is None else min(max(body.created_ms, 0), now),
            updated_ms=now,
            size=0,
            digest=digest,
        ),
    )
    versions.put_tags(tx, made.id, body.tags)
    if facts is not None:
        versions.put_facts(tx, made.id, facts)
    ancestry.made(ctx, tx, row, made, found, facts)
    return made


def announce(ctx: Ctx, tx: Tx, row: NameRow, made: VersionRow, named: list[str]) -> ModelVersion:
    """Tell of a new version, let the hooks see it, set its aliases; returns it whole."""
    whole = versions.assemble(tx, [versions.locate(tx, row, made.version)], facts=True)[0]
    news.version(
        ctx,
        tx,
        row,
        made.version,
        "created",
        {"source": whole.source, "run_id": whole.run_id, "digest": whole.digest, "size": whole.size},
        source=whole.source,
        run_id=whole.run_id or None,
        tags=whole.tags,
        description=whole.description or None,
    )
    for hook in ctx.hooks.get("registry.version_created", []):
        hook(ctx, tx, whole)
    for alias in named:
        moves.point(ctx, tx, row, alias, made.version)
    return versions.assemble(tx, [versions.locate(tx, row, made.version)], facts=True)[0] if named else whole


def get(ctx: Ctx, name: str, version: int, *, kind: Kind | None = None, facts: bool = True) -> ModelVersion:
    """One version. Raises `NotFound`."""
    with ctx.db.read() as tx:
        row = located(tx, ctx, name, version, kind=kind)
        return versions.assemble(tx, [row], facts=facts)[0]


def located(
    tx: Tx, ctx: Ctx, name: str, version: int, *, kind: Kind | None = None, permission: Permission = Permission.READ
) -> VersionRow:
    """The row of a version, when the actor may do this. Raises `NotFound`, `Denied`."""
    return versions.locate(tx, names.located(tx, ctx, name, permission, kind=kind), version)


def row_of(ctx: Ctx, name: str, version: int) -> VersionRow:
    """The row of a version that the actor may read. Raises `NotFound`."""
    with ctx.db.read() as tx:
        return located(tx, ctx, name, version)


def by_alias(ctx: Ctx, name: str, alias: str, *, kind: Kind | None = None, facts: bool = False) -> ModelVersion:
    """The version that an alias means; `latest` is the one with the highest number. Raises `NotFound`."""
    rules.alias(alias, new=False)
    with ctx.db.read() as tx:
        if alias.lower() == "latest":
            owner = names.located(tx, ctx, name, Permission.READ, kind=kind)
            row = versions.newest(tx, owner.id)
            if row is None:
                raise NotFound(f"Latest version not found for model {name}.", where="alias")
            return versions.assemble(tx, [row], facts=facts)[0]
        row = versions.by_alias(tx, ctx.workspace, name, alias)
        if row is None or (kind is not None and row.kind != kind):
            names.located(tx, ctx, name, Permission.READ, kind=kind)
            raise NotFound(f"Registered model alias {alias} not found.", where="alias")
        ctx.require(Permission.READ, news.resource(row.kind, row.name))
        return versions.assemble(tx, [row], facts=facts)[0]


def find(ctx: Ctx, name: str, text: str, *, kind: Kind | None = None) -> ModelVersion:
    """A version by number (`3`), by alias (`@prod`), or `latest`. Raises `NotFound`, `Invalid`."""
    if text.startswith("@") or text == "latest":
        return by_alias(ctx, name, text.removeprefix("@"), kind=kind, facts=True)
    return get(ctx, name, rules.number(text), kind=kind)


def update(ctx: Ctx, name: str, version: int, body: RegisteredUpdate, *, kind: Kind | None = None) -> ModelVersion:
    """Change the description and tags. Raises `NotFound`, `Denied`, `Invalid`."""
    rules.tags(body.tags)
    if body.description is not None:
        rules.text(body.description, "description", rules.DESCRIPTION)

    def work(tx: Tx, owner: NameRow) -> ModelVersion:
        row = versions.locate(tx, owner, version)
        if body.description is not None:
            versions.change(tx, row.id, {"description": body.description, "updated_ms": ctx.clock.now_ms()})
            detail = {"description": {"old": row.description[:1_000], "new": body.description[:1_000]}}
            news.version(ctx, tx, owner, version, "updated", detail, description=body.description)
        if body.tags:
            _guard(owner, body.tags)
            old = versions.tags_of(tx, [row.id]).get(row.id, {})
            versions.put_tags(tx, row.id, {key: value for key, value in body.tags.items() if value is not None})
            versions.drop_tags(tx, row.id, [key for key, value in body.tags.items() if value is None])
            news.tags(ctx, tx, owner, old, body.tags, version)
        return versions.assemble(tx, [versions.locate(tx, owner, version)], facts=True)[0]

    return names.change(ctx, name, work, kind=kind)


def _guard(owner: NameRow, tags: Mapping[str, str | None]) -> None:
    """What a prompt says, and that it is one, is decided when its version is made."""
    if rules.IS_PROMPT in tags and owner.prompt != ((tags[rules.IS_PROMPT] or "").lower() == "true"):
        raise Invalid(f"the tag {rules.IS_PROMPT} is decided when the version is made", where="tags")
    if owner.prompt and "mlflow.prompt.text" in tags:
        raise Invalid("the text of a version cannot change", where="tags", hint="register a new version")


def mark(ctx: Ctx, tx: Tx, name: str, version: int, key: str, value: object) -> None:
    """Keep what a room or a tool found out about a version (`scan`, `signature`), in the caller's transaction."""
    row = located(tx, ctx, name, version, permission=Permission.WRITE)
    known = versions.facts_of(tx, row.id) or VersionFacts()
    versions.put_facts(tx, row.id, msgspec.structs.replace(known, marks={**known.marks, key: value}))


def delete(ctx: Ctx, name: str, version: int, *, kind: Kind | None = None) -> None:
    """Delete a version: what it said is gone, its number stays taken, aliases that meant it mean nothing.

    Raises:
        NotFound, Denied. What a hook raises that guards one of its aliases.
    """

    def work(tx: Tx, owner: NameRow) -> None:
        row = versions.locate(tx, owner, version)
        for alias in aliases.of_version(tx, owner.id, version):
            moves.unpoint(ctx, tx, owner, alias)
        files.drop(ctx, tx, row)
        now = ctx.clock.now_ms()
        versions.redact(tx, row.id, now)
        name_queries.touch(tx, owner.id, now)
        ancestry.gone(ctx, tx, owner, version)
        news.version(ctx, tx, owner, version, "deleted", {"source": row.source, "digest": row.digest})

    names.change(ctx, name, work, kind=kind)


def compare(ctx: Ctx, a: tuple[str, str], b: tuple[str, str]) -> Comparison:
    """Two versions, each (name, version as in `find`), side by side. Raises `NotFound`, `Invalid`."""
    left, right = find(ctx, *a, kind=Kind.MODEL), find(ctx, *b, kind=Kind.MODEL)
    with ctx.db.read() as tx:
        contents = [
            {item.path: item.digest for item in files.all_of(ctx, tx, located(tx, ctx, item.name, item.version))}
            for item in (left, right)
        ]
    return differences.versions(
        left, right, files=(contents[0], contents[1]), patches=(_patch(ctx, left), _patch(ctx, right))
    )


def _patch(ctx: Ctx, version: ModelVersion) -> str:
    """The uncommitted changes that the source run recorded, if any."""
    if not version.run_id:
        return ""
    try:
        item, chunks = artifacts.open(ctx, f"runs/{version.run_id}", _PATCH)
    except (Invalid, NotFound):
        return ""
    return b"".join(chunks).decode("utf-8", "replace") if (item.size or 0) <= 1 << 20 else ""


