"""What the state of a saved view may be: any JSON object that is not too large. Refuses to know what it means."""

from __future__ import annotations

from typing import Any, cast

from modelwright.types.codec import finite, to_json
from modelwright.types.errors import Invalid, TooLarge

MOST = 256 * 1024  # bytes of a state
_DEPTH = 50


def stored(state: dict[str, Any]) -> str:
    """A state as it is stored: JSON.

    Raises:
        TooLarge: over 256 KB. Invalid: nested too deep, or something that JSON cannot hold.
    """
    _check(state, 0)
    try:
        text = to_json(finite(state))
    except (
        TypeError,
        ValueError,
    ):  # MessagePack brings more than JSON can hold: lone surrogates, keys that are no texts
        raise Invalid("the state is not valid JSON", where="state") from None
    if len(text) > MOST:
        raise TooLarge(
            f"the state has {len(text):,} bytes; at most {MOST:,} are kept",
            where="state",
            hint="save fewer panels, or hide runs by a filter instead of one by one",
        )
    return text.decode()


def _check(value: Any, depth: int) -> None:
    if depth > _DEPTH:
        raise Invalid(f"the state is nested over {_DEPTH} levels deep", where="state")
    if isinstance(value, dict):
        for key, item in cast("dict[Any, Any]", value).items():
            if not isinstance(key, str):
                raise Invalid("a key of the state is not a text", where="state")
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            _check(item, depth + 1)
    elif value is not None and not isinstance(value, (str, int, float)):
        raise Invalid(f"a value of type {type(value).__name__} cannot be kept", where="state")
