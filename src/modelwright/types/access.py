"""Who acts: actors, roles, users and API tokens."""

from __future__ import annotations

from enum import StrEnum

import msgspec

DEFAULT_WORKSPACE = "default"


class Role(StrEnum):
    """What a member may do in a workspace; each role includes the ones before it."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route asks for."""

    OPEN = "open"      # anyone, without login
    READ = "read"      # viewer and up, in the workspace
    WRITE = "write"    # editor and up, in the workspace
    ADMIN = "admin"    # admin of the workspace
    SERVER = "server"  # administrator of the whole server
    SELF = "self"      # any logged-in actor, about itself


class Actor(msgspec.Struct, frozen=True):
    """A user or service account, with its role in each workspace. `local` is the loopback user without login."""

    name: str
    roles: dict[str, Role] = {}
    server_admin: bool = False
    token_id: str = ""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person or service account."""

    name: str
    server_admin: bool = False
    disabled: bool = False
    created_ms: int = 0
    roles: dict[str, Role] = {}


class UserCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new user. The password has at least 12 characters; without one only tokens log in."""

    name: str
    password: str | None = None
    server_admin: bool = False
    roles: dict[str, Role] = {}


class UserUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a user; absent fields stay."""

    password: str | None = None
    server_admin: bool | None = None
    disabled: bool | None = None
    roles: dict[str, Role] | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An API token as listed: never its secret."""

    id: str
    user: str
    label: str = ""
    created_ms: int = 0
    expires_ms: int | None = None
    last_used_ms: int | None = None
    revoked: bool = False


class TokenCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new token for the caller. `days` None means 90; the secret is shown once, in the answer."""

    label: str = ""
    days: int | None = None


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token just made, with its secret (`mw_…`), shown once."""

    token: Token
    secret: str


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace isolates everything in it."""

    id: str
    description: str = ""
    created_ms: int = 0


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Name and password, exchanged for a session cookie or token."""

    user: str
    password: str
