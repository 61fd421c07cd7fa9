"""The verbs of `modelwright.data`: what people call. Refuses to know how each is done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modelwright.sdk.client import Client
from modelwright.sdk.data import references, tables
from modelwright.sdk.data.adding import About, Report, Work
from modelwright.sdk.data.datasets import Datasets
from modelwright.sdk.data.fetching import Fetch
from modelwright.sdk.data.refs import split
from modelwright.sdk.data.store import Store
from modelwright.types.data import DataAlias, DataDiff, DataFile, DataKind, Dataset, DataVersion, Profile, Verified
from modelwright.types.errors import Invalid


def add(
    name: str, source: Any, *, message: str = "", alias: str | Sequence[str] = (),
    tags: Mapping[str, str] | None = None, exclude: Sequence[str] = (), run_id: str = "", inputs: Sequence[str] = (),
    profile: bool = True, sample: bool = True, client: Client | None = None, report: Report | None = None,
) -> DataVersion:
    """Make a version of a dataset; the same contents again are the same version.

    Args:
        name: of the dataset, made when it is missing.
        source: a file, a folder, a table (pyarrow, pandas, polars), or URIs (`s3://…`, `https://…`) of what stays where
            it is and is only referred to.
        message: what is new.
        alias: names that shall point to it from now on.
        tags: words about it.
        exclude: patterns of names that are left out of a folder.
        run_id: the run that made it.
        inputs: what it was made of: `dataset:flights/2`, `run:<id>`, `table:db::orders`.
        profile: compute statistics of tables, here, within a bound of memory.
        sample: keep some rows with the statistics.
        client: which server; the configured one when left out.
        report: told of progress.

    Raises:
        NotFound, Invalid, Conflict: the source. Unavailable: the server cannot be reached.
    """
    from modelwright.sdk.data.profiling import profile_of

    aliases_ = [alias] if isinstance(alias, str) else list(alias)
    with _opened(client) as datasets, _store() as store:
        work = Work(datasets, name, store, report)
        try:
            def about(kind: DataKind, origin: str) -> About:
                return About(kind, message, origin, run_id, tags or {}, aliases_, inputs)

            def of(place: Path) -> Callable[[], Profile] | None:
                return (lambda: profile_of(place, exclude, sample=sample)) if profile else None

            if tables.is_table(source):
                with tempfile.TemporaryDirectory() as folder:
                    place = Path(folder) / tables.FILE
                    tables.write(source, place)
                    return work.files(place, about(DataKind.TABLE, ""), profile=of(place))[0]
            if references.is_reference(source):
                uris = [source] if isinstance(source, str) else list(source)
                entries, origin = references.entries(uris)
                return work.entries(entries, about(DataKind.REFERENCES, origin))[0]
            if not isinstance(source, (str, Path)):
                raise Invalid(f"cannot make data of a {type(source).__name__}", where="source")
            place = Path(source).expanduser()
            kind = DataKind.TABLE if place.suffix.lower() in (".parquet", ".csv", ".arrow") else DataKind.FILES
            return work.files(place, about(kind, str(source)), exclude=exclude, profile=of(place))[0]
        finally:
            work.close()


def add_query(
    name: str, query: str, connection: Any, *, label: str = "", message: str = "", alias: str | Sequence[str] = (),
    run_id: str = "", client: Client | None = None,
) -> DataVersion:
    """Make a version of what a query answers, without keeping the rows: its text, and a digest of the result.

    Args:
        connection: a DB-API connection (sqlite3, psycopg, duckdb …); rows are fetched in portions.
        label: what names the database, as `warehouse`; no secrets.
    """
    with _opened(client) as datasets, _store() as store:
        work = Work(datasets, name, store)
        try:
            entries = references.query_entries(query, connection, label, work.give_bytes)
            aliases_ = [alias] if isinstance(alias, str) else list(alias)
            return work.entries(entries, About(DataKind.QUERY, message, label, run_id, {}, aliases_))[0]
        finally:
            work.close()


def get(
    reference: str, target: str | Path | None = None, *, path: str = "", glob: str = "", client: Client | None = None,
    report: Report | None = None,
) -> Path:
    """Bring a version (`flights@prod`) here; returns the folder.

    Args:
        target: where to; without it a folder of the cache, made for this version, whose files are not to be changed.
        path: only this file or folder.
        glob: only files that match (`*.csv`).
    """
    with _opened(client) as datasets, _store() as store:
        found = datasets.version(reference)
        place = Path(target) if target is not None else store.checkout(found.dataset, found.number, found.digest)
        fetch = Fetch(datasets, found, store, report)
        try:
            entries = fetch.to_folder(place, path, glob)
        finally:
            fetch.close()
        if not entries and (path or glob):
            raise Invalid(f"no file of {reference} matches", where=path or glob)
        return place


def load(reference: str, *, path: str = "", glob: str = "", client: Client | None = None) -> Any:
    """The table of a version as a `pyarrow.Table` (`.to_pandas()` from there)."""
    folder = get(reference, path=path, glob=glob, client=client)
    known = (".parquet", ".pq", ".csv", ".arrow", ".feather")
    return tables.read(sorted(place for place in folder.rglob("*") if place.suffix.lower() in known))


def read(
    reference: str, path: str, *, start: int = 0, length: int | None = None, client: Client | None = None
) -> bytes:
    """Bytes of one file of a version, or a range of them."""
    with _opened(client) as datasets:
        return datasets.read(reference, path, start=start, length=length)


def diff(before: str, after: str = "", *, limit: int = 1_000, client: Client | None = None) -> DataDiff:
    """What differs between two versions of a dataset: `diff("flights:1", "flights:2")`; `after` is the newest one."""
    name, old = split(before)
    other, new = split(after) if after else (name, "latest")
    if other != name:
        raise Invalid("both versions must be of one dataset", where="after")
    with _opened(client) as datasets:
        return datasets.diff(name, old, new, limit)


def ls(where: str = "", *, client: Client | None = None) -> list[Dataset]:
    """Datasets that match a filter (`tags.team = 'ops'`)."""
    with _opened(client) as datasets:
        return list(datasets.search(where))


def version(reference: str, *, client: Client | None = None) -> DataVersion:
    """What is known of a version."""
    with _opened(client) as datasets:
        return datasets.version(reference)


def versions(name: str, *, client: Client | None = None) -> list[DataVersion]:
    """Versions of a dataset, newest first."""
    with _opened(client) as datasets:
        return list(datasets.versions(name))


def files(reference: str, *, glob: str = "", client: Client | None = None) -> list[DataFile]:
    """Files of a version."""
    with _opened(client) as datasets:
        return list(datasets.files(reference, glob=glob, deep=True))


def profile(reference: str, *, client: Client | None = None) -> Profile:
    """Statistics of a version."""
    with _opened(client) as datasets:
        return datasets.profile(reference)


def aliases(name: str, *, client: Client | None = None) -> list[DataAlias]:
    """Aliases of a dataset."""
    with _opened(client) as datasets:
        return datasets.aliases(name)


def set_alias(reference: str, alias: str, *, client: Client | None = None) -> DataAlias:
    """Point an alias to a version: `set_alias("flights:3", "prod")`."""
    name, wanted = split(reference)
    with _opened(client) as datasets:
        return datasets.set_alias(name, alias, wanted)


def tag(reference: str, tags: Mapping[str, str | None], *, client: Client | None = None) -> DataVersion:
    """Set tags of a version; None removes one."""
    with _opened(client) as datasets:
        return datasets.change(reference, tags=tags)


def verify(reference: str, *, client: Client | None = None) -> Verified:
    """Have the server read all contents of a version."""
    with _opened(client) as datasets:
        return datasets.verify(reference)


def delete(reference: str, *, client: Client | None = None) -> None:
    """Remove a version (`flights:3`), or a dataset with all of them (`flights`)."""
    name, wanted = split(reference)
    with _opened(client) as datasets:
        if wanted == "latest" and reference == name:
            datasets.delete(name)
        else:
            datasets.remove(reference)


@contextmanager
def _opened(client: Client | None) -> Generator[Datasets]:
    if client is not None:
        yield Datasets(client.transport)
        return
    with Client(timeout_s=60) as made:
        yield Datasets(made.transport)


@contextmanager
def _store() -> Generator[Store]:
    store = Store()
    try:
        yield store
    finally:
        store.close()
