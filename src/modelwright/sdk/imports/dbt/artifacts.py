"""Reading a target folder of dbt: manifest.json (v12), run_results.json, sources.json, catalog.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import msgspec

from modelwright.types.errors import Invalid, NotFound

JSON = dict[str, Any]

MOST_BYTES = 1 << 30
_SCHEMAS = range(7, 13)
TABLES = frozenset({"model", "seed", "snapshot", "source"})


class Artifacts(msgspec.Struct, frozen=True):
    """What a target folder says."""

    folder: Path
    manifest: JSON
    results: JSON
    sources: JSON
    catalog: JSON

    @property
    def project(self) -> str:
        """The project's name."""
        return str(self.metadata.get("project_name") or "dbt")

    @property
    def metadata(self) -> JSON:
        """Of the manifest."""
        return inner(self.manifest, "metadata")

    @property
    def adapter(self) -> str:
        """The kind of warehouse."""
        return str(self.metadata.get("adapter_type") or "dbt")

    def nodes(self) -> dict[str, JSON]:
        """Models, seeds, snapshots, tests, sources by unique id."""
        found = {**inner(self.manifest, "nodes"), **inner(self.manifest, "sources")}
        return {key: cast("JSON", value) for key, value in found.items() if isinstance(value, dict)}

    def tables(self) -> dict[str, JSON]:
        """What is a table or view in the warehouse, by unique id (ephemeral models are none)."""
        return {key: node for key, node in self.nodes().items() if is_table(node)}


def read(folder: Path) -> Artifacts:
    """The artifacts of a target folder; only the manifest has to be there.

    Raises:
        NotFound: no manifest. Invalid: a file that is not JSON, or a manifest of another version.
    """
    manifest = _load(folder / "manifest.json")
    if not manifest:
        raise NotFound(
            f"there is no manifest.json in {folder}", where="TARGET_DIR", hint="run `dbt compile` or `dbt build` first"
        )
    schema = str(inner(manifest, "metadata").get("dbt_schema_version", ""))
    version = schema.rpartition("/v")[2].removesuffix(".json")
    if not version.isdigit() or int(version) not in _SCHEMAS:
        raise Invalid(
            f"manifest.json has schema {schema[:100]!r}; versions {_SCHEMAS.start} to {_SCHEMAS.stop - 1} are known",
            where="manifest.json",
        )
    others = [_load(folder / name) for name in ("run_results.json", "sources.json", "catalog.json")]
    return Artifacts(folder, manifest, *others)


def is_table(node: JSON) -> bool:
    """Whether a node is a table or view in the warehouse."""
    ephemeral = inner(node, "config").get("materialized") == "ephemeral"
    return node.get("resource_type") in TABLES and not ephemeral and bool(name(node))


def name(node: JSON) -> str:
    """The full name of a node's table."""
    parts = [node.get("database"), node.get("schema"), node.get("alias") or node.get("identifier") or node.get("name")]
    return ".".join(str(part) for part in parts if part)


def parents(artifacts: Artifacts, unique_id: str) -> list[str]:
    """The tables that a node reads; through ephemeral models to what those read."""
    nodes = artifacts.nodes()
    found: dict[str, None] = {}
    seen: set[str] = set()
    border = [unique_id]
    while border:
        for each in strings(inner(nodes.get(border.pop(), {}), "depends_on").get("nodes")):
            if each in seen:
                continue
            seen.add(each)
            if each in nodes and is_table(nodes[each]):
                found[each] = None
            elif each in nodes:
                border.append(each)
    return list(found)


def inner(value: JSON, key: str) -> JSON:
    """An object inside an object; empty when there is none."""
    found = value.get(key)
    return cast("JSON", found) if isinstance(found, dict) else {}


def objects(value: Any) -> list[JSON]:
    """The objects of a list."""
    return [cast("JSON", each) for each in cast("list[Any]", value) if isinstance(each, dict)] if isinstance(
        value, list
    ) else []


def strings(value: Any) -> list[str]:
    """The texts of a list."""
    return [each for each in cast("list[Any]", value) if isinstance(each, str)] if isinstance(value, list) else []


def _load(place: Path) -> JSON:
    if not place.is_file():
        return {}
    if place.stat().st_size > MOST_BYTES:
        raise Invalid(f"over {MOST_BYTES:,} bytes", where=place.name)
    try:
        return msgspec.json.decode(place.read_bytes(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"not the JSON of dbt: {error}", where=place.name) from None
