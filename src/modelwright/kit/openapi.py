"""OpenAPI 3.1 from declared operations and their Structs. Knows signatures; refuses to know HTTP servers."""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from typing import Any

import msgspec

from modelwright.types.access import Permission

if typing.TYPE_CHECKING:
    from modelwright.kit.http.routes import Operation

_PREFIX = "#/components/schemas/"
_ERRORS = {
    "400": "The request is not valid",
    "401": "Nobody is logged in",
    "403": "The actor may not do this",
    "404": "No such thing here",
    "409": "The state does not allow this",
    "413": "Over a size limit",
    "503": "Try again later",
    "507": "No space is left",
}
_JSON = "application/json"
_MSGPACK = "application/msgpack"
_WORKSPACE = {
    "name": "X-Modelwright-Workspace",
    "in": "header",
    "required": False,
    "description": "The workspace; `default` without it",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", "default": "default"},
}


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What was refused, where, and what helps."""

    kind: str
    message: str
    where: str = ""
    hint: str = ""
    request_id: str = ""


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """Every refusal of the native API."""

    error: ErrorDetail


def describe(operations: Sequence[Operation], *, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI document of the operations that are not hidden; every `$ref` resolves within it."""
    shown = [operation for operation in operations if not operation.hidden]
    kinds: list[Any] = [Error]
    for operation in shown:
        binding = operation.binding
        if binding is None:
            continue
        if binding.body_name:
            kinds.append(binding.body)
        if binding.returns not in (None, type(None)):
            kinds.append(binding.returns)
        kinds.extend(binding.path.values())
        if binding.query is not None:
            kinds.append(binding.query)
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_PREFIX + "{name}")
    # Unhashable types (generic aliases are hashable) never occur, so the schema of a type can be looked up.
    found = {_key(kind): _plain(schema) for kind, schema in zip(kinds, schemas, strict=True)}
    # Query parameters are described one by one, so their struct is no component of its own.
    queries = {name: components.pop(name) for name in list(components) if name.startswith("Query_")}
    names = {name: _component(name) for name in components}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": {},
        "components": {
            "schemas": {names[name]: _plain(schema) for name, schema in components.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
                "session": {"type": "apiKey", "in": "cookie", "name": "mw_session"},
            },
        },
    }
    for operation in shown:
        path = re.sub(r"\{(\w+):path\}", r"{\1}", operation.path)
        document["paths"].setdefault(path, {})[operation.method.lower()] = _operation(operation, found, queries)
    return _renamed(document, names)


def _component(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).strip("_")


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _PREFIX + names.get(item.removeprefix(_PREFIX), item.removeprefix(_PREFIX))
            if key == "$ref" and isinstance(item, str)
            else _renamed(item, names)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return value


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    return msgspec.to_builtins(schema)


def _key(kind: Any) -> str:
    return repr(kind)


def _operation(operation: Operation, found: dict[str, Any], queries: dict[str, Any]) -> dict[str, Any]:
    binding = operation.binding
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "x-permission": operation.permission.value,
        "parameters": _parameters(operation, found, queries),
    }
    text = (operation.handler.__doc__ or "").strip()
    if text:
        described["description"] = re.sub(r"\n +", "\n", text)
    if operation.permission is Permission.OPEN:
        described["security"] = []
    else:
        described["security"] = [{"token": []}, {"password": []}, {"session": []}, {}]
    if binding is not None and binding.body_name:
        schema = found[_key(binding.body)]
        content = {_JSON: {"schema": schema}, _MSGPACK: {}}
        described["requestBody"] = {"required": True, "content": content}
    elif operation.request:
        described["requestBody"] = {"required": True, "content": {operation.request: {}}}
    described["responses"] = _responses(operation, found)
    return described


def _parameters(operation: Operation, found: dict[str, Any], queries: dict[str, Any]) -> list[dict[str, Any]]:
    binding = operation.binding
    parameters: list[dict[str, Any]] = []
    for name, _ in re.findall(r"\{(\w+)(:path)?\}", operation.path):
        kind = binding.path.get(name) if binding is not None else None
        schema = found[_key(kind)] if kind is not None else {"type": "string", "minLength": 1}
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    if binding is not None and binding.query is not None:
        name = found[_key(binding.query)]["$ref"].removeprefix(_PREFIX)
        schema = queries[name]
        for field, kind in schema.get("properties", {}).items():
            parameters.append(
                {
                    "name": field,
                    "in": "query",
                    "required": field in schema.get("required", ()),
                    "schema": _plain(kind),
                }
            )
    for name, description in operation.query.items():
        parameters.append(
            {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "string"}}
        )
    if operation.permission in (Permission.READ, Permission.WRITE, Permission.ADMIN):
        parameters.append(_WORKSPACE)
    return parameters


def _responses(operation: Operation, found: dict[str, Any]) -> dict[str, Any]:
    binding = operation.binding
    responses: dict[str, Any] = {}
    if binding is not None and binding.returns is not None:
        if binding.returns is type(None):
            responses["204"] = {"description": "Done"}
        else:
            content: dict[str, Any] = {_JSON: {"schema": found[_key(binding.returns)]}, _MSGPACK: {}}
            if operation.response:
                content[operation.response] = {}
            responses[str(operation.status)] = {"description": "The answer", "content": content}
    else:
        responses[str(operation.status)] = {"description": "The answer", "content": {operation.response or _JSON: {}}}
    if operation.error is None:
        error = {_JSON: {"schema": {"$ref": _PREFIX + "Error"}}}
        for status, description in _ERRORS.items():
            responses[status] = {"description": description, "content": error}
    else:
        responses["default"] = {"description": "A refusal, in the dialect of the wire"}
    return responses
