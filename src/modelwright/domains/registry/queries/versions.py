"""Every statement about versions, their tags and facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from modelwright.domains.registry.queries import aliases
from modelwright.domains.registry.queries.names import IN, NameRow, keyed
from modelwright.kit.db import Tx
from modelwright.types.codec import from_json, to_json
from modelwright.types.errors import NotFound
from modelwright.types.registry import ModelVersion, Stage, VersionFacts

COLUMNS = (
    "id, model, version, workspace, name, kind, lifecycle, stage, status, status_message, description, source, "
    "location, run_id, model_id, run_link, user_name, created_ms, updated_ms, size, digest"
)
"""Of `model_versions`, in the order of `VersionRow`."""

REDACTED_SOURCE, REDACTED_RUN, REDACTED_LINK = "REDACTED-SOURCE-PATH", "REDACTED-RUN-ID", "REDACTED-RUN-LINK"


class VersionRow(NamedTuple):
    """A row of `model_versions`."""

    id: int
    model: int
    version: int
    workspace: str
    name: str
    kind: str
    lifecycle: str
    stage: str
    status: str
    status_message: str
    description: str
    source: str
    location: str
    run_id: str
    model_id: str
    run_link: str
    user: str
    created_ms: int
    updated_ms: int
    size: int
    digest: str


def find(tx: Tx, model: int, version: int) -> VersionRow | None:
    """One version that is not deleted."""
    row = tx.row(
        f"SELECT {COLUMNS} FROM model_versions WHERE model = ? AND version = ? AND lifecycle = 'active'",
        (model, version),
    )
    return VersionRow._make(row) if row else None


def locate(tx: Tx, name: NameRow, version: int) -> VersionRow:
    """As `find`. Raises `NotFound`."""
    row = find(tx, name.id, version)
    if row is None:
        raise NotFound(f"Model Version (name={name.name}, version={version}) not found", where="version")
    return row


def by_alias(tx: Tx, workspace: str, name: str, alias: str) -> VersionRow | None:
    """The version that an alias means, in one look."""
    columns = ", ".join(f"v.{column.strip()}" for column in COLUMNS.split(","))
    row = tx.row(
        f"SELECT {columns} FROM registered_models m JOIN registered_aliases a ON a.model = m.id AND a.alias = ? "
        "JOIN model_versions v ON v.model = m.id AND v.version = a.version AND v.lifecycle = 'active' "
        "WHERE m.workspace = ? AND m.name = ?",
        (alias, workspace, name),
    )
    return VersionRow._make(row) if row else None


def insert(tx: Tx, row: VersionRow) -> VersionRow:
    """A new version; its `id` is given here."""
    marks = ",".join("?" * (len(row) - 1))
    made = tx.row(f"INSERT INTO model_versions ({COLUMNS[4:]}) VALUES ({marks}) RETURNING id", row[1:])
    assert made is not None
    return row._replace(id=made[0])


def change(tx: Tx, version_id: int, columns: Mapping[str, Any]) -> None:
    """Set columns; names are ours."""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE model_versions SET {assignments} WHERE id = ?", (*columns.values(), version_id))


def redact(tx: Tx, version_id: int, now_ms: int) -> None:
    """Delete it: nothing is left but its number, and its tags, as MLflow keeps them."""
    change(
        tx,
        version_id,
        {
            "lifecycle": "deleted",
            "stage": "Deleted_Internal",
            "description": "",
            "user_name": "",
            "source": REDACTED_SOURCE,
            "location": REDACTED_SOURCE,
            "run_id": REDACTED_RUN,
            "model_id": "",
            "run_link": REDACTED_LINK,
            "status_message": "",
            "updated_ms": now_ms,
        },
    )
    tx.execute("DELETE FROM version_facts WHERE version = ?", (version_id,))


def latest(tx: Tx, models: Sequence[int], stages: Sequence[str] = ()) -> list[VersionRow]:
    """The newest version of each stage of models, in the order of their numbers."""
    rows: list[VersionRow] = []
    for start in range(0, len(models), IN):
        part = models[start : start + IN]
        marks = ",".join("?" * len(part))
        wanted = f" AND stage IN ({','.join('?' * len(stages))})" if stages else ""
        columns = ", ".join(f"v.{column.strip()}" for column in COLUMNS.split(","))
        rows += map(
            VersionRow._make,
            tx.rows(
                "WITH newest AS (SELECT model, MAX(version) AS version FROM model_versions "
                f"WHERE model IN ({marks}) AND lifecycle = 'active'{wanted} GROUP BY model, stage) "
                f"SELECT {columns} FROM newest n JOIN model_versions v ON v.model = n.model AND v.version = n.version "
                "ORDER BY v.model, v.version",
                (*part, *stages),
            ),
        )
    return rows


def newest(tx: Tx, model: int) -> VersionRow | None:
    """The version with the highest number."""
    row = tx.row(
        f"SELECT {COLUMNS} FROM model_versions WHERE model = ? AND lifecycle = 'active' ORDER BY version DESC LIMIT 1",
        (model,),
    )
    return VersionRow._make(row) if row else None


def numbers(tx: Tx, model: int) -> list[int]:
    """The versions that are not deleted, and no others."""
    rows = tx.rows("SELECT version FROM model_versions WHERE model = ? AND lifecycle = 'active'", (model,))
    return [row[0] for row in rows]


def counts(tx: Tx, models: Sequence[int]) -> dict[int, int]:
    """How many versions models have."""
    found: dict[int, int] = {}
    for start in range(0, len(models), IN):
        part = models[start : start + IN]
        marks = ",".join("?" * len(part))
        found |= dict(
            tx.rows(
                f"SELECT model, COUNT(*) FROM model_versions WHERE model IN ({marks}) AND lifecycle = 'active' "
                "GROUP BY model",
                part,
            )
        )
    return found


def in_stage(tx: Tx, model: int, stage: str, but: int) -> list[VersionRow]:
    """Versions of a stage but one."""
    rows = tx.rows(
        f"SELECT {COLUMNS} FROM model_versions WHERE model = ? AND lifecycle = 'active' AND stage = ? AND version <> ? "
        "ORDER BY version",
        (model, stage, but),
    )
    return [VersionRow._make(row) for row in rows]


def put_facts(tx: Tx, version_id: int, facts: VersionFacts) -> None:
    """Keep, or replace, what was read."""
    tx.execute(
        "INSERT INTO version_facts (version, facts) VALUES (?,?) "
        "ON CONFLICT (version) DO UPDATE SET facts = excluded.facts",
        (version_id, to_json(facts).decode()),
    )


def facts_of(tx: Tx, version_id: int) -> VersionFacts | None:
    """What was read when it was made."""
    row = tx.row("SELECT facts FROM version_facts WHERE version = ?", (version_id,))
    return from_json(row[0], VersionFacts) if row else None


def tags_of(tx: Tx, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Tags by version."""
    return keyed(tx, "version_tags", "version", ids)


