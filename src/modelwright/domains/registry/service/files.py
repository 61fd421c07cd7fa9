"""The files of versions: pinned when a version is made, so that they stay whatever becomes of the source.

A version whose source had no files yet reads the source as it is; one at a place in an object store has none here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from modelwright.domains.registry.queries import versions
from modelwright.domains.registry.queries.names import NameRow, by_id
from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.domains.registry.rules import sources
from modelwright.domains.registry.service import news
from modelwright.domains.tracking.service import artifacts, pins
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import NotFound
from modelwright.types.tracking import Artifact


def owner(model: int, version: int) -> str:
    """What the files of a version belong to."""
    return f"registry/{model}/{version}"


def location(model: int, version: int) -> str:
    """Where MLflow's clients find them."""
    return f"mlflow-artifacts:/{owner(model, version)}/artifacts"


def manifest(found: Sequence[Artifact]) -> str:
    """The digest of a list of files: paths, contents and sizes, in path order; empty for none."""
    if not found:
        return ""
    whole = hashlib.sha256()
    for item in sorted(found, key=lambda item: item.path):
        whole.update(f"{item.path}\0{item.digest}\0{item.size}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def place(ctx: Ctx, tx: Tx, row: VersionRow) -> tuple[str, str]:
    """(owner, directory) of the files of a version. Raises `NotFound`: they are not kept here."""
    if row.digest:
        return owner(row.model, row.version), ""
    path = sources.proxied(row.location)
    if path is not None and (row.model_id or row.run_id):
        thing = pins.logged_model(tx, ctx, row.model_id) if row.model_id else pins.run(tx, ctx, row.run_id)
        rest = sources.below(path, sources.proxied(thing.artifact_uri) or "")
        if rest is not None:
            return f"{'models' if row.model_id else 'runs'}/{thing.id}", rest
    raise NotFound(
        f"the files of {row.name}/{row.version} are not kept by this server",
        where="path",
        hint=f"they are at {row.location}" if row.location else "",
    )


def listed(ctx: Ctx, row: VersionRow, directory: str = "") -> list[Artifact]:
    """What lies right below a directory of a version. Raises `NotFound`, `Invalid`."""
    with ctx.db.read() as tx:
        where, root = place(ctx, tx, row)
    found = artifacts.list(ctx, where, _joined(root, directory))
    return [_below(item, root) for item in found]


def all_of(ctx: Ctx, tx: Tx, row: VersionRow) -> list[Artifact]:
    """All files of a version; none when they are not kept here."""
    try:
        where, root = place(ctx, tx, row)
    except NotFound:
        return []
    return pins.files(tx, ctx, where, root)


def spot(ctx: Ctx, row: VersionRow, path: str) -> tuple[str, str]:
    """The owner of a file of a version, and its path there. Raises `NotFound`."""
    with ctx.db.read() as tx:
        where, root = place(ctx, tx, row)
    return where, _joined(root, path)


def opened(ctx: Ctx, row: VersionRow, path: str) -> Artifact:
    """One file of a version. Raises `NotFound`, `Invalid`: not clean, or a directory."""
    return artifacts.find(ctx, *spot(ctx, row, path))


def content(ctx: Ctx, item: Artifact, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file."""
    return ctx.cas.open(item.digest, start, length)


def authorized(ctx: Ctx, model: int, version: int) -> VersionRow:
    """The version that an owner of pinned files names, when the actor may read it. Raises `NotFound`."""
    with ctx.db.read() as tx:
        name = by_id(tx, ctx.workspace, model)
        row = versions.find(tx, model, version) if name else None
        if name is None or row is None:
            raise NotFound("No such artifact", where="path")
        ctx.require(Permission.READ, news.resource(name.kind, name.name))
        return row


def drop(ctx: Ctx, tx: Tx, row: VersionRow) -> None:
    """Let go of the files of a version."""
    pins.unpin(tx, ctx, owner(row.model, row.version))


def drop_all(ctx: Ctx, tx: Tx, row: NameRow) -> None:
    """Let go of the files of all versions of a name."""
    for number in versions.numbers(tx, row.id):
        pins.unpin(tx, ctx, owner(row.id, number))


def _joined(root: str, path: str) -> str:
    return f"{root}/{path}" if root and path else root or path


def _below(item: Artifact, root: str) -> Artifact:
    if not root:
        return item
    return Artifact(
        path=item.path[len(root) + 1 :],
        is_dir=item.is_dir,
        size=item.size,
        digest=item.digest,
        media_type=item.media_type,
        created_ms=item.created_ms,
    )
