"""Params: typed values, nested ones flattened to dotted keys. Knows values; refuses to know runs.

`{"optimizer": {"name": "adam", "betas": [0.9, 0.999]}}` becomes `optimizer.name` and `optimizer.betas`: dictionaries
are flattened, lists stay whole. `text` is what MLflow would show, `str(value)`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from modelwright.domains.tracking.rules import limits
from modelwright.types.codec import finite, to_json
from modelwright.types.errors import Invalid

_DEPTH = 32
_NUMERIC = frozenset("0123456789.+-eEinfINFatyATYnN_")

Stored = tuple[str, str, float | None]
"""How a value is stored: (JSON, text, number or None)."""


def flatten(params: Mapping[str, Any], where: str = "params") -> dict[str, Any]:
    """Leaves by dotted key, in order. An empty dictionary is a leaf.

    Raises:
        Invalid: two spellings of one key, a key that is no text, nesting over 32 levels, a value that JSON cannot hold,
            or more than 10,000 leaves.
    """
    flat: dict[str, Any] = {}
    _into(flat, "", params, where, 0)
    if len(flat) > limits.PARAMS:
        raise Invalid(f"{len(flat):,} params in one call; at most {limits.PARAMS:,} are allowed", where=where)
    return flat


def _into(flat: dict[str, Any], prefix: str, values: Mapping[Any, Any], where: str, depth: int) -> None:
    if depth > _DEPTH:
        raise Invalid(f"params are nested over {_DEPTH} levels deep", where=where)
    for name, value in values.items():
        if not isinstance(name, str):
            raise Invalid(f"a key is not a text: {name!r}"[:200], where=where)
        key = limits.key(prefix + name if name or not prefix else prefix[:-1], where)
        if isinstance(value, dict) and value:
            _into(flat, key + ".", cast("dict[Any, Any]", value), where, depth + 1)
            continue
        if key in flat:
            raise Invalid(f"the param {key!r} is given twice", where=where)
        if not isinstance(value, (str, int, float)) and value is not None:
            _plain(value, f"{where}.{key}", 0)
        flat[key] = value


def _plain(value: Any, where: str, depth: int) -> None:
    if depth > _DEPTH:
        raise Invalid(f"the value is nested over {_DEPTH} levels deep", where=where)
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            _plain(item, where, depth + 1)
    elif isinstance(value, dict):
        for key, item in cast("dict[Any, Any]", value).items():
            if not isinstance(key, str):
                raise Invalid(f"a key is not a text: {key!r}"[:200], where=where)
            _plain(item, where, depth + 1)
    elif not isinstance(value, (str, int, float)) and value is not None:
        raise Invalid(
            f"a value of type {type(value).__name__} cannot be kept",
            where=where,
            hint="texts, numbers, booleans, lists, dictionaries",
        )


def stored(key: str, value: Any, where: str = "params") -> Stored:
    """A value as it is stored. Raises `Invalid` for what is too long or cannot be stored."""
    if isinstance(value, str):
        if len(value) > limits.TEXT or not value.isprintable():
            limits.text(value, f"{where}.{key}")
        return to_json(value).decode(), value, number(value)
    _plain(value, f"{where}.{key}", 0)
    try:
        text = str(value)
    except ValueError:  # CPython refuses to print integers of over 4,300 digits
        raise Invalid("the integer has too many digits", where=f"{where}.{key}") from None
    limits.text(text, f"{where}.{key}")
    try:
        document = to_json(finite(value)).decode()
    except UnicodeEncodeError:
        raise Invalid("the text holds a lone surrogate", where=f"{where}.{key}") from None
    limits.text(document, f"{where}.{key}", 2 * limits.TEXT)
    return document, text, number(value)


def number(value: Any) -> float | None:
    """The finite number that a value is, or that a text spells (MLflow's params are all texts); None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not value or len(value) > 64 or not _NUMERIC.issuperset(value) or "_" in value:
            return None
    elif not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