def put_tags(tx: Tx, version_id: int, tags: Mapping[str, str]) -> None:
    """Set tags; the last word counts."""
    tx.many(
        "INSERT INTO version_tags (version, key, value) VALUES (?,?,?) "
        "ON CONFLICT (version, key) DO UPDATE SET value = excluded.value",
        [(version_id, key, value) for key, value in tags.items()],
    )


def drop_tags(tx: Tx, version_id: int, keys: Iterable[str]) -> None:
    """Remove tags; fine where there are none."""
    tx.many("DELETE FROM version_tags WHERE version = ? AND key = ?", [(version_id, key) for key in keys])


def assemble(tx: Tx, rows: Sequence[VersionRow], *, facts: bool = False) -> list[ModelVersion]:
    """Rows as they leave the room, in their order, with tags and aliases, and with facts when asked."""
    tags = tags_of(tx, [row.id for row in rows])
    names = aliases.of_versions(tx, {row.model for row in rows})
    return [
        ModelVersion(
            name=row.name,
            version=row.version,
            stage=Stage(row.stage),
            status=row.status,
            status_message=row.status_message,
            description=row.description,
            source=row.source,
            location=row.location,
            run_id=row.run_id,
            model_id=row.model_id,
            run_link=row.run_link,
            user=row.user,
            created_ms=row.created_ms,
            updated_ms=row.updated_ms,
            size=row.size,
            digest=row.digest,
            aliases=names.get((row.model, row.version), []),
            tags=tags.get(row.id, {}),
            facts=facts_of(tx, row.id) if facts else None,
        )
        for row in rows
    ]
