"""The planner of run searches: which rows, in which order, from which index.

A search runs in phases, each with an order that an index gives: ordered by a metric, first the runs with a number, then
those with NaN, then those without the metric; ordered by start, first those with a start. Each phase reads every branch
(an experiment and a lifecycle) up to the size of the page and merges them, so that no phase sorts more than it shows.
Any other order is one phase that sorts. Everything else a filter asks is probed by primary key on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelwright.domains.tracking.queries.runs import COLUMNS, RunRow
from modelwright.domains.tracking.queries.search import rare
from modelwright.domains.tracking.queries.search.fields import LATEST, RUNS, START
from modelwright.kit import filters
from modelwright.kit.db import Row, Tx
from modelwright.kit.filters import Clause, Item, Kind, Node, Operator, OrderTerm, Sql
from modelwright.types.tracking import Lifecycle, RunSearch

_BRANCHES = 40
_RARE = 8  # branches in which a rare clause is looked for
_IN = 2_000
_NARROW = ("run_id", "parent_id")
_ALL = (Lifecycle.ACTIVE, Lifecycle.DELETED)  # and never what is being purged

_ID = OrderTerm("r.id", Kind.TEXT)
_NEWEST = OrderTerm("r.start_ms", Kind.TIME, descending=True)


@dataclass(frozen=True, slots=True)
class _Branch:
    """A part of the runs: where they are, said of `runs r` and said of `metrics o`, and their lifecycles."""

    runs: Sql
    metrics: Sql
    lifecycle: Sql

    def only(self, seqs: Sequence[int], tx: Tx) -> _Branch:
        """The branch cut down to some runs, found by their number: its own conditions no longer invite an index."""
        among, members = tx.dialect.among, (tx.dialect.members(seqs),)
        runs = self.runs.text.replace("r.experiment", "+r.experiment").replace("r.workspace =", "r.workspace || '' =")
        metrics = self.metrics.text.replace("o.experiment", "+o.experiment")
        return _Branch(
            Sql(f"r.seq {among} AND {runs}", members + self.runs.values),
            Sql(f"o.run {among} AND {metrics}", members + self.metrics.values),
            self.lifecycle,
        )


@dataclass(frozen=True, slots=True)
class _Phase:
    """A part of the order: its terms with the joins that they need, and what holds in this phase.

    `metric` drives it from the index of that metric.
    """

    joins: Sql
    order: list[OrderTerm]
    condition: Sql
    metric: str | None = None


def page(tx: Tx, workspace: str, request: RunSearch) -> tuple[list[RunRow], str]:
    """One page of runs and the token of the next.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid, or the search takes too long.
    """
    filters.page_size(request.max_results, filters.MAX_PAGE)
    node = filters.parse(request.filter)
    items = filters.items(request.order_by, RUNS)
    narrow = _narrow(node)
    phases = _phases(tx, items, narrow=narrow)
    condition = _kinds(request) & filters.where(node, RUNS, tx.dialect, whole=len(phases) == 1 and not narrow)
    bound = filters.binding(
        workspace, request.experiments, request.filter, request.order_by, request.lifecycle, request.kinds
    )
    start = filters.decode(request.page, bound, [[term.kind for term in phase.order] for phase in phases])
    branches = _cut(tx, node, _branches(tx, workspace, request))
    first, position = start or (0, None)
    found: list[Row] = []
    sources: list[int] = []
    for number in range(first, len(phases)):
        phase = phases[number]
        wanted = request.max_results + 1 - len(found)
        here = Sql("") if position is None else filters.after(phase.order, position)
        rows = _merged(tx, phase, branches, condition & here, wanted)
        found += rows
        sources += [number] * len(rows)
        position = None
        if len(found) > request.max_results:
            break
    token = ""
    if len(found) > request.max_results:
        found.pop()
        last = sources[len(found) - 1]
        token = filters.encode(bound, last, found[-1][:-1])
    return _rows(tx, [row[-1] for row in found]), token


def everything(tx: Tx, workspace: str, request: RunSearch, columns: Sequence[str], limit: int) -> list[list[Any]]:
    """Columns (of `runs r`) of all runs that a search finds, in its order, at most `limit`; pages do not matter.

    Raises:
        Invalid: the filter or the order is not valid, or the search takes too long.
    """
    node = filters.parse(request.filter)
    phases = _phases(tx, filters.items(request.order_by, RUNS), narrow=_narrow(node))
    condition = _kinds(request) & filters.where(node, RUNS, tx.dialect, whole=True)
    branches = _cut(tx, node, _branches(tx, workspace, request))
    found: list[list[Any]] = [[] for _ in columns]
    for phase in phases:
        left = limit - len(found[0])
        rows = _merged(tx, phase, branches, condition, left, ", ".join(columns)) if left > 0 else []
        if rows:
            for column, values in zip(found, list(zip(*rows, strict=True))[len(phase.order) :], strict=True):
                column += values
    return found


def count(tx: Tx, workspace: str, request: RunSearch) -> int:
    """How many runs a search finds; page and order do not matter."""
    node = filters.parse(request.filter)
    condition = _kinds(request) & filters.where(node, RUNS, tx.dialect, whole=True)
    total = 0
    for branch in _cut(tx, node, _branches(tx, workspace, request)):
        where = branch.runs & branch.lifecycle & condition
        row = tx.row(f"SELECT COUNT(*) FROM runs r WHERE {where.text}", where.values)
        total += row[0] if row else 0
    return total


def _cut(tx: Tx, node: Node | None, branches: list[_Branch]) -> list[_Branch]:
    """The branches, cut down where a clause leaves few runs."""
    if node is None or len(branches) > _RARE:
        return branches
    out: list[_Branch] = []
    for branch in branches:
        seqs = rare.candidates(tx, node, branch.metrics)
        if seqs is None:
            out.append(branch)
        elif seqs:
            out.append(branch.only(seqs, tx))
    return out


def _kinds(request: RunSearch) -> Sql:
    if not request.kinds:
        return Sql("")
    marks = ",".join("?" * len(request.kinds))
    return Sql(f"r.kind IN ({marks})", tuple(kind.value for kind in request.kinds))


def _narrow(node: Node | None) -> bool:
    """Whether a clause names single runs, or one parent, so that few rows are left to sort."""
    return any(
        isinstance(part, Clause)
        and part.operator in (Operator.EQ, Operator.IN)
        and RUNS.resolve(part.name) in [RUNS.columns[name] for name in _NARROW]
        for part in filters.conjuncts(node)
    )


def _phases(tx: Tx, items: Sequence[Item], *, narrow: bool) -> list[_Phase]:
    ends = filters.end_terms(RUNS.ends)
    joins, rest = filters.item_terms(items[1:], tx.dialect)
    if narrow or (items and items[0].field != START and not _is_metric(items[0])):
        joins, terms = filters.terms(items, RUNS, tx.dialect)
        return [_Phase(joins, terms, Sql(""))]
    if not items or items[0].field == START:
        by_start = OrderTerm(START.expr, Kind.TIME, items[0].descending) if items else _NEWEST
        tail = [*rest, _ID]  # in a phase of one order term, runs of equal start differ by id alone
        return [
            _Phase(joins, [by_start, *tail], Sql("r.start_ms IS NOT NULL")),
            _Phase(joins, tail, Sql("r.start_ms IS NULL")),
        ]
    key = items[0].field.arguments[0]
    assert isinstance(key, str)
    missing = Sql("(SELECT 1 FROM metrics m WHERE m.run = r.seq AND m.key = ? LIMIT 1) IS NULL", (key,))
    with_number = [OrderTerm("o.last", Kind.NUMBER, items[0].descending), *rest, *ends]
    phases = [
        _Phase(joins, with_number, Sql("o.last IS NOT NULL"), key),
        _Phase(joins, [*rest, *ends], Sql("o.last IS NULL"), key),
    ]
    if rest:
        return [*phases, _Phase(joins, [*rest, *ends], missing)]
    return [
        *phases,
        _Phase(joins, [_NEWEST, _ID], Sql("r.start_ms IS NOT NULL") & missing),
        _Phase(joins, [_ID], Sql("r.start_ms IS NULL") & missing),
    ]


def _is_metric(item: Item) -> bool:
    return item.field.expr == LATEST.expr and item.field.source == LATEST.source


def _branches(tx: Tx, workspace: str, request: RunSearch) -> list[_Branch]:
    """The experiments (of this workspace) and lifecycles to look into, one by one while they are few."""
    lifecycles = [lifecycle.value for lifecycle in (_ALL if request.lifecycle is None else (request.lifecycle,))]
    known = experiments(tx, workspace, request.experiments)
    if not known:
        return []
    single = [Sql("r.lifecycle = ?", (lifecycle,)) for lifecycle in lifecycles]
    if len(known) * len(lifecycles) <= _BRANCHES:
        return [
            _Branch(Sql("r.experiment = ?", (number,)), Sql("o.experiment = ?", (number,)), lifecycle)
            for number in known
            for lifecycle in single
        ]
    if not request.experiments:
        of_metrics = Sql("o.experiment IN (SELECT x.id FROM experiments x WHERE x.workspace = ?)", (workspace,))
        return [_Branch(Sql("r.workspace = ?", (workspace,)), of_metrics, lifecycle) for lifecycle in single]
    listed = ",".join(map(str, known))
    among = Sql(f"r.lifecycle IN ({','.join('?' * len(lifecycles))})", tuple(lifecycles))
    return [_Branch(Sql(f"r.experiment IN ({listed})"), Sql(f"o.experiment IN ({listed})"), among)]


def experiments(tx: Tx, workspace: str, wanted: Sequence[str]) -> list[int]:
    """The numbers of those of the experiments that are in the workspace; of all of it when none are named."""
    if not wanted:
        rows = tx.rows("SELECT id FROM experiments WHERE workspace = ? ORDER BY id", (workspace,))
        return [row[0] for row in rows]
    numbers = sorted({int(text) for text in wanted if text.isascii() and text.isdigit() and len(text) < 19})
    known: list[int] = []
    for at in range(0, len(numbers), _IN):
        part = numbers[at : at + _IN]
        among = tx.dialect.among
        rows = tx.rows(
            f"SELECT id FROM experiments WHERE workspace = ? AND id {among}", (workspace, tx.dialect.members(part))
        )
        known += [row[0] for row in rows]
    return sorted(known)


def _merged(
    tx: Tx, phase: _Phase, branches: Sequence[_Branch], condition: Sql, limit: int, columns: str = "r.seq"
) -> list[Row]:
    """The first rows of a phase over all branches: the values of its order terms, then the columns."""
    found: list[Row] = []
    for branch in branches:
        if phase.metric is None:
            table, where = "runs r", branch.runs & branch.lifecycle & phase.condition & condition
        else:
            # A cross join, because SQLite then keeps this order of the tables: the index gives the order.
            table = "metrics o CROSS JOIN runs r"
            where = branch.metrics & Sql("o.key = ?", (phase.metric,)) & phase.condition
            # Where the metric is, the run is: asked again, PostgreSQL would take it for a second, narrowing condition.
            where = where & Sql("r.seq = o.run") & branch.lifecycle & condition
        joined = Sql(table + phase.joins.text, phase.joins.values)
        found += filters.ordered(tx, columns, joined, where, phase.order, limit)
    if len(branches) > 1:
        for place in reversed(range(len(phase.order))):
            found.sort(key=lambda row: _sortable(row[place]), reverse=phase.order[place].descending)
        del found[limit:]
    return found


def _sortable(value: str | float | None) -> tuple[bool, str | float]:
    return (False, 0) if value is None else (True, value)


def _rows(tx: Tx, seqs: Sequence[int]) -> list[RunRow]:
    """Rows in this order."""
    found: dict[int, RunRow] = {}
    for at in range(0, len(seqs), _IN):
        part = seqs[at : at + _IN]
        for row in tx.rows(f"SELECT {COLUMNS} FROM runs WHERE seq {tx.dialect.among}", (tx.dialect.members(part),)):
            found[row[0]] = RunRow._make(row)
    return [found[seq] for seq in seqs]
