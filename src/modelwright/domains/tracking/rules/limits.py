"""How long and of which characters names and values may be, natively and (narrower) on MLflow's wire.

The functions return what they were given, so that a check fits in an expression. Knows texts and numbers; refuses to
know what they name.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from modelwright.types.errors import Invalid

KEY = 500  # characters of a metric, param, tag or summary key
TEXT = 65_536  # characters of a param (as text) or tag value
NAME = 500  # characters of a name of an experiment or run
NOTES = 1_000_000  # characters of a run's notes
WIRE_KEY = 250  # MLflow: key of a metric, param or tag
WIRE_PARAM = 6_000  # MLflow: a longer param value is cut
WIRE_TAG = 8_000  # MLflow: a longer run tag value is cut
EXPERIMENT_TAG = 20_000  # a value of a tag of an experiment
DATASET_NAME = 500
DATASET_DIGEST = 36
DATASET_SOURCE = 65_535
DATASET_SCHEMA = 1_048_575
DATASET_PROFILE = 16_777_215
INPUT_TAG_KEY = 255
INPUT_TAG_VALUE = 500
INPUTS = 1_000  # dataset inputs a call
LINE = 1_000_000  # characters of a console line
PARAMS = 10_000  # params or tags a call
INT64 = range(-(2**63), 2**63)

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_WIRE_KEY = re.compile(r"[/\w.\- :]*")
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_REFUSED_IN_MODEL_NAMES = re.compile(r"[/:.%\"']")


def text(value: str, where: str, most: int = TEXT) -> str:
    """A free text that both engines can store.

    Raises:
        Invalid: over `most` characters, or with a NUL or a lone surrogate.
    """
    if len(value) > most:
        raise Invalid(f"the text has {len(value):,} characters; at most {most:,} are kept", where=where)
    if _UNFIT.search(value):
        raise Invalid("the text holds a NUL character or a lone surrogate", where=where)
    return value


def key(value: str, where: str = "key") -> str:
    """A key of a metric, param, tag or summary: 1 to 500 characters, none a control character.

    Raises:
        Invalid: it is not one.
    """
    if not value:
        raise Invalid("the key is empty", where=where)
    if len(value) > KEY:
        raise Invalid(
            f"the key {value[:40]!r}… has {len(value):,} characters; at most {KEY} are allowed", where=where
        )
    if not value.isprintable() and _CONTROL.search(value):
        raise Invalid(f"the key {value[:80]!r} holds a control character", where=where)
    return value


def wire_key(value: str, where: str = "key", *, thing: str = "key") -> str:
    """A key as MLflow allows it: at most 250 of letters, digits, `_ - . : /` and space, and a normalized relative path.

    Raises:
        Invalid: it is not one; the message is close to MLflow's.
    """
    if not value:
        raise Invalid(f"The {thing} name is empty", where=where)
    if len(value) > WIRE_KEY:
        raise Invalid(f"'{value[:WIRE_KEY]}...' exceeds the maximum length of {WIRE_KEY} characters", where=where)
    if not _WIRE_KEY.fullmatch(value):
        raise Invalid(
            f"Invalid {thing} name: {value!r}",
            where=where,
            hint="Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), "
            "colons(:) and slashes (/)",
        )
    path = PurePosixPath(value)
    if str(path) != value or path.is_absolute() or ".." in path.parts or value == ".":
        raise Invalid(
            f"Invalid {thing} name: {value!r}",
            where=where,
            hint="Names may be treated as files; use a normalized relative path",
        )
    return value


def name(value: str, where: str = "name", most: int = NAME) -> str:
    """A name: not blank, at most `most` characters, none a control character.

    Raises:
        Invalid: it is not one.
    """
    if not value.strip():
        raise Invalid("the name is empty", where=where)
    if len(value) > most:
        raise Invalid(f"the name has {len(value):,} characters; it exceeds the maximum length of {most}", where=where)
    if not value.isprintable() and _CONTROL.search(value):
        raise Invalid(f"the name {value[:80]!r} holds a control character", where=where)
    return value


def model_name(value: str, where: str = "name") -> str:
    """A name of a logged model: without `/ : . % " '`. Raises `Invalid`."""
    if _REFUSED_IN_MODEL_NAMES.search(value):
        raise Invalid(
            f"Invalid model name: {value[:80]!r}. The name must be a non-empty string and cannot contain "
            "the following characters: / : . % \" '",
            where=where,
        )
    return name(value, where)


def run_id(value: str, where: str = "id") -> str:
    """A run id chosen by a client: 1 to 64 letters, digits, `_ . -`, the first not `.` or `-`. Raises `Invalid`."""
    if not is_run_id(value):
        raise Invalid(
            f"the id {value[:80]!r} is not valid",
            where=where,
            hint="1 to 64 letters, digits, '_', '.', '-'; 32 hex digits by custom",
        )
    return value


def is_run_id(value: str) -> bool:
    """Whether a run could have this id."""
    return _ID.fullmatch(value) is not None


def is_model_id(value: str) -> bool:
    """Whether a logged model could have this id (`m-` and 32 hex digits)."""
    return _MODEL_ID.fullmatch(value) is not None


def experiment_number(value: str) -> int | None:
    """The number of an experiment id (a decimal text within 64 bits); None when no experiment can have it."""
    if not (value.isascii() and value.isdecimal()) or len(value) > 19:
        return None
    number = int(value)
    return number if number in INT64 else None


def int64(value: int, where: str) -> int:
    """An integer that fits in 64 bits. Raises `Invalid`."""
    if value not in INT64:
        raise Invalid("the integer does not fit in 64 bits", where=where)
    return value


def tags(values: dict[str, str] | dict[str, str | None], where: str = "tags", most: int = TEXT) -> None:
    """Check keys and values of tags. Raises `Invalid`."""
    if len(values) > PARAMS:
        raise Invalid(f"{len(values):,} entries in one call; at most {PARAMS:,} are allowed", where=where)
    for item, value in values.items():
        key(item, where)
        if value is not None and (len(value) > most or not value.isprintable()):
            text(value, f"{where}.{item}", most)


def location(value: str, where: str = "artifact_location") -> str:
    """A place for artifacts, a URI or a path, that no spelling can lead out of.

    Raises:
        Invalid: with a fragment, `..` in any encoding, control characters, or more than 2,048 characters.
    """
    from modelwright.domains.tracking.rules.paths import decoded

    if len(value) > 2_048:
        raise Invalid("the location has more than 2,048 characters", where=where)
    plain = decoded(value)
    if plain is None or _CONTROL.search(value) or _CONTROL.search(plain):
        raise Invalid("the location holds control characters or too many layers of encoding", where=where)
    if "#" in plain:
        raise Invalid("the location must not have a fragment (#…)", where=where)
    if ".." in re.split(r"[/\\?&=;:]", plain):
        raise Invalid("the location must not contain '..'", where=where)
    if "?" in plain and not _SCHEME.match(plain):
        raise Invalid("a location without a scheme must not have a query (?…)", where=where)
    return value
