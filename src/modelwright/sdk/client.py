"""The read and write API of a server, for scripts, notebooks and the command line.

    client = Client("http://127.0.0.1:7117")
    for run in client.runs.search("metrics.auc > 0.9", order_by=["metrics.auc DESC"]):
        print(run.name, run.metrics["auc"].best)

Knows the native routes and the structs they carry. Refuses to know how a training process records: that is `Run`.
Every method raises `types.errors` kinds; lists are iterators that fetch page after page.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar

import msgspec

from modelwright.sdk import credentials
from modelwright.sdk.access import Access
from modelwright.sdk.artifacts import Artifacts
from modelwright.sdk.data.datasets import Datasets
from modelwright.sdk.lineage import Lineage
from modelwright.sdk.news import News
from modelwright.sdk.prompts import Prompts
from modelwright.sdk.registry import Registry
from modelwright.sdk.series import Series
from modelwright.sdk.transport import Transport, segment
from modelwright.types.audit import AuditEvent
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.jobs import Job
from modelwright.types.page import Page, Search
from modelwright.types.tracking import (
    ConsolePage,
    Experiment,
    ExperimentCreate,
    ExperimentUpdate,
    Fork,
    Lifecycle,
    LogAck,
    LogBatch,
    LoggedModel,
    LogLine,
    Run,
    RunCreate,
    RunKind,
    RunSearch,
    RunState,
    RunUpdate,
)

T = TypeVar("T")

API = "/api/v1"
DEFAULT_URL = "http://127.0.0.1:7117"
_PAGE = 1000


class Client:
    """One server. Without `url`: `MODELWRIGHT_URL`, then the login of `mw login`, then `http://127.0.0.1:7117`.

    Args:
        url: address of the server.
        token: API token; without one `MODELWRIGHT_TOKEN`, then the login for that address.
        workspace: workspace of every request; without one `MODELWRIGHT_WORKSPACE`, then the server's default.
        timeout_s: bound of each wait for an answer.
    """

    def __init__(self, url: str = "", token: str = "", *, workspace: str = "", timeout_s: float = 30.0) -> None:
        address = url or os.environ.get("MODELWRIGHT_URL", "")
        login = credentials.find(address)
        address = address or (login.url if login else DEFAULT_URL)
        token = token or os.environ.get("MODELWRIGHT_TOKEN", "") or (login.token if login else "")
        workspace = workspace or os.environ.get("MODELWRIGHT_WORKSPACE", "") or (login.workspace if login else "")
        self.token = token
        self.workspace = workspace
        self.transport = Transport(address, token, workspace=workspace, timeout_s=timeout_s)
        self.experiments = Experiments(self.transport)
        self.runs = Runs(self.transport)
        self.series = Series(self.transport)
        self.artifacts = Artifacts(self.transport)
        self.console = Console(self.transport)
        self.models = Models(self.transport)
        self.datasets = Datasets(self.transport)
        self.registry = Registry(self.transport)
        self.prompts = Prompts(self.transport)
        self.access = Access(self.transport)
        self.lineage = Lineage(self.transport)
        self.news = News(self.transport)

    @property
    def url(self) -> str:
        """The server's address."""
        return self.transport.url

    def info(self) -> dict[str, Any]:
        """Version, settings that matter and storage health."""
        return self.transport.call(dict[str, Any], "GET", f"{API}/server")

    def healthy(self, timeout_s: float = 2.0) -> bool:
        """Whether the server answers."""
        try:
            return self.transport.request("GET", "/health", timeout_s=timeout_s, tries=1).status == 200
        except Exception:
            return False

    def collect_garbage(self) -> dict[str, Any]:
        """Delete purged runs' rows and files that nothing refers to; returns the counts."""
        return self.transport.call(dict[str, Any], "POST", f"{API}/server:gc", {}, timeout_s=600)

    def audit(self, search: Search | None = None) -> Iterator[AuditEvent]:
        """The audit log (administrators)."""
        return pages(self.transport, AuditEvent, f"{API}/audit:search", search or Search())

    def jobs(self, search: Search | None = None) -> Iterator[Job]:
        """Background jobs of the server."""
        return pages(self.transport, Job, f"{API}/jobs:search", search or Search())

    def close(self) -> None:
        """Close idle connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pages(
    transport: Transport,
    kind: type[T],
    target: str,
    search: Search | RunSearch,
    *,
    limit: int | None = None,
    query: Mapping[str, object] | None = None,
) -> Iterator[T]:
    """Items of all pages of a search, at most `limit`."""
    left = limit
    size = search.max_results
    while left is None or left > 0:
        asked = msgspec.structs.replace(search, max_results=size if left is None else min(size, left))
        page = transport.call(Page[kind], "POST", target, asked, query=query, tries=3)  # pyright: ignore[reportInvalidTypeArguments]
        yield from page.items
        if not page.next_page:
            return
        if left is not None:
            left -= len(page.items)
        search = msgspec.structs.replace(search, page=page.next_page)


class Experiments:
    """Named groups of runs."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def search(
        self,
        where: str = "",
        *,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        lifecycle: Lifecycle | None = Lifecycle.ACTIVE,
    ) -> Iterator[Experiment]:
        """Experiments that match, in pages; `lifecycle` None shows the deleted ones too."""
        search = Search(filter=where, order_by=list(order_by), max_results=_PAGE)
        wanted = {"lifecycle": lifecycle.value if lifecycle else "all"}
        return pages(self._http, Experiment, f"{API}/experiments:search", search, limit=limit, query=wanted)

    def get(self, experiment_id: str) -> Experiment:
        """By id."""
        return self._http.call(Experiment, "GET", f"{API}/experiments/{segment(experiment_id)}")

    def by_name(self, name: str) -> Experiment:
        """By name."""
        return self._http.call(Experiment, "GET", f"{API}/experiments:by-name", query={"name": name})

    def find(self, name_or_id: str) -> Experiment:
        """By name, else by id.

        Raises:
            NotFound: neither.
        """
        try:
            return self.by_name(name_or_id)
        except NotFound:
            if not name_or_id.isdigit():
                raise
            return self.get(name_or_id)

    def create(
        self, name: str, *, tags: Mapping[str, str] | None = None, artifact_location: str = "", exist_ok: bool = False
    ) -> Experiment:
        """A new experiment."""
        body = ExperimentCreate(
            name=name, artifact_location=artifact_location, tags=dict(tags or {}), exist_ok=exist_ok
        )
        return self._http.call(Experiment, "POST", f"{API}/experiments", body)

    def update(
        self, experiment_id: str, *, name: str | None = None, tags: Mapping[str, str | None] | None = None
    ) -> Experiment:
        """Rename, or set tags (None removes one)."""
        body = ExperimentUpdate(name=name, tags=dict(tags or {}))
        return self._http.call(Experiment, "PATCH", f"{API}/experiments/{segment(experiment_id)}", body)

    def delete(self, experiment_id: str) -> None:
        """Delete it with its runs; `restore` undoes it."""
        self._http.call(type(None), "DELETE", f"{API}/experiments/{segment(experiment_id)}")

    def restore(self, experiment_id: str) -> None:
        """Undo a deletion."""
        self._http.call(type(None), "POST", f"{API}/experiments/{segment(experiment_id)}:restore", {})


