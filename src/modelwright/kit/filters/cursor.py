"""Page tokens: where in an order the next page begins, as opaque text.

A token is bound to the search that gave it (scope, filter, order) by a digest, and its values are checked against the
terms of the order, so a foreign, damaged or invented token is refused and never reaches the database. Tokens hold no
secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from collections.abc import Sequence
from typing import Any

from modelwright.kit.filters.fields import Kind
from modelwright.types.codec import from_msgpack, to_msgpack
from modelwright.types.errors import Invalid

Position = tuple[str | int | float | None, ...]

_MAX_TOKEN = 20_000
_WHOLE = (Kind.INTEGER, Kind.TIME, Kind.ID)
_FLOAT = (Kind.NUMBER, Kind.DURATION)


def binding(*parts: object) -> bytes:
    """What ties a token to a search: the same parts, the same eight bytes."""
    return hashlib.blake2b(to_msgpack([str(part) for part in parts]), digest_size=8).digest()


def encode(bound: bytes, phase: int, position: Sequence[Any]) -> str:
    """A token for the rows behind `position` in a phase of the search."""
    return base64.urlsafe_b64encode(to_msgpack([bound, phase, list(position)])).rstrip(b"=").decode()


def decode(token: str, bound: bytes, phases: Sequence[Sequence[Kind]]) -> tuple[int, Position] | None:
    """The phase and position of a token, None for an empty token. `phases` has the kinds of the terms of each phase.

    Raises:
        Invalid: malformed, of another search, or with values that do not fit.
    """
    if not token:
        return None
    refusal = Invalid(
        "the page token is not valid for this search",
        where="page",
        hint="send the token as it was given, with the same filter, order and scope, or start from the first page",
    )
    if len(token) > _MAX_TOKEN:
        raise refusal
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        content: Any = from_msgpack(raw, list[Any])
    except (binascii.Error, ValueError, Invalid):
        raise refusal from None
    if len(content) != 3 or content[0] != bound or type(content[1]) is not int or not isinstance(content[2], list):
        raise refusal
    phase: int = content[1]
    position: list[Any] = content[2]
    if not 0 <= phase < len(phases) or len(position) != len(phases[phase]):
        raise refusal
    if (
        not all(_fits(value, kind) for value, kind in zip(position, phases[phase], strict=True))
        or position[-1] is None
    ):
        raise refusal
    return phase, tuple(position)


def _fits(value: Any, kind: Kind) -> bool:
    if value is None:
        return True
    if kind in _WHOLE:
        return type(value) is int and -(1 << 63) <= value < 1 << 63
    if kind in _FLOAT:
        if type(value) is int:
            return -(1 << 63) <= value < 1 << 63
        return type(value) is float and not math.isnan(value)
    return type(value) is str and "\0" not in value
