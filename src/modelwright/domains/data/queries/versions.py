"""Every statement about versions of datasets and who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelwright.domains.data.queries import datasets
from modelwright.domains.data.rules.names import shown
from modelwright.kit.db import Row, Tx
from modelwright.types.data import DataKind, DataUse, DataVersion

COLUMNS = (
    "v.id, v.dataset, v.number, v.digest, v.root, v.profile, v.kind, v.files, v.bytes, v.row_count, v.message, "
    "v.source, v.created_ms, v.created_by, v.created_run, v.stored_bytes"
)


class VersionRow(NamedTuple):
    """A row of `dataset_versions`."""

    id: int
    dataset: int
    number: int
    digest: bytes
    root: bytes
    profile: bytes | None
    kind: str
    files: int
    size: int
    row_count: int | None
    message: str
    source: str
    created_ms: int
    created_by: str
    created_run: str
    stored_bytes: int


def _row(row: Row) -> VersionRow:
    return VersionRow(row[0], row[1], row[2], bytes(row[3]), bytes(row[4]), bytes(row[5]) if row[5] else None, *row[6:])


def find(tx: Tx, workspace: str, name: str, wanted: int | bytes | str) -> VersionRow | None:
    """A version in one statement: by number, digest, alias, or the newest (an empty text)."""
    base = f"SELECT {COLUMNS} FROM named_datasets d JOIN dataset_versions v ON v.dataset = d.id"
    given: tuple[object, ...] = ()
    if isinstance(wanted, int):
        rest, given = "AND v.number = ?", (wanted,)
    elif isinstance(wanted, bytes):
        rest, given = "AND v.digest = ?", (wanted,)
    elif wanted:
        base = (
            f"SELECT {COLUMNS} FROM named_datasets d JOIN dataset_aliases a ON a.dataset = d.id "
            "JOIN dataset_versions v ON v.dataset = a.dataset AND v.number = a.number"
        )
        rest, given = "AND a.alias = ?", (wanted,)
    else:
        rest = "ORDER BY v.number DESC LIMIT 1"
    row = tx.row(f"{base} WHERE d.workspace = ? AND d.name = ? {rest}", (workspace, name, *given))
    return _row(row) if row else None


def insert(tx: Tx, row: VersionRow) -> VersionRow:
    """A new version; its `id` is given here."""
    names = COLUMNS.replace("v.", "").split(", ")[1:]
    found = tx.row(
        f"INSERT INTO dataset_versions ({', '.join(names)}) VALUES ({','.join('?' * len(names))}) RETURNING id",
        tuple(row[1:]),
    )
    assert found is not None
    return row._replace(id=found[0])


def set_profile(tx: Tx, version: int, profile: bytes, rows: int | None) -> None:
    """Statistics that came after the version."""
    tx.execute("UPDATE dataset_versions SET profile = ?, row_count = ? WHERE id = ?", (profile, rows, version))


def set_message(tx: Tx, version: int, message: str) -> None:
    """What is said about it."""
    tx.execute("UPDATE dataset_versions SET message = ? WHERE id = ?", (message, version))


def delete(tx: Tx, versions: Sequence[int]) -> None:
    """Remove versions; their contents go by garbage collection."""
    tx.many("DELETE FROM dataset_versions WHERE id = ?", [(version,) for version in versions])


def page(tx: Tx, dataset: int, before: int | None, limit: int) -> list[VersionRow]:
    """Versions, newest first, those below a number."""
    bound = "" if before is None else " AND v.number < ?"
    return [_row(row) for row in tx.rows(
        f"SELECT {COLUMNS} FROM dataset_versions v WHERE v.dataset = ?{bound} ORDER BY v.number DESC LIMIT ?",
        (dataset, *(() if before is None else (before,)), limit))]


def newest(tx: Tx, datasets_: Sequence[int]) -> dict[int, VersionRow]:
    """The newest version of each dataset that has one."""
    if not datasets_:
        return {}
    return {row.dataset: row for row in map(_row, tx.rows(
        f"SELECT {COLUMNS} FROM dataset_versions v WHERE v.dataset IN ({','.join(map(str, datasets_))}) AND v.number = "
        "(SELECT MAX(w.number) FROM dataset_versions w WHERE w.dataset = v.dataset)"))}


def counts(tx: Tx, datasets_: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(versions, runs that use one) by dataset."""
    if not datasets_:
        return {}
    listed = ",".join(map(str, datasets_))
    found = {row[0]: (row[1], 0) for row in tx.rows(
        f"SELECT dataset, COUNT(*) FROM dataset_versions WHERE dataset IN ({listed}) GROUP BY dataset")}
    for dataset, runs in tx.rows(
        "SELECT v.dataset, COUNT(DISTINCT u.run_id) FROM dataset_uses u JOIN dataset_versions v ON v.id = u.version "
        f"WHERE v.dataset IN ({listed}) GROUP BY v.dataset"
    ):
        found[dataset] = (found.get(dataset, (0, 0))[0], runs)
    return found


