"""Which server a person logged in to: one small file, readable by its owner alone.

Knows addresses and tokens of this machine. Refuses to know how a token is made.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from modelwright.types.codec import from_json, to_json
from modelwright.types.errors import ModelwrightError


class Login(msgspec.Struct, frozen=True):
    """One server a person logged in to."""

    url: str
    token: str = ""
    workspace: str = ""


class _File(msgspec.Struct):
    default: str = ""
    logins: list[Login] = []


def location() -> Path:
    """The file: `MODELWRIGHT_CONFIG_DIR`, else the user's configuration folder."""
    chosen = os.environ.get("MODELWRIGHT_CONFIG_DIR")
    if chosen:
        return Path(chosen).expanduser() / "credentials.json"
    root = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(root).expanduser() / "modelwright" / "credentials.json"


def _load() -> _File:
    try:
        return from_json(location().read_bytes(), _File)
    except (OSError, RuntimeError, ModelwrightError):
        return _File()


def find(url: str = "") -> Login | None:
    """The login for `url`, or the default one when `url` is empty; None when there is none."""
    stored = _load()
    wanted = url.rstrip("/") or stored.default
    for login in stored.logins:
        if login.url == wanted:
            return login
    return None


def save(url: str, token: str = "", workspace: str = "") -> Path:
    """Remember a login and make it the default. The file is written with mode 0600; returns its path."""
    stored = _load()
    login = Login(url.rstrip("/"), token, workspace)
    stored.logins = [known for known in stored.logins if known.url != login.url] + [login]
    stored.default = login.url
    _write(stored)
    return location()


def forget(url: str = "") -> bool:
    """Remove a login (the default one when `url` is empty); tells whether there was one."""
    stored = _load()
    wanted = url.rstrip("/") or stored.default
    kept = [login for login in stored.logins if login.url != wanted]
    if len(kept) == len(stored.logins):
        return False
    stored.logins = kept
    if stored.default == wanted:
        stored.default = kept[-1].url if kept else ""
    _write(stored)
    return True


def _write(stored: _File) -> None:
    path = location()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(to_json(stored))
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
