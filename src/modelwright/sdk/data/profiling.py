"""Statistics of the tables among files, by DuckDB: it reads Parquet, CSV and JSON Lines in pieces and spills to disk.

Why DuckDB: one wheel without dependencies, a bound of memory, HyperLogLog and t-digest built in. Only counts,
quantiles and histograms leave this module, and rows where a sample is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from modelwright.sdk.data import scan
from modelwright.sdk.data.cutting import part
from modelwright.types.data import Bin, Column, Profile, TableProfile, TopValue

_READERS = {
    ".parquet": "read_parquet({}, union_by_name=true)", ".pq": "read_parquet({}, union_by_name=true)",
    ".csv": "read_csv({}, union_by_name=true, sample_size=100000)",
    ".tsv": "read_csv({}, union_by_name=true, sample_size=100000)",
    ".jsonl": "read_json({}, format='newline_delimited', union_by_name=true)",
    ".ndjson": "read_json({}, format='newline_delimited', union_by_name=true)",
}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT",
            "DOUBLE", "DECIMAL", "HUGEINT", "UHUGEINT")
_MEMORY = "512MB"
_TABLES, _COLUMNS, _FILES = 20, 500, 5_000
_BINS, _TOP, _SAMPLE = 20, 20, 50
_STEPS = [round(step * 0.05, 2) for step in range(21)]
_CELL = 200


def profile_of(source: Path, exclude: Sequence[str] = (), *, sample: bool = True) -> Profile:
    """Statistics of the tables in a file or folder: files of one suffix in one folder are read as one table.

    What cannot be read is told in `errors`; nothing is raised but `Unavailable` in the light install.
    """
    groups = _groups(source, exclude)
    if not groups:
        return Profile()
    duckdb = part("duckdb")
    found: list[TableProfile] = []
    errors: list[str] = []
    with duckdb.connect(":memory:") as connection:
        for setting in (f"memory_limit='{_MEMORY}'", "threads=2", "enable_progress_bar=false",
                        "preserve_insertion_order=false"):
            connection.execute(f"SET {setting}")
        for (name, suffix), paths in list(groups.items())[:_TABLES]:
            try:
                found.append(_table(connection, name, suffix, paths, sample=sample))
            except duckdb.Error as error:
                errors.append(f"{name}: {str(error).splitlines()[0][:300]}")
    if len(groups) > _TABLES:
        errors.append(f"only the first {_TABLES} of {len(groups)} tables were looked at")
    return Profile(tables=found, made_by=f"duckdb {duckdb.__version__}", errors=errors)


def _groups(source: Path, exclude: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for item in scan.scan(source, exclude):
        suffix = Path(item.path).suffix.lower()
        if suffix in _READERS and item.size:
            folder = item.path.rpartition("/")[0]
            groups.setdefault((f"{folder}/*{suffix}" if folder else f"*{suffix}", suffix), []).append(item.place)
    named: dict[tuple[str, str], list[str]] = {}
    for (pattern, suffix), places in groups.items():
        one = pattern.replace(f"*{suffix}", Path(places[0]).name) if len(places) == 1 else pattern
        named[one, suffix] = places[:_FILES]
    return named


def _table(connection: Any, name: str, suffix: str, paths: list[str], *, sample: bool) -> TableProfile:
    listed = "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW t AS SELECT * FROM {_READERS[suffix].format(listed)}")
    described = connection.execute("DESCRIBE t").fetchall()[:_COLUMNS]
    types = {row[0]: row[1] for row in described}
    rows = connection.execute("SELECT count(*) FROM t").fetchone()[0]
    columns = list(_columns(connection, types, rows)) if rows else [Column(name=k, type=v) for k, v in types.items()]
    kept: list[list[Any]] = []
    if sample and rows:
        kept = [[_cell(value) for value in row] for row in connection.execute(
            f"SELECT {', '.join(map(_quoted, types))} FROM t USING SAMPLE reservoir({_SAMPLE} ROWS) REPEATABLE (7)"
        ).fetchall()]
    return TableProfile(name=name, format=suffix[1:], files=len(paths), rows=rows, columns=columns, sample=kept)


def _columns(connection: Any, types: dict[str, str], rows: int) -> Iterator[Column]:
    names = list(types)
    for start in range(0, len(names), 20):  # so many columns in one pass over the files
        some = names[start:start + 20]
        asked = ", ".join(_asked(name, types[name]) for name in some)
        facts = connection.execute(f"SELECT {asked} FROM t").fetchone()
        numeric = {name: fact for name, fact in zip(some, facts, strict=True) if _is_number(types[name])}
        bars = _histograms(connection, numeric)
        tops = _tops(connection, {name: fact for name, fact in zip(some, facts, strict=True) if fact.get("top")})
        for name, fact in zip(some, facts, strict=True):
            yield _column(name, types[name], rows, fact, bars.get(name, []), tops.get(name, []))


def _asked(name: str, kind: str) -> str:
    column = _quoted(name)
    common = (f"'n': count({column}), 'd': approx_count_distinct({column}), 'lo': min({column})::VARCHAR, "
              f"'hi': max({column})::VARCHAR")
    if _is_number(kind):
        value = f"(CASE WHEN isfinite({column}::DOUBLE) THEN {column}::DOUBLE END)"
        return (f"{{{common}, 'mean': avg({value}), 'std': stddev_samp({value}), "
                f"'q': approx_quantile({value}, {_STEPS}), 'min': min({value}), 'max': max({value})}}")
    if kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]") or kind == "BLOB":
        return f"{{'n': count({column}), 'd': NULL, 'lo': NULL, 'hi': NULL, 'top': NULL}}"
    return f"{{{common}, 'top': approx_top_k({column}::VARCHAR, {_TOP})}}"


def _histograms(connection: Any, numeric: dict[str, Any]) -> dict[str, list[Bin]]:
    """Counts in equal bins, exact, of all columns in one pass."""
    asked: list[str] = []
    edges: dict[str, list[float]] = {}
    for name, fact in numeric.items():
        low, high = fact["min"], fact["max"]
        if low is None or not math.isfinite(high - low):
            continue
        edges[name] = [low + (high - low) * step / _BINS for step in range(_BINS + 1)] if high > low else [low, low]
        width = (high - low) / _BINS or 1.0
        value = f"{_quoted(name)}::DOUBLE"
        asked.append(
            f"histogram(CASE WHEN isfinite({value}) THEN least(floor(({value} - {low!r}) / {width!r}), "
            f"{_BINS - 1})::INTEGER END) AS h{len(asked)}")
    if not asked:
        return {}
    row = connection.execute(f"SELECT {', '.join(asked)} FROM t").fetchone()
    found: dict[str, list[Bin]] = {}
    for (name, marks), counts in zip(edges.items(), row, strict=True):
        bars = counts or {}
        found[name] = [Bin(low=marks[place], high=marks[place + 1], count=bars.get(place, 0))
                       for place in range(len(marks) - 1)]
    return found


def _tops(connection: Any, texts: dict[str, Any]) -> dict[str, list[TopValue]]:
    """Exact counts of the values that the estimate calls frequent; none for columns that hardly repeat a value."""
    some = {name: fact["top"] for name, fact in texts.items() if fact["n"] <= _SAMPLE or fact["d"] * 2 < fact["n"]}
    if not some:
        return {}
    asked: list[str] = []
    values: list[Any] = []
    for name, top in some.items():
        text = f"{_quoted(name)}::VARCHAR"
        asked.append(f"histogram(CASE WHEN {text} IN ({','.join('?' * len(top))}) THEN {text} END)")
        values += top
    row = connection.execute(f"SELECT {', '.join(asked)} FROM t", values).fetchone()
    return {
        name: [TopValue(value=value[:_CELL], count=count) for value, count in
               sorted(_items(counts), key=lambda item: (-item[1], item[0]))]
        for name, counts in zip(some, row, strict=True)
    }


def _column(name: str, kind: str, rows: int, fact: Any, bars: list[Bin], top: list[TopValue]) -> Column:
    quantiles = [float(value) for value in fact.get("q") or [] if value is not None]
    if quantiles:
        quantiles[0], quantiles[-1] = fact["min"], fact["max"]  # the estimate is exact at its ends
    return Column(
        name=name, type=kind, count=fact["n"], nulls=rows - fact["n"],
        distinct=None if fact["d"] is None else min(fact["d"], fact["n"]),
        min=_short(fact["lo"]), max=_short(fact["hi"]), mean=_finite(fact.get("mean")), std=_finite(fact.get("std")),
        quantiles=sorted(quantiles), histogram=bars, top=top,
    )


def _items(counts: dict[str, int] | None) -> list[tuple[str, int]]:
    return list((counts or {}).items())


def _is_number(kind: str) -> bool:
    return kind.partition("(")[0] in _NUMBERS


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _short(value: str | None) -> str | None:
    return value if value is None else value[:_CELL]


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value if not isinstance(value, int) or -(2**53) <= value <= 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)[:_CELL]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
