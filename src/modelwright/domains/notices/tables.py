"""Tables of notices: receivers, what was or is to be sent to them, and how far the events were read."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("events", sa.Text, nullable=False),  # JSON list
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("active", sa.SmallInteger, nullable=False),
    sa.Column("secret", sa.Text, nullable=False, server_default=""),  # sealed; of Slack the whole URL
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("updated_ms", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False, server_default=""),
    sa.Column("failures", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("failing_since_ms", sa.BigInteger),
    sa.Column("last_success_ms", sa.BigInteger),
    sa.Column("paused_until_ms", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("disabled_reason", sa.Text, nullable=False, server_default=""),
    sa.Index("webhooks_by_workspace", "workspace", "created_ms", "id"),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # rises with time
    sa.Column("webhook_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),  # when it happened
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("status", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("next_ms", sa.BigInteger, nullable=False),
    sa.Column("finished_ms", sa.BigInteger),
    sa.Index("webhook_deliveries_by_webhook", "webhook_id", "id"),
    sa.Index(
        "webhook_deliveries_due",
        "webhook_id",
        "next_ms",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    ),
)

notice_cursor = sa.Table(  # one row while there are receivers: the id of the last event that was looked at
    "notice_cursor",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger, nullable=False),
)
