"""Writing what was read from MLflow to a Modelwright server.

Knows what "the same" means, so that a second import stores nothing new: ids and times are kept, what is there is
compared before anything is sent. A run gets its final state last; one that was cut off is still `running` and is
completed by the next import. Refuses to change what people have edited in the target since.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

import msgspec

from modelwright.sdk.client import API, Client
from modelwright.sdk.imports.mlflow.files import Files
from modelwright.sdk.imports.mlflow.registry import Copier
from modelwright.sdk.imports.mlflow.report import HERE, Report
from modelwright.sdk.imports.mlflow.source import Point, Source, SourceRun
from modelwright.sdk.imports.mlflow.state import State
from modelwright.sdk.transport import path as quoted
from modelwright.sdk.transport import segment
from modelwright.types.codec import number_in, number_out
from modelwright.types.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound, Unavailable
from modelwright.types.tracking import (
    Artifact,
    Experiment,
    Inputs,
    Lifecycle,
    LogBatch,
    LoggedModel,
    LoggedModelCreate,
    LoggedModelUpdate,
    Outputs,
    Points,
    Run,
    RunCreate,
    RunState,
    RunUpdate,
)

T = TypeVar("T")
Progress = Callable[[str, str], None]
"""Told (kind, name) for each run, model and file that is done."""

BATCH = 20_000  # points a request
_ENDED = (RunState.FINISHED, RunState.FAILED, RunState.KILLED, RunState.CRASHED)


def copy(
    source: Source, client: Client, state: State, *, artifacts: bool = True, progress: Progress | None = None
) -> Report:
    """Copy everything of `source` into the client's workspace; returns what was read, stored and skipped.

    Raises:
        Unavailable, Denied, Unauthenticated: one of the two sides cannot be used; what was copied until then stays.
    """
    return _Copy(source, client, state, artifacts, progress or _silent).all()


class _Copy:
    def __init__(self, source: Source, client: Client, state: State, artifacts: bool, progress: Progress) -> None:
        self.source = source
        self.client = client
        self.state = state
        self.artifacts = artifacts
        self.progress = progress
        self.report = Report()
        self.reopened = False
        self.links: list[tuple[SourceRun, bool]] = []  # runs whose models may still be missing; copied whole?
        self.there = {item.name: item for item in client.experiments.search(lifecycle=None)}

    def all(self) -> Report:
        for what, count in self.source.left_out().items():
            self.report.skip(what, "not kept by this version", count)
        for experiment in self.source.experiments():
            self.experiment(experiment)
        self.link(last=True)
        Copier(self.client, self.report, self.progress).all(self.source.registered())
        return self.report

    def experiment(self, theirs: Experiment) -> None:
        ours = self.there.get(theirs.name)
        if theirs.workspace not in {"", "default"}:
            self.report.skip("experiments", f"in the source's workspace {theirs.workspace!r}")
            return
        if ours is None:
            ours = _again(lambda: self.client.experiments.create(theirs.name, tags=theirs.tags, exist_ok=True))
            self.report.store("experiments")
        else:
            self.report.skip("experiments", HERE)
            missing = {key: value for key, value in theirs.tags.items() if key not in ours.tags}
            if missing and ours.lifecycle is Lifecycle.ACTIVE:
                self.client.experiments.update(ours.id, tags=missing)
        self.reopened = False
        for run in self.source.runs(theirs.id):
            self.run(run, ours)
            self.progress("run", run.run.name)
        for model in self.source.models(theirs.id):
            self.model(model, ours)
            self.progress("model", model.name)
        self.link()
        if theirs.lifecycle is Lifecycle.DELETED and (self.reopened or ours.lifecycle is Lifecycle.ACTIVE):
            self.client.experiments.delete(ours.id)

    def open(self, experiment: Experiment) -> None:
        """Nothing can be added to a deleted experiment: bring it back until everything is there."""
        if experiment.lifecycle is Lifecycle.DELETED and not self.reopened:
            self.client.experiments.restore(experiment.id)
            self.reopened = True

    def target(self, run_id: str) -> Run | None:
        try:
            return self.client.runs.get(run_id)
        except NotFound:
            return None

    def run(self, found: SourceRun, experiment: Experiment) -> None:
        theirs, report = found.run, self.report
        before = self.target(theirs.id)
        if before is not None and self.state.has(theirs.id, found.fingerprint()):
            report.skip("runs", HERE)
            report.skip("params", HERE, len(theirs.params))
            report.skip("tags", HERE, len(theirs.tags))
            report.skip("datasets", HERE, len(theirs.dataset_inputs))
            report.skip("points", HERE, sum(before.metrics[key].count for key in found.latest if key in before.metrics))
            return
        self.open(experiment)
        if before is None:
            before = self.create(theirs, experiment)
            report.store("runs")
            report.store("params", len(theirs.params))
            report.store("tags", len(theirs.tags))
        else:
            report.skip("runs", HERE)
            if self.client.runs.get(before.id).lifecycle is Lifecycle.DELETED:
                self.client.runs.restore(before.id)
            self.complete(before, theirs)
        self.datasets(before, theirs)
        self.points(before, found)
        whole = not self.artifacts or self.tree("runs", theirs.id, lambda: self.source.files(run=theirs))
        if theirs.state in _ENDED and before.state is not theirs.state:
            self.client.runs.update(theirs.id, RunUpdate(state=theirs.state, end_ms=theirs.end_ms))
        if theirs.lifecycle is Lifecycle.DELETED:
            self.client.runs.delete(theirs.id)
        if theirs.model_inputs or theirs.model_outputs:
            self.links.append((found, whole))
        elif whole:
            self.state.add(theirs.id, found.fingerprint())

    def create(self, theirs: Run, experiment: Experiment) -> Run:
        parent = theirs.tags.get("mlflow.parentRunId") or None
        body = RunCreate(
            id=theirs.id,
            experiment_id=experiment.id,
            name=theirs.name,
            state=RunState.QUEUED if theirs.state is RunState.QUEUED else RunState.RUNNING,
            user=theirs.user,
            parent_id=parent,
            notes=theirs.tags.get("mlflow.note.content", ""),
            start_ms=theirs.start_ms,
            params=theirs.params,
            tags=theirs.tags,
        )
        try:
            return _again(lambda: self.client.runs.create(body))
        except (NotFound, Invalid, Conflict):
            if parent is None:
                raise
            # The parent was purged from the source, or lies in another experiment that comes later.
            return _again(lambda: self.client.runs.create(msgspec.structs.replace(body, parent_id=None)))

    def complete(self, ours: Run, theirs: Run) -> None:
        """Add what is missing; while our run is still open, the source's newer values win."""
        is_open = ours.state not in _ENDED
        for kind, here, wanted in (("params", ours.params, theirs.params), ("tags", ours.tags, theirs.tags)):
            send = {
                key: value
                for key, value in wanted.items()
                if key not in here or (is_open and str(here[key]) != str(value))
            }
            kept = sum(key not in send and str(here[key]) != str(value) for key, value in wanted.items())
            self.report.store(kind, len(send))
            self.report.skip(kind, "edited here since", kept)
            self.report.skip(kind, HERE, len(wanted) - len(send) - kept)
            if send:
                change = RunUpdate(params=send) if kind == "params" else RunUpdate(tags=dict(send))
                self.client.runs.update(ours.id, change)

    def datasets(self, ours: Run, theirs: Run) -> None:
        known = {(item.name, item.digest) for item in ours.dataset_inputs}
        fresh = [item for item in theirs.dataset_inputs if (item.name, item.digest) not in known]
        self.report.store("datasets", len(fresh))
        self.report.skip("datasets", HERE, len(theirs.dataset_inputs) - len(fresh))
        if fresh:
            self.say(theirs.id, "inputs", Inputs(datasets=fresh))

    def say(self, run_id: str, what: str, body: Inputs | Outputs) -> None:
        target = f"{API}/runs/{segment(run_id)}/{what}"
        _again(lambda: self.client.transport.call(type(None), "POST", target, body))

    def link(self, *, last: bool = False) -> None:
        """Tie runs to the models that they used and made; the `last` call says which models are missing."""
        waiting, self.links = self.links, []
        for found, whole in waiting:
            theirs = found.run
            ours = self.client.runs.get(theirs.id)
            used = [item for item in theirs.model_inputs if item not in ours.model_inputs]
            made = [item for item in theirs.model_outputs if item not in ours.model_outputs]
            deleted = ours.lifecycle is Lifecycle.DELETED and bool(used or made)
            if deleted:
                self.client.runs.restore(theirs.id)
            try:
                if used:
                    self.say(theirs.id, "inputs", Inputs(models=used))
                if made:
                    self.say(theirs.id, "outputs", Outputs(models=made))
            except NotFound as error:
                if not last:
                    self.links.append((found, whole))
                    continue
                self.report.skip("links to models", error.message.partition(" '")[0], len(used) + len(made))
            finally:
                if deleted:
                    self.client.runs.delete(theirs.id)
            if whole:
                self.state.add(theirs.id, found.fingerprint())

    def points(self, ours: Run, found: SourceRun) -> None:
        """Send every point. The server keeps identical ones once, so what is new is what the counts say."""
        read = 0
        for key in sorted(found.latest):
            points = iter(self.source.points(found.run.id, key))
            while batch := list(islice(points, BATCH)):
                read += len(batch)
                self.send(found.run.id, key, batch)
        if not read:
            return
        had = sum(ours.metrics[key].count for key in found.latest if key in ours.metrics)
        now = self.client.runs.get(found.run.id).metrics
        stored = sum(now[key].count for key in found.latest if key in now) - had
        self.report.store("points", stored)
        self.report.skip("points", HERE, read - stored)

    def send(self, run_id: str, key: str, batch: list[Point]) -> None:
        points = Points(
            key=key,
            steps=[point.step for point in batch],
            times_ms=[point.time_ms for point in batch],
            values=[point.value for point in batch],
        )
        _again(lambda: self.client.runs.log(run_id, LogBatch(points=[points])))

    def tree(self, kind: str, owner: str, opened: Callable[[], Files]) -> bool:
        """Copy a folder of files; False when it could not be read and should be tried again."""
        try:
            files = opened()
            here = {item.path: item for item in self.client.artifacts.walk(owner)}
            for entry in files.walk():
                ours = here.get(entry.path)
                if ours is not None and ours.size == entry.size:
                    self.report.skip("artifacts", HERE)
                    continue
                try:
                    self.upload(kind, owner, entry.path, files)
                    self.report.store("artifacts")
                except (Invalid, NotFound) as error:
                    self.report.skip("artifacts", error.message[:100])
                self.progress("file", entry.path)
        except (Unavailable, NotFound, Denied) as error:
            self.report.skip("artifacts", error.message[:100])
            return False
        return True

    def upload(self, kind: str, owner: str, name: str, files: Files) -> Artifact:
        digest = hashlib.sha256()

        def told() -> Iterator[bytes]:
            for chunk in files.read(name):
                digest.update(chunk)
                yield chunk

        http = self.client.transport
        target = f"{API}/{kind}/{segment(owner)}/artifacts/{quoted(name)}"
        response = http.open("PUT", target, body=told(), timeout_s=600)
        stored = msgspec.json.decode(response.read(), type=Artifact)
        response.release_conn()
        if stored.digest and stored.digest.removeprefix("sha256:") != digest.hexdigest():
            raise Unavailable(f"{name} was damaged on its way", where=name)
        return stored

    def model(self, theirs: LoggedModel, experiment: Experiment) -> None:
        try:
            here = self.client.models.get(theirs.id)
            self.report.skip("models", HERE)
        except NotFound:
            self.open(experiment)
            here = self.make(theirs, experiment)
            if here is None:
                return
            self.report.store("models")
        if self.artifacts and here.lifecycle is Lifecycle.ACTIVE:
            self.tree("models", theirs.id, lambda: self.source.files(model=theirs))
        if theirs.lifecycle is Lifecycle.DELETED and here.lifecycle is Lifecycle.ACTIVE:
            self.client.models.delete(theirs.id)

    def make(self, theirs: LoggedModel, experiment: Experiment) -> LoggedModel | None:
        """A new model with everything but its files; None when it cannot be stored."""
        http = self.client.transport
        new = LoggedModelCreate(
            id=theirs.id,
            created_ms=theirs.created_ms,
            experiment_id=experiment.id,
            name=theirs.name,
            kind=theirs.kind,
            source_run_id=theirs.source_run_id,
            params=theirs.params,
            tags=theirs.tags,
        )
        metrics = [msgspec.structs.replace(item, value=number_out(number_in(item.value))) for item in theirs.metrics]
        state = LoggedModelUpdate(state=theirs.state, state_message=theirs.state_message or None, metrics=metrics)
        source = self.target(theirs.source_run_id) if theirs.source_run_id else None
        if theirs.source_run_id and source is None:
            new = msgspec.structs.replace(new, source_run_id=None)
        deleted = source is not None and source.lifecycle is Lifecycle.DELETED
        try:
            if deleted and source is not None:
                self.client.runs.restore(source.id)
            _again(lambda: http.call(LoggedModel, "POST", f"{API}/models", new))
            return _again(lambda: http.call(LoggedModel, "PATCH", f"{API}/models/{segment(theirs.id)}", state))
        except (Invalid, Conflict, AlreadyExists) as error:
            self.report.skip("models", error.message[:100])
            return None
        finally:
            if deleted and source is not None:
                self.client.runs.delete(source.id)


def _silent(kind: str, name: str) -> None:
    """Tell nobody."""


def _again(call: Callable[[], T], tries: int = 5) -> T:
    """The call's answer; a server that is away for a moment is waited for. Every call here is safe to repeat."""
    wait = 0.2
    while True:
        try:
            return call()
        except Unavailable:
            tries -= 1
            if tries <= 0:
                raise
            time.sleep(wait)
            wait *= 3
