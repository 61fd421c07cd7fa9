"""Every statement about the names of data: datasets, their tags, aliases and the moves of those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from modelwright.kit import filters
from modelwright.kit.db import Tx
from modelwright.kit.filters import Field, Fields, Keyed, Kind, Sql, Term, integer, text, time
from modelwright.types.data import AliasChange, DataAlias
from modelwright.types.page import Search

_COLUMNS = "id, name, description, retention, last_number, created_ms, updated_ms, created_by"


class DatasetRow(NamedTuple):
    """A row of `named_datasets`."""

    id: int
    name: str
    description: str
    retention: str
    last_number: int
    created_ms: int
    updated_ms: int
    created_by: str


FIELDS = Fields(
    "dataset",
    {
        "name": text("d.name"), "description": text("d.description"), "created": time("d.created_ms"),
        "updated": time("d.updated_ms"), "created_by": text("d.created_by"), "version": integer("d.last_number"),
    },
    ends=(Term("d.id", Kind.INTEGER),),
    maps={"tags": Keyed(Field(
        Kind.TEXT, "t.value", source="named_dataset_tags t WHERE t.dataset = d.id AND t.key = ?"))},
    aliases={"created_ms": "created", "updated_ms": "updated"},
)


def get(tx: Tx, workspace: str, name: str, *, lock: bool = False) -> DatasetRow | None:
    """The dataset of a name; with `lock` nobody else changes it until the transaction ends."""
    row = tx.row(
        f"SELECT {_COLUMNS} FROM named_datasets WHERE workspace = ? AND name = ?{tx.dialect.row_lock if lock else ''}",
        (workspace, name),
    )
    return DatasetRow._make(row) if row else None


def insert(tx: Tx, workspace: str, name: str, description: str, now_ms: int, actor: str) -> bool:
    """A new name; False when it is taken."""
    return tx.execute(
        "INSERT INTO named_datasets (workspace, name, description, created_ms, updated_ms, created_by) "
        "VALUES (?,?,?,?,?,?) ON CONFLICT (workspace, name) DO NOTHING",
        (workspace, name, description, now_ms, now_ms, actor),
    ) > 0


def update(tx: Tx, row: DatasetRow) -> None:
    """Write the changeable columns."""
    tx.execute(
        "UPDATE named_datasets SET description = ?, retention = ?, last_number = ?, updated_ms = ? WHERE id = ?",
        (row.description, row.retention, row.last_number, row.updated_ms, row.id),
    )


def delete(tx: Tx, dataset: int) -> None:
    """Remove a dataset with all that hangs on it."""
    tx.execute("DELETE FROM named_datasets WHERE id = ?", (dataset,))


def with_retention(tx: Tx) -> list[tuple[str, str]]:
    """(workspace, name) of datasets that have a rule."""
    return [(row[0], row[1]) for row in tx.rows(
        "SELECT workspace, name FROM named_datasets WHERE retention <> '{}' ORDER BY id")]


def search(tx: Tx, scope: Sql, request: Search) -> tuple[list[DatasetRow], str]:
    """A page of datasets, those that changed last first, and the token of the next."""
    columns = ", ".join(f"d.{column.strip()}" for column in _COLUMNS.split(","))
    rows, token = filters.search(
        tx, columns, "named_datasets d", scope, FIELDS, request, default=["updated DESC"], most=1_000
    )
    return [DatasetRow._make(row) for row in rows], token


def tags_of(tx: Tx, table: str, column: str, owners: Sequence[int]) -> dict[int, dict[str, str]]:
    """Tags of datasets (`named_dataset_tags`, `dataset`) or versions (`dataset_version_tags`, `version`)."""
    found: dict[int, dict[str, str]] = {owner: {} for owner in owners}
    if owners:
        for owner, key, value in tx.rows(
            f"SELECT {column}, key, value FROM {table} WHERE {column} IN ({','.join(map(str, owners))}) ORDER BY key"
        ):
            found[owner][key] = value
    return found


def put_tags(tx: Tx, table: str, column: str, owner: int, tags: Mapping[str, str | None]) -> None:
    """Set tags; None removes one."""
    for key, value in tags.items():
        if value is None:
            tx.execute(f"DELETE FROM {table} WHERE {column} = ? AND key = ?", (owner, key))
        else:
            tx.execute(
                f"INSERT INTO {table} ({column}, key, value) VALUES (?,?,?) ON CONFLICT ({column}, key) "
                "DO UPDATE SET value = excluded.value", (owner, key, value))


def aliases_of(tx: Tx, datasets: Sequence[int]) -> dict[int, list[DataAlias]]:
    """Aliases by dataset."""
    found: dict[int, list[DataAlias]] = {dataset: [] for dataset in datasets}
    if datasets:
        for dataset, name, number, at_ms, actor in tx.rows(
            "SELECT dataset, alias, number, set_ms, set_by FROM dataset_aliases WHERE dataset IN "
            f"({','.join(map(str, datasets))}) ORDER BY alias"
        ):
            found[dataset].append(DataAlias(alias=name, version=number, set_ms=at_ms, set_by=actor))
    return found


def alias(tx: Tx, dataset: int, name: str) -> int | None:
    """The number that an alias points to."""
    row = tx.row("SELECT number FROM dataset_aliases WHERE dataset = ? AND alias = ?", (dataset, name))
    return row[0] if row else None


def move_alias(tx: Tx, dataset: int, name: str, number: int | None, now_ms: int, actor: str) -> int | None:
    """Point an alias to a number, or remove it (None); returns where it pointed before."""
    previous = alias(tx, dataset, name)
    if number is None:
        tx.execute("DELETE FROM dataset_aliases WHERE dataset = ? AND alias = ?", (dataset, name))
    else:
        tx.execute(
            "INSERT INTO dataset_aliases (dataset, alias, number, set_ms, set_by) VALUES (?,?,?,?,?) ON CONFLICT "
            "(dataset, alias) DO UPDATE SET number = excluded.number, set_ms = excluded.set_ms, "
            "set_by = excluded.set_by", (dataset, name, number, now_ms, actor))
    tx.execute(
        "INSERT INTO dataset_alias_moves (dataset, alias, number, previous, at_ms, actor) VALUES (?,?,?,?,?,?)",
        (dataset, name, number, previous, now_ms, actor),
    )
    return previous


def moves(tx: Tx, dataset: int, name: str, limit: int) -> list[AliasChange]:
    """The last moves of an alias, or of all (empty), newest first."""
    rows = tx.rows(
        "SELECT alias, number, previous, at_ms, actor FROM dataset_alias_moves WHERE dataset = ? "
        f"{'AND alias = ? ' if name else ''}ORDER BY id DESC LIMIT ?",
        (dataset, *((name,) if name else ()), limit),
    )
    return [AliasChange(alias=row[0], version=row[1], previous=row[2], at_ms=row[3], actor=row[4]) for row in rows]
