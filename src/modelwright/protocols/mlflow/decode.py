"""Requests from bodies and query strings, as forgiving as MLflow's own server and no more.

Two readers of one shape. The strict one is msgspec's: snake_case, exact types, fast. What it refuses goes to the
lenient one: camelCase twins (both at once are refused), 64-bit numbers as text, enums as names or numbers, "NaN" and
"Infinity", null as absent, unknown fields ignored, and a JSON text that holds JSON (old clients). Only the lenient
reader writes error texts. Refuses to know what fields mean.
"""

from __future__ import annotations

import enum
import math
import types
import typing
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request

from modelwright.kit.http.bind import pairs
from modelwright.protocols.mlflow.shapes import FIRST_NUMBER, Message
from modelwright.types.errors import Invalid

M = TypeVar("M", bound=Message)

_SEE = " See the API docs for more information about request parameters."
_NAMES = {dict: "dict", list: "list", str: "str", int: "int", float: "float", bool: "bool", type(None): "NoneType"}


class _Field(msgspec.Struct, gc=False):
    name: str
    camel: str
    kind: Any  # str, int, float, bool, an enum or a Message
    repeated: bool
    low: int = -(2**63)
    high: int = 2**63 - 1


def missing(where: str) -> Invalid:
    """The refusal of an absent or empty required field, in MLflow's words."""
    return Invalid(f"Missing value for required parameter '{where}'.{_SEE}", where=where)


def shown(value: Any) -> str:
    """A value as error texts show it: JSON, shortened."""
    try:
        text = msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError, OverflowError):
        text = repr(value)
    return text if len(text) <= 100 else text[:97] + "…"


def bad_value(where: str, value: Any, why: str = "") -> Invalid:
    """The refusal of a value, in MLflow's words."""
    hint = why or f" Hint: Value was of type '{_NAMES.get(type(value), type(value).__name__)}'."
    return Invalid(f"Invalid value {shown(value)} for parameter '{where}' supplied: {hint}{_SEE}", where=where)


class Reader(typing.Generic[M]):
    """Reads one shape."""

    def __init__(self, kind: type[M]) -> None:
        self.kind = kind
        self._strict = msgspec.json.Decoder(kind).decode
        self._required = kind.REQUIRED
        self._numbers = [name for name in kind.REQUIRED if _defaults(kind).get(name) == 0]
        self._alias = "run_uuid" in kind.__struct_fields__

    def body(self, content: bytes) -> M:
        """A request from its JSON body; an empty body is an empty message.

        Raises:
            Invalid: not JSON, or a field is missing or wrong; `where` names it.
        """
        if b"\\u0000" not in content:
            try:
                message = self._strict(content)
            except (ValueError, RecursionError, OverflowError):
                pass
            else:
                if self._complete(message):
                    return message
        return self.lenient(_json(content))

    def _complete(self, message: M) -> bool:
        if self._alias and getattr(message, "run_uuid"):  # noqa: B009  the field is known to exist
            return False
        for name in self._required:
            value = getattr(message, name)
            if value is None or value == "" or value == []:
                return False
        return all(getattr(message, name) for name in self._numbers)  # 0 may have been given or left out

    def query(self, request: Request) -> M:
        """A request from its query string: repeated names are lists.

        Raises:
            Invalid: a parameter is missing or wrong; `where` names it.
        """
        raw = request.scope["query_string"]
        given: dict[str, list[str]] = {}
        for name, value in pairs(raw) if raw else ():
            given.setdefault(name, []).append(value)
        values: dict[str, Any] = {}
        for field in _fields(self.kind):
            texts = given.get(field.name)
            if texts is None:
                continue
            if field.repeated:
                values[field.name] = texts
            elif field.kind is bool:
                if texts[0].lower() not in ("true", "false"):
                    raise Invalid(
                        f"Invalid boolean value: {texts[0][:100]}, must be 'true' or 'false'.", where=field.name
                    )
                values[field.name] = texts[0].lower() == "true"
            else:
                values[field.name] = texts[0]
        return self.lenient(values)

    def lenient(self, value: Any) -> M:
        """A request from plain values.

        Raises:
            Invalid: a field is missing or wrong; `where` names it.
        """
        return _message(self.kind, value, "")


def _json(content: bytes) -> Any:
    if not content.strip():
        return {}
    value: Any = content
    for _ in range(2):  # a JSON text that holds JSON, as old clients send
        try:
            value = msgspec.json.decode(value)
        except UnicodeDecodeError as error:
            raise Invalid(
                f"The request body is not UTF-8: {error.reason} at byte {error.start}", where="body"
            ) from None
        except RecursionError:
            raise Invalid("The request body is nested too deeply", where="body") from None
        except (ValueError, OverflowError) as error:
            raise Invalid(f"The request body is not valid JSON: {error}", where="body") from None
        if not isinstance(value, str):
            break
    if value is None:
        return {}
    return value


