"""The moves of aliases and stages: one verb each, on every wire, so that whoever guards them guards all.

Before anything moves, the hooks `registry.before_transition` see the `Transition` in the same transaction; what they
raise stops it. A mover may say what it expects to find (`expected`); of two that expect the same, one wins. A move to
where the alias or the version is already is no move.
"""

from __future__ import annotations

from modelwright.domains.registry.queries import aliases, versions
from modelwright.domains.registry.queries import names as name_queries
from modelwright.domains.registry.queries.names import NameRow
from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.domains.registry.rules import moves as rules
from modelwright.domains.registry.rules import names as name_rules
from modelwright.domains.registry.service import ancestry, gate, names, news
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Conflict, Invalid, NotFound
from modelwright.types.registry import Kind, ModelVersion, Move, Stage

_ACTIVE = (Stage.STAGING, Stage.PRODUCTION)


def set_alias(
    ctx: Ctx, name: str, alias: str, version: int, *, expected: int | None = None, kind: Kind | None = None
) -> ModelVersion:
    """Let an alias mean a version.

    Args:
        expected: the version that it means now, 0 for none; another one is a conflict. None: whatever it means.

    Raises:
        NotFound: no such name or version. Invalid: a bad alias. Conflict: it means another version than expected.
        Whatever a hook raises.
    """
    name_rules.alias(alias)

    def work(tx: Tx, row: NameRow) -> ModelVersion:
        point(ctx, tx, row, alias, version, expected=expected)
        return versions.assemble(tx, [versions.locate(tx, row, version)])[0]

    return names.change(ctx, name, work, kind=kind)


def delete_alias(
    ctx: Ctx, name: str, alias: str, *, expected: int | None = None, kind: Kind | None = None
) -> int | None:
    """Let an alias mean nothing; the version that it meant, None when it meant none. Raises as `set_alias`."""
    name_rules.alias(alias, new=False)
    return names.change(ctx, name, lambda tx, row: unpoint(ctx, tx, row, alias, expected=expected), kind=kind)


def rollback(
    ctx: Ctx, name: str, alias: str, *, expected: int | None = None, kind: Kind | None = None
) -> ModelVersion:
    """Let an alias mean the version that it meant before; once more goes back once more.

    Raises:
        NotFound: no such name, or nothing to go back to. Conflict: it means another version than expected.
        Whatever a hook raises.
    """
    name_rules.alias(alias, new=False)

    def work(tx: Tx, row: NameRow) -> ModelVersion:
        history = aliases.moves(tx, row.id, kind="alias", name=alias)
        version = rules.back(history, lambda number: versions.find(tx, row.id, number) is not None)
        if version is None:
            raise NotFound(
                f"the alias {alias!r} of {row.name!r} meant no other version before", where="alias",
                hint="see its moves; versions that are deleted cannot be gone back to",
            )
        point(ctx, tx, row, alias, version, expected=expected, verb="rolled_back")
        return versions.assemble(tx, [versions.locate(tx, row, version)])[0]

    return names.change(ctx, name, work, kind=kind)


def transition_stage(
    ctx: Ctx, name: str, version: int, stage: str, *, archive: bool = False, expected: Stage | None = None
) -> ModelVersion:
    """Move a version to a stage; `archive` moves the versions that are there now to Archived.

    Raises:
        NotFound. Invalid: no stage, or `archive` with one that is not active. Conflict: it is in another stage than
        expected. Whatever a hook raises.
    """
    wanted = name_rules.stage(stage)
    if archive and wanted not in _ACTIVE:
        raise Invalid(
            "Model version transition cannot archive existing model versions because "
            f"'{stage}' is not an Active stage. Valid stages are {[item.value for item in _ACTIVE]}",
            where="archive_existing_versions",
        )

    def work(tx: Tx, row: NameRow) -> ModelVersion:
        found = versions.locate(tx, row, version)
        if expected is not None and found.stage != expected:
            raise Conflict(
                f"{row.name}/{version} is in stage {found.stage}, not {expected.value}", where="expected",
                hint="look again, then move it",
            )
        others = versions.in_stage(tx, row.id, wanted.value, version) if archive else []
        if found.stage != wanted or others:
            gate.ask(ctx, tx, row, "stage", wanted.value, version, found.stage, archive=archive)
        if found.stage != wanted:
            _staged(ctx, tx, row, found, wanted)
        for other in others:
            _staged(ctx, tx, row, other, Stage.ARCHIVED)
        return versions.assemble(tx, [versions.locate(tx, row, version)])[0]

    return names.change(ctx, name, work)


