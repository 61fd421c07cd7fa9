"""Searches of registered names and of versions, in our filter language; MLflow's grammars are parts of it.

A clause that asks a tag for one value is looked up in the index of tags first, because few rows have it.
"""

from __future__ import annotations

from dataclasses import replace

from modelwright.domains.registry.queries import aliases, versions
from modelwright.domains.registry.queries import names as queries
from modelwright.domains.registry.queries.names import NameRow
from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.kit import filters
from modelwright.kit.db import Tx
from modelwright.kit.filters import (
    Clause,
    Field,
    Fields,
    Keyed,
    Kind,
    Name,
    Operator,
    Sql,
    Term,
    choice,
    integer,
    text,
    time,
)
from modelwright.types.page import Search
from modelwright.types.registry import Kind as Thing
from modelwright.types.registry import RegisteredModel, Stage

_MOST = 200_000
_STAGES = {stage.value.lower(): stage.value for stage in Stage if stage is not Stage.NONE}
_model_tags = Keyed(Field(Kind.TEXT, "t.value", source="registered_model_tags t WHERE t.model = m.id AND t.key = ?"))
_version_tags = Keyed(Field(Kind.TEXT, "t.value", source="version_tags t WHERE t.version = v.id AND t.key = ?"))

MODELS = Fields(
    "registered model",
    {
        "name": text("m.name"),
        "description": text("NULLIF(m.description, '')", nullable=True),
        "user": text("m.user_name"),
        "creation_timestamp": time("m.created_ms"),
        "last_updated_timestamp": time("m.updated_ms"),
        "alias": Field(Kind.TEXT, "a.alias", source="registered_aliases a WHERE a.model = m.id", unique=False,
                       latest="ORDER BY a.alias"),
    },
    ends=(Term("m.name", Kind.TEXT),),
    maps={"tags": _model_tags, "tag": _model_tags},
    aliases={
        "timestamp": "last_updated_timestamp",
        "last_updated_time": "last_updated_timestamp",
        "updated": "last_updated_timestamp",
        "creation_time": "creation_timestamp",
        "created": "creation_timestamp",
        "aliases": "alias",
    },
    prefixes=("attribute", "attributes", "attr", "model"),
)

VERSIONS = Fields(
    "model version",
    {
        "name": text("v.name"),
        "version_number": integer("v.version"),
        "run_id": text("v.run_id"),
        "model_id": text("v.model_id"),
        "source_path": text("v.source"),
        "current_stage": choice("v.stage", {stage.value: stage.value for stage in Stage}, strict=False),
        "status": text("v.status"),
        "description": text("NULLIF(v.description, '')", nullable=True),
        "user": text("v.user_name"),
        "digest": text("v.digest"),
        "size": integer("v.size"),
        "creation_timestamp": time("v.created_ms"),
        "last_updated_timestamp": time("v.updated_ms"),
        "alias": Field(Kind.TEXT, "a.alias", unique=False, latest="ORDER BY a.alias",
                       source="registered_aliases a WHERE a.model = v.model AND a.version = v.version"),
    },
    ends=(
        Term("v.updated_ms", Kind.INTEGER, descending=True),
        Term("v.name", Kind.TEXT),
        Term("v.version", Kind.INTEGER, descending=True),
    ),
    maps={"tags": _version_tags, "tag": _version_tags},
    aliases={
        "version": "version_number",
        "stage": "current_stage",
        "source": "source_path",
        "timestamp": "last_updated_timestamp",
        "updated": "last_updated_timestamp",
        "creation_time": "creation_timestamp",
        "created": "creation_timestamp",
        "aliases": "alias",
    },
    prefixes=("attribute", "attributes", "attr", "version"),
)


def models(
    tx: Tx, workspace: str, request: Search, kind: Thing, scope: Sql | None = None, *, most: int = _MOST
) -> tuple[list[NameRow], str]:
    """One page of names, by name unless the request says otherwise, and the token of the next.

    `scope` narrows the rows (`m.name`) to those that the asker may see.

    Raises:
        Invalid: the filter, the order, the page token or the size is not valid.
    """
    within = Sql("m.workspace = ? AND m.kind = ?", (workspace, kind.value)) & (scope or Sql(""))
    found = _tagged(request.filter, "m.id", "registered_model_tags", "model")
    columns = ", ".join(f"m.{column.strip()}" for column in queries.COLUMNS.split(","))
    # A name is unique, so nothing has to come after it.
    rows, token = filters.search(tx, columns, "registered_models m", within & found, MODELS, request, most=most)
    return [NameRow._make(row) for row in rows], token


