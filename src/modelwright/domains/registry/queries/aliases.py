"""Every statement about aliases, and about the moves of aliases and stages."""

from __future__ import annotations

from collections.abc import Collection

from modelwright.domains.registry.queries.names import IN
from modelwright.kit.db import Tx
from modelwright.types.registry import Move

_MOVE = "kind, name, verb, version, previous, left_stage, user_name, at_ms"


def meant(tx: Tx, model: int, alias: str) -> int | None:
    """The version that an alias means."""
    row = tx.row("SELECT version FROM registered_aliases WHERE model = ? AND alias = ?", (model, alias))
    return row[0] if row else None


def put(tx: Tx, model: int, alias: str, version: int) -> None:
    """Let it mean a version."""
    tx.execute(
        "INSERT INTO registered_aliases (model, alias, version) VALUES (?,?,?) "
        "ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version",
        (model, alias, version),
    )


def drop(tx: Tx, model: int, alias: str) -> None:
    """Let it mean nothing."""
    tx.execute("DELETE FROM registered_aliases WHERE model = ? AND alias = ?", (model, alias))


def of_version(tx: Tx, model: int, version: int) -> list[str]:
    """The aliases that mean a version."""
    rows = tx.rows(
        "SELECT alias FROM registered_aliases WHERE model = ? AND version = ? ORDER BY alias", (model, version)
    )
    return [row[0] for row in rows]


def of_versions(tx: Tx, models: Collection[int]) -> dict[tuple[int, int], list[str]]:
    """Aliases by (model, version)."""
    found: dict[tuple[int, int], list[str]] = {}
    for model, named in of_models(tx, models).items():
        for alias, version in named.items():
            found.setdefault((model, version), []).append(alias)
    return found


def of_models(tx: Tx, models: Collection[int]) -> dict[int, dict[str, int]]:
    """Aliases with their versions, by model."""
    found: dict[int, dict[str, int]] = {}
    ids = list(models)
    for start in range(0, len(ids), IN):
        part = ids[start : start + IN]
        marks = ",".join("?" * len(part))
        for model, alias, version in tx.rows(
            f"SELECT model, alias, version FROM registered_aliases WHERE model IN ({marks}) ORDER BY model, alias", part
        ):
            found.setdefault(model, {})[alias] = version
    return found


def record(tx: Tx, model: int, move: Move) -> None:
    """Keep a move."""
    tx.execute(
        f"INSERT INTO registry_moves (model, {_MOVE}) VALUES (?,?,?,?,?,?,?,?,?)",
        (
            model,
            move.kind,
            move.name,
            move.verb,
            move.version,
            move.previous,
            move.left_stage,
            move.user,
            move.at_ms,
        ),
    )


def moves(tx: Tx, model: int, *, kind: str = "", name: str = "", most: int = 1_000) -> list[Move]:
    """The newest moves of a model, of one kind or of one alias alone when named, oldest first."""
    condition, values = "model = ?", [str(model)]
    for column, value in (("kind", kind), ("name", name)):
        if value:
            condition += f" AND {column} = ?"
            values.append(value)
    rows = tx.rows(
        f"SELECT {_MOVE} FROM registry_moves WHERE {condition} ORDER BY id DESC LIMIT {most}", (model, *values[1:])
    )
    return [
        Move(
            kind=row[0],
            name=row[1],
            verb=row[2],
            version=row[3],
            previous=row[4],
            left_stage=row[5],
            user=row[6],
            at_ms=row[7],
        )
        for row in reversed(rows)
    ]
