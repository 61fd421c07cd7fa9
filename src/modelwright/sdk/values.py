"""What users hand to `log` and `config`, turned into numbers and JSON values.

Knows scalars of NumPy, PyTorch, JAX and the standard library by what they can do, without importing any of them.
Refuses to raise: what cannot be understood becomes its text, bounded in length.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

FAST: set[type] = {float, int, bool}
"""Immutable types that `array('d', …)` converts; NumPy scalar types join when first seen."""

_TEXT_LIMIT = 10_000
_DEPTH_LIMIT = 12
_ITEMS_LIMIT = 10_000
_INT64 = 1 << 63


def number(value: Any) -> float | None:
    """The value as a float, or None when it is no single number. NaN and ±Inf are numbers; text is not."""
    kind = type(value)
    if kind in FAST:
        try:
            return float(value)
        except OverflowError:  # an integer beyond 1.8e308
            return math.inf if value > 0 else -math.inf
    if value is None or isinstance(value, (str, bytes, bytearray, Mapping)):
        return None
    try:
        size = getattr(value, "size", None)
        count = size if isinstance(size, int) else value.numel() if hasattr(value, "numel") else 1
        if count != 1:
            return None
        if hasattr(value, "item"):
            if _is_numpy_real(kind):
                FAST.add(kind)
            return float(value.item())
        if hasattr(value, "__float__") or hasattr(value, "__index__"):
            return float(value)
    except Exception:
        return None
    return None


def _is_numpy_real(kind: type) -> bool:
    return any(base.__module__ == "numpy" and base.__name__ in {"floating", "integer"} for base in kind.__mro__)


def on_device(value: Any) -> Any:
    """A copy of a CUDA scalar that may be read later, or None.

    Reading a tensor that lives on a GPU waits for every kernel queued before it. A copy on the device does not, and
    is not changed when training goes on in place; the sealing thread reads it.
    """
    try:
        if getattr(value, "is_cuda", False) is True and value.numel() == 1:
            return value.detach().clone()
    except Exception:
        return None
    return None


def whole(step: Any) -> int | None:
    """A step as a 64-bit integer, or None when it is none."""
    try:
        result = step.__index__() if hasattr(step, "__index__") else int(step.item() if hasattr(step, "item") else step)
    except Exception:
        return None
    return result if -_INT64 <= result < _INT64 else None


def flatten(data: Mapping[Any, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(key, value) of nested dicts, keys joined by `/`."""
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and depth < _DEPTH_LIMIT:
            yield from flatten(cast("Mapping[Any, Any]", value), f"{name}/", depth + 1)
        else:
            yield name, value


def plain(value: Any, depth: int = 0) -> Any:
    """The value as JSON values; arrays and containers are cut at 10,000 items, texts at 10,000 characters."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value, depth)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value) if -_INT64 <= value < 2 * _INT64 else str(value)
    if isinstance(value, float):
        return float(value)
    if depth >= _DEPTH_LIMIT:
        return shown(value)
    try:
        return _deep(value, depth)
    except Exception:
        return shown(value)


def _deep(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value)
        return {_text(str(key)): plain(item, depth + 1) for key, item in _some(pairs.items())}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth + 1) for item in _some(cast("Iterable[Any]", value))]
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name), depth + 1) for field in dataclasses.fields(value)}
    odd: Any = value
    single = number(odd)
    if single is not None:
        item = odd.item() if hasattr(odd, "item") else single
        return item if isinstance(item, (bool, int)) else single
    if hasattr(odd, "tolist") and hasattr(odd, "shape"):
        count = math.prod(odd.shape)
        return plain(odd.tolist(), depth + 1) if count <= _ITEMS_LIMIT else f"<array {tuple(odd.shape)}>"
    struct_fields = getattr(type(odd), "__struct_fields__", None)
    if struct_fields:
        return {name: plain(getattr(odd, name), depth + 1) for name in struct_fields}
    if hasattr(odd, "model_dump"):
        return plain(odd.model_dump(), depth + 1)
    if type(odd).__name__ == "Namespace" and hasattr(odd, "__dict__"):
        return plain(vars(odd), depth + 1)
    return shown(odd)


def _some(items: Iterable[Any]) -> Iterator[Any]:
    for index, item in enumerate(items):
        if index >= _ITEMS_LIMIT:
            return
        yield item


def shown(value: Any) -> str:
    """The text of any object, even of one whose `__str__` raises."""
    try:
        return _text(value.__name__ if isinstance(value, type) else str(value))
    except Exception:
        return f"<{type(value).__name__}>"


def _text(value: str) -> str:
    if len(value) > _TEXT_LIMIT:
        value = value[:_TEXT_LIMIT] + "…"
    # A lone surrogate (a file name that is not UTF-8) has no encoding; it travels escaped.
    value = value.replace("\0", "\ufffd") if "\0" in value else value
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


text = _text
