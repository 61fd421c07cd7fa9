"""Modelwright: one self-hosted system for the whole life of a model.

    import modelwright as mw

    with mw.init(experiment="flights", config={"lr": 0.1}) as run:
        for step in range(100):
            mw.log({"loss": 1 / (step + 1)})

Knows the names that users type and where each lives. Refuses to import anything before a name is used, so that
`import modelwright` costs a training script next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelwright.sdk import data
    from modelwright.sdk.autolog import autolog
    from modelwright.sdk.client import Client
    from modelwright.sdk.lineage import lineage
    from modelwright.sdk.maps import Config, Summary
    from modelwright.sdk.media import Histogram, Html, Image, Table
    from modelwright.sdk.prompts import load_prompt, register_prompt
    from modelwright.sdk.registry import register_model, rollback, set_alias
    from modelwright.sdk.run import Run
    from modelwright.sdk.session import (
        alert,
        define_metric,
        finish,
        init,
        log,
        log_artifact,
        log_input,
        log_table,
    )
    from modelwright.sdk.sync import sync

    run: Run | None
    config: Config
    summary: Summary

_HOMES = {
    "init": "session",
    "log": "session",
    "finish": "session",
    "define_metric": "session",
    "log_artifact": "session",
    "log_table": "session",
    "log_input": "session",
    "alert": "session",
    "Run": "run",
    "Client": "client",
    "Image": "media",
    "Html": "media",
    "Table": "media",
    "Histogram": "media",
    "autolog": "autolog",
    "sync": "sync",
    "register_model": "registry",
    "set_alias": "registry",
    "rollback": "registry",
    "register_prompt": "prompts",
    "load_prompt": "prompts",
    "lineage": "lineage",
}
_CURRENT = frozenset({"run", "config", "summary"})

__all__ = [
    "Client",
    "Histogram",
    "Html",
    "Image",
    "Run",
    "Table",
    "alert",
    "autolog",
    "config",
    "data",
    "define_metric",
    "finish",
    "init",
    "lineage",
    "load_prompt",
    "log",
    "log_artifact",
    "log_input",
    "log_table",
    "register_model",
    "register_prompt",
    "rollback",
    "run",
    "set_alias",
    "summary",
    "sync",
]


def __getattr__(name: str) -> Any:
    if name in _CURRENT:  # they follow the run that is open now, so they are looked up every time
        return getattr(importlib.import_module("modelwright.sdk.session"), f"current_{name}")()
    if name == "data":
        return importlib.import_module("modelwright.sdk.data")
    if name in _HOMES:
        value = getattr(importlib.import_module(f"modelwright.sdk.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    if name == "__version__":
        from importlib.metadata import version

        return version("modelwright")
    raise AttributeError(f"module 'modelwright' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