class Runs:
    """Runs: search, read, change, delete, restore."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def _path(self, run_id: str, tail: str = "") -> str:
        return f"{API}/runs/{segment(run_id)}{tail}"

    def search(
        self,
        where: str = "",
        *,
        experiments: Sequence[str] = (),
        order_by: Sequence[str] = (),
        limit: int | None = None,
        lifecycle: Lifecycle | None = Lifecycle.ACTIVE,
        kinds: Sequence[RunKind] = (),
        with_data: bool = True,
        page_size: int = 200,
    ) -> Iterator[Run]:
        """Runs that match the filter (docs/reference/search.md), in pages. `experiments` are ids; empty means all."""
        return pages(
            self._http,
            Run,
            f"{API}/runs:search",
            RunSearch(
                experiments=list(experiments),
                filter=where,
                order_by=list(order_by),
                max_results=page_size,
                lifecycle=lifecycle,
                kinds=list(kinds),
                with_data=with_data,
            ),
            limit=limit,
        )

    def count(
        self, where: str = "", *, experiments: Sequence[str] = (), lifecycle: Lifecycle | None = Lifecycle.ACTIVE
    ) -> int:
        """How many runs match."""
        search = RunSearch(experiments=list(experiments), filter=where, lifecycle=lifecycle)
        answer = self._http.ask("POST", f"{API}/runs:count", search, tries=3)
        return int(answer["count"] if isinstance(answer, dict) else answer)

    def get(self, run_id: str) -> Run:
        """Everything about one run."""
        return self._http.call(Run, "GET", self._path(run_id))

    def find(self, text: str) -> Run:
        """By id, by the first characters of an id, or by name (the newest of that name).

        Raises:
            NotFound: no run; Invalid: the beginning of several ids.
        """
        if len(text) == 32:
            return self.get(text)
        quoted = text.replace("'", "''") if "'" in text else text
        named = (
            list(self.search(f"attributes.run_name = '{quoted}'", order_by=["start_time DESC"], limit=1))
            if "'" not in text
            else []
        )
        if named:
            return self.get(named[0].id)
        if len(text) >= 4 and all(letter in "0123456789abcdef" for letter in text):
            found = list(self.search(f"attributes.run_id LIKE '{text}%'", limit=2, with_data=False))
            if len(found) > 1:
                raise Invalid(f"{text!r} is the beginning of several run ids", hint="give more characters")
            if found:
                return self.get(found[0].id)
        raise NotFound(f"no run is called {text!r} and no run id begins with it")

    def create(self, body: RunCreate) -> Run:
        """A new run."""
        return self._http.call(Run, "POST", f"{API}/runs", body, tries=3 if body.id else 1)

    def update(self, run_id: str, body: RunUpdate) -> Run:
        """Change a run."""
        return self._http.call(Run, "PATCH", self._path(run_id), body, tries=3)

    def log(self, run_id: str, batch: LogBatch) -> LogAck:
        """Log to a run; with a writer and a number the call is safe to repeat."""
        return self._http.post_packed(LogAck, self._path(run_id, "/log"), batch)

    def heartbeat(self, run_id: str) -> LogAck:
        """Tell that the run is alive."""
        return self._http.call(LogAck, "POST", self._path(run_id, ":heartbeat"), {})

    def finish(self, run_id: str, state: RunState = RunState.FINISHED) -> Run:
        """Set a final state."""
        return self.update(run_id, RunUpdate(state=state))

    def stop(self, run_id: str) -> None:
        """Ask the run's client to stop."""
        self._http.call(type(None), "POST", self._path(run_id, ":stop"), {})

    def delete(self, run_id: str) -> None:
        """Delete; `restore` undoes it."""
        self._http.call(type(None), "DELETE", self._path(run_id))

    def restore(self, run_id: str) -> None:
        """Undo a deletion."""
        self._http.call(type(None), "POST", self._path(run_id, ":restore"), {})

    def purge(self, run_id: str) -> None:
        """Delete for good; the files go at the next garbage collection."""
        self._http.call(type(None), "POST", self._path(run_id, ":purge"), {})

    def fork(self, run_id: str, *, step: int | None = None, name: str = "", new_id: str | None = None) -> Run:
        """Copy a run up to and including `step` into a new run."""
        return self._http.call(
            Run, "POST", self._path(run_id, ":fork"), Fork(step=step, name=name, id=new_id), timeout_s=120
        )

    def children(self, run_id: str) -> list[Run]:
        """Runs nested in this one."""
        answer = self._http.call(Page[Run] | list[Run], "GET", self._path(run_id, "/children"))  # pyright: ignore[reportArgumentType]
        return list(answer.items if isinstance(answer, Page) else answer)


