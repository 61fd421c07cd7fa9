"""Reading the facets that mean something to us: schema, symlinks, version, checks, column lineage, explicit lineage.

A facet that is not what its name says is kept and not read: one producer's mistake in one facet loses no event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from modelwright.types.codec import to_json
from modelwright.types.errors import TooLarge
from modelwright.types.lineage import ColumnEdge, Thing, ToldCheck, ToldSource

JSON = dict[str, Any]

MOST_COLUMNS = 20_000
MOST_FIELDS = 10_000
_WHOLE = "*"
_COLUMN_CHARS = 500
_CHECKS = ("dataQualityAssertions", "greatExpectations_assertions")


def facts(facets: JSON, *, job: bool) -> JSON:
    """What answers show of a table or job."""
    found: JSON = {}
    documentation = _inner(facets, "documentation")
    if isinstance(documentation.get("description"), str):
        found["description"] = documentation["description"][:4_000]
    owners = [str(each["name"])[:200] for each in _objects(_inner(facets, "ownership").get("owners")) if "name" in each]
    if owners:
        found["owners"] = owners[:50]
    tags = [_tag(each) for each in _objects(_inner(facets, "tags").get("tags"))]
    if tags:
        found["tags"] = tags[:200]
    kind = _inner(facets, "jobType" if job else "datasetType")
    name = kind.get("jobType") if job else kind.get("datasetType")
    if isinstance(name, str):
        found["type"] = name[:100]
        if isinstance(kind.get("integration"), str):
            found["integration"] = kind["integration"][:100]
    url = _inner(facets, "sourceCodeLocation").get("url")
    if isinstance(url, str):
        found["url"] = url[:2_000]
    return found


def fields(facets: JSON, where: str) -> list[JSON] | None:
    """Columns of a schema facet; None when nothing is said. Raises `TooLarge`."""
    schema = _inner(facets, "schema")
    if not isinstance(schema.get("fields"), list):
        return None
    found = [_field(each) for each in _objects(schema["fields"]) if isinstance(each.get("name"), str)]
    if len(found) > MOST_FIELDS:
        raise TooLarge(f"over {MOST_FIELDS:,} columns", where=f"{where}.facets.schema.fields")
    return found


def symlinks(facets: JSON, where: str) -> list[JSON]:
    """Other names of the table, as objects with `namespace` and `name`. Raises `TooLarge`."""
    found = [
        each
        for each in _objects(_inner(facets, "symlinks").get("identifiers"))
        if isinstance(each.get("namespace"), str) and isinstance(each.get("name"), str)
    ]
    if len(found) > 50:
        raise TooLarge("over 50 other names of one dataset", where=f"{where}.facets.symlinks")
    return found


def version(facets: JSON) -> str:
    """The version of the table that was read or written, as its system numbers it."""
    value = _inner(facets, "version").get("datasetVersion")
    return _plain(value)[:500] if isinstance(value, str) else ""


def removed(facets: JSON) -> bool:
    """Whether the table was dropped."""
    return _inner(facets, "lifecycleStateChange").get("lifecycleStateChange") == "DROP"


def checks(facets: JSON) -> list[ToldCheck]:
    """Results of data quality assertions."""
    found: list[ToldCheck] = []
    for name in _CHECKS:
        for each in _objects(_inner(facets, name).get("assertions"))[:MOST_FIELDS]:
            said = each.get("name") or each.get("assertion")
            success = each.get("success")
            if isinstance(said, str) and said:
                found.append(
                    ToldCheck(
                        name=_plain(said)[:500],
                        passed=success if isinstance(success, bool) else None,
                        column=_plain(str(each.get("column") or ""))[:_COLUMN_CHARS],
                        detail=_detail(each),
                    )
                )
    return found


def sources(facets: JSON, where: str) -> list[ToldSource]:
    """What a table was made of: the facets `columnLineage` and `lineage` of a dataset. Raises `TooLarge`."""
    gathered: dict[tuple[str, str, bool], dict[tuple[str, str], str]] = {}
    for origin, column, target, how in _flows(_inner(facets, "columnLineage"), "inputFields", "dataset"):
        gathered.setdefault(origin, {})[column, target] = how
    for origin, column, target, how in _flows(_inner(facets, "lineage"), "inputs", "inputs"):
        columns = gathered.setdefault(origin, {})
        if column:
            columns[column, target] = how
    return _gathered(gathered, where)


def explicit(facets: JSON, where: str) -> list[tuple[Thing, list[ToldSource]]]:
    """What the facet `lineage` of a run or job says of tables. Raises `TooLarge`."""
    found: list[tuple[Thing, list[ToldSource]]] = []
    for each in _objects(_inner(facets, "lineage").get("lineage"))[:2_000]:
        if each.get("type", "DATASET") != "DATASET" or not _is_named(each):
            continue
        gathered: dict[tuple[str, str, bool], dict[tuple[str, str], str]] = {}
        for origin, column, target, how in _flows(each, "inputs", "inputs"):
            columns = gathered.setdefault(origin, {})
            if column:
                columns[column, target] = how
        found.append((Thing(namespace=each["namespace"], name=each["name"]), _gathered(gathered, where)))
    return found


def _flows(
    facet: Mapping[str, Any], field_key: str, whole_key: str
) -> Iterator[tuple[tuple[str, str, bool], str, str, str]]:
    """((namespace, name, whether a job), source column or nothing, target column, how)."""
    columns = facet.get("fields")
    if isinstance(columns, dict):
        for target, entry in cast("dict[str, Any]", columns).items():
            if not isinstance(entry, dict) or not _is_column(target):
                continue
            inner = cast("JSON", entry)
            for each in _objects(inner.get(field_key)):
                if _is_named(each):
                    how = _how(each) or str(inner.get("transformationType") or "")
                    yield _origin(each), _column(each), target, how[:100]
    for each in _objects(facet.get(whole_key)):
        if _is_named(each):
            yield _origin(each), _column(each), _WHOLE, _how(each)


def _gathered(found: dict[tuple[str, str, bool], dict[tuple[str, str], str]], where: str) -> list[ToldSource]:
    if sum(len(columns) for columns in found.values()) > MOST_COLUMNS:
        raise TooLarge(f"over {MOST_COLUMNS:,} column edges into one dataset", where=f"{where}.facets.columnLineage")
    return [
        ToldSource(
            namespace=namespace, name=name, job=job,
            columns=[ColumnEdge(source, target, how) for (source, target), how in columns.items()],
        )
        for (namespace, name, job), columns in found.items()
    ]


def _origin(each: JSON) -> tuple[str, str, bool]:
    return each["namespace"], each["name"], each.get("type") == "JOB"


def _column(each: JSON) -> str:
    value = each.get("field")
    return value if isinstance(value, str) and _is_column(value) else ""


def _is_column(text: str) -> bool:
    return 0 < len(text) <= _COLUMN_CHARS and text.isprintable()


def _is_named(each: JSON) -> bool:
    return all(
        isinstance(each.get(key), str) and 0 < len(each[key]) <= 900 and each[key].isprintable()
        for key in ("namespace", "name")
    )


def _how(each: JSON) -> str:
    """The strongest thing that is said of a transformation: `INDIRECT/FILTER`, `DIRECT/IDENTITY`."""
    for change in _objects(each.get("transformations")):
        kind, more = change.get("type"), change.get("subtype")
        if isinstance(kind, str):
            text = f"{kind}/{more}" if isinstance(more, str) and more else kind
            return (text + "/MASKED" if change.get("masking") is True else text)[:100]
    return ""


def _field(each: JSON) -> JSON:
    found: JSON = {"name": each["name"][:_COLUMN_CHARS]}
    for key in ("type", "description"):
        if isinstance(each.get(key), str):
            found[key] = each[key][:1_000]
    return found


def _tag(each: JSON) -> str:
    key, value = str(each.get("key", ""))[:100], str(each.get("value", ""))[:100]
    return key if value in ("", "true", "True") else f"{key}={value}"


def _detail(each: JSON) -> str:
    kept = {key: value for key, value in each.items() if key not in ("success", "column") and value is not None}
    return to_json(kept).decode()[:2_000]


def _plain(text: str) -> str:
    """Without NUL, which no database keeps in a text."""
    return text.replace("\0", "")


def _inner(facets: Mapping[str, Any], name: str) -> JSON:
    value = facets.get(name)
    return cast("JSON", value) if isinstance(value, dict) else {}


def _objects(value: Any) -> list[JSON]:
    if not isinstance(value, list):
        return []
    return [cast("JSON", each) for each in cast("list[Any]", value) if isinstance(each, dict)]
