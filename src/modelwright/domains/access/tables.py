"""Tables of access. Secrets are stored only as hashes: tokens and sessions as SHA-256, passwords by scrypt."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_FLAG = sa.SmallInteger()
_BIG = sa.BigInteger()

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("password", sa.Text),  # NULL: only tokens log in
    sa.Column("server_admin", _FLAG, nullable=False, server_default="0"),
    sa.Column("disabled", _FLAG, nullable=False, server_default="0"),
    sa.Column("created_ms", _BIG, nullable=False),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("workspace", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    sa.Column("label", sa.Text, nullable=False, server_default=""),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("expires_ms", _BIG),
    sa.Column("last_used_ms", _BIG),
    sa.Column("revoked", _FLAG, nullable=False, server_default="0"),
    sa.Index("tokens_by_user", "user_name", "created_ms"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # SHA-256 of the cookie
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("expires_ms", _BIG, nullable=False),
    sa.Index("sessions_by_user", "user_name"),
    sa.Index("sessions_by_expiry", "expires_ms"),
)
