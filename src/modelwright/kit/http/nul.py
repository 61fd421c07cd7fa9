"""Refusing NUL in the texts of a body: PostgreSQL cannot store it, so no engine may, or a backup would not restore.

What to look at is worked out once for each type of body; numbers are never visited. The one text that may hold NUL is
of a field marked `Verbatim`, which is stored as bytes.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from modelwright.types.codec import VERBATIM
from modelwright.types.errors import Invalid

Look = Callable[[Any, str], None]


def refuser(kind: Any) -> Look | None:
    """A function that raises `Invalid` when a text within a value of this type holds NUL; None without any text.

    Its arguments are the value and the name of its place. It takes values that were decoded as `kind`.
    """
    return _of(kind, {})


def _text(value: str, where: str) -> None:
    if "\0" in value:
        raise Invalid("the text holds a NUL character", where=where or "body")


def _any(value: Any, where: str) -> None:
    """A value of a type that is not known beforehand."""
    if isinstance(value, str):
        _text(value, where)
    elif isinstance(value, dict):
        for key, item in typing.cast("dict[Any, Any]", value).items():
            _any(key, where)
            _any(item, _at(where, key))
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(typing.cast("Iterable[Any]", value)):
            _any(item, f"{where}[{place}]")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _any(getattr(value, name), _at(where, name))


def _of(kind: Any, known: dict[Any, Look | None]) -> Look | None:
    if kind is str:
        return _text
    if kind in (int, float, bool, bytes, None, type(None)):
        return None
    origin, members = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return None if VERBATIM in members[1:] else _of(members[0], known)
    if origin in (typing.Union, types.UnionType):
        return _union(members, known)
    if origin is dict:
        return _mapping(_of(members[0], known), _of(members[1], known))
    if origin in (list, tuple, set, frozenset):
        return _sequence(_union(tuple(member for member in members if member is not ...), known))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return None
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(kind, known)
    return _any


def _union(members: tuple[Any, ...], known: dict[Any, Look | None]) -> Look | None:
    if float in members:  # a text beside it is a number's: one of a few words
        members = tuple(member for member in members if member is not str)
    rest = [member for member in members if member is not type(None)]
    if len(rest) == 1:
        return _of(rest[0], known)
    # It is not known which one a value is: it is looked at as it is.
    return _any if any(_of(member, known) is not None for member in rest) else None


def _mapping(keys: Look | None, values: Look | None) -> Look | None:
    if keys is None and values is None:
        return None

    def look(value: Any, where: str) -> None:
        for key, item in (value or {}).items():
            if keys is not None:
                keys(key, where)
            if values is not None and item is not None:
                values(item, _at(where, key))

    return look


def _sequence(items: Look | None) -> Look | None:
    if items is None:
        return None

    def look(value: Any, where: str) -> None:
        for place, item in enumerate(value or ()):
            if item is not None:
                items(item, f"{where}[{place}]")

    return look


def _struct(kind: type[msgspec.Struct], known: dict[Any, Look | None]) -> Look | None:
    if kind in known:
        return known[kind] or _any  # it holds itself
    known[kind] = None
    hints = typing.get_type_hints(kind, include_extras=True)
    looks = [(name, _of(hints[name], known)) for name in kind.__struct_fields__]
    found = [(name, inside) for name, inside in looks if inside is not None]
    if not found:
        return None

    def look(value: Any, where: str) -> None:
        for name, inside in found:
            item = getattr(value, name)
            if item is not None:
                inside(item, _at(where, name))

    known[kind] = look
    return look


def _at(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)
