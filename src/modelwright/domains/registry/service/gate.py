"""Asking those who guard moves: the hooks `registry.before_transition`, in the transaction of the move."""

from __future__ import annotations

from modelwright.domains.registry.queries.names import NameRow
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.registry import Kind, Transition


def ask(
    ctx: Ctx,
    tx: Tx,
    row: NameRow,
    kind: str,
    name: str,
    version: int | None,
    previous: int | str | None,
    *,
    archive: bool = False,
    verb: str = "set",
) -> None:
    """Let every hook see what is about to happen to an alias or a stage. Raises what a hook raises."""
    hooks = ctx.hooks.get("registry.before_transition", [])
    if not hooks:
        return
    asked = Transition(
        kind=kind,
        model=row.name,
        version=version,
        name=name,
        previous=previous,
        archive=archive,
        subject=Kind(row.kind),
        verb=verb,
    )
    for hook in hooks:
        hook(ctx, tx, asked)
