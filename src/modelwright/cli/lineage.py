"""`mw lineage`: the graph around a thing as a tree, as DOT or as JSON; impact, paths, columns, declared edges.

Knows how a graph is drawn with letters. Refuses to know what its nodes are.
"""

from __future__ import annotations

import json

import click

from modelwright.cli.connect import connected
from modelwright.cli.output import note, say, show_json, table, when
from modelwright.sdk.client import Client
from modelwright.types.lineage import EdgeOrigin, Graph, GraphNode

_MARKS = {EdgeOrigin.OBSERVED: "", EdgeOrigin.DECLARED: " (declared)", EdgeOrigin.INFERRED: " (inferred)"}


@click.group("lineage")
def lineage_command() -> None:
    """Ask what came from what.

    NODE is kind:id (run:<id>, table:<namespace>::<name>, model_version:flight-delay/3), models:/name@alias,
    models:/name/3, datasets:/name/2, prompts:/name/1 or a run's id.
    """


@lineage_command.command("show")
@click.argument("node")
@click.option("--up", "way", flag_value="up", help="Only what it came from.")
@click.option("--down", "way", flag_value="down", help="Only what came of it.")
@click.option("--depth", default=5, show_default=True, type=click.IntRange(1, 100), metavar="N", help="Steps.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only things of this kind (repeatable).")
@click.option("--limit", default=1_000, show_default=True, type=click.IntRange(1, 20_000), metavar="N", help="Nodes.")
@click.option("--json", "as_json", is_flag=True, help="The graph as JSON.")
@click.option("--dot", "as_dot", is_flag=True, help="The graph for Graphviz.")
@connected
def show(
    client: Client, node: str, way: str | None, depth: int, kinds: tuple[str, ...], limit: int, as_json: bool,
    as_dot: bool,
) -> None:
    """Show what a thing came from and what came of it, as a tree."""
    found = client.lineage.graph(node, way or "both", depth=depth, kinds=kinds, limit=limit)
    if as_json:
        show_json(found)
        return
    if as_dot:
        say(dot(found))
        return
    for line in tree(found, way or "both"):
        say(line)
    if found.truncated:
        note("There is more: raise --limit or --depth, or filter by --kind.")


