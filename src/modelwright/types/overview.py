"""Many runs at once: tables of them, what they have in common, what their params do, saved views, changes in bulk.

Knows shapes; refuses to know how anything is found.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from modelwright.types.tracking import Goal, Lifecycle, RunUpdate


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs: `experiments` empty means all of the workspace, `lifecycle` null deleted ones too."""

    experiments: list[str] = []
    filter: str = ""
    lifecycle: Lifecycle | None = Lifecycle.ACTIVE


class RunTable(Selection, frozen=True, kw_only=True):
    """A table of runs, a row a run, newest first unless `order_by` says otherwise.

    The fixed columns always come: name, state, kind, user, group, start_ms, end_ms, duration (ms), parent_id. `columns`
    are more: `params.<key>`, `tags.<key>`, `summary.<key>` and `metrics.<key>` (the last value), or
    `metrics.<key>.<what>` with last, min, max, mean, best, count or step. A last piece that is one of these words is
    always taken as such: the last value of a metric named `loss.min` is `metrics.loss.min.last`.
    """

    order_by: list[str] = []
    columns: list[str] = []
    limit: int = 100_000


class ColumnKind(StrEnum):
    """What the values of a column are; in a frame texts and enums are codes of the column's `dictionary`."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"  # Unix ms
    ENUM = "enum"  # one of few texts


class TableColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table: a value a run, null where it has none. Numbers that are no number are texts (`"NaN"`)."""

    name: str
    kind: ColumnKind
    values: list[Any]


class RunRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a table as columns. `total` runs are there, also those beyond the `limit`.

    As a frame: `ids` and `total` in the header; a column of numbers or times holds a float64 a run, NaN where there is
    none, and `nan` in its description lists the rows whose value is NaN itself; a column of texts holds an int32 a run,
    the place in its `dictionary`, −1 where there is none.
    """

    ids: list[str]
    columns: list[TableColumn]
    total: int
    took_ms: float = 0.0


class KeyInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A key that some runs have: how many, and of which kind its values are (number when all of them are)."""

    key: str
    runs: int
    kind: ColumnKind = ColumnKind.NUMBER


class RunKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that some runs have, in order."""

    runs: int
    params: list[KeyInfo]
    tags: list[KeyInfo]
    metrics: list[KeyInfo]
    summary: list[KeyInfo]


class FacetQuery(Selection, frozen=True, kw_only=True):
    """The values of `key`: a column as in `RunTable`, or name, state, kind, user, group, parent_id."""

    key: str
    limit: int = 200


class Facet(msgspec.Struct, frozen=True):
    """A value, and how many runs have it."""

    value: str | float
    runs: int


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """The most frequent values first. `distinct` values are there in all; `missing` runs have none."""

    key: str
    kind: ColumnKind
    values: list[Facet]
    distinct: int
    missing: int
    runs: int


class ImportanceQuery(Selection, frozen=True, kw_only=True):
    """What the params do to a metric: a column as in `RunTable`, `metrics.loss.min` or just `loss` for its last value.

    `params` are those to look at, empty for all.
    """

    metric: str
    goal: Goal | None = None
    params: list[str] = []


class ParamImportance(msgspec.Struct, frozen=True, kw_only=True):
    """How much a param matters, with intervals of 95 %; null where it cannot be said.

    `importance` is the part of the metric's variance (of ranks) that is lost when the param's values are shuffled.
    `correlation` is Spearman's, over the `n` runs where the param is a number; null for params that are no numbers.
    With a goal, `helps` tells whether higher values (`up`), lower ones (`down`) or neither clearly (null) go with
    better ones.
    """

    param: str
    kind: ColumnKind
    n: int
    distinct: int
    importance: float | None = None
    importance_low: float | None = None
    importance_high: float | None = None
    correlation: float | None = None
    correlation_low: float | None = None
    correlation_high: float | None = None
    helps: str | None = None


class Importance(msgspec.Struct, frozen=True, kw_only=True):
    """The most important params first.

    `runs` took part, of `total` found; the others have no finite value of the metric, or were left out to stay quick.
    `explained` is the part of the variance (of ranks) that the forest predicts of runs it has not seen: where it is
    near or below 0, the importances mean nothing. `note` says so in words, or why there are none.
    """

    metric: str
    runs: int
    total: int
    explained: float | None
    params: list[ParamImportance]
    note: str = ""
    took_ms: float = 0.0


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view of an experiment's runs. `state` is the page's own; `shared` ones are seen by all members."""

    id: str
    experiment_id: str
    name: str
    owner: str
    shared: bool
    state: dict[str, Any]
    created_ms: int
    updated_ms: int


class ViewCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new view; at most 256 KB of state."""

    name: str
    state: dict[str, Any]
    shared: bool = False


class ViewUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a view; absent fields stay."""

    name: str | None = None
    state: dict[str, Any] | None = None
    shared: bool | None = None


class BulkAction(StrEnum):
    """What can be done to many runs beside changing their fields."""

    DELETE = "delete"
    RESTORE = "restore"
    STOP = "stop"


class BulkChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change of up to 1,000 runs: either an `update` or an `action`."""

    runs: list[str]
    update: RunUpdate | None = None
    action: BulkAction | None = None


class BulkOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one run: done, or the kind of refusal and its words."""

    id: str
    done: bool
    kind: str = ""
    message: str = ""


class BulkResult(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome for each run, in the order of the request."""

    done: int
    refused: int
    runs: list[BulkOutcome]
