"""Telling lineage where versions come from: from a logged model or a run, from another version, from prompts."""

from __future__ import annotations

from modelwright.domains.lineage import service as lineage
from modelwright.domains.registry.queries import aliases, versions
from modelwright.domains.registry.queries.names import NameRow
from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.domains.registry.service.found import Found
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.lineage import Edge, EdgeOrigin, Node
from modelwright.types.registry import Kind, VersionFacts


def node(row: NameRow, version: int) -> Node:
    """A version in the graph."""
    kind = "prompt_version" if row.prompt else "model_version"
    return Node(kind, f"{row.name}/{version}", f"{row.name} {version}")


def made(ctx: Ctx, tx: Tx, row: NameRow, version: VersionRow, found: Found, facts: VersionFacts | None) -> None:
    """A version was made: it is in the graph, with what it was made of."""
    target = node(row, version.version)
    lineage.describe(ctx, tx, target, target.label, {"state": "ready", "owner": version.user or None})
    edges: list[Edge] = []
    if found.copied is not None:
        edges.append(Edge(Node("model_version", f"{found.copied.name}/{found.copied.version}"), target))
    elif found.model is not None:
        edges.append(Edge(Node("model", found.model.id), target, via=found.run_id))
    elif found.run is not None:
        edges.append(Edge(Node("run", found.run.id), target, via=found.run_id))
    for text in facts.prompts if facts else []:
        name, _, number = text.removeprefix("prompts:/").partition("/")
        if name and number.isascii() and number.isdigit():
            edges.append(Edge(Node("prompt_version", f"{name}/{number}"), target, EdgeOrigin.DECLARED))
    lineage.link(ctx, tx, edges)


def moved(ctx: Ctx, tx: Tx, row: NameRow, version: int | None) -> None:
    """A version got or lost an alias, or is in another stage."""
    found = versions.find(tx, row.id, version) if version is not None else None
    if found is not None:
        facts = {"aliases": aliases.of_version(tx, row.id, found.version) or None}
        stage = None if row.kind == Kind.PROMPT or found.stage == "None" else found.stage
        lineage.describe(ctx, tx, node(row, found.version), facts={**facts, "stage": stage})


def renamed(ctx: Ctx, tx: Tx, old: NameRow, new: NameRow) -> None:
    """Versions have another name; what was told of them under the old one stays true."""
    for version in versions.numbers(tx, new.id):
        lineage.rename(ctx, tx, node(old, version), node(new, version))


def gone(ctx: Ctx, tx: Tx, row: NameRow, version: int) -> None:
    """A version was deleted."""
    lineage.unlink(ctx, tx, node(row, version))
