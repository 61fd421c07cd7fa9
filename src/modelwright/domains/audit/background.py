"""What audit does later: signs heads of the log and brings them out, and verifies all of it."""

from __future__ import annotations

from modelwright.domains.audit import service, verification
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty


def _bring_out(ctx: Ctx) -> None:
    service.bring_out(ctx)


def _check(ctx: Ctx) -> None:
    verification.check(ctx)


DUTIES = [Duty("audit-checkpoint", 30.0, _bring_out), Duty("audit-verification", 3.0, _check)]
