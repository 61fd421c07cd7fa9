"""Names of datasets and aliases, and references to versions. Knows text; refuses to know what exists."""

from __future__ import annotations

import re

from modelwright.types.data import OBJECT
from modelwright.types.errors import Invalid

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,127}")
_NUMBER = re.compile(r"v?[0-9]{1,15}")
_DIGEST = re.compile(r"blake3:[0-9a-f]{64}")
_RUN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LATEST = "latest"
_TAGS = 200
_KEY, _VALUE, _TEXT = 250, 5_000, 20_000


def name(text: str, where: str = "name") -> str:
    """The name of a dataset. Raises `Invalid`."""
    if not _NAME.fullmatch(text):
        raise Invalid(
            f"not a name of a dataset: {text[:80]!r}", where=where,
            hint="letters, digits, `.`, `_` and `-`, up to 128, beginning with a letter or digit",
        )
    return text


def alias(text: str, where: str = "alias") -> str:
    """The name of an alias: no number, and not `latest`. Raises `Invalid`."""
    if not _ALIAS.fullmatch(text) or text.lower() == LATEST or _NUMBER.fullmatch(text):
        raise Invalid(
            f"not a name of an alias: {text[:80]!r}", where=where,
            hint="letters, digits, `.`, `_` and `-`, beginning with a letter; `latest` and `v3` are taken",
        )
    return text


def run(text: str, where: str = "run_id") -> str:
    """The id of a run. Raises `Invalid`."""
    if not _RUN.fullmatch(text):
        raise Invalid(f"not the id of a run: {text[:80]!r}", where=where)
    return text


def digest(text: str, where: str) -> bytes:
    """The 32 bytes of a digest. Raises `Invalid`."""
    if not _DIGEST.fullmatch(text):
        raise Invalid(f"not a digest: {text[:80]!r}", where=where, hint="blake3: and 64 hex digits")
    return bytes.fromhex(text.removeprefix(OBJECT))


def shown(content: bytes) -> str:
    """A digest as text."""
    return OBJECT + content.hex()


def reference(text: str, where: str = "version") -> int | bytes | str:
    """Which version is meant: a number, the bytes of a digest, an alias, or `latest` as an empty text.

    Raises:
        Invalid: none of these.
    """
    text = text.removeprefix("@")
    if text in ("", LATEST):
        return ""
    if _NUMBER.fullmatch(text):
        return int(text.removeprefix("v"))
    if _DIGEST.fullmatch(text):
        return digest(text, where)
    return alias(text, where)


def tags(given: dict[str, str] | dict[str, str | None], where: str = "tags") -> None:
    """Refuse tags that are too many or too long. Raises `Invalid`."""
    if len(given) > _TAGS:
        raise Invalid(f"at most {_TAGS} tags", where=where)
    for key, value in given.items():
        if not key or len(key) > _KEY or _CONTROL.search(key) or "\n" in key:
            raise Invalid(f"not a key of a tag: {key[:80]!r}", where=where)
        text_of(value or "", f"{where}.{key[:40]}", _VALUE)


def text_of(value: str, where: str, most: int = _TEXT) -> str:
    """Refuse a text that is too long or holds control characters. Raises `Invalid`."""
    if len(value) > most:
        raise Invalid(f"at most {most:,} characters", where=where)
    if _CONTROL.search(value):
        raise Invalid("the text holds control characters", where=where)
    return value
