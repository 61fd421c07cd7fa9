"""Tables of events.

`events.id` rises in the order of commits, so a reader that knows an id has missed nothing before it.

Where several transactions may commit side by side, writers put events into `event_outbox` and one reader at a time
numbers what is committed there; with a single writer they are numbered at once.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, nullable=False, server_default=""),
    sa.Column("payload", sa.Text, nullable=False, server_default=""),
    sa.Index("events_by_time", "at_ms"),
    sqlite_autoincrement=True,
)

event_outbox = sa.Table(
    "event_outbox",
    metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, nullable=False, server_default=""),
    sa.Column("payload", sa.Text, nullable=False, server_default=""),
)
