"""Is the description of the API true and complete?"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.types.access import Permission


@pytest.fixture
def document(small: TestClient) -> dict[str, Any]:
    return small.get("/api/v1/openapi.json").json()


def test_every_reference_resolves_and_every_schema_is_used(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    used = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text))
    assert used == set(schemas)
    assert text.count('"$ref"') == len(re.findall(r'"\$ref": "#/components/schemas/', text))


def test_every_operation_is_described_with_its_permission(small: TestClient, document: dict[str, Any]) -> None:
    described = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    operations = [operation for operation in small.app.state.operations if not operation.hidden]  # pyright: ignore[reportAttributeAccessIssue]
    assert len(operations) == len(described)
    for operation in operations:
        found = described[operation.method, re.sub(r":path\}", "}", operation.path)]
        assert found["x-permission"] == operation.permission.value
        assert found["summary"], operation
        assert found["operationId"] == operation.name
        assert bool(found["security"]) == (operation.permission is not Permission.OPEN)
        names = [parameter["name"] for parameter in found["parameters"] if parameter["in"] == "path"]
        assert names == re.findall(r"\{(\w+)", operation.path)


def test_names_of_operations_are_unique(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"]
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["responses"]
            for parameter in operation["parameters"]:
                assert parameter["in"] in ("path", "query", "header")
                assert parameter["schema"]
    jsonschema = pytest.importorskip("jsonschema")
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
