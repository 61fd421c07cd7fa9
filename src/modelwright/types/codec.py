"""JSON and MessagePack in and out, with the one policy for NaN, ±Inf and 64-bit integers.

JSON has no NaN: the proto3 strings "NaN", "Infinity" and "-Infinity" stand for the three values (as in the proto3
JSON mapping), in both directions. Integers are emitted as JSON numbers over their full 64 bits. MessagePack carries
all of them natively. Nobody else calls msgspec's encoders.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec

from modelwright.types.errors import Invalid

T = TypeVar("T")

Number = float | str
"""A JSON number, or one of the strings that stand for the non-finite values."""

VERBATIM = msgspec.Meta(extra={"verbatim": True})
Verbatim = Annotated[str, VERBATIM]
"""A text that may hold NUL characters, because it is stored as bytes; all other texts of a request may not."""

_NON_FINITE = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
    "inf": math.inf,
    "-inf": -math.inf,
    "nan": math.nan,
}

_json_encoder = msgspec.json.Encoder()
_msgpack_encoder = msgspec.msgpack.Encoder()


def number_out(value: float) -> Number:
    """A float as it travels in JSON: itself, or the string of a non-finite value."""
    if value - value == 0.0:
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def number_in(value: Number | int, *, where: str = "value") -> float:
    """A float from its JSON form.

    Raises:
        Invalid: the text is none of the three non-finite spellings and not a number.
    """
    if isinstance(value, str):
        if value in _NON_FINITE:
            return _NON_FINITE[value]
        try:
            return float(value)
        except ValueError:
            raise Invalid(f"expected a number, got the text {value[:40]!r}", where=where) from None
    try:
        return float(value)
    except OverflowError:
        raise Invalid("the number does not fit a 64-bit float", where=where) from None


def finite(value: Any) -> Any:
    """A tree of JSON values with every non-finite float replaced by its string."""
    if isinstance(value, float):
        return number_out(value)
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def to_json(value: Any) -> bytes:
    """Encode a struct or plain value as JSON. Floats of structs must have gone through `number_out`."""
    return _json_encoder.encode(value)


def to_msgpack(value: Any) -> bytes:
    """Encode as MessagePack; NaN and ±Inf are kept."""
    return _msgpack_encoder.encode(value)


def _invalid(error: Exception) -> Invalid:
    text = str(error)
    message, _, path = text.partition(" - at `")
    return Invalid(message, where=path.rstrip("`").lstrip("$.") if path else "body")


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Decode and validate JSON.

    Raises:
        Invalid: malformed JSON, a missing field or a wrong type; `where` names the place.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _invalid(error) from None


def from_msgpack(data: bytes, kind: type[T]) -> T:
    """Decode and validate MessagePack; raises `Invalid` as `from_json` does."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _invalid(error) from None


def reader(kind: Any, *, msgpack: bool = False) -> Callable[[bytes], Any]:
    """A decoder of one type, prepared once for many bodies; it raises `Invalid` as `from_json` does."""
    decode = msgspec.msgpack.Decoder(kind).decode if msgpack else msgspec.json.Decoder(kind).decode

    def read(data: bytes) -> Any:
        try:
            return decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
            raise _invalid(error) from None

    return read


def convert(value: Any, kind: type[T], *, strict: bool = True) -> T:
    """Validate plain values as `kind` (`strict=False` also reads numbers and booleans from text)."""
    try:
        return msgspec.convert(value, kind, strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _invalid(error) from None
