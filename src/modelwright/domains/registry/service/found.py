"""What a source came to."""

from __future__ import annotations

from typing import NamedTuple

from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.types.tracking import LoggedModel, Run


class Found(NamedTuple):
    """What a source names. `owner` is empty for a place outside."""

    source: str
    owner: str
    directory: str
    location: str
    run_id: str
    model_id: str
    run: Run | None = None
    model: LoggedModel | None = None
    copied: VersionRow | None = None
