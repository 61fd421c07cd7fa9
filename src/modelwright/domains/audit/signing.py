"""The key that signs checkpoints: the setting `audit_key`, or the file `audit.key` in the data folder (0600)."""

from __future__ import annotations

import base64
import binascii
import os
import secrets

from modelwright.domains.audit.rules.note import Signer
from modelwright.kit.context import Ctx
from modelwright.kit.sealed import private_file
from modelwright.kit.settings import folder
from modelwright.types.errors import Conflict, Invalid, Unavailable

FILE = "audit.key"
_KEY = "audit.signer"


def signer(ctx: Ctx, origin: str) -> Signer:
    """Signs for this process under the name of the log.

    Raises:
        Invalid: the setting is no key. Unavailable: the file can be neither read nor made.
    """
    found: Signer | None = ctx.local.get(_KEY)
    if found is None or found.origin != origin:
        text = ctx.settings.audit_key.encode() or private_file(folder(ctx.settings) / FILE)
        found = ctx.local[_KEY] = Signer(_seed(text), origin)
    return found


def replace(ctx: Ctx, origin: str) -> Signer:
    """Make a new key and use it from now on; the old one stays beside it as `audit.key.<id>`.

    Raises:
        Conflict: the key is given by a setting. Unavailable: the file cannot be written.
    """
    if ctx.settings.audit_key:
        raise Conflict("the key is given by the setting audit_key", hint="change the setting and start the server")
    old = signer(ctx, origin)
    path = folder(ctx.settings) / FILE
    try:
        kept = path.with_name(f"{FILE}.{old.id}")
        if not kept.exists():
            os.link(path, kept)
        fresh = path.with_name(f"{FILE}.new-{secrets.token_hex(4)}")
        private_file(fresh)
        fresh.replace(path)
    except OSError as error:
        raise Unavailable(f"the key cannot be replaced: {error.strerror}") from None
    ctx.local.pop(_KEY, None)
    return signer(ctx, origin)


def _seed(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("the key is not base64", where="audit_key") from None