def found_versions(
    tx: Tx, workspace: str, request: Search, kind: Thing, scope: Sql | None = None, *, most: int = _MOST
) -> tuple[list[VersionRow], str]:
    """One page of versions, the last changed first unless the request says otherwise, and the token of the next.

    As MLflow orders them, equal ones follow by name and then by number, the newest first. Raises as `models`.
    """
    few = _tagged(request.filter, "v.id", "version_tags", "version") & _pointed(request.filter, workspace)
    # Where few rows can match, they are looked up and sorted; the index in the order of the list is of no use then.
    home, changed = ("v.workspace || ''", "(v.updated_ms + 0)") if few.text else ("v.workspace", "v.updated_ms")
    within = Sql(f"{home} = ? AND v.kind = ? AND v.lifecycle = 'active'", (workspace, kind.value))
    within &= scope or Sql("")
    columns = ", ".join(f"v.{column.strip()}" for column in versions.COLUMNS.split(","))
    ends = VERSIONS.ends[1:] if request.order_by else (replace(VERSIONS.ends[0], expr=changed), *VERSIONS.ends[1:])
    fields = replace(VERSIONS, ends=ends)
    rows, token = filters.search(tx, columns, "model_versions v", within & few, fields, request, most=most)
    return [VersionRow._make(row) for row in rows], token


def _tagged(text: str, owner: str, table: str, column: str) -> Sql:
    """The condition of clauses `tags.key = 'value'` once more, so that an index can begin with it."""
    condition = Sql("")
    for name, value in _equal(text):
        if name.prefix.lower() in ("tag", "tags") and not name.function:
            condition &= Sql(
                f"{owner} IN (SELECT {column} FROM {table} WHERE key = ? AND substr(value, 1, 64) = ?)",
                (name.key, value[:64]),
            )
    return condition


def _pointed(text: str, workspace: str) -> Sql:
    """The same of clauses that ask for one name, run, logged model or stage."""
    condition = Sql("")
    for name, value in _equal(text):
        if name.prefix and name.prefix.lower() not in VERSIONS.prefixes:
            continue
        key = VERSIONS.aliases.get(name.key.lower(), name.key.lower())
        if key == "name":
            condition &= Sql(
                "v.model IN (SELECT id FROM registered_models WHERE workspace = ? AND name = ?)", (workspace, value)
            )
        elif key in ("run_id", "model_id"):
            condition &= Sql(f"v.{key} = ?", (value,))
        elif key == "current_stage" and value.lower() in _STAGES:
            condition &= Sql("v.stage = ?", (_STAGES[value.lower()],))
    return condition


def _equal(text: str) -> list[tuple[Name, str]]:
    """Names with the text that they must be equal to, of the clauses that must all hold."""
    found: list[tuple[Name, str]] = []
    for node in filters.conjuncts(filters.parse(text)):
        if isinstance(node, Clause) and node.operator is Operator.EQ:
            value = node.values[0].value
            if isinstance(value, str):
                found.append((node.name, value))
    return found


def assemble(tx: Tx, rows: list[NameRow]) -> list[RegisteredModel]:
    """Rows as they leave the room, in their order."""
    ids = [row.id for row in rows]
    tags = queries.tags_of(tx, ids)
    named = aliases.of_models(tx, ids)
    counts = versions.counts(tx, ids)
    newest = versions.latest(tx, ids)
    whole = versions.assemble(tx, newest)
    latest: dict[int, list[int]] = {}
    for place, row in enumerate(newest):
        latest.setdefault(row.model, []).append(place)
    return [
        RegisteredModel(
            name=row.name,
            kind=Thing(row.kind),
            description=row.description,
            user=row.user,
            created_ms=row.created_ms,
            updated_ms=row.updated_ms,
            tags=tags.get(row.id, {}),
            aliases=named.get(row.id, {}),
            latest=[whole[place] for place in latest.get(row.id, [])],
            versions=counts.get(row.id, 0),
        )
        for row in rows
    ]
