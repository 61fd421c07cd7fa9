"""Every statement about artifacts: which path of which owner is which content. Directories exist only as prefixes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelwright.domains.tracking.rules.paths import inside, parents
from modelwright.kit.db import Tx
from modelwright.types.tracking import Artifact

_COLUMNS = "path, digest, size, media_type, created_ms"
_FIRST, _MOST = 64, 4_096  # rows fetched at a time while listing


class ArtifactRow(NamedTuple):
    """A row of `artifacts`, without its owner."""

    path: str
    digest: str
    size: int
    media_type: str
    created_ms: int

    @property
    def artifact(self) -> Artifact:
        """As it leaves the room."""
        return Artifact(
            path=self.path, size=self.size, digest=self.digest, media_type=self.media_type, created_ms=self.created_ms
        )


def get(tx: Tx, workspace: str, owner: str, path: str) -> ArtifactRow | None:
    """One file."""
    row = tx.row(
        f"SELECT {_COLUMNS} FROM artifacts WHERE workspace = ? AND owner = ? AND path = ?", (workspace, owner, path)
    )
    return ArtifactRow._make(row) if row else None


def put(tx: Tx, workspace: str, owner: str, row: ArtifactRow) -> None:
    """Store a file, in the place of one of the same path."""
    tx.execute(
        f"INSERT INTO artifacts (workspace, owner, {_COLUMNS}) VALUES (?,?,?,?,?,?,?) "
        "ON CONFLICT (workspace, owner, path) DO UPDATE SET digest = excluded.digest, size = excluded.size, "
        "media_type = excluded.media_type, created_ms = excluded.created_ms",
        (workspace, owner, *row),
    )


def is_directory(tx: Tx, workspace: str, owner: str, path: str) -> bool:
    """Whether there are files below a path."""
    return (
        tx.row(
            "SELECT 1 FROM artifacts WHERE workspace = ? AND owner = ? AND path >= ? AND path < ? LIMIT 1",
            (workspace, owner, *inside(path)),
        )
        is not None
    )


def file_above(tx: Tx, workspace: str, owner: str, path: str) -> str | None:
    """A file that stands where `path` needs a directory."""
    above = parents(path)
    if not above:
        return None
    marks = ",".join("?" * len(above))
    row = tx.row(
        f"SELECT path FROM artifacts WHERE workspace = ? AND owner = ? AND path IN ({marks}) LIMIT 1",
        (workspace, owner, *above),
    )
    return row[0] if row else None


def listed(tx: Tx, workspace: str, owner: str, directory: str) -> list[Artifact]:
    """Files and directories right below a directory (empty: the top), by name.

    Rows are read in path order; what lies deep inside a subdirectory is passed over by jumping behind it, so the cost
    follows what is listed and not what is stored.
    """
    start, end = inside(directory) if directory else ("", "")
    cut = len(start)
    found: dict[str, Artifact] = {}
    position, compare, size = start, ">=", _FIRST
    while True:
        bound = " AND path < ?" if end else ""
        rows = tx.rows(
            f"SELECT {_COLUMNS} FROM artifacts WHERE workspace = ? AND owner = ? AND path {compare} ?{bound} "
            f"ORDER BY path LIMIT {size}",
            (workspace, owner, position, *((end,) if end else ())),
        )
        for row in rows:
            name, slash, _ = row[0][cut:].partition("/")
            if slash:
                found.setdefault(name, Artifact(path=start + name, is_dir=True))
            else:
                found[name] = ArtifactRow._make(row).artifact
        if len(rows) < size:
            return [found[name] for name in sorted(found)]
        last: str = rows[-1][0]
        name, slash, _ = last[cut:].partition("/")
        if slash:
            position, compare, size = inside(start + name)[1], ">=", _FIRST
        else:
            position, compare, size = last, ">", min(size * 4, _MOST)


def delete(tx: Tx, workspace: str, owner: str, path: str) -> int:
    """Remove a file, or all below a directory (empty: everything of the owner); returns how many files."""
    if not path:
        return tx.execute("DELETE FROM artifacts WHERE workspace = ? AND owner = ?", (workspace, owner))
    return tx.execute(
        "DELETE FROM artifacts WHERE workspace = ? AND owner = ? AND (path = ? OR (path >= ? AND path < ?))",
        (workspace, owner, path, *inside(path)),
    )


def copy(tx: Tx, workspace: str, source: str, target: str) -> None:
    """Give another owner the same files, by reference."""
    tx.execute(
        f"INSERT INTO artifacts (workspace, owner, {_COLUMNS}) SELECT workspace, ?, {_COLUMNS} FROM artifacts "
        "WHERE workspace = ? AND owner = ?",
        (target, workspace, source),
    )


def below(tx: Tx, workspace: str, owner: str, directory: str) -> list[ArtifactRow]:
    """All files below a directory ("": all of the owner), with paths from there, in path order; of a file, it alone."""
    bound, values = "", ()
    if directory:
        bound, values = " AND path >= ? AND path < ?", inside(directory)
    rows = tx.rows(
        f"SELECT {_COLUMNS} FROM artifacts WHERE workspace = ? AND owner = ?{bound} ORDER BY path",
        (workspace, owner, *values),
    )
    cut = len(directory) + 1 if directory else 0
    found = [ArtifactRow(row[0][cut:], *row[1:]) for row in rows]
    single = get(tx, workspace, owner, directory) if directory and not found else None
    return [single._replace(path=directory.rpartition("/")[2])] if single else found


def put_all(tx: Tx, workspace: str, owner: str, rows: Sequence[ArtifactRow]) -> None:
    """Give an owner that has none of these paths many files, by reference."""
    tx.many(
        f"INSERT INTO artifacts (workspace, owner, {_COLUMNS}) VALUES (?,?,?,?,?,?,?)",
        [(workspace, owner, *row) for row in rows],
    )
