"""Secrets at rest: texts sealed with AES-256-GCM under a key of the server. Refuses to know what the secrets open.

    sealer(ctx).seal("s3cret", "webhook/1f…") -> "s1:…"      # bound to its place: it opens nowhere else

The key is the setting `secret_key`, or the file `secret.key` in the data folder, made at the first need with mode 0600.
Several processes on one database need the same key. A backup does not hold it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path

from modelwright.kit.context import Ctx
from modelwright.kit.settings import folder
from modelwright.types.errors import Invalid, Unavailable

FILE = "secret.key"
_KEY = "sealed"
_MARK = "s1:"
_SHORTEST = 32


class Sealer:
    """Seals with one key."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(hashlib.sha256(b"modelwright sealed v1\0" + key).digest())

    def seal(self, secret: str, place: str) -> str:
        """The secret as text that only the same key opens, and only for the same place."""
        nonce = secrets.token_bytes(12)
        sealed = self._cipher.encrypt(nonce, secret.encode(), place.encode())
        return _MARK + base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, place: str) -> str:
        """The secret.

        Raises:
            Unavailable: sealed under another key, for another place, or damaged.
        """
        from cryptography.exceptions import InvalidTag

        try:
            content = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
            return self._cipher.decrypt(content[:12], content[12:], place.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Unavailable(
                "the secret was sealed with another key of the server", hint="set the secret again, or restore the key"
            ) from None


def sealer(ctx: Ctx) -> Sealer:
    """The sealer of this server.

    Raises:
        Invalid: the setting is too short. Unavailable: the key's file cannot be read or made.
    """
    found: Sealer | None = ctx.local.get(_KEY)
    if found is None:
        text = ctx.settings.secret_key
        if text and len(text) < _SHORTEST:
            raise Invalid(f"the key needs at least {_SHORTEST} characters", where="secret_key")
        found = ctx.local[_KEY] = Sealer(text.encode() if text else private_file(folder(ctx.settings) / FILE))
    return found


def private_file(path: Path, content: bytes = b"") -> bytes:
    """What a file of our own holds, which is made when it is missing (from `content`, or at random): 0600, made once.

    Raises:
        Unavailable: it can be neither read nor made.
    """
    try:
        try:
            return path.read_bytes().strip()
        except FileNotFoundError:
            pass
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, content or base64.b64encode(secrets.token_bytes(32)) + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(fresh, path)  # of two processes, one makes it
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_bytes().strip()
    except OSError as error:
        raise Unavailable(f"the key {path.name} cannot be read: {error.strerror}") from None
