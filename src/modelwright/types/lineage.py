"""What came from what: nodes, edges between them, and the graphs that answer questions about them.

An edge points with the flow of data: from what was read to what was made of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class EdgeOrigin(StrEnum):
    """How an edge is known: something ran and was seen, someone said so, or it was read out of code."""

    OBSERVED = "observed"
    DECLARED = "declared"
    INFERRED = "inferred"


class Node(msgspec.Struct, frozen=True):
    """A thing in the graph: its kind (`run`, `dataset_version`, `model`, `table`, `job` …) and its id in that kind.

    Ids: a run's or logged model's id; `flights/3` of a dataset, model or prompt version; `namespace::name` of a table
    or a job of another system.
    """

    kind: str
    id: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class ColumnEdge(msgspec.Struct, frozen=True):
    """A column that flows into another. `*` as target: into the whole (a filter, a join)."""

    source: str
    target: str
    how: str = ""
    """How, as `IDENTITY`, `AGGREGATION`, `FILTER`; empty when nobody said."""


class Edge(msgspec.Struct, frozen=True):
    """`source` flowed into `target`."""

    source: Node
    target: Node
    origin: EdgeOrigin = EdgeOrigin.OBSERVED
    via: str = ""
    """The run or job that proved it."""
    columns: list[ColumnEdge] = []
    at_ms: int | None = None
    """When; now, when it is not said."""


class GraphNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of an answer."""

    kind: str
    id: str
    label: str = ""
    depth: int = 0
    """Steps from where the walk began; negative upstream."""
    facts: dict[str, Any] = {}
    """What its room says about it: state, owner, aliases."""
    gone: bool = False
    """It was removed for good; what came of it still says so."""
    more: bool = False
    """It has further edges in the direction of the walk that this answer leaves out."""


class GraphEdge(msgspec.Struct, frozen=True, kw_only=True):
    """An edge of an answer, between places in its list of nodes."""

    source: int
    target: int
    origin: EdgeOrigin = EdgeOrigin.OBSERVED
    via: str = ""
    first_ms: int = 0
    last_ms: int = 0
    hidden: int = 0
    """Nodes between the two that the filter of kinds left out."""
    columns: list[ColumnEdge] = []


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a walk. The first node is where it began."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    truncated: bool = False
    """A limit left something out; nodes with `more` say where."""


class ImpactItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that breaks, or may break."""

    node: GraphNode
    distance: int
    rank: int
    """0 serves people now (an endpoint, a champion); greater is less urgent."""
    why: str = ""
    possible: bool = False
    """Columns are not known on the way: it may not be touched at all."""
    columns: list[str] = []


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What breaks if a thing changes, the most urgent first."""

    node: GraphNode
    items: list[ImpactItem]
    counts: dict[str, int]
    owners: list[str] = []
    truncated: bool = False


class LineagePath(msgspec.Struct, frozen=True, kw_only=True):
    """A shortest way between two things, with the flow; empty when there is none."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    truncated: bool = False
    """The search was given up at its limit, so a way may exist."""


class ColumnNode(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a thing."""

    kind: str
    id: str
    column: str
    depth: int = 0


class ColumnLink(msgspec.Struct, frozen=True, kw_only=True):
    """A column edge between places in a list of column nodes."""

    source: int
    target: int
    how: str = ""
    origin: EdgeOrigin = EdgeOrigin.OBSERVED


class ColumnGraph(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a walk over columns. The first nodes are where it began."""

    nodes: list[ColumnNode]
    edges: list[ColumnLink]
    truncated: bool = False


class Proof(msgspec.Struct, frozen=True):
    """A run or job that proved an edge, and when."""

    via: str
    at_ms: int


class EdgeHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the edges between two things."""

    origin: EdgeOrigin
    first_ms: int
    last_ms: int
    proofs: list[Proof]
    columns: list[ColumnEdge]


class EdgeNames(msgspec.Struct, frozen=True, kw_only=True):
    """Two things by their references (`table:db::orders`, `models:/flight-delay/3`)."""

    source: str
    target: str
    columns: list[ColumnEdge] = []


class DeclaredEdges(msgspec.Struct, frozen=True, kw_only=True):
    """Edges that a person (or a tool that reads code) declares."""

    edges: list[EdgeNames]
    origin: EdgeOrigin = EdgeOrigin.DECLARED
    via: str = ""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """How many edges were declared."""

    edges: int


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A table or job of another system, with what is said of it."""

    namespace: str
    name: str
    facets: dict[str, Any] = {}
    label: str = ""
    facts: dict[str, Any] = {}
    """What answers show: `owner`, `description`, `type`, `tags`, `url`."""


class ToldCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a check of data. `passed` is None when it could not be told."""

    name: str
    passed: bool | None
    column: str = ""
    detail: str = ""


class ToldSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a table was made of: another table or a job, and which columns."""

    namespace: str
    name: str
    job: bool = False
    columns: list[ColumnEdge] = []


class ToldTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table as an event speaks of it."""

    thing: Thing
    names: list[Thing] = []
    """Other names of the same table."""
    fields: list[dict[str, Any]] | None = None
    version: str = ""
    own: dict[str, Any] = {}
    """What is true of this reading or writing alone."""
    checks: list[ToldCheck] = []
    sources: list[ToldSource] = []
    removed: bool = False


class ToldRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a job of another system, as an event speaks of it."""

    id: str
    state: str = ""
    final: bool = False
    began: bool = False
    facets: dict[str, Any] = {}
    parent: str = ""
    parent_job: Thing | None = None
    nominal_start_ms: int | None = None
    nominal_end_ms: int | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What another system says happened (with a run) or is so (without one)."""

    at_ms: int
    run: ToldRun | None = None
    job: Thing | None = None
    inputs: list[ToldTable] = []
    outputs: list[ToldTable] = []
    others: list[ToldTable] = []
    """Tables that are neither read nor written by a job of the event."""
    origin: EdgeOrigin = EdgeOrigin.OBSERVED
