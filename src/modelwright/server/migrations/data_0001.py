"""What a new database holds besides tables: the default workspace and experiment, and the seal of the audit rows."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

_SEAL = {
    "sqlite": (
        ("CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events "
         "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"),
        ("CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events "
         "BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END"),
    ),
    "postgresql": (
        ("CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
         "BEGIN RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = '23514'; END $$"),
        ("CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events "
         "FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()"),
        ("CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events "
         "FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()"),
    ),
}


def change() -> None:
    """Seal the audit rows and make the defaults."""
    connection = op.get_bind()
    for statement in _SEAL[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    now = {"now": time.time_ns() // 1_000_000}
    connection.execute(sa.text("INSERT INTO workspaces(id, description, created_ms) VALUES ('default', '', :now)"), now)
    # MLflow's clients log to experiment 0 when nobody chose one.
    connection.execute(sa.text(
        "INSERT INTO experiments(id, workspace, name, artifact_location, lifecycle, created_ms, updated_ms) "
        "VALUES (0, 'default', 'Default', 'mlflow-artifacts:/0', 'active', :now, :now)"), now)
