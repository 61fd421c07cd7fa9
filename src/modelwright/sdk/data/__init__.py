"""Data for scripts and notebooks: `modelwright.data.add`, `get`, `read`, `diff` and the rest, one call each.

    import modelwright as mw

    mw.data.add("flights", "flights/", alias="prod", message="June")
    folder = mw.data.get("flights@prod")

Each takes `client=` for another server than the configured one. Needs `pip install 'modelwright[data]'`. Refuses to
import anything before a name is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelwright.sdk.data.verbs import (
        add,
        add_query,
        aliases,
        delete,
        diff,
        files,
        get,
        load,
        ls,
        profile,
        read,
        set_alias,
        tag,
        verify,
        version,
        versions,
    )

__all__ = [
    "add",
    "add_query",
    "aliases",
    "delete",
    "diff",
    "files",
    "get",
    "load",
    "ls",
    "profile",
    "read",
    "set_alias",
    "tag",
    "verify",
    "version",
    "versions",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        value = getattr(importlib.import_module("modelwright.sdk.data.verbs"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