def _message(kind: type[M], value: Any, where: str) -> M:
    if not isinstance(value, dict):
        if where:
            raise bad_value(where, value)
        raise Invalid(f"The request body must be a JSON object, not {_NAMES.get(type(value), 'that')}", where="body")
    values: dict[str, Any] = {}
    given: dict[str, Any] = value
    for field in _fields(kind):
        found = given.get(field.name)
        if field.camel in given and field.camel != field.name:
            if field.name in given:
                raise Invalid(
                    f"Request specifies both '{field.name}' and '{field.camel}'; provide only one of them.",
                    where=_at(where, field.name),
                )
            found = given[field.camel]
        if found is None:
            continue
        place = _at(where, field.name)
        if field.repeated:
            if not isinstance(found, list):
                raise bad_value(place, found)
            values[field.name] = [_value(field, item, f"{place}[{index}]") for index, item in enumerate(found)]
        else:
            values[field.name] = _value(field, found, place)
    if "run_uuid" in values:
        alias = values.pop("run_uuid")
        if alias and values.get("run_id", alias) not in (alias, ""):
            raise Invalid(
                "Request specifies 'run_id' and 'run_uuid' with different values; provide only one of them.",
                where="run_id",
            )
        if alias:
            values["run_id"] = alias
    for name in kind.REQUIRED:
        if values.get(name) in (None, ""):  # an empty list was given
            raise missing(_at(where, name))
    return kind(**values)


def _defaults(kind: type[Message]) -> dict[str, Any]:
    """The plain defaults of a message's fields."""
    return {field.name: field.default for field in msgspec.structs.fields(kind)}


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _value(field: _Field, value: Any, where: str) -> Any:
    kind = field.kind
    if kind is str:
        if not isinstance(value, str):
            raise bad_value(where, value)
        if "\0" in value:
            raise bad_value(where, value, "The text holds a NUL character.")
        return value
    if kind is int:
        return _integer(field, value, where)
    if kind is float:
        return _number(value, where)
    if kind is bool:
        if not isinstance(value, bool):
            raise bad_value(where, value)
        return value
    if issubclass(kind, enum.Enum):
        return _enum(kind, value, where)
    return _message(kind, value, where)


def _integer(field: _Field, value: Any, where: str) -> int:
    number: int | None = None
    if isinstance(value, bool):
        pass
    elif isinstance(value, int):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    elif isinstance(value, str) and len(value) <= 40:
        try:
            number = int(value)
        except ValueError:
            number = None
    if number is None:
        raise bad_value(where, value)
    if not field.low <= number <= field.high:
        raise bad_value(where, value, f"The integer does not fit in {field.high.bit_length() + 1} bits.")
    return number


def _number(value: Any, where: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise bad_value(where, value, "Please specify value as a valid double (64-bit floating point)") from None
    if isinstance(value, str) and len(value) <= 400:
        try:
            number = float(value)
        except ValueError:
            raise bad_value(where, value) from None
        if math.isfinite(number) or value in ("NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"):
            return number
    raise bad_value(where, value)


def _enum(kind: Any, value: Any, where: str) -> Any:
    names: list[str] = [member.name for member in kind]
    if isinstance(value, str):
        if value in names:
            return kind[value]
        if value.isascii() and value.isdigit() and len(value) < 6:
            value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        place = value - FIRST_NUMBER[kind]
        if 0 <= place < len(names):
            return kind[names[place]]
    raise bad_value(where, value, f"Expected one of {', '.join(names)}.")


_known: dict[type[Message], list[_Field]] = {}


def _fields(kind: type[Message]) -> list[_Field]:
    fields = _known.get(kind)
    if fields is None:
        hints = typing.get_type_hints(kind, include_extras=True)
        fields = _known[kind] = [_field(name, hints[name]) for name in kind.__struct_fields__]
    return fields


def _field(name: str, hint: Any) -> _Field:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(member for member in typing.get_args(hint) if member is not type(None))
    repeated = typing.get_origin(hint) is list
    if repeated:
        hint = typing.get_args(hint)[0]
    field = _Field(name, camel(name), hint, repeated)
    if typing.get_origin(hint) is typing.Annotated:
        field.kind, meta = typing.get_args(hint)
        field.low, field.high = meta.ge, meta.le
    return field


def camel(name: str) -> str:
    """proto3's JSON spelling of a field name."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