def assemble(tx: Tx, name: str, rows: Sequence[VersionRow]) -> list[DataVersion]:
    """Rows of one dataset with their tags and aliases."""
    if not rows:
        return []
    tags = datasets.tags_of(tx, "dataset_version_tags", "version", [row.id for row in rows])
    aliases: dict[int, list[str]] = {}
    for item in datasets.aliases_of(tx, [rows[0].dataset])[rows[0].dataset]:
        aliases.setdefault(item.version, []).append(item.alias)
    return [struct(name, row, tags[row.id], aliases.get(row.number, [])) for row in rows]


def struct(name: str, row: VersionRow, tags: dict[str, str], aliases: list[str]) -> DataVersion:
    """As it leaves the room."""
    return DataVersion(
        dataset=name, number=row.number, digest=shown(row.digest), kind=DataKind(row.kind), files=row.files,
        bytes=row.size, rows=row.row_count, message=row.message, source=row.source, created_ms=row.created_ms,
        created_by=row.created_by, created_run=row.created_run, tags=tags, aliases=aliases,
        has_profile=row.profile is not None, stored_bytes=row.stored_bytes,
    )


def put_use(tx: Tx, version: int, run_id: str, direction: str, context: str, now_ms: int) -> None:
    """That a run reads or makes a version."""
    tx.execute(
        "INSERT INTO dataset_uses (version, run_id, direction, context, at_ms) VALUES (?,?,?,?,?) ON CONFLICT "
        "(version, run_id, direction) DO UPDATE SET context = excluded.context",
        (version, run_id, direction, context, now_ms),
    )


def uses(tx: Tx, name: str, dataset: int, version: int | None, limit: int) -> list[DataUse]:
    """Runs that use a version, or any of a dataset, newest first."""
    bound = "" if version is None else " AND v.id = ?"
    return [
        DataUse(dataset=name, version=row[0], run_id=row[1], direction=row[2], context=row[3], at_ms=row[4])
        for row in tx.rows(
            "SELECT v.number, u.run_id, u.direction, u.context, u.at_ms FROM dataset_uses u JOIN dataset_versions v "
            f"ON v.id = u.version WHERE v.dataset = ?{bound} ORDER BY u.at_ms DESC, u.run_id LIMIT ?",
            (dataset, *(() if version is None else (version,)), limit),
        )
    ]


def uses_of_run(tx: Tx, workspace: str, run_id: str) -> list[DataUse]:
    """Versions that a run uses."""
    return [
        DataUse(dataset=row[0], version=row[1], run_id=run_id, direction=row[2], context=row[3], at_ms=row[4])
        for row in tx.rows(
            "SELECT d.name, v.number, u.direction, u.context, u.at_ms FROM dataset_uses u JOIN dataset_versions v "
            "ON v.id = u.version JOIN named_datasets d ON d.id = v.dataset WHERE u.run_id = ? AND d.workspace = ? "
            "ORDER BY u.at_ms, d.name, v.number", (run_id, workspace))
    ]


def used(tx: Tx, versions: Sequence[int]) -> dict[int, int]:
    """How many runs use each of the versions (by id) that any uses."""
    if not versions:
        return {}
    return {row[0]: row[1] for row in tx.rows(
        f"SELECT version, COUNT(*) FROM dataset_uses WHERE version IN ({','.join(map(str, versions))}) "
        "GROUP BY version")}
