"""Every statement about contents: in which pack of the workspace they lie, and which packs are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from modelwright.kit.db import Tx

T = TypeVar("T")
_IN = 500


class Place(NamedTuple):
    """Where a content lies."""

    digest: bytes
    pack: int
    pack_name: str
    start: int
    size: int


def locate(tx: Tx, workspace: str, digests: Sequence[bytes], version: int | None = None) -> dict[bytes, Place]:
    """Places of contents; with a version, only in packs that it holds on to. A content may lie in several: any."""
    found: dict[bytes, Place] = {}
    joined, bound = "", list[int]()
    if version is not None:
        joined, bound = " JOIN dataset_version_packs v ON v.pack = p.id AND v.version = ?", [version]
    for part in _parts(digests):
        marks = ",".join("?" * len(part))
        for row in tx.rows(
            f"SELECT o.digest, p.id, p.digest, o.start, o.size FROM data_objects o JOIN data_packs p ON p.id = o.pack"
            f"{joined} WHERE o.digest IN ({marks}) AND p.workspace = ? ORDER BY p.id DESC",
            (*bound, *part, workspace),
        ):
            found[bytes(row[0])] = Place(bytes(row[0]), *row[1:])
    return found


def known(tx: Tx, workspace: str, digests: Sequence[bytes]) -> set[bytes]:
    """Those of the contents that are stored."""
    return set(locate(tx, workspace, digests))


def put_pack(
    tx: Tx, workspace: str, name: str, size: int, rows: Iterable[tuple[bytes, int, int]], held_until_ms: int
) -> int:
    """A stored pack and its contents as (digest, start, size); returns its number. The same again is held longer."""
    found = tx.row(
        "INSERT INTO data_packs (workspace, digest, size, held_until_ms) VALUES (?,?,?,?) "
        "ON CONFLICT (workspace, digest) DO UPDATE SET held_until_ms = excluded.held_until_ms RETURNING id",
        (workspace, name, size, held_until_ms),
    )
    assert found is not None
    pack: int = found[0]
    if tx.row("SELECT 1 FROM data_objects WHERE pack = ? LIMIT 1", (pack,)) is None:
        tx.many(
            "INSERT INTO data_objects (digest, pack, start, size) VALUES (?,?,?,?) ON CONFLICT (digest, pack) "
            "DO NOTHING",
            [(digest, pack, start, length) for digest, start, length in rows],
        )
    return pack


def hold(tx: Tx, packs: Sequence[int], until_ms: int) -> None:
    """Keep packs from being collected until a time, where no version holds on to them."""
    for part in _parts(packs):
        marks = ",".join("?" * len(part))
        tx.execute(
            f"UPDATE data_packs SET held_until_ms = ? WHERE id IN ({marks}) AND held_until_ms < ?",
            (until_ms, *part, until_ms),
        )


def to_hold(tx: Tx, packs: Sequence[int], until_ms: int) -> list[int]:
    """Those of the packs that no version holds on to and that are held for a shorter time."""
    found: list[int] = []
    for part in _parts(packs):
        marks = ",".join("?" * len(part))
        found += [row[0] for row in tx.rows(
            f"SELECT p.id FROM data_packs p WHERE p.id IN ({marks}) AND p.held_until_ms < ? AND NOT EXISTS "
            "(SELECT 1 FROM dataset_version_packs v WHERE v.pack = p.id)", (*part, until_ms))]
    return found


def lock_packs(tx: Tx, packs: Sequence[int]) -> int:
    """Keep packs from being collected until the transaction ends; returns how many of them are there."""
    return sum(
        len(tx.rows(f"SELECT id FROM data_packs WHERE id IN ({','.join('?' * len(part))}){tx.dialect.row_lock}", part))
        for part in _parts(sorted(packs))
    )


def hold_on(tx: Tx, version: int, packs: Sequence[int]) -> None:
    """A version holds on to packs."""
    tx.many(
        "INSERT INTO dataset_version_packs (version, pack) VALUES (?,?) ON CONFLICT (version, pack) DO NOTHING",
        [(version, pack) for pack in sorted(packs)],
    )


def packs_of(tx: Tx, version: int) -> list[tuple[int, str]]:
    """(number, name) of the packs that a version holds on to."""
    return [(row[0], row[1]) for row in tx.rows(
        "SELECT p.id, p.digest FROM dataset_version_packs v JOIN data_packs p ON p.id = v.pack WHERE v.version = ? "
        "ORDER BY p.id", (version,))]


def contents(tx: Tx, pack: int) -> list[tuple[bytes, int, int]]:
    """(digest, start, size) of the contents of a pack."""
    return [(bytes(row[0]), row[1], row[2]) for row in tx.rows(
        "SELECT digest, start, size FROM data_objects WHERE pack = ? ORDER BY start", (pack,))]


def drop_contents(tx: Tx, pack: int, digests: Sequence[bytes]) -> None:
    """Forget that contents lie in a pack (they are damaged there), so that they are sent again."""
    tx.many("DELETE FROM data_objects WHERE digest = ? AND pack = ?", [(digest, pack) for digest in digests])


def needed(tx: Tx, names: Sequence[str], now_ms: int) -> set[str]:
    """Those of the packs that a version or an upload of any workspace needs. They stay so until the transaction ends.

    Two statements: the second sees what those committed whom the locks of the first waited for.
    """
    if not names:
        return set()
    marks = ",".join("?" * len(names))
    rows = tx.rows(
        f"SELECT id, digest, held_until_ms FROM data_packs WHERE digest IN ({marks}) ORDER BY id{tx.dialect.row_lock}",
        names,
    )
    held = {row[1] for row in rows if row[2] > now_ms}
    if rows:
        numbers = ",".join(str(row[0]) for row in rows)
        used = {row[0] for row in tx.rows(f"SELECT DISTINCT pack FROM dataset_version_packs WHERE pack IN ({numbers})")}
        held |= {row[1] for row in rows if row[0] in used}
    return held


def forget_packs(tx: Tx, names: Sequence[str]) -> None:
    """Packs are about to be deleted: nothing finds their contents from now on."""
    tx.many("DELETE FROM data_packs WHERE digest = ?", [(name,) for name in names])


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, _IN)):
        yield part
