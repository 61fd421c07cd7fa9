"""Versions of data that a run reads and makes. Refuses to lose the data for the sake of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelwright.sdk.client import Client
from modelwright.sdk.data import verbs
from modelwright.types.data import OBJECT, DataVersion
from modelwright.types.errors import ModelwrightError

if TYPE_CHECKING:
    from modelwright.sdk.run import Run


def use(run: Run, reference: str, context: str) -> DataVersion:
    """Record that a run reads a version. Raises `NotFound`, `Unavailable` where there is none to read."""
    with _client(run) as client:
        found = client.datasets.version(reference)
        if run.recorder is not None:
            try:
                client.datasets.use(f"{found.dataset}:{found.number}", run.id, context=context)
            except ModelwrightError as error:
                run.warn("use_data", f"the use of {reference} could not be recorded: {error.message}")
            run.log_input(
                found.dataset, digest=found.digest.removeprefix(OBJECT)[:32], source_type="modelwright",
                source=f"datasets:/{found.dataset}/{found.number}", context=context,
                profile={"files": found.files, "bytes": found.bytes, "rows": found.rows},
            )
        return found


def log(run: Run, name: str, source: Any, how: dict[str, Any]) -> DataVersion:
    """Make a version that a run wrote; its inputs are what the run read."""
    with _client(run) as client:
        given: dict[str, Any] = {"run_id": run.id if run.recorder is not None else "", **how}
        return verbs.add(name, source, client=client, **given)


def _client(run: Run) -> Client:
    options = run.options
    return Client(options.url, options.token, workspace=options.workspace, timeout_s=60)
