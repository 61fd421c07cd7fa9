"""Tables of audit: the rows, and what makes a Merkle tree of them.

Triggers on both engines refuse to change or remove a row. `audit_events.id` has no holes: it is the place in the log.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.event import listen

metadata = sa.MetaData()

audit_events = sa.Table(
    "audit_events",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False, server_default="{}"),
    sa.Column("request_id", sa.Text, nullable=False, server_default=""),
    sa.Column("leaf", sa.LargeBinary, nullable=False),  # SHA-256, 32 bytes; level 0 of the tree
    sa.Index("audit_by_workspace", "workspace", "id"),
    sa.Index("audit_by_subject", "workspace", "subject", "id"),
)

audit_tree = sa.Table(  # one row: what an append needs, and the lock of those who append side by side
    "audit_tree",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),  # 32 bytes for each complete subtree, largest first
)

audit_nodes = sa.Table(  # complete subtrees of 256^level leaves
    "audit_nodes",
    metadata,
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

audit_checkpoints = sa.Table(
    "audit_checkpoints",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

audit_keys = sa.Table(
    "audit_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("vkey", sa.Text, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
)

audit_anchors = sa.Table(
    "audit_anchors",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
)

audit_checks = sa.Table(  # one row: the last verification, and whether another is wanted
    "audit_checks",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("wanted", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("at_ms", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("result", sa.Text, nullable=False, server_default=""),
)

IMMUTABLE = {
    "sqlite": (
        (
            "CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"
        ),
        (
            "CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = '23514'; END $$"
        ),
        (
            "CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events "
            "FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()"
        ),
        (
            "CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()"
        ),
    ),
}
"""Statements that seal the table, by engine; run when the table is made."""

for _engine, _statements in IMMUTABLE.items():
    for _statement in _statements:
        listen(audit_events, "after_create", sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_engine))
