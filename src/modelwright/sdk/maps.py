"""`config` and `summary`: what users set beside metrics, by item or by attribute.

Knows a dict with memory. Refuses to know where changes go: it calls a function with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from modelwright.sdk.values import plain, shown

Sink = Callable[[dict[str, Any]], None]


class _Recorded(MutableMapping[str, Any]):
    """Values by item or attribute; every change is recorded."""

    def __init__(self, sink: Sink | None = None) -> None:
        object.__setattr__(self, "_values", {})
        object.__setattr__(self, "_sink", sink)

    def _put(self, values: Mapping[Any, Any]) -> None:
        own: dict[str, Any] = object.__getattribute__(self, "_values")
        sink: Sink | None = object.__getattribute__(self, "_sink")
        cleaned: dict[str, Any] = {}
        for key, value in values.items():
            name = key if isinstance(key, str) else shown(key)
            own[name] = value
            cleaned[name] = plain(value)
        if sink is not None and cleaned:
            sink(cleaned)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._put({key: value})

    def __delitem__(self, key: str) -> None:
        del self._values[key]
        if self._sink is not None:
            self._sink({key: None})

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return object.__getattribute__(self, "_values")[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__.lower()} has no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._put({name: value})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._values!r})"

    def update(self, *others: Any, **values: Any) -> None:
        """Set many at once, from a mapping, pairs, or an `argparse.Namespace`."""
        merged: dict[Any, Any] = {}
        for other in others:
            merged.update(as_mapping(other))
        merged.update(values)
        self._put(merged)

    def load(self, values: Mapping[str, Any]) -> None:
        """Take over values that are recorded already; what was set here stays."""
        own: dict[str, Any] = object.__getattribute__(self, "_values")
        for key, value in values.items():
            own.setdefault(key, value)

    def as_dict(self) -> dict[str, Any]:
        """A copy."""
        return dict(self._values)


class Config(_Recorded):
    """The params of a run: what was decided before training."""

    def setdefaults(self, values: Any) -> None:
        """Set only what is not set yet."""
        self._put({key: value for key, value in as_mapping(values).items() if key not in self._values})


class Summary(_Recorded):
    """Results of a run that are no series: final scores, texts, small structures."""


def as_mapping(source: Any) -> Mapping[Any, Any]:
    """A mapping from a mapping, pairs, a dataclass, a struct or an `argparse.Namespace`; empty when it is none."""
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return cast("Mapping[Any, Any]", source)
    names = getattr(type(source), "__dataclass_fields__", None) or getattr(type(source), "__struct_fields__", None)
    if names:
        return {name: getattr(source, name) for name in names}
    try:
        return dict(vars(source)) if hasattr(source, "__dict__") else dict(source)
    except (TypeError, ValueError):
        return {}
