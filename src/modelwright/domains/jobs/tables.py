"""Tables of jobs."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_BIG = sa.BigInteger()
_ONE_QUEUED = sa.text("state = 'queued' AND queue_key <> ''")

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False, server_default="{}"),
    sa.Column("queue_key", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.Text, nullable=False, server_default="queued"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("max_attempts", sa.Integer, nullable=False, server_default="5"),
    sa.Column("fence", _BIG, nullable=False, server_default="0"),
    sa.Column("run_at_ms", _BIG, nullable=False),
    sa.Column("lease_until_ms", _BIG),
    sa.Column("worker", sa.Text, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("finished_ms", _BIG),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("result", sa.Text, nullable=False, server_default="{}"),
    sa.Index(
        "jobs_one_queued",
        "workspace",
        "kind",
        "queue_key",
        unique=True,
        sqlite_where=_ONE_QUEUED,
        postgresql_where=_ONE_QUEUED,
    ),
    sa.Index("jobs_to_run", "state", "run_at_ms"),
    sa.Index("jobs_by_workspace", "workspace", "created_ms", "id"),
)

duties = sa.Table(
    "duties",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("until_ms", _BIG, nullable=False),
)
