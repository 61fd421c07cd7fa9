"""The audit table. Triggers on both engines refuse to change or remove a row."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.event import listen

metadata = sa.MetaData()

audit_events = sa.Table(
    "audit_events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False, server_default="{}"),
    sa.Column("request_id", sa.Text, nullable=False, server_default=""),
    sa.Index("audit_by_workspace", "workspace", "id"),
    sa.Index("audit_by_subject", "workspace", "subject", "id"),
    sqlite_autoincrement=True,
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
