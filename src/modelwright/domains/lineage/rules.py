"""Decisions of lineage: kinds, ids and references, how urgent what breaks is, and graphs seen through a filter."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from modelwright.types.codec import finite, from_json, to_json
from modelwright.types.errors import Invalid
from modelwright.types.lineage import ColumnEdge, EdgeOrigin, GraphEdge, GraphNode, Node

KINDS: dict[str, int] = {
    "endpoint": 0,
    "model_version": 2,
    "prompt_version": 2,
    "report": 3,
    "exposure": 3,
    "feature_view": 3,
    "metric": 4,
    "model": 4,
    "registered_model": 4,
    "prompt": 4,
    "dataset": 5,
    "dataset_version": 5,
    "table": 5,
    "job": 6,
    "step": 7,
    "artifact": 7,
    "run": 7,
}
"""Kinds that rooms use, with how urgent one is that breaks. The set is open: a kind not here counts as 5."""

ORIGINS = [EdgeOrigin.OBSERVED, EdgeOrigin.DECLARED, EdgeOrigin.INFERRED]
"""As they are numbered in the tables."""

MOST_DEPTH = 100
MOST_NODES = 20_000
MOST_FAN = 20_000
MOST_COLUMNS = 10_000
MOST_FACTS = 64_000
MOST_EDGES = 10_000
MOST_FACET = 256_000
FACT = "~"
"""Begins the names of facets that are facts of ours."""

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ID_CHARS = 2_000
_COLUMN_CHARS = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_REFERENCE = re.compile(r"(models|prompts|datasets|runs):/+(.+)")
_ALIASES = ("champion", "production", "prod", "live")


def check(node: Node, where: str = "node") -> Node:
    """The node itself. Raises `Invalid` when its kind or id cannot be one."""
    if not _KIND.fullmatch(node.kind):
        raise Invalid(
            f"{node.kind[:40]!r} is not a kind of thing", where=where, hint=f"kinds are: {', '.join(sorted(KINDS))}"
        )
    if not 0 < len(node.id) <= _ID_CHARS:
        raise Invalid(f"an id has 1 to {_ID_CHARS:,} characters", where=where)
    if _CONTROL.search(node.id):
        raise Invalid("an id has no control characters", where=where)
    return node


def check_columns(columns: Sequence[ColumnEdge], where: str = "columns") -> None:
    """Raises `Invalid` where a column cannot have its name, or they are too many."""
    if len(columns) > MOST_COLUMNS:
        raise Invalid(f"at most {MOST_COLUMNS:,} column edges between two things", where=where)
    for place, each in enumerate(columns):
        for text in (each.source, each.target, each.how or "-"):
            if not 0 < len(text) <= _COLUMN_CHARS or _CONTROL.search(text):
                raise Invalid(
                    f"a column's name has 1 to {_COLUMN_CHARS} characters, none of them control characters",
                    where=f"{where}[{place}]",
                )


def parse(text: str, where: str = "node") -> tuple[Node, str]:
    """A node and an alias (mostly empty) from a reference.

    `kind:id`, and as people write them: `runs:/<id>`, `models:/name/3`, `models:/name@champion`, `models:/m-<id>`,
    `datasets:/flights/2`, `prompts:/greeting@prod`. A bare 32-digit id is a run's.

    Raises:
        Invalid: none of these.
    """
    if re.fullmatch(r"[0-9a-f]{32}", text):
        return Node("run", text), ""
    if re.fullmatch(r"m-[0-9a-f]{32}", text):
        return Node("model", text), ""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        kind, colon, name = text.partition(":")
        if not colon:
            raise Invalid(
                f"{text[:80]!r} names nothing", where=where,
                hint="write kind:id (run:<id>, model_version:flight-delay/3, table:db::orders) or models:/name@alias",
            )
        return check(Node(kind, name), where), ""
    scheme, rest = found[1], found[2]
    if scheme == "runs":
        return check(Node("run", rest.partition("/")[0]), where), ""
    if scheme == "models" and re.fullmatch(r"m-[0-9a-f]{32}", rest):
        return Node("model", rest), ""
    kind = {"models": "model_version", "prompts": "prompt_version", "datasets": "dataset_version"}[scheme]
    name, at, alias = rest.rpartition("@")
    if at:
        return check(Node(kind, name), where), alias
    if scheme == "datasets" and "/" not in rest and ":" in rest:
        rest = "/".join(rest.rsplit(":", 1))
    return check(Node(kind, rest), where), ""


def rank(kind: str, facts: Mapping[str, Any]) -> tuple[int, str]:
    """How urgent it is when such a thing breaks (0 serves people now), and why."""
    names = _listed(facts.get("aliases"))
    if kind == "endpoint":
        return 0, "serves requests"
    urgent = [name for name in names if name.lower() in _ALIASES]
    if urgent:
        return 0, f"is @{urgent[0]}"
    if names:
        return 1, f"is @{names[0]}"
    if str(facts.get("stage", "")).lower() == "production":
        return 1, "is in stage Production"
    return KINDS.get(kind, 5), ""


def owners(facts: Mapping[str, Any]) -> list[str]:
    """Whom to ask, as a thing's facts say."""
    found: list[str] = []
    for key in ("owner", "owners", "user"):
        value = facts.get(key)
        found += [each for each in _listed(value) if each and each not in found]
    return found


