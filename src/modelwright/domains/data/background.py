"""What data does later: versions that a rule of retention lets go are removed."""

from __future__ import annotations

from modelwright.domains.data.service import retention
from modelwright.kit import logs
from modelwright.kit.context import Ctx
from modelwright.kit.duty import Duty

_LOG = logs.get(__name__)


def _retain(ctx: Ctx) -> None:
    gone = retention.retain_all(ctx)
    if gone:
        _LOG.info("retention: %d versions of datasets went", gone)


DUTIES = [Duty("data-retention", 3_600.0, _retain)]
