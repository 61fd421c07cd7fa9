"""Decisions of access: names, passwords, secrets. Hashing is by the standard library (scrypt, RFC 7914; SHA-256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

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
