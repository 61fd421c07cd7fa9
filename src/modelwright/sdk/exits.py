"""The ways a process ends or doubles: exit, an uncaught exception, SIGTERM, fork.

Knows the interpreter's hooks. Refuses to take a signal from anyone who handles it already.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from modelwright.types.tracking import RunState

_installed = False
_owner = 0
_state = RunState.FINISHED


def install(on_exit: Callable[[RunState], None], on_fork: Callable[[], None]) -> None:
    """Set the hooks, once a process.

    Args:
        on_exit: called with how the process ends, while it still can do things.
        on_fork: called in the child of a fork.
    """
    global _installed, _owner, _state
    _owner = os.getpid()
    _state = RunState.FINISHED  # an exit that somebody caught earlier was none
    if _installed:
        return
    _installed = True
    atexit.register(lambda: on_exit(_state))
    earlier = sys.excepthook

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        from modelwright.sdk.run import state_of

        ended(state_of(error))
        return earlier(kind, error, trace)

    sys.excepthook = excepthook
    leave = sys.exit

    def exit_with(status: Any = None) -> NoReturn:
        from modelwright.sdk.run import state_of

        if threading.current_thread() is threading.main_thread():  # elsewhere it ends a thread, not the process
            ended(state_of(SystemExit(status)))
        leave(status)

    sys.exit = exit_with
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=on_fork)
    if threading.current_thread() is threading.main_thread():
        with contextlib.suppress(ValueError, OSError):
            if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                signal.signal(signal.SIGTERM, _terminated)


def ended(state: RunState) -> None:
    """How the process is ending, for runs that are still open then."""
    global _state
    _state = state


def _terminated(number: int, _: object) -> None:
    # In the child of a fork the default stays what it was: a worker that is told to go, goes.
    if os.getpid() != _owner:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    ended(RunState.KILLED)
    signal.signal(number, signal.SIG_DFL)  # a second one ends the process at once
    raise SystemExit(128 + number)