@lineage_command.command("impact")
@click.argument("node")
@click.option("--column", default="", metavar="NAME", help="Only what this column flows into.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@connected
def impact(client: Client, node: str, column: str, as_json: bool) -> None:
    """Show what breaks if a thing changes: endpoints and champions first."""
    found = client.lineage.impact(node, column)
    if as_json:
        show_json(found)
        return
    table(
        ["THING", "STEPS", "WHY", "OWNERS", "CERTAIN"],
        [
            [
                _name(item.node), item.distance, item.why, ", ".join(_listed(item.node)),
                "perhaps" if item.possible else "yes",
            ]
            for item in found.items
        ],
        empty="Nothing depends on it.",
    )
    if found.truncated:
        note("There is more than is shown.")


@lineage_command.command("path")
@click.argument("node")
@click.argument("to", default="")
@click.option("--json", "as_json", is_flag=True, help="The path as JSON.")
@connected
def path(client: Client, node: str, to: str, as_json: bool) -> None:
    """Show a shortest way between two things, or from the nearest beginning to one."""
    found = client.lineage.path(node, to)
    if as_json:
        show_json(found)
        return
    if not found.nodes:
        say("No way was found before the limit of the search." if found.truncated else "There is no way.")
    for place, each in enumerate(found.nodes):
        mark = _MARKS[found.edges[place - 1].origin] if place else ""
        say(f"{'  ' * place}{'→ ' if place else ''}{_name(each)}{mark}")


@lineage_command.command("columns")
@click.argument("node")
@click.argument("column", default="")
@click.option("--json", "as_json", is_flag=True, help="The graph as JSON.")
@connected
def columns(client: Client, node: str, column: str, as_json: bool) -> None:
    """Show which columns a column came from and went to."""
    found = client.lineage.columns(node, column)
    if as_json:
        show_json(found)
        return
    table(
        ["FROM", "COLUMN", "TO", "COLUMN", "HOW"],
        [
            [
                _clean(found.nodes[edge.source].id), _clean(found.nodes[edge.source].column),
                _clean(found.nodes[edge.target].id), _clean(found.nodes[edge.target].column),
                _clean(edge.how) + _MARKS[edge.origin],
            ]
            for edge in found.edges
        ],
        empty="No column edges are known.",
    )


@lineage_command.command("history")
@click.argument("source")
@click.argument("target")
@connected
def history(client: Client, source: str, target: str) -> None:
    """Show when an edge was seen first and last, and what proved it."""
    table(
        ["KNOWN AS", "FIRST SEEN", "LAST SEEN", "PROVED BY"],
        [
            [each.origin.value, when(each.first_ms), when(each.last_ms), ", ".join(_clean(p.via) for p in each.proofs)]
            for each in client.lineage.history(source, target)
        ],
        empty="There is no edge between the two.",
    )


@lineage_command.command("declare")
@click.argument("source")
@click.argument("target")
@click.option("--column", "pairs", multiple=True, metavar="FROM=TO", help="A column that flows (repeatable).")
@connected
def declare(client: Client, source: str, target: str, pairs: tuple[str, ...]) -> None:
    """Say that SOURCE flows into TARGET."""
    split = [each.partition("=") for each in pairs]
    if any(not mark for _, mark, _ in split):
        raise click.BadParameter("write --column from=to")
    client.lineage.declare(source, target, [(start, end) for start, _, end in split])


@lineage_command.command("retract")
@click.argument("source")
@click.argument("target")
@connected
def retract(client: Client, source: str, target: str) -> None:
    """Take a declared edge back."""
    client.lineage.retract(source, target)


def tree(found: Graph, way: str) -> list[str]:
    """The graph as lines of text: upstream above is drawn as a tree of its own. What was drawn already ends in …"""
    lines = [_name(found.nodes[0])]
    for down in (False, True):
        if way in ("both", "down" if down else "up"):
            near: dict[int, list[tuple[int, EdgeOrigin]]] = {}
            for edge in found.edges:
                start, end = (edge.source, edge.target) if down else (edge.target, edge.source)
                near.setdefault(start, []).append((end, edge.origin))
            if near.get(0):
                lines.append("came of it" if down else "came from")
                _branch(found, near, 0, "", {0}, lines)
    return lines


def _branch(
    found: Graph, near: dict[int, list[tuple[int, EdgeOrigin]]], place: int, indent: str, drawn: set[int],
    lines: list[str],
) -> None:
    pending = [(place, indent, iter(near.get(place, [])), len(near.get(place, [])))]
    while pending:
        at, before, rest, left = pending.pop()
        following = next(rest, None)
        if following is None:
            continue
        pending.append((at, before, rest, left - 1))
        child, origin = following
        last = left == 1
        seen = child in drawn
        lines.append(
            f"{before}{'└─ ' if last else '├─ '}{_name(found.nodes[child])}{_MARKS[origin]}"
            f"{' …' if seen and near.get(child) else ''}{' +' if found.nodes[child].more else ''}"
        )
        if not seen:
            drawn.add(child)
            children = near.get(child, [])
            pending.append((child, before + ("   " if last else "│  "), iter(children), len(children)))


def dot(found: Graph) -> str:
    """The graph in Graphviz's language."""
    lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];"]
    for place, node in enumerate(found.nodes):
        lines.append(f"  n{place} [label={json.dumps(_name(node), ensure_ascii=False)}];")
    styles = {EdgeOrigin.OBSERVED: "solid", EdgeOrigin.DECLARED: "dashed", EdgeOrigin.INFERRED: "dotted"}
    lines += [f"  n{edge.source} -> n{edge.target} [style={styles[edge.origin]}];" for edge in found.edges]
    return "\n".join([*lines, "}"])


def _name(node: GraphNode) -> str:
    label = f" ({node.label})" if node.label and node.label != node.id else ""
    return _clean(f"{node.kind} {node.id}{label}{' [removed]' if node.gone else ''}")


def _listed(node: GraphNode) -> list[str]:
    found: list[str] = []
    for key in ("owner", "owners", "user"):
        value = node.facts.get(key)
        found += [_clean(str(each)) for each in (value if isinstance(value, list) else [value]) if each]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return found


def _clean(text: str) -> str:
    """Without characters that would move a terminal's cursor."""
    return "".join(char if char.isprintable() else "·" for char in text)
