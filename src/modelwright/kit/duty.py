"""What the server does again and again in the background. Knows when; refuses to know what."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from modelwright.kit.context import Ctx


class Duty(msgspec.Struct, frozen=True):
    """A recurring task; of all server processes, one at a time runs it."""

    name: str
    every_s: float
    run: Callable[[Ctx], None]
