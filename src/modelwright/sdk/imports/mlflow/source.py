"""What a source of the import offers, in our own words.

Knows the shape. Refuses to know whether it is a server or a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import msgspec

from modelwright.sdk.imports.mlflow.files import Files
from modelwright.sdk.imports.mlflow.registry import SourceModel
from modelwright.types.tracking import Experiment, LoggedModel, LoggedModelState, Run, RunState

STATES = {
    "RUNNING": RunState.RUNNING,
    "SCHEDULED": RunState.QUEUED,
    "FINISHED": RunState.FINISHED,
    "FAILED": RunState.FAILED,
    "KILLED": RunState.KILLED,
}
MODEL_STATES = {
    "LOGGED_MODEL_PENDING": LoggedModelState.PENDING,
    "LOGGED_MODEL_READY": LoggedModelState.READY,
    "LOGGED_MODEL_UPLOAD_FAILED": LoggedModelState.FAILED,
}


class Point(NamedTuple):
    """One point of a metric."""

    step: int
    time_ms: int
    value: float


class SourceRun(msgspec.Struct, frozen=True):
    """A run as the source has it, and its metrics: key → newest point known without reading the history."""

    run: Run
    latest: dict[str, Point]

    def fingerprint(self) -> str:
        """Changes when anything worth copying again has changed."""
        import hashlib

        from modelwright.types.codec import to_msgpack

        plain: list[Any] = [
            msgspec.to_builtins(self.run),
            sorted((key, *map(repr, p)) for key, p in self.latest.items()),
        ]
        return hashlib.sha256(to_msgpack(plain)).hexdigest()[:16]


class Source(Protocol):
    """An MLflow store to read. Everything deleted but not purged is included and flagged."""

    name: str

    def experiments(self) -> Iterator[Experiment]:
        """Every experiment."""
        ...

    def runs(self, experiment_id: str) -> Iterator[SourceRun]:
        """Every run of an experiment, oldest first, with params, tags, inputs and outputs."""
        ...

    def points(self, run_id: str, key: str) -> Iterator[Point]:
        """Every point of one metric."""
        ...

    def models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Every logged model of an experiment."""
        ...

    def registered(self) -> Iterator[SourceModel]:
        """Every registered model and prompt with its versions."""
        ...

    def files(self, *, run: Run | None = None, model: LoggedModel | None = None) -> Files:
        """The artifacts of a run or model.

        Raises:
            Unavailable: they lie where this machine cannot read.
        """
        ...

    def left_out(self) -> dict[str, int]:
        """Things that the source holds and the import does not copy: what → how many."""
        ...

    def close(self) -> None:
        """Let go of the source."""
        ...
