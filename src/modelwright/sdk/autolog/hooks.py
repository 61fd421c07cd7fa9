"""How patches get in: an import hook, a guard around our code, and the run that a training goes to.

Knows the import system. Refuses to know any framework.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.abc
import importlib.util
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from modelwright.sdk import session
from modelwright.sdk.run import Run, state_of

_OPTIONS: dict[str, dict[str, Any]] = {}
_WAITING: dict[str, str] = {}
_DONE: set[str] = set()
_TOLD: set[str] = set()
_INSIDE = threading.local()
_finder: _Finder | None = None


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the ordinary finders find a module, and calls our patch when it has been executed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _WAITING or fullname in _DONE:
            return None
        _DONE.add(fullname)  # so that the search below does not come back here
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            _DONE.discard(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            _patch(fullname)

        with contextlib.suppress(AttributeError):
            spec.loader.exec_module = exec_module
        return spec


def when_imported(module: str, patch: str, **options: Any) -> None:
    """Import `patch` and call its `patch()` once `module` is imported (now, when it is already)."""
    global _finder
    _OPTIONS[module] = options
    if module in _DONE:
        return
    _WAITING[module] = patch
    if module in sys.modules:
        _patch(module)
        return
    if _finder is None:
        _finder = _Finder()
        sys.meta_path.insert(0, _finder)


def _patch(module: str) -> None:
    if module in _DONE:
        return
    _DONE.add(module)
    try:
        importlib.import_module(_WAITING[module]).patch(module)
    except Exception as error:
        tell(module, error)


def option(module: str, name: str) -> Any:
    """An option given to `autolog`."""
    return _OPTIONS.get(module, {}).get(name)


def tell(what: str, error: Exception) -> None:
    """Say once that something of ours did not work."""
    if what in _TOLD:
        return
    _TOLD.add(what)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"modelwright: autolog of {what}: {type(error).__name__}: {error}", RuntimeWarning, stacklevel=3)


@contextlib.contextmanager
def guarded(what: str) -> Iterator[None]:
    """Our own code inside somebody's training: an error is told once and goes no further."""
    try:
        yield
    except Exception as error:
        tell(what, error)


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace a function by `around(original, *args, **kwargs)`, keeping its signature and text."""
    original = getattr(owner, name, None)
    if original is None or getattr(original, "__modelwright__", False):
        return

    @functools.wraps(original)
    def replacement(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    replacement.__modelwright__ = True
    setattr(owner, name, replacement)


def depth() -> int:
    """How deep in trainings this thread is (a grid search fits estimators inside its own fit)."""
    return getattr(_INSIDE, "depth", 0)


@contextlib.contextmanager
def training(what: str, name: str) -> Iterator[Run | None]:
    """The run that a training goes to: the current one, else one opened and ended with the training.

    Inside another training it gives None: only the outermost is logged.
    """
    if depth():
        yield None
        return
    _INSIDE.depth = 1
    run: Run | None = None
    own: Run | None = None
    try:
        with guarded(what):
            run = session.current() or (own := session.init(name=name, tags={"autolog": what}))
        try:
            yield run
        except BaseException as error:
            if own is not None:
                own.finish(state_of(error))
            raise
        if own is not None:
            own.finish()
    finally:
        _INSIDE.depth = 0