class Console:
    """What a run printed."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def read(
        self,
        run_id: str,
        *,
        first: int = 0,
        limit: int = 1000,
        query: str = "",
        regex: bool = False,
        tail: int | None = None,
    ) -> ConsolePage:
        """Lines from number `first` on, or the last `tail`; `query` keeps the lines that contain it (or match it)."""
        asked = {
            "first": first if tail is None else None,
            "limit": limit,
            "query": query or None,
            "regex": regex or None,
            "tail": tail,
        }
        return self._http.call(ConsolePage, "GET", f"{API}/runs/{segment(run_id)}/console", query=asked)

    def lines(self, run_id: str, *, first: int = 0) -> Iterator[LogLine]:
        """All lines from number `first` on."""
        while True:
            page = self.read(run_id, first=first, limit=5000)
            yield from page.lines
            first += len(page.lines)
            if not page.lines or first >= page.total:
                return


class Models:
    """Logged models."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def search(
        self, where: str = "", *, order_by: Sequence[str] = (), limit: int | None = None
    ) -> Iterator[LoggedModel]:
        """Logged models that match."""
        search = Search(filter=where, order_by=list(order_by), max_results=_PAGE)
        return pages(self._http, LoggedModel, f"{API}/models:search", search, limit=limit)

    def get(self, model_id: str) -> LoggedModel:
        """By id (`m-…`)."""
        return self._http.call(LoggedModel, "GET", f"{API}/models/{segment(model_id)}")

    def delete(self, model_id: str) -> None:
        """Delete."""
        self._http.call(type(None), "DELETE", f"{API}/models/{segment(model_id)}")
