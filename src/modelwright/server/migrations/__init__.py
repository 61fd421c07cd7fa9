"""The schema of the database through time: Alembic revisions, linear, run by `upgrade` when a server starts."""

from __future__ import annotations

import sqlalchemy as sa

from modelwright.kit.dialect import Dialect
from modelwright.server.migrations.schema import metadata


def upgrade(dialect: Dialect) -> None:
    """Bring the database to the schema of this release."""
    engine = sa.create_engine(dialect.url)
    with engine.begin() as connection:
        metadata().create_all(connection)
        connection.execute(sa.text("INSERT INTO experiments(id, workspace, name, artifact_location, created_ms, updated_ms) VALUES (0, 'default', 'Default', 'mlflow-artifacts:/0', 0, 0) ON CONFLICT DO NOTHING"))
    engine.dispose()
