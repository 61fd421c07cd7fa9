"""Names of columns of a table of runs, and what their values come to. Knows texts and numbers; refuses to know SQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from modelwright.domains.tracking.rules import limits
from modelwright.types.errors import Invalid
from modelwright.types.overview import ColumnKind

MAPS = ("params", "tags", "metrics", "summary")
WHAT = ("last", "min", "max", "mean", "best", "count", "step")
FIXED: dict[str, ColumnKind] = {
    "name": ColumnKind.TEXT,
    "state": ColumnKind.ENUM,
    "kind": ColumnKind.ENUM,
    "user": ColumnKind.TEXT,
    "group": ColumnKind.TEXT,
    "start_ms": ColumnKind.TIME,
    "end_ms": ColumnKind.TIME,
    "duration": ColumnKind.NUMBER,
    "parent_id": ColumnKind.TEXT,
}
MOST = 300  # columns of a table


class Asked(NamedTuple):
    """A column of a map: `params.lr` as it was written, its map and key, and what of a metric."""

    name: str
    map: str
    key: str
    what: str = ""


class Column(NamedTuple):
    """Values of a column, one a run.

    `numbers` (float64, NaN for none) of numbers and times, with `nan` the rows whose value is NaN itself; else `codes`
    (int32, places in `texts`, −1 for none).
    """

    name: str
    kind: ColumnKind
    numbers: NDArray[Any]
    nan: list[int]
    codes: NDArray[Any]
    texts: list[str]

    @property
    def textual(self) -> bool:
        """Whether its values are texts."""
        return self.kind in (ColumnKind.TEXT, ColumnKind.ENUM)


_NONE: NDArray[Any] = np.empty(0)


def asked(name: str, where: str = "columns") -> Asked:
    """The column of a name.

    Raises:
        Invalid: it names none.
    """
    kind, _, key = name.partition(".")
    if kind not in MAPS or not key:
        raise Invalid(
            f"unknown column {name[:100]!r}",
            where=where,
            hint="params.<key>, tags.<key>, summary.<key>, metrics.<key> or metrics.<key>.<last|min|max|mean|best|…>",
        )
    what = ""
    if kind == "metrics":
        before, _, last = key.rpartition(".")
        key, what = (before, last) if before and last in WHAT else (key, "last")
    return Asked(name, kind, limits.key(key, where), what)


def of_numbers(name: str, values: Sequence[float | None] | NDArray[Any], kind: ColumnKind, nan: list[int]) -> Column:
    """A column of numbers; None for none."""
    return Column(name, kind, np.array(values, np.float64), nan, _NONE, [])


def of_texts(name: str, values: Sequence[str | None], kind: ColumnKind) -> Column:
    """A column of texts; None for none."""
    texts = [text for text in dict.fromkeys(values) if text is not None]
    places: dict[str | None, int] = {text: place for place, text in enumerate(texts)}
    places[None] = -1
    return Column(name, kind, _NONE, [], np.fromiter(map(places.__getitem__, values), np.int32, len(values)), texts)


def spelled(column: Column) -> list[Any]:
    """Its values for JSON: null for none, texts for NaN and ±Inf."""
    if column.textual:
        texts: list[Any] = [*column.texts, None]  # −1 is the last
        return [texts[code] for code in column.codes.tolist()]
    odd = set(column.nan)
    return [
        ("NaN" if place in odd else None)
        if value != value
        else value
        if math.isfinite(value)
        else "Infinity"
        if value > 0
        else "-Infinity"
        for place, value in enumerate(column.numbers.tolist())
    ]