def aliases(facts: str) -> list[str]:
    """The aliases in stored facts."""
    return _listed(from_json(facts, dict[str, Any]).get("aliases")) if '"aliases"' in facts else []


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [each for each in cast("list[Any]", value) if isinstance(each, str)]
    return [value] if isinstance(value, str) else []


def filtered(
    nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], kinds: Collection[str]
) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Only nodes of some kinds (and the first); ways through others become single edges that count what they hide."""
    if not kinds:
        return list(nodes), list(edges)
    kept = {place: number for number, place in enumerate(p for p, n in enumerate(nodes) if p == 0 or n.kind in kinds)}
    if len(kept) == len(nodes):
        return list(nodes), list(edges)
    following: dict[int, list[GraphEdge]] = {}
    for edge in edges:
        following.setdefault(edge.source, []).append(edge)
    found: dict[tuple[int, int, EdgeOrigin], GraphEdge] = {}
    for place, number in kept.items():
        seen = {place}
        border = [(edge, 0, edge.origin) for edge in following.get(place, [])]
        while border:
            later: list[tuple[GraphEdge, int, EdgeOrigin]] = []
            for edge, hidden, weakest in border:
                if edge.target in kept:
                    key = (number, kept[edge.target], weakest)
                    if key not in found and key[0] != key[1]:
                        found[key] = GraphEdge(
                            source=key[0], target=key[1], origin=weakest, via=edge.via, hidden=hidden,
                            first_ms=edge.first_ms, last_ms=edge.last_ms,
                            columns=[] if hidden else edge.columns,
                        )
                elif edge.target not in seen:
                    seen.add(edge.target)
                    later += [
                        (each, hidden + 1, max(weakest, each.origin, key=ORIGINS.index))
                        for each in following.get(edge.target, [])
                    ]
            border = later
    return [nodes[place] for place in kept], list(found.values())


def external(namespace: str, name: str) -> str:
    """The id of a table or job of another system."""
    return f"{namespace.replace('::', ':%3A')}::{name}"


def parts(node_id: str) -> tuple[str, str]:
    """Namespace and name of such an id."""
    namespace, _, name = node_id.partition("::")
    return namespace.replace(":%3A", "::"), name


def bounded(facet: Any) -> str:
    """A facet as it is kept: JSON, or a note of its size when it is too large."""
    text = to_json(finite(facet)).decode()
    return text if len(text) <= MOST_FACET else to_json({"_left_out": f"{len(text):,} bytes"}).decode()


def looks(fields: Sequence[Mapping[str, Any]]) -> str:
    """A version by how a table looks: the same fields, the same version."""
    return _digest(to_json([[each.get("name"), each.get("type")] for each in fields]))


def job_version(inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """A version of a job by what it reads and writes."""
    return _digest(to_json([sorted(inputs), sorted(outputs)]))


def _digest(content: bytes) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(content).digest()[:16], version=5))
