"""Jobs, their runs, and tables of other systems, as they told of them."""

from __future__ import annotations

from typing import Any

import msgspec


class OuterName(msgspec.Struct, frozen=True):
    """Where it lives and what it is called there."""

    namespace: str
    name: str


class OuterData(msgspec.Struct, frozen=True, kw_only=True):
    """A table that a run read or wrote."""

    table: OuterName
    version: str = ""
    facets: dict[str, Any] = {}


class OuterRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a job."""

    id: str
    job: OuterName
    parent: str = ""
    state: str = "NEW"
    created_ms: int = 0
    updated_ms: int = 0
    started_ms: int | None = None
    ended_ms: int | None = None
    nominal_start_ms: int | None = None
    nominal_end_ms: int | None = None
    facets: dict[str, Any] = {}
    inputs: list[OuterData] = []
    outputs: list[OuterData] = []
    job_version: str = ""


class OuterVersion(msgspec.Struct, frozen=True, kw_only=True):
    """How a table or job looked."""

    version: str
    created_ms: int
    updated_ms: int
    run: str = ""
    fields: list[dict[str, Any]] = []


class OuterThing(msgspec.Struct, frozen=True, kw_only=True):
    """A table or a job."""

    kind: str
    name: OuterName
    label: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    gone: bool = False
    facts: dict[str, Any] = {}
    facets: dict[str, Any] = {}
    version: OuterVersion | None = None
    inputs: list[OuterName] = []
    outputs: list[OuterName] = []
    latest: OuterRun | None = None


class OuterCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a check of a table; `passed` is None when it could not be told."""

    name: str
    column: str
    passed: bool | None
    at_ms: int
    via: str = ""
    detail: str = ""


class OuterNamespace(msgspec.Struct, frozen=True):
    """A namespace that was heard of."""

    name: str
    created_ms: int
    updated_ms: int
