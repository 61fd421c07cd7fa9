"""Every statement about many runs at once: rows and columns of tables, and which keys the runs have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.queries import assemble
from modelwright.domains.tracking.queries.search import runs as planner
from modelwright.domains.tracking.queries.search.fields import RUNS
from modelwright.domains.tracking.rules import columns as rules
from modelwright.domains.tracking.rules.columns import Asked, Column
from modelwright.kit.db import Tx
from modelwright.kit.filters import Name
from modelwright.types.codec import reader
from modelwright.types.overview import ColumnKind, KeyInfo, Selection
from modelwright.types.tracking import Lifecycle, RunSearch

_FIXED = ("seq", "id", "name", "state", "kind", "user_name", "group_name", "start_ms", "end_ms", "parent_id")
_JOINS = 24  # tables joined in one statement
_SCAN = 2_000  # runs from which on a metric is read from its index, whole
_IN = 10_000
_OWN = re.compile(r"\bm\.")
_text: Any = reader(str)
_TABLES = {"params": "params", "tags": "tags", "summary": "summaries", "metrics": "metrics"}


class Rows:
    """Runs in their order: `seqs`, `ids` and the fixed columns."""

    def __init__(self, parts: Sequence[list[Any]]) -> None:
        self.seqs: list[int] = parts[0]
        self.ids: list[str] = parts[1]
        self._parts: dict[str, Sequence[Any]] = dict(
            zip(("name", "state", "kind", "user", "group", "start_ms", "end_ms", "parent_id"), parts[2:], strict=True)
        )

    def __len__(self) -> int:
        return len(self.seqs)

    def only(self, places: Sequence[int]) -> Rows:
        """Some of the runs, by their places."""
        return Rows([[part[place] for place in places] for part in (self.seqs, self.ids, *self._parts.values())])

    def fixed(self, name: str) -> Column:
        """One of the columns that every table has."""
        kind = rules.FIXED[name]
        if name == "duration":
            ends, starts = (np.array(self._parts[part], np.float64) for part in ("end_ms", "start_ms"))
            return rules.of_numbers(name, ends - starts, kind, [])
        values = self._parts[name]
        if kind is ColumnKind.TIME:
            return rules.of_numbers(name, values, kind, [])
        if name in ("user", "group"):
            values = [value or None for value in values]
        return rules.of_texts(name, values, kind)


def search(selection: Selection, order_by: Sequence[str] = ()) -> RunSearch:
    """A selection as a search."""
    return RunSearch(
        experiments=selection.experiments,
        filter=selection.filter,
        lifecycle=selection.lifecycle,
        order_by=list(order_by),
    )


def rows(tx: Tx, workspace: str, request: RunSearch, limit: int) -> Rows:
    """All runs of a search, in its order. Raises `Invalid`: the filter or the order is not valid."""
    return Rows(planner.everything(tx, workspace, request, [f"r.{column}" for column in _FIXED], limit))


def seqs(tx: Tx, workspace: str, request: RunSearch) -> list[int]:
    """The numbers of all runs of a search. Raises as `rows`."""
    return planner.everything(tx, workspace, request, ["r.seq"], 1 << 40)[0]


def columns(tx: Tx, found: Rows, wanted: Sequence[Asked], *, scan: Sequence[int] = ()) -> list[Column]:
    """Values of columns for runs, in the order of both.

    Args:
        scan: the experiments that the runs are most of, if they are: their metrics are then read in one go.
    """
    seqs = np.array(found.seqs, np.int64)
    order = np.argsort(seqs)
    ascending = seqs[order]
    made: dict[str, Column] = {}
    rest: list[Asked] = []
    for each in dict.fromkeys(wanted):
        if each.what == "last" and scan and len(seqs) >= _SCAN:
            made[each.name] = _scanned(tx, each, scan, ascending, order)
        else:
            rest.append(each)
    for start in range(0, len(rest), _JOINS):
        part = rest[start : start + _JOINS]
        for each, values in zip(part, _joined(tx, part, ascending, order), strict=True):
            made[each.name] = values
    return [made[each.name] for each in wanted]


def _scanned(tx: Tx, each: Asked, experiments: Sequence[int], ascending: NDArray[Any], order: NDArray[Any]) -> Column:
    """The last values of a metric from its index."""
    numbers = np.full(len(order), np.nan)
    nan: list[int] = []
    for experiment in experiments:
        got = tx.rows('SELECT run, "last" FROM metrics WHERE experiment = ? AND key = ?', (experiment, each.key))
        if not got:
            continue
        pairs = np.array(got, np.float64)  # numbers of runs are far below 2^53
        owners, floats = pairs[:, 0].astype(np.int64), pairs[:, 1]
        at = np.minimum(np.searchsorted(ascending, owners), len(ascending) - 1)
        here = ascending[at] == owners
        numbers[order[at[here]]] = floats[here]
        nan += order[at[here & np.isnan(floats)]].tolist()
    return rules.of_numbers(each.name, numbers, ColumnKind.NUMBER, sorted(nan))


def _joined(tx: Tx, wanted: Sequence[Asked], ascending: NDArray[Any], order: NDArray[Any]) -> list[Column]:
    """Columns that are looked up run by run."""
    selected: list[str] = []
    joins: list[str] = []
    for number, each in enumerate(wanted):
        alias = f"c{number}"
        if each.what == "best":
            selected += [f"{alias}.min", f"{alias}.max"]
        elif each.map == "metrics":
            expr = RUNS.resolve(Name(each.key, "metrics", each.what)).expr
            selected += [_OWN.sub(f"{alias}.", expr), f'{alias}."count"']
        else:
            text = "text" if each.map == "params" else "value"
            selected += [f"{alias}.{text}", "NULL" if each.map == "tags" else f"{alias}.number"]
        joins.append(f" LEFT JOIN {_TABLES[each.map]} {alias} ON {alias}.run = r.seq AND {alias}.key = ?")
    got = tx.rows(
        f"SELECT {', '.join(selected)} FROM runs r{''.join(joins)} WHERE r.seq {tx.dialect.among} ORDER BY r.seq",
        (*(each.key for each in wanted), tx.dialect.members(ascending.tolist())),
    )
    parts: list[Sequence[Any]] = list(zip(*got, strict=True)) if got else [()] * len(selected)
    back = np.empty(len(order), np.int64)  # row of the table → row of the answer
    back[order] = np.arange(len(order))
    made: list[Column] = []
    for number, each in enumerate(wanted):
        values, beside = parts[2 * number : 2 * number + 2]
        if each.what == "best":
            goals = _goals(tx, each.key, ascending)
            values = [
                None if goal is None else high if goal == "max" else low
                for goal, low, high in zip(goals, values, beside, strict=True)
            ]
        made.append(_column(each, values, beside, back))
    return made


def _goals(tx: Tx, key: str, ascending: NDArray[Any]) -> list[str | None]:
    """The goal of a metric for each run."""
    declared: dict[int, list[tuple[str, str]]] = {}
    for seq, pattern, goal in tx.rows(
        f"SELECT run, key, goal FROM definitions WHERE goal IS NOT NULL AND run {tx.dialect.among}",
        (tx.dialect.members(ascending.tolist()),),
    ):
        declared.setdefault(seq, []).append((pattern, goal))
    return [assemble.goal_of(declared.get(seq), key) for seq in ascending.tolist()]


def _column(each: Asked, values: Sequence[Any], beside: Sequence[Any], back: NDArray[Any]) -> Column:
    if each.map == "metrics":
        numbers = np.array(values, np.float64)[back]
        nan: list[int] = []
        if each.what == "last" and np.isnan(numbers).any():
            there = np.array([count is not None for count in beside], bool)[back]
            nan = np.flatnonzero(np.isnan(numbers) & there).tolist()
        return rules.of_numbers(each.name, numbers, ColumnKind.NUMBER, nan)
    if each.map != "tags" and values.count(None) == beside.count(None):
        return rules.of_numbers(each.name, np.array(beside, np.float64)[back], ColumnKind.NUMBER, [])
    if each.map == "summary":
        values = [_text(text.encode()) if text is not None and text[0] == '"' else text for text in values]
    found = rules.of_texts(each.name, values, ColumnKind.TEXT)
    return found._replace(codes=found.codes[back])


def keys(tx: Tx, kind: str, seqs: Sequence[int]) -> dict[str, tuple[int, bool]]:
    """Of a map of some runs, by key: how many of them have it, and whether all its values are numbers."""
    numbers = {"params": 'count("number")', "summary": 'count("number")', "tags": "0", "metrics": "count(*)"}[kind]
    found: dict[str, tuple[int, bool]] = {}
    for start in range(0, len(seqs), _IN):  # by portions, because one that is sorted in memory is quick
        for key, count, numeric in tx.rows(
            f"SELECT key, count(*), {numbers} FROM {_TABLES[kind]} WHERE run {tx.dialect.among} GROUP BY key",
            (tx.dialect.members(sorted(seqs[start : start + _IN])),),
        ):
            before = found.get(key, (0, True))
            found[key] = before[0] + count, before[1] and numeric == count
    return found


_COUNTED = (
    "WITH RECURSIVE k (key) AS (SELECT min(key) FROM metrics WHERE experiment = ? UNION ALL "
    "SELECT (SELECT min(m.key) FROM metrics m WHERE m.experiment = ? AND m.key > k.key) FROM k "
    "WHERE k.key IS NOT NULL) SELECT key, (SELECT count(*) FROM metrics m WHERE m.experiment = ? AND m.key = k.key) "
    "FROM k WHERE key IS NOT NULL"
)


def metric_keys(tx: Tx, experiments: Sequence[int]) -> dict[str, tuple[int, bool]]:
    """As `keys`, of the metrics of all runs of experiments, deleted ones too: from the index alone, leaping by key."""
    found: dict[str, tuple[int, bool]] = {}
    for experiment in experiments:
        for key, count in tx.rows(_COUNTED, (experiment, experiment, experiment)):
            found[key] = found.get(key, (0, True))[0] + count, True
    return found


def infos(found: Mapping[str, tuple[int, bool]]) -> list[KeyInfo]:
    """Keys as they leave the room."""
    return [
        KeyInfo(key=key, runs=count, kind=ColumnKind.NUMBER if numeric else ColumnKind.TEXT)
        for key, (count, numeric) in sorted(found.items())
        if count > 0
    ]


def experiments(tx: Tx, workspace: str, wanted: Sequence[str]) -> list[int]:
    """The numbers of those of the experiments that are in the workspace; of all of it when none are named."""
    return planner.experiments(tx, workspace, wanted)


def only_active(tx: Tx, numbers: Sequence[int]) -> bool:
    """Whether no run of the experiments was deleted."""
    return not any(
        tx.row("SELECT 1 FROM runs WHERE experiment = ? AND lifecycle <> ? LIMIT 1", (number, Lifecycle.ACTIVE.value))
        for number in numbers
    )
