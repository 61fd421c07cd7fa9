"""A small log on any engine, and the ways in which somebody with the whole database could tamper with it."""

from __future__ import annotations

import random
from typing import Any

from modelwright.domains.audit import service
from modelwright.domains.audit.rules import leaves
from modelwright.domains.audit.rules.tree import Frontier
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx

TABLES = ("audit_events", "audit_nodes", "audit_checkpoints", "audit_tree")
_COLUMNS = "id, at_ms, workspace, actor, action, subject, detail, request_id, leaf"


def write(ctx: Ctx, count: int, first: int = 0) -> None:
    """Rows in a few commits."""
    for start in range(first, first + count, 97):
        with ctx.db.write() as tx:
            for number in range(start, min(start + 97, first + count)):
                service.append(ctx, tx, "thing.made", f"thing/{number}", {"n": number})


def unseal(ctx: Ctx) -> None:
    """What a database's owner can do: the triggers go."""
    with ctx.db.write() as tx:
        if ctx.db.dialect.lanes == 1:
            tx.execute("DROP TRIGGER audit_events_no_update")
            tx.execute("DROP TRIGGER audit_events_no_delete")
        else:
            tx.execute("ALTER TABLE audit_events DISABLE TRIGGER USER")


class Book:
    """A log that is set back after every tampering."""

    def __init__(self, ctx: Ctx, rows: int = 700) -> None:
        self.ctx = ctx
        write(ctx, rows // 2)
        service.bring_out(ctx)
        self.old = self._dump()  # a backup of old
        write(ctx, rows // 2, rows // 2)
        service.bring_out(ctx)
        self.size = self._dump()["audit_tree"][0][2]
        self.now = self._dump()
        unseal(ctx)

    def _dump(self) -> dict[str, list[Any]]:
        with self.ctx.db.read() as tx:
            return {name: tx.rows(f"SELECT * FROM {name}") for name in TABLES}

    def _load(self, tx: Tx, state: dict[str, list[Any]]) -> None:
        for name, rows in state.items():
            tx.execute(f"DELETE FROM {name}")
            if rows:
                tx.many(f"INSERT INTO {name} VALUES ({','.join('?' * len(rows[0]))})", rows)

    def tamper(self, how: str, chance: random.Random) -> str:
        """One tampering; returns a word about what was done."""
        with self.ctx.db.write() as tx:
            return getattr(self, how)(tx, chance)

    def restore(self) -> None:
        """As if nothing had been."""
        with self.ctx.db.write() as tx:
            self._load(tx, self.now)

    # --- the ways

    def edit(self, tx: Tx, chance: random.Random) -> str:
        place = chance.randint(1, self.size)
        column = chance.choice(["at_ms", "workspace", "actor", "action", "subject", "detail", "request_id", "leaf"])
        value: Any = {"at_ms": 1, "detail": '{"n":-1}', "leaf": chance.randbytes(32)}.get(column, "eve")
        tx.execute(f"UPDATE audit_events SET {column} = ? WHERE id = ?", (value, place))
        return f"row {place}"

    def edit_with_leaf(self, tx: Tx, chance: random.Random) -> str:
        place = chance.randint(1, self.size)
        row = list(tx.rows(f"SELECT {_COLUMNS} FROM audit_events WHERE id = ?", (place,))[0])
        row[3] = "eve"
        tx.execute(
            "UPDATE audit_events SET actor = 'eve', leaf = ? WHERE id = ?",
            (leaves.leaf(leaves.entry(*row[:8])), place),
        )
        return f"row {place}"

    def drop(self, tx: Tx, chance: random.Random) -> str:
        place = chance.randint(1, self.size)
        tx.execute("DELETE FROM audit_events WHERE id = ?", (place,))
        return f"row {place}"

    def drop_and_close_up(self, tx: Tx, chance: random.Random) -> str:
        place = chance.randint(1, self.size - 1)
        tx.execute("DELETE FROM audit_events WHERE id = ?", (place,))
        tx.execute("UPDATE audit_events SET id = -id WHERE id > ?", (place,))
        tx.execute("UPDATE audit_events SET id = -id - 1 WHERE id < 0")
        return f"row {place}"

    def swap(self, tx: Tx, chance: random.Random) -> str:
        one, two = chance.sample(range(1, self.size + 1), 2)
        for old, new in ((one, -1), (two, one), (-1, two)):
            tx.execute("UPDATE audit_events SET id = ? WHERE id = ?", (new, old))
        return f"rows {one} and {two}"

    def truncate(self, tx: Tx, chance: random.Random) -> str:
        size = chance.randint(0, self.size - 1)
        self._forge(tx, self.now["audit_events"][:size])
        return f"to {size}"

    def truncate_rows_only(self, tx: Tx, chance: random.Random) -> str:
        size = chance.randint(0, self.size - 1)
        tx.execute("DELETE FROM audit_events WHERE id > ?", (size,))
        return f"to {size}"

    def fork(self, tx: Tx, chance: random.Random) -> str:
        place = chance.randint(1, self.size)
        rows = [list(row) for row in self.now["audit_events"]]
        rows[place - 1][3] = "eve"
        self._forge(tx, rows)
        return f"from row {place}"

    def insert(self, tx: Tx, chance: random.Random) -> str:
        place = chance.randint(0, self.size)
        rows = [list(row) for row in self.now["audit_events"]]
        rows.insert(place, list(rows[max(place - 1, 0)]))
        self._forge(tx, rows)
        return f"after row {place}"

    def old_backup(self, tx: Tx, chance: random.Random) -> str:
        self._load(tx, self.old)
        return "half of it"

    def _forge(self, tx: Tx, rows: list[Any]) -> None:
        """Another history, with every hash of it right; only signatures cannot be made."""
        frontier = Frontier()
        events, nodes = [], []
        for place, row in enumerate(rows, 1):
            given = [place, *row[1:8]]
            leaf = leaves.leaf(leaves.entry(*given))
            events.append((*given, leaf))
            nodes.extend(frontier.add(leaf))
        origin = self.now["audit_tree"][0][1]
        kept = [row for row in self.now["audit_checkpoints"] if row[0] <= frontier.size and rows == []]
        self._load(
            tx,
            {
                "audit_events": events,
                "audit_nodes": nodes,
                "audit_checkpoints": kept,
                "audit_tree": [(1, origin, frontier.size, frontier.packed())],
            },
        )


WAYS = [
    "edit",
    "edit_with_leaf",
    "drop",
    "drop_and_close_up",
    "swap",
    "truncate",
    "truncate_rows_only",
    "fork",
    "insert",
    "old_backup",
]
