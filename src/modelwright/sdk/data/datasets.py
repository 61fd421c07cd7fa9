"""The native operations of datasets, as methods. Knows routes and structs; refuses to know files.

    client.datasets.version("flights@prod").number
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from modelwright.sdk.data.refs import split
from modelwright.sdk.transport import Transport, path, segment
from modelwright.types.data import (
    AliasChange,
    AliasSet,
    Committed,
    DataAlias,
    DataDiff,
    DataFile,
    Dataset,
    DatasetCreate,
    DatasetUpdate,
    DataUse,
    DataVersion,
    Preview,
    Profile,
    Retained,
    Retention,
    UseCreate,
    Verified,
    VersionCreate,
    VersionUpdate,
)
from modelwright.types.page import Page, Search

T = TypeVar("T")
_API = "/api/v1/datasets"
_PAGE = 1_000


class Datasets:
    """Datasets of a server."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def search(
        self, where: str = "", *, order_by: list[str] | None = None, limit: int | None = None
    ) -> Iterator[Dataset]:
        """Datasets that match, those that changed last first."""
        left = limit
        page = ""
        while left is None or left > 0:
            size = min(_PAGE, left or _PAGE)
            body = Search(filter=where, order_by=order_by or [], max_results=size, page=page)
            answer = self.transport.call(Page[Dataset], "POST", f"{_API}:search", body, tries=3)
            yield from answer.items
            left = None if left is None else left - len(answer.items)
            page = answer.next_page
            if not page:
                return

    def get(self, name: str) -> Dataset:
        """One by name. Raises `NotFound`."""
        return self.transport.call(Dataset, "GET", f"{_API}/{segment(name)}")

    def create(self, name: str, *, description: str = "", tags: Mapping[str, str] | None = None) -> Dataset:
        """A new name (adding data makes it too)."""
        body = DatasetCreate(name=name, description=description, tags=dict(tags or {}))
        return self.transport.call(Dataset, "POST", _API, body)

    def update(
        self, name: str, *, description: str | None = None, tags: Mapping[str, str | None] | None = None,
        retention: Retention | None = None,
    ) -> Dataset:
        """Change what is said about it, or its rule of retention."""
        body = DatasetUpdate(description=description, tags=dict(tags or {}), retention=retention)
        return self.transport.call(Dataset, "PATCH", f"{_API}/{segment(name)}", body, tries=3)

    def delete(self, name: str) -> None:
        """Remove it with all versions. Raises `Conflict` while anything needs one."""
        self.transport.call(type(None), "DELETE", f"{_API}/{segment(name)}")

    def retain(self, name: str, *, dry_run: bool = False) -> Retained:
        """Apply its rule of retention now."""
        return self.transport.call(
            Retained, "POST", f"{_API}/{segment(name)}:retain", {}, query={"dry_run": dry_run}, tries=3
        )

    def version(self, reference: str) -> DataVersion:
        """What is known of a version. Raises `NotFound`."""
        return self.transport.call(DataVersion, "GET", self._at(reference))

    def versions(self, name: str, *, limit: int | None = None) -> Iterator[DataVersion]:
        """Versions, newest first."""
        before: str | None = None
        left = limit
        while left is None or left > 0:
            answer = self.transport.call(
                Page[DataVersion], "GET", f"{_API}/{segment(name)}/versions",
                query={"before": before, "limit": min(_PAGE, left or _PAGE)},
            )
            yield from answer.items
            left = None if left is None else left - len(answer.items)
            before = answer.next_page or None
            if before is None:
                return

    def commit(self, name: str, body: VersionCreate) -> Committed:
        """Make a version of contents that were sent. Repeating it is safe: the same contents are the same version."""
        return self.transport.call(
            Committed, "POST", f"{_API}/{segment(name)}/versions", body, timeout_s=600, tries=5
        )

    def change(
        self, reference: str, *, message: str | None = None, tags: Mapping[str, str | None] | None = None
    ) -> DataVersion:
        """Change the message and tags of a version."""
        body = VersionUpdate(message=message, tags=dict(tags or {}))
        return self.transport.call(DataVersion, "PATCH", self._at(reference), body, tries=3)

    def remove(self, reference: str) -> None:
        """Remove a version. Raises `Conflict` while anything needs it."""
        self.transport.call(type(None), "DELETE", self._at(reference))

    def files(self, reference: str, prefix: str = "", glob: str = "", *, deep: bool = False) -> Iterator[DataFile]:
        """Files right below a folder; with `deep` or a pattern all below it."""
        after = ""
        while True:
            answer = self.transport.call(
                Page[DataFile], "GET", self._at(reference, "/files"),
                query={"prefix": prefix or None, "glob": glob or None, "after": after or None, "deep": deep,
                       "limit": 5_000},
            )
            yield from answer.items
            after = answer.next_page
            if not after:
                return

    def read(self, reference: str, name: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Bytes of one file of a version, or a range of them."""
        headers: dict[str, str] = {}
        if start or length is not None:
            headers["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
        target = self._at(reference, f"/files/{path(name)}")
        return self.transport.request("GET", target, headers=headers, timeout_s=600).data

    def profile(self, reference: str) -> Profile:
        """Statistics of a version. Raises `NotFound` where there are none."""
        return self.transport.call(Profile, "GET", self._at(reference, "/profile"))

    def rows(self, reference: str, table: str = "", limit: int = 100) -> Preview:
        """Sampled rows of a table of a version."""
        return self.transport.call(
            Preview, "GET", self._at(reference, "/rows"), query={"table": table or None, "limit": limit}
        )

    def diff(self, name: str, before: str, after: str = "latest", limit: int = 1_000) -> DataDiff:
        """What differs between two versions."""
        return self.transport.call(
            DataDiff, "GET", f"{_API}/{segment(name)}:diff",
            query={"before": before, "after": after, "limit": limit}, timeout_s=600,
        )

    def verify(self, reference: str) -> Verified:
        """Have the server read all contents of a version."""
        return self.transport.call(Verified, "POST", self._at(reference, ":verify"), {}, timeout_s=3_600)

    def uses(self, reference: str) -> list[DataUse]:
        """Runs that use a version, and what pins it."""
        return self._listed(DataUse, self._at(reference, "/uses"))

    def uses_of_run(self, run_id: str) -> list[DataUse]:
        """Versions that a run used."""
        return self._listed(DataUse, f"/api/v1/runs/{segment(run_id)}/datasets")

    def use(self, reference: str, run_id: str, *, direction: str = "input", context: str = "") -> DataVersion:
        """Record that a run reads (or makes) a version."""
        body = UseCreate(run_id=run_id, direction=direction, context=context)
        return self.transport.call(DataVersion, "POST", self._at(reference, "/uses"), body, tries=3)

    def aliases(self, name: str) -> list[DataAlias]:
        """Aliases of a dataset."""
        return self._listed(DataAlias, f"{_API}/{segment(name)}/aliases")

    def alias_moves(self, name: str, alias: str = "") -> list[AliasChange]:
        """How aliases moved, newest first."""
        return self._listed(AliasChange, f"{_API}/{segment(name)}/alias-moves", {"alias": alias or None})

    def set_alias(self, name: str, alias: str, version: str | int) -> DataAlias:
        """Point an alias to a version."""
        target = f"{_API}/{segment(name)}/aliases/{segment(alias)}"
        return self.transport.call(DataAlias, "PUT", target, AliasSet(version=version), tries=3)

    def drop_alias(self, name: str, alias: str) -> None:
        """Remove an alias."""
        self.transport.call(type(None), "DELETE", f"{_API}/{segment(name)}/aliases/{segment(alias)}")

    def segments(self, reference: str) -> bytes:
        """The list of segments of the manifest, as MessagePack."""
        return self.transport.request("GET", self._at(reference, "/segments")).data

    def _listed(self, kind: type[T], target: str, query: Mapping[str, object] | None = None) -> list[T]:
        return self.transport.call(Page[kind], "GET", target, query=query).items  # pyright: ignore[reportInvalidTypeArguments]

    def _at(self, reference: str, rest: str = "") -> str:
        name, version = split(reference)
        return f"{_API}/{segment(name)}/versions/{segment(version)}{rest}"
