"""The verbs of artifacts: files by path, of a run (`runs/<id>`), a logged model (`models/<id>`) or another prefix.

A content is stored first and named then, in one transaction, so an upload that breaks off leaves nothing to be seen.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from mimetypes import MimeTypes

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.tracking.queries import artifacts as queries
from modelwright.domains.tracking.queries import models, runs, uploads
from modelwright.domains.tracking.queries.artifacts import ArtifactRow
from modelwright.domains.tracking.rules import paths
from modelwright.domains.tracking.service import garbage
from modelwright.kit.cas import Stored
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import Conflict, Invalid, NotFound, TooLarge
from modelwright.types.ids import is_id, new_id
from modelwright.types.tracking import Artifact, Upload, UploadPart

_TYPES = MimeTypes()  # without the machine's own tables, so that every server answers alike
_TYPES.types_map[1].update(
    {
        ".csv": "text/csv",
        ".parquet": "application/vnd.apache.parquet",
        ".jsonl": "application/jsonl",
        ".md": "text/markdown",
        ".yaml": "application/yaml",
        ".yml": "application/yaml",
        ".toml": "application/toml",
        ".log": "text/plain",
        ".patch": "text/plain",
        ".diff": "text/plain",
        ".webp": "image/webp",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
    }
)
_PLAIN = {"mlmodel": "text/plain", "mlproject": "text/plain", "dockerfile": "text/plain", "license": "text/plain"}
_PARTS = range(1, 10_001)
_UNKNOWN = "application/octet-stream"


def put(ctx: Ctx, owner: str, path: str, chunks: bytes | Iterable[bytes]) -> Artifact:
    """Store a file, in the place of one of the same path.

    Raises:
        Invalid: a path that is not clean. NotFound: no such run or model. Conflict: the owner is deleted, or the path
            is a directory or lies below a file. TooLarge: over `max_artifact`. StorageFull.
    """
    ctx.require(Permission.WRITE)
    path = paths.clean(path)
    with ctx.db.read() as tx:  # refuse before the body is read
        owned(tx, ctx, owner)
        _fits(tx, ctx, owner, path)
    return _name(ctx, owner, path, ctx.cas.put(chunks, limit=ctx.settings.max_artifact))


def head(ctx: Ctx, owner: str, path: str) -> Artifact:
    """One file or directory, without its content.

    Raises:
        NotFound: no such owner or path. Invalid: the path is not clean.
    """
    ctx.require(Permission.READ)
    path = paths.clean(path)
    with ctx.db.read() as tx:
        owned(tx, ctx, owner)
        row = queries.get(tx, ctx.workspace, owner, path)
        if row is not None:
            return row.artifact
        if queries.is_directory(tx, ctx.workspace, owner, path):
            return Artifact(path=path, is_dir=True)
        raise NotFound(f"No such artifact: '{path}'", where="path")


def find(ctx: Ctx, owner: str, path: str) -> Artifact:
    """One file, without its content.

    Raises:
        NotFound: no such owner or file. Invalid: the path is not clean, or a directory.
    """
    found = head(ctx, owner, path)
    if found.is_dir:
        raise Invalid(f"{path!r} is a directory", where="path", hint="list it with ?path=")
    return found


def open(  # noqa: A001
    ctx: Ctx, owner: str, path: str, start: int = 0, length: int | None = None
) -> tuple[Artifact, Iterator[bytes]]:
    """A file and its content, or `length` bytes of it from `start`, in chunks.

    Raises:
        As `find`. Unavailable: the stored content is damaged (before any damaged range or the last chunk is given out).
    """
    artifact = find(ctx, owner, path)
    return artifact, ctx.cas.open(artifact.digest, start, length)


def list(ctx: Ctx, owner: str, directory: str = "") -> builtins.list[Artifact]:  # noqa: A001
    """Files and directories right below a directory, by name; none for a file or for what is not there.

    Raises:
        NotFound: no such owner. Invalid: the path is not clean.
    """
    ctx.require(Permission.READ)
    directory = paths.directory(directory)
    with ctx.db.read() as tx:
        owned(tx, ctx, owner)
        return queries.listed(tx, ctx.workspace, owner, directory)


def delete(ctx: Ctx, owner: str, path: str) -> int:
    """Remove a file, or a directory with all below it; `""` is everything. Returns the number of files.

    Raises:
        NotFound: no such owner or path. Conflict: the owner is deleted. Invalid: the path is not clean.
    """
    ctx.require(Permission.WRITE)
    path = paths.directory(path)

    def work(tx: Tx) -> int:
        parent = owned(tx, ctx, owner, writable=True)
        count = queries.delete(tx, ctx.workspace, owner, path)
        if path and not count:
            raise NotFound(f"No such artifact: '{path}'", where="path")
        audit.append(ctx, tx, "artifact.deleted", f"{owner}/{path}", {"files": count})
        _tell(ctx, tx, owner, parent)
        return count

    return ctx.db.submit(work, key=owner).result()


def start_upload(ctx: Ctx, owner: str, path: str) -> Upload:
    """Begin to send a file in parts. Raises as `put`."""
    ctx.require(Permission.WRITE)
    upload = Upload(id=new_id(), owner=owner, path=paths.clean(path), created_ms=ctx.clock.now_ms())

    def work(tx: Tx) -> None:
        owned(tx, ctx, owner, writable=True)
        uploads.insert(tx, ctx.workspace, upload)

    ctx.db.submit(work, key=owner).result()
    return upload


def get_upload(ctx: Ctx, upload_id: str) -> Upload:
    """An upload with the parts that arrived, to go on after a break. Raises `NotFound`."""
    ctx.require(Permission.READ)
    with ctx.db.read() as tx:
        return _upload(tx, ctx, upload_id)


def put_part(ctx: Ctx, upload_id: str, number: int, chunks: bytes | Iterable[bytes]) -> UploadPart:
    """Store part 1 to 10,000; of one number the last arrival counts.

    Raises:
        NotFound: no such upload. Invalid: the number. TooLarge: the parts together are over `max_artifact`.
    """
    ctx.require(Permission.WRITE)
    if number not in _PARTS:
        raise Invalid("parts are numbered from 1 to 10,000", where="number")
    with ctx.db.read() as tx:
        upload = _upload(tx, ctx, upload_id)
    rest = 0
    if ctx.settings.max_artifact:
        rest = ctx.settings.max_artifact - sum(part.size for part in upload.parts if part.number != number)
        if rest <= 0:
            raise TooLarge(f"the content is larger than {ctx.settings.max_artifact} bytes", where="body")
    stored = ctx.cas.put(chunks, limit=rest)
    part = UploadPart(number=number, digest=stored.digest, size=stored.size)

    def work(tx: Tx) -> None:
        _upload(tx, ctx, upload_id, lock=True)
        uploads.put_part(tx, upload_id, part)
        garbage.spare(ctx, tx, part.digest)

    ctx.db.submit(work, key=upload_id).result()
    return part


def complete_upload(ctx: Ctx, upload_id: str, numbers: Sequence[int] | None = None) -> Artifact:
    """Make the file of its parts, in the order given; without any, of all that arrived, which then must leave no gap.

    Raises:
        NotFound: no such upload. Invalid: a part is missing. As `put`.
    """
    ctx.require(Permission.WRITE)
    with ctx.db.read() as tx:
        upload = _upload(tx, ctx, upload_id)
    parts = {part.number: part for part in upload.parts}
    order = numbers or sorted(parts)
    missing = [number for number in (order if numbers else range(1, len(parts) + 1)) if number not in parts]
    if missing or not order or len(set(order)) != len(order):
        raise Invalid(
            f"parts are missing or named twice: {missing[:10]}", where="parts", hint="send them, then complete again"
        )

    def joined() -> Iterator[bytes]:
        for number in order:
            yield from ctx.cas.open(parts[number].digest)

    stored = ctx.cas.put(joined(), limit=ctx.settings.max_artifact)
    return _name(ctx, upload.owner, upload.path, stored, ends_upload=upload_id)


def abort_upload(ctx: Ctx, upload_id: str) -> None:
    """Forget an upload and its parts. Raises `NotFound`."""
    ctx.require(Permission.WRITE)

    def work(tx: Tx) -> None:
        _upload(tx, ctx, upload_id, lock=True)
        uploads.delete(tx, upload_id)

    ctx.db.submit(work, key=upload_id).result()


def owned(tx: Tx, ctx: Ctx, owner: str, *, writable: bool = False) -> str:
    """Check that an owner is there; returns the id of its experiment ("" for a free prefix).

    Raises:
        NotFound. Conflict: `writable`, and it is deleted. Invalid: not a clean prefix.
    """
    kind, _, rest = paths.clean(owner, "owner").partition("/")
    if kind == "runs":
        return runs.locate(tx, ctx.workspace, rest, writable=writable).experiment_id
    if kind == "models":
        return str(models.locate(tx, ctx.workspace, rest, writable=writable).experiment)
    return ""


def _name(ctx: Ctx, owner: str, path: str, stored: Stored, *, ends_upload: str = "") -> Artifact:
    def work(tx: Tx) -> Artifact:
        parent = owned(tx, ctx, owner, writable=True)
        _fits(tx, ctx, owner, path)
        old = queries.get(tx, ctx.workspace, owner, path)
        row = ArtifactRow(path, stored.digest, stored.size, media_type(path), ctx.clock.now_ms())
        queries.put(tx, ctx.workspace, owner, row)
        garbage.spare(ctx, tx, stored.digest)
        if ends_upload:
            uploads.delete(tx, ends_upload)
        if old is not None and old.digest != stored.digest:
            audit.append(ctx, tx, "artifact.replaced", f"{owner}/{path}", {"old": old.digest, "new": stored.digest})
        _tell(ctx, tx, owner, parent)
        return row.artifact

    return ctx.db.submit(work, key=owner).result()


def media_type(path: str) -> str:
    """The media type that a file name suggests."""
    last = path.rsplit("/", 1)[-1].lower()
    guessed, encoding = _TYPES.guess_type(last.replace("%", "_").replace(":", "_"))
    if encoding:
        return {"gzip": "application/gzip"}.get(encoding, _UNKNOWN)
    return guessed or _PLAIN.get(last, _UNKNOWN)


def _fits(tx: Tx, ctx: Ctx, owner: str, path: str) -> None:
    if queries.is_directory(tx, ctx.workspace, owner, path):
        raise Conflict(f"{path!r} is a directory", where="path", hint="delete it first, or choose another name")
    above = queries.file_above(tx, ctx.workspace, owner, path)
    if above is not None:
        raise Conflict(f"{above!r} is a file, so nothing can lie below it", where="path")


def _tell(ctx: Ctx, tx: Tx, owner: str, parent: str) -> None:
    kind, _, subject = owner.partition("/")
    if kind == "runs":
        events.publish(ctx, tx, "run.artifacts", subject, parent)
    elif kind == "models":
        events.publish(ctx, tx, "model.updated", subject, parent)


def _upload(tx: Tx, ctx: Ctx, upload_id: str, *, lock: bool = False) -> Upload:
    upload = uploads.get(tx, ctx.workspace, upload_id, lock=lock) if is_id(upload_id) else None
    if upload is None:
        raise NotFound(f"there is no upload {upload_id[:80]!r}", where="upload_id")
    return upload