def history(ctx: Ctx, name: str, *, alias: str = "", kind: Kind | None = None) -> list[Move]:
    """The moves of a name's aliases and stages, or of one alias, the newest first; at most 1,000. Raises `NotFound`."""
    with ctx.db.read() as tx:
        row = names.located(tx, ctx, name, Permission.READ, kind=kind)
        found = aliases.moves(tx, row.id, kind="alias" if alias else "", name=alias)
        return found[::-1]


def point(
    ctx: Ctx, tx: Tx, row: NameRow, alias: str, version: int, *, expected: int | None = None, verb: str = "set"
) -> None:
    """Move an alias in an open transaction that holds the name. Raises as `set_alias`."""
    versions.locate(tx, row, version)
    previous = aliases.meant(tx, row.id, alias)
    _expect(row, alias, previous, expected, wanted=version)
    if previous == version:
        return
    gate.ask(ctx, tx, row, "alias", alias, version, previous, verb=verb)
    aliases.put(tx, row.id, alias, version)
    _moved(ctx, tx, row, alias, verb, version, previous)


def unpoint(ctx: Ctx, tx: Tx, row: NameRow, alias: str, *, expected: int | None = None) -> int | None:
    """Delete an alias in an open transaction that holds the name. Raises as `delete_alias`."""
    previous = aliases.meant(tx, row.id, alias)
    _expect(row, alias, previous, expected, wanted=None)
    if previous is not None:
        gate.ask(ctx, tx, row, "alias", alias, None, previous, verb="deleted")
        aliases.drop(tx, row.id, alias)
        _moved(ctx, tx, row, alias, "deleted", None, previous)
    return previous


def _expect(row: NameRow, alias: str, previous: int | None, expected: int | None, *, wanted: int | None) -> None:
    if expected is None or (previous or 0) == expected:
        return
    if previous == wanted:  # the same move again, whose answer got lost
        return
    means = f"version {previous}" if previous else "nothing"
    raise Conflict(
        f"the alias {alias!r} of {row.name!r} means {means}, not {f'version {expected}' if expected else 'nothing'}",
        where="expected",
        hint="someone else moved it; look again, then move it",
    )


def _moved(ctx: Ctx, tx: Tx, row: NameRow, alias: str, verb: str, version: int | None, previous: int | None) -> None:
    now = ctx.clock.now_ms()
    move = Move(kind="alias", name=alias, verb=verb, version=version, previous=previous, user=ctx.who, at_ms=now)
    aliases.record(tx, row.id, move)
    name_queries.touch(tx, row.id, now)
    for number in (version, previous):
        ancestry.moved(ctx, tx, row, number)
    news.alias(ctx, tx, row, alias, verb, version, previous)


def _staged(ctx: Ctx, tx: Tx, row: NameRow, version: VersionRow, stage: Stage) -> None:
    now = ctx.clock.now_ms()
    versions.change(tx, version.id, {"stage": stage.value, "updated_ms": now})
    aliases.record(
        tx,
        row.id,
        Move(
            kind="stage",
            name=stage.value,
            verb="set",
            version=version.version,
            previous=None,
            left_stage=version.stage,
            user=ctx.who,
            at_ms=now,
        ),
    )
    name_queries.touch(tx, row.id, now)
    ancestry.moved(ctx, tx, row, version.version)
    detail = {"stage": {"old": version.stage, "new": stage.value}}
    news.version(
        ctx, tx, row, version.version, "transitioned", detail, from_stage=version.stage, to_stage=stage.value
    )
