"""Who acts: actors, roles, users and API tokens."""

from __future__ import annotations

from enum import StrEnum

import msgspec

DEFAULT_WORKSPACE = "default"


class Role(StrEnum):
    """What someone may do in a workspace, or to one resource of it."""

    VIEWER = "viewer"            # reads
    CONTRIBUTOR = "contributor"  # reads and writes
    APPROVER = "approver"        # reads, writes and decides
    AUDITOR = "auditor"          # reads everything, the audit log too, and writes nothing
    ADMIN = "admin"              # all of that, and who may do it
    NONE = "none"                # in grants: as if the resource did not exist

    @classmethod
    def _missing_(cls, value: object) -> Role | None:
        return cls.CONTRIBUTOR if value == "editor" else None  # its name before there were approvers


class Permission(StrEnum):
    """What an operation asks for."""

    OPEN = "open"        # anyone, without login
    SELF = "self"        # any logged-in actor, about itself
    READ = "read"        # every role
    WRITE = "write"      # contributor, approver, admin
    APPROVE = "approve"  # approver, admin
    AUDIT = "audit"      # auditor, admin
    ADMIN = "admin"      # admin of the workspace
    SERVER = "server"    # administrator of the whole server


MAY: dict[Role, frozenset[Permission]] = {
    Role.NONE: frozenset(),
    Role.VIEWER: frozenset({Permission.READ}),
    Role.CONTRIBUTOR: frozenset({Permission.READ, Permission.WRITE}),
    Role.APPROVER: frozenset({Permission.READ, Permission.WRITE, Permission.APPROVE}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.AUDIT}),
    Role.ADMIN: frozenset(
        {Permission.READ, Permission.WRITE, Permission.APPROVE, Permission.AUDIT, Permission.ADMIN}
    ),
}
"""What each role may do in its workspace."""


GRANTED = ("datasets", "models", "prompts")
"""Kinds of resources whose rooms ask about each one. Grants name these alone: a grant nothing heeds would lie."""


class TokenScope(StrEnum):
    """What a token may be used for, of what its owner may do."""

    READ = "read"        # read, the audit log too where its owner may
    WRITE = "write"      # read and write
    APPROVE = "approve"  # read and decide
    ADMIN = "admin"      # everything


SCOPED: dict[TokenScope, frozenset[Permission]] = {
    TokenScope.READ: frozenset({Permission.READ, Permission.AUDIT}),
    TokenScope.WRITE: frozenset({Permission.READ, Permission.WRITE}),
    TokenScope.APPROVE: frozenset({Permission.READ, Permission.APPROVE}),
    TokenScope.ADMIN: frozenset(Permission),
}
"""What each scope lets through."""


class Held(msgspec.Struct, frozen=True):
    """A grant as its holder has it: a role on the resources that a pattern names (`models/*`, `models/fraud`)."""

    pattern: str
    role: Role


class Actor(msgspec.Struct, frozen=True):
    """A user or service account, with what it may do. `local` is the loopback user without login.

    Roles are the ones held in person and through groups together. With a token they are no more than its scopes.
    """

    name: str
    roles: dict[str, Role] = {}
    server_admin: bool = False
    token_id: str = ""
    service: bool = False
    """A service account: a program, never a person."""
    groups: tuple[str, ...] = ()
    audits: tuple[str, ...] = ()
    """Workspaces where the auditor's permission is held beside another role."""
    grants: dict[str, tuple[Held, ...]] = {}
    """Grants by workspace, the most specific first."""
    scopes: tuple[TokenScope, ...] | None = None
    """What the token lets through; None without such a limit."""
    only: tuple[str, ...] = ()
    """Resource patterns that the token is bound to; none: not bound."""
    everywhere: bool = False
    """Administrator in every workspace, without being one of the server: a limited token of a server administrator."""
    session: str = ""
    """The public id of the session of a browser."""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person or service account. `roles` are the ones given in person; `groups` may bring more."""

    name: str
    server_admin: bool = False
    disabled: bool = False
    service: bool = False
    origin: str = ""
    """The login provider that vouches for this user; empty for our own."""
    created_ms: int = 0
    roles: dict[str, Role] = {}
    groups: list[str] = []


class UserCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new user. The password has at least 12 characters; without one only tokens log in.

    A service account never has a password or a session.
    """

    name: str
    password: str | None = None
    server_admin: bool = False
    service: bool = False
    roles: dict[str, Role] = {}
    groups: list[str] = []


class UserUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a user; absent fields stay. Changing one's own password takes the current one."""

    password: str | None = None
    current_password: str | None = None
    server_admin: bool | None = None
    disabled: bool | None = None
    roles: dict[str, Role] | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Users that hold roles and grants together."""

    id: int
    name: str
    description: str = ""
    created_ms: int = 0
    members: list[str] = []
    roles: dict[str, Role] = {}
    """The role in each workspace."""


class GroupCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new group."""

    name: str
    description: str = ""
    members: list[str] = []
    roles: dict[str, Role] = {}


class GroupUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a group; absent fields stay, lists are replaced."""

    description: str | None = None
    members: list[str] | None = None
    roles: dict[str, Role] | None = None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A role on the resources of a workspace that a pattern names, for a user (or service account) or a group."""

    id: int
    workspace: str
    pattern: str
    role: Role
    user: str | None = None
    group: str | None = None
    label: str = ""
    created_ms: int = 0


class GrantCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new grant in the workspace of the request; one on the same pattern for the same holder is replaced."""

    pattern: str
    role: Role
    user: str | None = None
    group: str | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An API token as listed: never its secret."""

    id: str
    user: str
    label: str = ""
    scopes: list[TokenScope] | None = None
    workspace: str = ""
    patterns: list[str] = []
    replaces: str = ""
    created_ms: int = 0
    expires_ms: int | None = None
    last_used_ms: int | None = None
    revoked: bool = False


class TokenCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new token for the caller. `days` None means 90; the secret is shown once, in the answer.

    `scopes` None lets through what the owner may; a `workspace` and resource `patterns` bind it further.
    """

    label: str = ""
    days: int | None = None
    scopes: list[TokenScope] | None = None
    workspace: str = ""
    patterns: list[str] = []


class TokenRotate(msgspec.Struct, frozen=True, kw_only=True):
    """Replace a token: the old one goes on for `overlap_s` seconds, so that nothing that uses it stands still."""

    overlap_s: int = 86_400
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


class LoginWays(msgspec.Struct, frozen=True, kw_only=True):
    """How people log in here."""

    password: bool = True
    provider: str = ""
    """What the login provider is called; empty without one."""
    begin: str = ""
    """Where its login begins; add `?next=/path`."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is logged in."""

    id: str
    user: str
    method: str
    address: str = ""
    agent: str = ""
    created_ms: int
    seen_ms: int
    expires_ms: int
    current: bool = False


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Proof, beside a decision, that it is the person who decides: the password, or a token with the scope approve.

    Without either, a login at most five minutes old is enough.
    """

    password: str | None = None
    token: str | None = None
