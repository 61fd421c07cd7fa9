"""Decisions of access: names, passwords, secrets, and what someone may do after all.

Hashing is by the standard library (scrypt, RFC 7914; SHA-256).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

import msgspec

from modelwright.kit.scope import weight
from modelwright.types.access import GRANTED, SCOPED, Actor, Held, Permission, Role, Token, TokenScope, User
from modelwright.types.errors import Invalid

TOKEN_PREFIX = "mw_"  # noqa: S105  a prefix, not a secret
PASSWORD_CHARS = range(12, 1025)
TOKEN_DAYS = 90
LONGEST_TOKEN_DAYS = 3_650

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
_WORKSPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED = frozenset({"system", "local", "anonymous"})
_N, _R, _P = 1 << 14, 8, 1  # 16 MiB and about 40 ms a guess
_MEMORY = 64 * 1024 * 1024


def check_user_name(name: str) -> None:
    """Raises `Invalid` when `name` cannot be a user's."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            "not a user name",
            where="name",
            hint="letters, digits, '.', '_', '@' and '-', at most 128, a letter or digit first",
        )
    if name.lower() in _RESERVED:
        raise Invalid(f"the name {name!r} is reserved", where="name")


def check_workspace_name(name: str) -> None:
    """Raises `Invalid` when `name` cannot be a workspace's."""
    if not _WORKSPACE.fullmatch(name):
        raise Invalid(
            "not a workspace name", where="id", hint="lower-case letters, digits, '.', '_' and '-', at most 64"
        )


def check_password(password: str, name: str) -> None:
    """Raises `Invalid` for a password that is too short, too long or the user's name (NIST SP 800-63B)."""
    if len(password) not in PASSWORD_CHARS:
        raise Invalid("a password has 12 to 1,024 characters", where="password")
    if password.lower() == name.lower() or len(set(password)) < 4:
        raise Invalid("the password is too easy to guess", where="password")


def hash_password(password: str, salt: bytes) -> str:
    """`scrypt$n$r$p$salt$hash` of a password."""
    digest = _scrypt(password, salt, _N, _R, _P)
    return f"scrypt${_N}${_R}${_P}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def matches(password: str, stored: str) -> bool:
    """Whether a password is the hashed one; takes the same time for any wrong one."""
    _, n, r, p, salt, digest = stored.split("$")
    found = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(digest))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def digest(secret: str) -> str:
    """What is stored of a secret of full entropy."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def split_token(secret: str) -> str | None:
    """The id inside a token `mw_<id>_<secret>`; None when it is no token."""
    parts = secret.split("_")
    if len(parts) == 3 and parts[0] == "mw" and parts[1].isalnum() and parts[1].isascii() and len(parts[1]) <= 40:
        return parts[1]
    return None


_PATTERN = re.compile(r"[a-z_]{1,40}/[^\x00-\x1f\x7f*]{0,250}\*?|\*")
_STRENGTH = {Role.NONE: 0, Role.VIEWER: 1, Role.AUDITOR: 2, Role.CONTRIBUTOR: 3, Role.APPROVER: 4, Role.ADMIN: 5}


def check_group_name(name: str) -> None:
    """Raises `Invalid` when `name` cannot be a group's."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            "not a group name",
            where="name",
            hint="letters, digits, '.', '_', '@' and '-', at most 128, a letter or digit first",
        )


def check_pattern(pattern: str) -> None:
    """Raises `Invalid` when a pattern names no resources."""
    if not _PATTERN.fullmatch(pattern) or pattern.endswith("/"):
        raise Invalid(
            "not a pattern of resources",
            where="pattern",
            hint="`models/fraud`, `models/fraud-*`, `models/*`, or `*` for the whole workspace",
        )
    kind = pattern.partition("/")[0]
    if pattern != "*" and kind not in GRANTED:
        raise Invalid(
            f"{kind!r} are not granted one by one", where="pattern", hint=f"kinds: {', '.join(GRANTED)}; else use roles"
        )


def check_scopes(scopes: list[TokenScope] | None, patterns: list[str], workspace: str) -> None:
    """Raises `Invalid` when limits of a token make no sense."""
    if scopes is not None and not scopes:
        raise Invalid("a token without scopes lets nothing through", where="scopes")
    if len(patterns) > 50:
        raise Invalid("a token is bound to at most 50 patterns", where="patterns")
    for pattern in patterns:
        check_pattern(pattern)
    if patterns and not workspace:
        raise Invalid("patterns name resources of one workspace", where="workspace", hint="name the workspace too")


def within(scopes: list[TokenScope] | None, holder: Actor) -> bool:
    """Whether a token with these scopes lets through no more than the credential that asks for it."""
    if holder.scopes is None or TokenScope.ADMIN in holder.scopes:
        return True
    if scopes is None:
        return False
    allowed = frozenset[Permission]().union(*(SCOPED[scope] for scope in holder.scopes))
    return all(SCOPED[scope] <= allowed for scope in scopes)


def actor(user: User, held: Iterable[tuple[str, str, Role, bool]]) -> Actor:
    """What a user may do, of its own roles and of what it holds: (workspace, pattern, role, whether in person).

    In a workspace the strongest role counts; of grants the most specific, one's own before a group's, then the
    strongest.
    """
    roles = dict(user.roles)
    audits = {workspace for workspace, role in roles.items() if role is Role.AUDITOR}
    ranked: dict[str, list[tuple[tuple[int, int], bool, int, Held]]] = {}
    for workspace, pattern, role, own in held:
        if pattern == "*":
            if role is Role.AUDITOR:
                audits.add(workspace)
            if _STRENGTH[role] > _STRENGTH[roles.get(workspace, Role.NONE)]:
                roles[workspace] = role
        else:
            ranked.setdefault(workspace, []).append((weight(pattern), own, _STRENGTH[role], Held(pattern, role)))
    grants = {
        workspace: tuple(item[3] for item in sorted(items, key=lambda item: item[:3], reverse=True))
        for workspace, items in ranked.items()
    }
    beside = tuple(sorted(workspace for workspace in audits if roles.get(workspace) is not Role.AUDITOR))
    return Actor(
        user.name, roles, user.server_admin, service=user.service, groups=tuple(user.groups), audits=beside,
        grants=grants,
    )


def limited(whole: Actor, token: Token) -> Actor:
    """An actor as its token lets it act: never more than without."""
    change = msgspec.structs.replace
    if token.scopes is None and not token.workspace:
        return change(whole, token_id=token.id)
    roles, audits, grants = whole.roles, whole.audits, whole.grants
    everywhere = whole.server_admin
    if token.workspace:
        here = token.workspace
        roles = {here: Role.ADMIN if everywhere else roles[here]} if everywhere or here in roles else {}
        audits = tuple(workspace for workspace in audits if workspace == here)
        grants = {here: grants[here]} if here in grants else {}
        everywhere = False
    scopes = None if token.scopes is None else tuple(token.scopes)
    full = not token.workspace and scopes is not None and TokenScope.ADMIN in scopes
    return change(
        whole,
        roles=roles,
        audits=audits,
        grants=grants,
        server_admin=whole.server_admin and full,
        everywhere=everywhere and not full,
        scopes=scopes,
        only=tuple(token.patterns),
        token_id=token.id,
    )


def unlimited(holder: Actor) -> bool:
    """Whether someone acts with all that they may do, not through a token that lets through less."""
    return not holder.only and (holder.scopes is None or TokenScope.ADMIN in holder.scopes)
