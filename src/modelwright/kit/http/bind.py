"""Arguments of a typed handler from the path, the query and the body of a request.

All is worked out once, when it is declared.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from modelwright.kit.context import Ctx
from modelwright.kit.http.nul import Look, refuser
from modelwright.kit.http.router import parameters
from modelwright.types.codec import convert, reader
from modelwright.types.errors import Invalid

_FIELDS = 1_000
_INT64 = range(-(2**63), 2**63)
_RESERVED = frozenset({"workspace"})


class Binding:
    """How one handler's arguments are found."""

    __slots__ = (
        "body",
        "body_name",
        "from_json",
        "from_msgpack",
        "lists",
        "no_nul",
        "path",
        "query",
        "query_names",
        "request",
        "returns",
    )

    def __init__(self) -> None:
        self.path: dict[str, Any] = {}
        self.query: type[msgspec.Struct] | None = None
        self.query_names: frozenset[str] = frozenset()
        self.lists: frozenset[str] = frozenset()
        self.body: Any = None
        self.body_name = ""
        self.request = ""
        self.returns: Any = None
        self.from_json: Callable[[bytes], Any] = bytes
        self.from_msgpack: Callable[[bytes], Any] = bytes
        self.no_nul: Look | None = None

    def arguments(self, request: Request, path: dict[str, str], content: bytes) -> dict[str, Any]:
        """Keyword arguments, validated.

        Raises:
            Invalid: a value of the wrong type, a missing or an unknown parameter; `where` names it.
        """
        found: dict[str, Any] = dict(path)
        for name, kind in self.path.items():
            found[name] = _named(name, found[name], kind)
        if self.query is not None:
            values = self._query(request.scope["query_string"])
            found.update(values)
        elif request.scope["query_string"]:
            self._query(request.scope["query_string"])
        if self.body_name:
            found[self.body_name] = self._body(request, content)
        if self.request:
            found[self.request] = request
        return found

    def _query(self, raw: bytes) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in pairs(raw):
            if name in self.lists:
                values.setdefault(name, []).append(value)
            elif name not in self.query_names:
                if name not in _RESERVED:
                    known = ", ".join(sorted(self.query_names)) or "none"
                    raise Invalid(f"unknown query parameter {name[:60]!r}", where="query", hint=f"parameters: {known}")
            elif name in values:
                raise Invalid("the query parameter is given twice", where=name)
            else:
                values[name] = value
        if self.query is None:
            return values
        bound = convert(values, self.query, strict=False)
        found = {name: getattr(bound, name) for name in self.query.__struct_fields__}
        for name, value in found.items():
            if any(
                isinstance(item, int) and item not in _INT64
                for item in (value if isinstance(value, list) else (value,))
            ):
                raise Invalid("the integer does not fit in 64 bits", where=name)
        return found

    def _body(self, request: Request, content: bytes) -> Any:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack"):
            return self._checked(self.from_msgpack(content), b"\0" in content)
        if kind in ("application/json", "") or (kind.startswith("application/") and kind.endswith("+json")):
            if not content:
                raise Invalid("the body is empty", where="body", hint="send a JSON object")
            return self._checked(self.from_json(content), b"\\u0000" in content)
        raise Invalid(
            f"cannot read a body of type {kind[:60]!r}",
            where="Content-Type",
            hint="send application/json or application/msgpack",
        )

    def _checked(self, value: Any, doubtful: bool) -> Any:
        if doubtful and value is not None and (look := self.no_nul) is not None:
            look(value, "")
        return value


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """The (name, value) pairs of a query string.

    Raises:
        Invalid: bytes that are not UTF-8, control characters, or more than 1,000 pairs.
    """
    try:
        found = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
    except ValueError as error:
        raise Invalid(f"the query string cannot be read: {error}", where="query") from None
    if b"%00" in raw or b"\0" in raw:
        raise Invalid("the query string holds a NUL character", where="query")
    return found


def bind(handler: Callable[..., Any], path: str) -> Binding:
    """Work out how `handler` gets its arguments.

    Raises:
        TypeError: the signature does not fit the path, or an annotation is missing.
    """
    hints = typing.get_type_hints(handler)
    binding = Binding()
    binding.returns = hints.get("return")
    in_path = set(parameters(path))
    query: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    lists: set[str] = set()
    names = list(inspect.signature(handler).parameters.values())
    if not names or hints.get(names[0].name) is not Ctx:
        raise TypeError(f"{handler.__qualname__}: the first parameter must be ctx: Ctx")
    for parameter in names[1:]:
        name = parameter.name
        if name not in hints:
            raise TypeError(f"{handler.__qualname__}: {name} has no annotation")
        kind = hints[name]
        if name in in_path:
            in_path.remove(name)
            if kind is not str:
                binding.path[name] = kind
        elif kind is Request:
            binding.request = name
        elif name == "body" or _is_struct(kind):
            binding.body, binding.body_name = kind, name
            binding.from_json, binding.from_msgpack = reader(kind), reader(kind, msgpack=True)
            binding.no_nul = refuser(kind)
        else:
            if _is_list(kind):
                lists.add(name)
            required = parameter.default is inspect.Parameter.empty
            query.append((name, kind) if required else (name, kind, _default(parameter.default)))
    if in_path:
        raise TypeError(f"{handler.__qualname__}: no parameter for {sorted(in_path)} of {path}")
    if query:
        binding.query = msgspec.defstruct(f"Query_{handler.__module__}_{handler.__qualname__}", query, kw_only=True)
        binding.query_names = frozenset(item[0] for item in query)
        binding.lists = frozenset(lists)
    return binding


def _default(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        items: list[Any] = [*value]
        return msgspec.field(default_factory=items.copy)
    return value


def _members(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) in (typing.Union, types.UnionType) else (kind,)


def _is_struct(kind: Any) -> bool:
    return any(isinstance(member, type) and issubclass(member, msgspec.Struct) for member in _members(kind))


def _is_list(kind: Any) -> bool:
    return any(typing.get_origin(member) in (list, tuple, set, frozenset) for member in _members(kind))


def _named(name: str, value: str, kind: Any) -> Any:
    try:
        bound = convert(value, kind, strict=False)
    except Invalid as error:
        raise Invalid(error.message, where=name) from None
    if isinstance(bound, int) and bound not in _INT64:
        raise Invalid("the integer does not fit in 64 bits", where=name)
    return bound
