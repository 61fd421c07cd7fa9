"""Telling what changed: the audit row and the event of each change, in the words of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.registry.queries.names import NameRow
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.registry import Kind

_NAMES = {Kind.MODEL: "registered_model", Kind.PROMPT: "prompt"}
_VERSIONS = {Kind.MODEL: "model_version", Kind.PROMPT: "prompt_version"}


def resource(kind: Kind | str, name: str) -> str:
    """What permissions and audit rows call a registered name."""
    return f"{'prompts' if kind == Kind.PROMPT else 'models'}/{name}"


def named(ctx: Ctx, tx: Tx, row: NameRow, verb: str, detail: Mapping[str, Any], **payload: Any) -> None:
    """A registered name was created, updated, renamed or deleted."""
    kind = f"{_NAMES[Kind(row.kind)]}.{verb}"
    audit.append(ctx, tx, kind, resource(row.kind, row.name), detail)
    events.publish(ctx, tx, kind, row.name, "", {"name": row.name, **payload})


def version(
    ctx: Ctx, tx: Tx, row: NameRow, number: int, verb: str, detail: Mapping[str, Any], **payload: Any
) -> None:
    """A version was created, updated, transitioned or deleted."""
    kind = f"{_VERSIONS[Kind(row.kind)]}.{verb}"
    audit.append(ctx, tx, kind, f"{resource(row.kind, row.name)}/{number}", detail)
    events.publish(
        ctx, tx, kind, f"{row.name}/{number}", row.name, {"name": row.name, "version": str(number), **payload}
    )


def tags(
    ctx: Ctx, tx: Tx, row: NameRow, old: Mapping[str, str], new: Mapping[str, str | None], number: int | None = None
) -> None:
    """Tags of a name, or of a version of it, were set or deleted."""
    owner = row.name if number is None else f"{row.name}/{number}"
    word = (_NAMES if number is None else _VERSIONS)[Kind(row.kind)]
    changed = {key: {"old": old.get(key), "new": value} for key, value in new.items() if old.get(key) != value}
    if changed:
        audit.append(ctx, tx, f"{word}.tags", f"{resource(row.kind, owner)}", {"tags": changed})
    for key, value in new.items():
        kind = f"{word}_tag.{'deleted' if value is None else 'set'}"
        payload: dict[str, Any] = {"name": row.name, "key": key}
        if number is not None:
            payload["version"] = str(number)
        if value is not None:
            payload["value"] = value
        events.publish(ctx, tx, kind, f"{owner}#{key}", row.name, payload)


def alias(
    ctx: Ctx, tx: Tx, row: NameRow, name: str, verb: str, number: int | None, previous: int | None
) -> None:
    """An alias was moved (set, rolled_back) or deleted."""
    word = f"{_NAMES[Kind(row.kind)]}_alias"
    kind = f"{word}.{'deleted' if verb == 'deleted' else 'set'}"
    detail = {"alias": name, "version": number, "previous": previous}
    audit.append(ctx, tx, f"{word}.{verb}", resource(row.kind, row.name), detail)
    payload: dict[str, Any] = {"name": row.name, "alias": name}
    if number is not None:
        payload["version"] = str(number)
    if previous is not None:
        payload["previous"] = str(previous)
    events.publish(ctx, tx, kind, f"{row.name}@{name}", row.name, payload)
