"""Data: named datasets, their immutable versions, the files of a version, what is known of their columns.

A version is its manifest: entries in the order of their paths, cut into segments that equal versions share. Digests
of contents are BLAKE3, as 32 bytes inside manifests and as `blake3:` and 64 hex digits outside.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

OBJECT = "blake3:"
"""What the digests of contents and versions begin with, before 64 hex digits."""


class DataKind(StrEnum):
    """What a version is made of."""

    FILES = "files"
    TABLE = "table"
    REFERENCES = "references"
    QUERY = "query"
    DVC = "dvc"


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """A file of a manifest.

    Of a kept file `digest` names its content; with a `recipe` the content is cut into chunks that it lists. Of one
    that lies elsewhere `uri` says where, and `check` what it must be (`md5:…`, `etag:…`, `version:…`).
    """

    path: str
    size: int
    digest: bytes = b""
    recipe: bytes = b""
    uri: str = ""
    check: str = ""


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """A run of entries of a manifest, kept as one content: its digest, first and last path, entries, bytes of files."""

    digest: bytes
    first: str
    last: str
    files: int
    size: int


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """Which versions go by themselves: those beyond the newest `keep_last` and older than `keep_days`.

    With neither set nothing goes. Versions with an alias, versions that something pins, and (unless `keep_tagged` is
    false) those with a tag stay.
    """

    keep_last: int | None = None
    keep_days: int | None = None
    keep_tagged: bool = True


class DataVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a dataset. `digest` names its contents: the same files at the same paths are the same version."""

    dataset: str
    number: int
    digest: str
    kind: DataKind = DataKind.FILES
    files: int = 0
    bytes: int = 0
    rows: int | None = None
    message: str = ""
    source: str = ""
    """Where it came from: a path, a URI, a query; passwords are cut."""
    created_ms: int = 0
    created_by: str = ""
    created_run: str = ""
    tags: dict[str, str] = {}
    aliases: list[str] = []
    has_profile: bool = False
    stored_bytes: int = 0
    """Bytes of files that had not been stored before."""


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A name with versions."""

    name: str
    description: str = ""
    tags: dict[str, str] = {}
    aliases: dict[str, int] = {}
    retention: Retention = Retention()
    created_ms: int = 0
    updated_ms: int = 0
    created_by: str = ""
    versions: int = 0
    latest: DataVersion | None = None
    uses: int = 0
    """Runs that read or made a version."""


class DatasetCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new name."""

    name: str
    description: str = ""
    tags: dict[str, str] = {}
    exist_ok: bool = False


class DatasetUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a dataset; None leaves a thing as it is, a tag of None is removed."""

    description: str | None = None
    tags: dict[str, str | None] = {}
    retention: Retention | None = None


class VersionCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A version to be made of contents that were sent before: `root` lists the segments, `profile` is of `Profile`."""

    root: str
    kind: DataKind = DataKind.FILES
    profile: str = ""
    message: str = ""
    source: str = ""
    run_id: str = ""
    tags: dict[str, str] = {}
    aliases: list[str] = []
    stored_bytes: int = 0
    inputs: list[str] = []
    """What it was made of: `dataset:flights/2`, `run:<id>`, `table:db::orders`, `job:dvc::train`."""


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """The version that was made, or was there already; or, without one, digests of contents to be sent first."""

    version: DataVersion | None = None
    created: bool = False
    missing: list[str] = []


class VersionUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of what is said about a version; None leaves a thing as it is, a tag of None is removed."""

    message: str | None = None
    tags: dict[str, str | None] = {}


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What of a pack was new."""

    objects: int
    bytes: int


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file (or directory) of a version."""

    path: str
    size: int | None = None
    digest: str = ""
    uri: str = ""
    is_dir: bool = False
    files: int = 1


class DataAlias(msgspec.Struct, frozen=True, kw_only=True):
    """A name that points to one version, and can be moved."""

    alias: str
    version: int
    set_ms: int = 0
    set_by: str = ""


class AliasChange(msgspec.Struct, frozen=True, kw_only=True):
    """One move of an alias; `version` None means that it was removed."""

    alias: str
    version: int | None
    previous: int | None
    at_ms: int
    actor: str


class AliasSet(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alias is to point: a number, a digest, or another alias."""

    version: str | int


