"""Write the web UI's types and operations from our OpenAPI: `python tools/ui_types.py [--check]`.

The document is taken from the application itself, in this process. What a server answers has every field; what a
client sends may leave out fields with a default, so a schema that travels both ways becomes two types (`Run`, `RunIn`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "web/src/api/types_gen.ts"
_PREFIX = "#/components/schemas/"
_NUMBER = [{"type": "number"}, {"type": "string"}]
_METHODS = ("get", "post", "put", "patch", "delete")


def document() -> dict[str, Any]:
    """The OpenAPI document of this checkout's server."""
    from modelwright import testing

    with tempfile.TemporaryDirectory() as folder, testing.client(Path(folder)) as client:
        return client.get("/api/v1/openapi.json").json()


class Writer:
    """TypeScript of one document."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.schemas: dict[str, Any] = spec["components"]["schemas"]
        self.answered: set[str] = set()
        self.sent: set[str] = set()

    def reach(self, schema: Any, into: set[str]) -> None:
        """Collect the names of all schemas under one."""
        if isinstance(schema, dict):
            ref = schema.get("$ref")
            if isinstance(ref, str):
                name = ref.removeprefix(_PREFIX)
                if name not in into:
                    into.add(name)
                    self.reach(self.schemas[name], into)
            for value in schema.values():
                self.reach(value, into)
        elif isinstance(schema, list):
            for value in schema:
                self.reach(value, into)

    def name(self, ref: str, *, sending: bool) -> str:
        """The TypeScript name of a schema."""
        raw = ref.removeprefix(_PREFIX)
        plain = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", raw))
        both = raw in self.answered and raw in self.sent and self.schemas[raw].get("type") == "object"
        return plain + ("In" if sending and both else "")

    def text(self, schema: dict[str, Any], *, sending: bool = False) -> str:
        """A schema as a TypeScript type."""
        if "$ref" in schema:
            return self.name(schema["$ref"], sending=sending)
        if "enum" in schema:
            return " | ".join(json.dumps(value) for value in schema["enum"])
        if "const" in schema:
            return json.dumps(schema["const"])
        if "anyOf" in schema:
            some = [item for item in schema["anyOf"] if item != {"type": "null"}]
            bare = [{"type": item.get("type")} for item in some]
            numbers = sorted(bare, key=str) == _NUMBER
            parts = ["Num"] if numbers else [self.text(item, sending=sending) for item in some]
            if len(some) < len(schema["anyOf"]):
                parts.append("null")
            return " | ".join(dict.fromkeys(parts))
        kind = schema.get("type")
        if kind == "array":
            if "items" not in schema or schema["items"] == {}:
                return "unknown[]"
            inner = self.text(schema["items"], sending=sending)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if kind == "object":
            return self.record(schema, sending=sending)
        return {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}.get(
            str(kind), "unknown"
        )

    def record(self, schema: dict[str, Any], *, sending: bool) -> str:
        """An object: fields, or a map."""
        fields = schema.get("properties")
        if fields is None:
            values = schema.get("additionalProperties")
            inner = self.text(values, sending=sending) if isinstance(values, dict) and values else "unknown"
            return f"Record<string, {inner}>"
        required = set(schema.get("required", ()))
        lines = []
        for key, value in fields.items():
            mark = "?" if sending and key not in required else ""
            label = key if re.fullmatch(r"[A-Za-z_]\w*", key) else json.dumps(key)
            lines.append(f"  {label}{mark}: {self.text(value, sending=sending)}")
        return "{\n" + "\n".join(lines) + "\n}"

    def operations(self) -> list[dict[str, Any]]:
        """Native operations, in the document's order."""
        found = []
        for path, methods in self.spec["paths"].items():
            if not path.startswith("/api/v1/"):
                continue
            here = [method for method in _METHODS if method in methods]
            found.extend({"method": method, "path": path, **methods[method]} for method in here)
        return found

    def write(self) -> str:
        """The whole file."""
        operations = self.operations()
        for operation in operations:
            self.reach(operation.get("requestBody", {}), self.sent)
            self.reach(operation["parameters"], self.sent)
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    self.reach(response, self.answered)
        self.reach({"$ref": _PREFIX + "Error"}, self.answered)
        out = [
            "// Written by tools/ui_types.py from our OpenAPI. Do not edit: change the server, then run it again.",
            "",
            "/** A number as JSON carries it: NaN and the infinities travel as text. */",
            "export type Num = number | string",
            "",
        ]
        for raw in sorted(self.answered | self.sent):
            out += self.declared(raw)
        out += self.table(operations)
        return "\n".join(out) + "\n"

    def declared(self, raw: str) -> list[str]:
        """The declarations of one schema."""
        schema = self.schemas[raw]
        ways = [False] if raw in self.answered else [True]
        if raw in self.answered and raw in self.sent and schema.get("type") == "object":
            ways = [False, True]
        lines = []
        for sending in ways:
            name = self.name(raw, sending=sending)
            summary = schema.get("description", "").split("\n")[0].replace("*/", "")
            if summary:
                lines.append(f"/** {summary} */")
            body = self.text(schema, sending=sending)
            lines += [f"export interface {name} {body}" if body.startswith("{") else f"export type {name} = {body}", ""]
        return lines

    def table(self, operations: list[dict[str, Any]]) -> list[str]:
        """Operations: their types, then their method and path."""
        lines = [
            "/** Every native operation: its path and query parameters, its body, its answer. */",
            "export interface Ops {",
        ]
        for operation in operations:
            wanted = [item for item in operation["parameters"] if item["in"] in ("path", "query")]
            params = "; ".join(
                f"{item['name']}{'' if item['required'] else '?'}: {self.text(item['schema'], sending=True)}"
                for item in wanted
            )
            content = operation.get("requestBody", {}).get("content", {})
            body = "undefined"
            if content:
                schema = content.get("application/json", {}).get("schema")
                body = self.text(schema, sending=True) if schema else "BodyInit"
            answer = "undefined"
            for status, response in operation["responses"].items():
                schema = response.get("content", {}).get("application/json", {}).get("schema")
                if status.startswith("2") and schema:
                    answer = self.text(schema).replace("\n", " ")
            shape = f"{{ {params} }}" if params else "Record<never, never>"
            summary = operation.get("summary", "")
            lines.append(f"  /** {summary} */")
            lines.append(f"  {_key(operation['operationId'])}: {{ params: {shape}; body: {body}; answer: {answer} }}")
        lines += ["}", "", "export const OPS = {"]
        for operation in operations:
            name, method = _key(operation["operationId"]), operation["method"].upper()
            lines.append(f'  {name}: ["{method}", "{operation["path"]}"],')
        lines += ["} as const satisfies Record<keyof Ops, readonly [string, string]>"]
        return lines


def _key(name: str) -> str:
    """A name as the key of an object: quoted where it is no identifier (`dataset-versions_commit`)."""
    return name if name.isidentifier() else f'"{name}"'


def main() -> int:
    """Write the file, or with `--check` tell whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is out of date")
    check = parser.parse_args().check
    text = Writer(document()).write()
    current = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if check:
        if text != current:
            sys.stderr.write("web/src/api/types_gen.ts is out of date: run `.venv/bin/python tools/ui_types.py`\n")
            return 1
        return 0
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
