"""Tables of access. Secrets are stored only as hashes: tokens and sessions as SHA-256, passwords by scrypt."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
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
    sa.Column("password", sa.Text),  # NULL: only tokens, a login provider or a proxy log in
    sa.Column("server_admin", _FLAG, nullable=False, server_default="0"),
    sa.Column("disabled", _FLAG, nullable=False, server_default="0"),
    sa.Column("service", _FLAG, nullable=False, server_default="0"),  # a service account: never a password or session
    sa.Column("origin", sa.Text, nullable=False, server_default=""),  # the login provider that vouches; '': ours
    sa.Column("subject", sa.Text, nullable=False, server_default=""),  # who it is there
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Index("users_by_subject", "origin", "subject"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("workspace", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
)

user_groups = sa.Table(
    "user_groups",
    metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("created_ms", _BIG, nullable=False),
)

group_members = sa.Table(
    "group_members",
    metadata,
    sa.Column("group_id", _BIG, sa.ForeignKey("user_groups.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), primary_key=True),
    sa.Column("origin", sa.Text, nullable=False, server_default=""),  # a login provider: it takes them out again
    sa.Index("group_members_by_user", "user_name"),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("workspace", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE")),  # either this
    sa.Column("group_id", _BIG, sa.ForeignKey("user_groups.id", ondelete="CASCADE")),       # or this
    sa.Column("pattern", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False, server_default=""),  # its name on a wire that has more words
    sa.Column("created_ms", _BIG, nullable=False),
    sa.UniqueConstraint("user_name", "workspace", "pattern"),
    sa.UniqueConstraint("group_id", "workspace", "pattern"),
    sa.Index("grants_by_workspace", "workspace"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    sa.Column("label", sa.Text, nullable=False, server_default=""),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False, server_default=""),  # words with spaces between; '': no limit
    sa.Column("workspace", sa.Text, nullable=False, server_default=""),  # '': every workspace of the owner
    sa.Column("patterns", sa.Text, nullable=False, server_default=""),  # JSON list; '': not bound
    sa.Column("replaces", sa.Text, nullable=False, server_default=""),  # the token that it was made to replace
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
    sa.Column("public", sa.Text, nullable=False, unique=True),
    sa.Column("user_name", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    sa.Column("method", sa.Text, nullable=False),  # password | oidc
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("agent", sa.Text, nullable=False, server_default=""),
    sa.Column("provider_token", sa.Text, nullable=False, server_default=""),  # the ID token, for the logout there
    sa.Column("created_ms", _BIG, nullable=False),
    sa.Column("proved_ms", _BIG, nullable=False),  # when the person last proved who they are
    sa.Column("seen_ms", _BIG, nullable=False),
    sa.Column("expires_ms", _BIG, nullable=False),
    sa.Index("sessions_by_user", "user_name"),
    sa.Index("sessions_by_expiry", "expires_ms"),
)

logins = sa.Table(
    "logins",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # SHA-256 of the state that the provider hands back
    sa.Column("browser", sa.Text, nullable=False),  # SHA-256 of the cookie of the browser that began
    sa.Column("verifier", sa.Text, nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),  # the page to return to
    sa.Column("fresh", _FLAG, nullable=False, server_default="0"),  # a new proof was asked for
    sa.Column("expires_ms", _BIG, nullable=False),
    sa.Index("logins_by_expiry", "expires_ms"),
)

guesses = sa.Table(
    "guesses",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # a digest of what is counted: people type passwords as names
    sa.Column("spell", _BIG, nullable=False),
    sa.Column("count", _BIG, nullable=False),
    sa.Index("guesses_by_spell", "spell"),
)

access_version = sa.Table(
    "access_version",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", _BIG, nullable=False),  # rises with every change of who may do what
)