class DataUse(msgspec.Struct, frozen=True, kw_only=True):
    """That a run read (`input`) or made (`output`) a version, and what else pins it (`direction` pin)."""

    dataset: str
    version: int
    run_id: str
    direction: str = "input"
    context: str = ""
    at_ms: int = 0


class UseCreate(msgspec.Struct, frozen=True, kw_only=True):
    """Say that a run uses a version."""

    run_id: str
    direction: str = "input"
    context: str = ""


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """A bar of a histogram, [low, high); the last one includes its end."""

    low: float
    high: float
    count: int


class TopValue(msgspec.Struct, frozen=True, kw_only=True):
    """A frequent value, as text."""

    value: str
    count: int


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a column. Quantiles are at 0, 0.05, …, 1; numbers that are not finite are left out."""

    name: str
    type: str
    count: int = 0
    nulls: int = 0
    distinct: int | None = None
    """An estimate (HyperLogLog), within a few percent."""
    min: str | None = None
    max: str | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: list[float] = []
    histogram: list[Bin] = []
    top: list[TopValue] = []


class TableProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of one table of a version: files of one format and schema read as one."""

    name: str
    format: str
    files: int
    rows: int
    columns: list[Column]
    sample: list[list[Any]] = []
    sampled: bool = False
    """Whether the statistics beyond counts are of a sample."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of a version."""

    tables: list[TableProfile] = []
    made_by: str = ""
    errors: list[str] = []


class FileChange(msgspec.Struct, frozen=True, kw_only=True):
    """A file that differs between two versions."""

    path: str
    change: str
    """`added`, `removed` or `changed`."""
    size: int | None = None
    previous_size: int | None = None


class ColumnChange(msgspec.Struct, frozen=True, kw_only=True):
    """How a column differs between two versions."""

    name: str
    change: str
    """`added`, `removed`, `retyped`, `shifted` or `same`."""
    type: str = ""
    previous_type: str = ""
    nulls: float | None = None
    """Share of nulls, before and now."""
    previous_nulls: float | None = None
    mean: float | None = None
    previous_mean: float | None = None
    distance: float | None = None
    """Of the distributions, 0 to 1: Kolmogorov-Smirnov for numbers, total variation of top values for others."""


class TableChange(msgspec.Struct, frozen=True, kw_only=True):
    """How a table differs between two versions."""

    name: str
    rows: int | None
    previous_rows: int | None
    columns: list[ColumnChange]


class DataDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two versions of a dataset. `changes` is cut at a limit; the counts are whole."""

    dataset: str
    version: int
    previous: int
    same: bool
    added: int = 0
    removed: int = 0
    changed: int = 0
    unchanged: int = 0
    bytes: int = 0
    previous_bytes: int = 0
    rows: int | None = None
    previous_rows: int | None = None
    changes: list[FileChange] = []
    tables: list[TableChange] = []


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of reading all contents of a version."""

    objects: int
    bytes: int
    damaged: list[str]
    """Digests of contents that are damaged or missing; adding the same files again heals them."""


class Retained(msgspec.Struct, frozen=True, kw_only=True):
    """What a retention rule removed, or would remove; and what it would have if nothing pinned it, with the reason."""

    removed: list[int]
    kept: dict[str, str]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a table of a version, as they were sampled."""

    table: str
    columns: list[str]
    rows: list[list[Any]]
    total: int


_identity = msgspec.msgpack.Encoder().encode


def identity(entry: Entry) -> bytes:
    """What of an entry makes a version: not how its content is cut. BLAKE3 over all of them in order is the digest."""
    return _identity((entry.path, entry.size, entry.digest, entry.uri, entry.check))
