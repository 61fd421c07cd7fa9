"""What names, aliases, stages, numbers and tags may be. The messages are those that MLflow's users know."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from modelwright.types.errors import Invalid
from modelwright.types.registry import Kind, Stage

NAME, ALIAS, KEY, VALUE, DESCRIPTION = 256, 255, 250, 100_000, 100_000
IS_PROMPT = "mlflow.prompt.is_prompt"
"""The tag that makes a registered model a prompt on MLflow's wire."""

_UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NUL = re.compile(r"[\x00\ud800-\udfff]")
_ALIAS = re.compile(r"[\w\-]+")
_PROMPT = re.compile(r"[a-zA-Z0-9_.-]+")
_RESERVED = re.compile(r"latest|v\d+", re.IGNORECASE)
_KEY = re.compile(r"[/\w.\- :]*")
_STAGES = {stage.value.lower(): stage for stage in Stage}
_NUMBER = re.compile(r"\d{1,18}")


def name(value: str, kind: Kind = Kind.MODEL, where: str = "name") -> str:
    """The name of a model (no `/` or `:`, at most 256 characters) or of a prompt (letters, digits, `_ . -`).

    Raises:
        Invalid: it is not one.
    """
    if not value.strip():
        raise Invalid(f"Missing value for required parameter '{where}'.", where=where)
    if "/" in value or ":" in value:
        raise Invalid(f"Invalid model name '{value[:80]}'. Names cannot contain '/' or ':'.", where=where)
    if _UNFIT.search(value):
        raise Invalid(f"the name {value[:80]!r} holds a control character", where=where)
    if len(value) > NAME:
        raise Invalid(f"'{where}' exceeds the maximum length of {NAME} characters", where=where)
    if posixpath.normpath(value) != value or value in (".", ".."):
        raise Invalid(f"Invalid value {value[:80]!r} for parameter '{where}' supplied: it leads elsewhere", where=where)
    if kind is Kind.PROMPT and not _PROMPT.fullmatch(value):
        raise Invalid(
            "Prompt name can only contain alphanumeric characters, hyphens, underscores, and dots.", where=where
        )
    return value


def alias(value: str, *, new: bool = True) -> str:
    """An alias: letters, digits, `_`, `-`; a new one neither `latest` nor `v<digits>`. Raises `Invalid`."""
    if not value:
        raise Invalid("Registered model alias name cannot be empty.", where="alias")
    if not _ALIAS.fullmatch(value):
        raise Invalid(
            f"Invalid alias name: '{value[:80]}'. "
            "Names may only contain alphanumerics, underscores (_), and dashes (-).",
            where="alias",
        )
    if len(value) > ALIAS:
        raise Invalid(f"'Registered model alias name' exceeds the maximum length of {ALIAS} characters", where="alias")
    if new and _RESERVED.fullmatch(value):
        if value.lower() == "latest":
            raise Invalid("'latest' alias name (case insensitive) is reserved.", where="alias")
        raise Invalid(f"Version alias name '{value}' is reserved.", where="alias")
    return value


def stage(value: str) -> Stage:
    """A stage, whatever its case. Raises `Invalid`."""
    found = _STAGES.get(value.lower())
    if found is None:
        raise Invalid(
            f"Invalid Model Version stage: {value[:80]}. Value must be one of {', '.join(Stage)}.", where="stage"
        )
    return found


def number(value: str | int, where: str = "version") -> int:
    """The number of a version. Raises `Invalid`."""
    text = str(value).strip()
    if _NUMBER.fullmatch(text) and text.isascii():
        return int(text)
    raise Invalid(f"Parameter '{where}' must be an integer, got '{str(value)[:80]}'.", where=where)


def wanted(value: int | None) -> None:
    """Refuse a number that no version can have. Raises `Invalid`."""
    if value is not None and not 1 <= value < 10**15:
        raise Invalid(f"{value} cannot be the number of a version", where="number")


def tags(values: Mapping[str, str | None], where: str = "tags") -> None:
    """Check keys (as MLflow's metric keys, at most 250 characters) and values (at most 100,000). Raises `Invalid`."""
    for key, value in values.items():
        tag_key(key, where)
        if value is not None:
            text(value, f"{where}.{key}", VALUE)


def tag_key(key: str, where: str = "key") -> str:
    """The key of a tag. Raises `Invalid`."""
    if not key:
        raise Invalid(f"Missing value for required parameter '{where}'.", where=where)
    if not _KEY.fullmatch(key):
        raise Invalid(
            f"Invalid value {key[:80]!r} for parameter '{where}' supplied: Names may only contain alphanumerics, "
            "underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).",
            where=where,
        )
    norm = posixpath.normpath(key)
    if norm != key or norm == "." or norm.startswith(("..", "/")):
        raise Invalid(
            f"Invalid value {key[:80]!r} for parameter '{where}' supplied: it resolves to {norm!r}", where=where
        )
    if len(key) > KEY:
        raise Invalid(f"'{where}' exceeds the maximum length of {KEY} characters", where=where)
    return key


def text(value: str, where: str, most: int) -> str:
    """A free text. Raises `Invalid`: too long, or not storable."""
    if len(value) > most:
        raise Invalid(f"'{where}' exceeds the maximum length of {most} characters", where=where)
    if _NUL.search(value):
        raise Invalid("the text holds a NUL character or a lone surrogate", where=where)
    return value


def kind_of(values: Mapping[str, str]) -> Kind:
    """What tags say that a registered name is."""
    return Kind.PROMPT if values.get(IS_PROMPT, "").lower() == "true" else Kind.MODEL
