"""What must not go: versions that runs use, that an alias names, or that other rooms hold.

Others say what they hold by the hook `data.pins`: `(ctx, tx, name, numbers) -> {number: reason}`.
"""

from __future__ import annotations

from collections.abc import Sequence

from modelwright.domains.data.queries import datasets, versions
from modelwright.domains.data.queries.versions import VersionRow
from modelwright.domains.lineage import service as lineage
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.lineage import Node


def pinned(ctx: Ctx, tx: Tx, name: str, rows: Sequence[VersionRow]) -> dict[int, str]:
    """Numbers of the versions that something needs, with the reason in words."""
    found: dict[int, str] = {}
    numbers = {row.id: row.number for row in rows}
    for version, runs in versions.used(tx, list(numbers)).items():
        found[numbers[version]] = f"{runs} run{'s' if runs > 1 else ''}"
    for hook in ctx.hooks.get("data.pins", []):
        for number, reason in hook(ctx, tx, name, sorted(numbers.values())).items():
            found[number] = f"{found[number]}; {reason}" if number in found else reason
    return found


def named(tx: Tx, dataset: int) -> dict[int, str]:
    """Numbers of the versions that aliases point to, with the reason."""
    found: dict[int, str] = {}
    for item in datasets.aliases_of(tx, [dataset])[dataset]:
        found[item.version] = f"{found[item.version]}, @{item.alias}" if item.version in found else f"@{item.alias}"
    return found


def node(name: str, number: int) -> Node:
    """A version in the graph of lineage."""
    return Node("dataset_version", f"{name}/{number}")


def gone(ctx: Ctx, tx: Tx, name: str, rows: Sequence[VersionRow]) -> None:
    """Say that versions were removed; what came of them still names them."""
    for row in rows:
        lineage.unlink(ctx, tx, node(name, row.number))
