"""What an MLmodel file and its neighbours say. Read as data: no tag of YAML makes an object, no size is trusted."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import yaml

from modelwright.types.registry import Column, Signature, VersionFacts

LARGEST = 1 << 20  # bytes of a file that is read
_EVENTS = 100_000
_DEPTH = 40
_ALIASES = 200
_NODES = 100_000
_TEXT = 2_000_000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """A file cannot be read as it should; the text says why."""


def document(data: bytes) -> dict[str, Any]:
    """A YAML mapping with JSON values.

    Raises:
        Unreadable: too large, too deep, with too many references, not YAML, or no mapping.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"it has {len(data):,} bytes; at most {LARGEST:,} are read")
    try:
        text = data.decode()
        _bounded(text)
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as error:
        raise Unreadable(f"it is not plain YAML: {str(error).splitlines()[0][:200]}") from None
    if not isinstance(found, dict):
        raise Unreadable("it is no mapping")
    return _Plain().value(found, 0)


def _bounded(text: str) -> None:
    depth = aliases = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if count > _EVENTS or depth > _DEPTH or aliases > _ALIASES:
            raise Unreadable("it is nested too deeply, or has too many parts")


class _Plain:
    """Values as JSON has them. What is referred to twice counts twice, so that references cannot multiply."""

    def __init__(self) -> None:
        self.left = _NODES
        self.room = _TEXT

    def value(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > _DEPTH:
            raise Unreadable("its references multiply")
        if isinstance(value, dict):
            found: dict[Any, Any] = value
            return {self.text(str(key)): self.value(item, depth + 1) for key, item in found.items()}
        if isinstance(value, (list, tuple, set)):
            items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
            return [self.value(item, depth + 1) for item in items]
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if -(2**63) <= value < 2**63 else str(value)
        if isinstance(value, (dt.datetime, dt.date)):
            return value.isoformat()
        return self.text(str(value))

    def text(self, value: str) -> str:
        self.room -= len(value)
        if self.room < 0:
            raise Unreadable("its references multiply")
        return value.replace("\0", "�").encode("utf-8", "replace").decode()


def facts(mlmodel: dict[str, Any]) -> VersionFacts:
    """What an MLmodel mapping says; a part of the wrong shape is left out and named in `problems`."""
    problems: list[str] = []
    flavors = _mapping(mlmodel, "flavors", problems)
    example = _mapping(mlmodel, "saved_input_example_info", problems)
    metadata = _mapping(mlmodel, "metadata", problems)
    prompts = mlmodel.get("prompts")
    function = flavors.get("python_function")
    python: Any = function.get("python_version", "") if isinstance(function, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    try:
        signature = _signature(mlmodel.get("signature"))
    except Unreadable as error:
        signature = None
        problems.append(f"MLmodel: the signature cannot be read: {error}")
    return VersionFacts(
        flavors={key: value for key, value in flavors.items() if isinstance(value, dict)},
        signature=signature,
        input_example=str(example.get("artifact_path", "")),
        python=str(python),
        mlflow=str(mlmodel.get("mlflow_version") or ""),
        saved=str(mlmodel.get("utc_time_created") or ""),
        metadata=metadata,
        prompts=[str(item) for item in prompts[:100]] if isinstance(prompts, list) else [],  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        problems=problems,
    )


def requirements(data: bytes) -> list[str]:
    """The lines of a requirements file that name something; at most 1,000. Raises `Unreadable`."""
    if len(data) > LARGEST:
        raise Unreadable(f"it has {len(data):,} bytes; at most {LARGEST:,} are read")
    text = data.decode("utf-8", "replace").replace("\0", "�")
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return [line[:500] for line in lines if line and not line.startswith("#")][:1_000]


def _mapping(whole: dict[str, Any], key: str, problems: list[str]) -> dict[str, Any]:
    found = whole.get(key)
    if found is None or isinstance(found, dict):
        return found or {}
    problems.append(f"MLmodel: {key} is no mapping")
    return {}


def _signature(value: Any) -> Signature | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Unreadable("it is no mapping")
    whole: dict[str, Any] = value
    return Signature(
        inputs=_columns(whole.get("inputs")),
        outputs=_columns(whole.get("outputs")),
        params=_columns(whole.get("params")),
    )


def _columns(value: Any) -> list[Column]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise Unreadable("a part is not JSON") from None
    if not isinstance(value, list):
        raise Unreadable("a part is no list")
    items: list[Any] = value
    if len(items) > 10_000:
        raise Unreadable("it has more than 10,000 columns")
    found: list[Column] = []
    for place, item in enumerate(items):
        if not isinstance(item, dict):
            raise Unreadable("a column is no mapping")
        column: dict[str, Any] = item
        found.append(
            Column(
                name=str(column.get("name", f"[{place}]" if len(items) > 1 else ""))[:500],
                type=_type(column),
                required=bool(column.get("required", "default" not in column)),
            )
        )
    return found


def _type(column: dict[str, Any]) -> str:
    tensor = column.get("tensor-spec")
    if isinstance(tensor, dict):
        spec: dict[str, Any] = tensor
        shape: Any = spec.get("shape")
        return f"{spec.get('dtype', '')}{shape if isinstance(shape, list) else ''}".replace(" ", "")[:200]
    kind = str(column.get("type", ""))
    if kind == "array" and isinstance(column.get("items"), dict):
        items: dict[str, Any] = column["items"]
        return f"array({str(items.get('type', ''))[:80]})"
    return kind[:200]
