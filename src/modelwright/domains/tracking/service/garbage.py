"""The verb collect: finish permanent deletions, give up stale uploads, delete contents that nothing refers to.

A content may be stored again while it is being deleted, so deletion has two phases. First it is condemned: from then
on a new reference to it is refused (the client sends it again). When every transaction that could not see that has
ended, it is deleted, and the mark stays a while: who stored the content after that may refer to it, and takes the mark
away.
Other rooms tell what they refer to by the hook `blob_references`: `(tx, digests) -> those in use`; they hear of what is
condemned, in the transaction that does it, by the hook `blob_condemned`: `(tx, digests)`. Who stored a content and
refers to it asks `spare`, also by the hook `spare_content`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from modelwright.domains.jobs import service as jobs
from modelwright.domains.tracking.queries import garbage as queries
from modelwright.domains.tracking.queries import purging, uploads
from modelwright.domains.tracking.service import flows
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.errors import NotFound, Unavailable
from modelwright.types.ids import new_id

GRACE_MS = 3_600_000  # younger contents are left alone
_UPLOAD_MS = 7 * 86_400_000  # an upload that was not completed for so long is given up
_MARK_MS = 3_600_000  # how long the mark of a deleted content stays
_SETTLE_MS = 120_000  # longer than any transaction, where several may write side by side
_BATCH = 500
_CLAIM = "tracking-garbage-collection"
_CLAIM_S = 120.0


def collect(ctx: Ctx, *, older_than_ms: int = GRACE_MS) -> dict[str, int]:
    """Collect garbage of all workspaces; returns how many `runs`, `experiments`, `uploads`, `blobs` and `bytes` went.

    Args:
        older_than_ms: age of the youngest contents to look at, in ms.

    Raises:
        Unavailable: it is under way already, perhaps in another process.
    """
    ctx.require(Permission.SERVER)
    worker = new_id()
    counts = {"experiments": 0, "runs": 0, "uploads": 0, "blobs": 0, "bytes": 0}
    if not jobs.claim_duty(ctx, _CLAIM, _CLAIM_S, worker):
        raise Unavailable("garbage collection is under way already; try again later")
    try:
        _finish(ctx, counts)
        with ctx.db.write() as tx:
            counts["uploads"] = uploads.expire(tx, ctx.clock.now_ms() - _UPLOAD_MS)
        sizes = (
            (digest, size) for digest, size, at_ms in ctx.cas.list() if at_ms <= ctx.clock.now_ms() - older_than_ms
        )
        for part in _batches(sizes):
            _condemn(ctx, [digest for digest, _ in part])
            _delete(ctx, dict(part), counts)
            if not jobs.claim_duty(ctx, _CLAIM, _CLAIM_S, worker):
                return counts
        _delete(ctx, {}, counts)
        with ctx.db.write() as tx:
            queries.forget(tx, ctx.clock.now_ms() - _MARK_MS)
        return counts
    finally:
        jobs.release_duties(ctx, worker)


def spare(ctx: Ctx, tx: Tx, digest: str) -> None:
    """To be asked after a reference to a content was written.

    Raises:
        Unavailable: the content is being deleted at this moment; sending it again stores it anew.
    """
    mark = queries.mark_of(tx, digest)
    if mark is None:
        return
    try:
        if mark.done_ms is not None and ctx.cas.size(digest) >= 0:  # stored again after it was deleted
            queries.unmark(tx, [digest])
            return
    except NotFound:
        pass
    raise Unavailable("the same content was being deleted just now; send it again", where="body")


def _finish(ctx: Ctx, counts: dict[str, int]) -> None:
    runs = purging.pending(ctx.db)
    purging.finish(ctx.db, runs, partial(flows.gone, ctx))
    counts["runs"] += len(runs)
    for number, workspace in purging.pending_experiments(ctx.db):
        purging.finish_experiment(ctx.db, number, workspace, partial(flows.gone, ctx))
        counts["experiments"] += 1


def _condemn(ctx: Ctx, digests: list[str]) -> None:
    with ctx.db.write() as tx:
        used = _used(ctx, tx, digests)
        unused = [digest for digest in digests if digest not in used]
        queries.mark(tx, unused, ctx.clock.now_ms())
        for hook in ctx.hooks.get("blob_condemned", []):
            hook(tx, unused)


def _delete(ctx: Ctx, sizes: dict[str, int], counts: dict[str, int]) -> None:
    """Delete what was condemned long enough ago."""
    settle = 0 if ctx.db.dialect.lanes == 1 else _SETTLE_MS
    while True:
        with ctx.db.write() as tx:
            found = queries.ripe(tx, ctx.clock.now_ms() - settle)
            used = _used(ctx, tx, found) if found else set[str]()
            queries.unmark(tx, sorted(used))
        if not found:
            return
        gone = [digest for digest in found if digest not in used]
        for digest in gone:
            ctx.cas.delete(digest)
        with ctx.db.write() as tx:
            queries.done(tx, gone, ctx.clock.now_ms())
        counts["blobs"] += len(gone)
        counts["bytes"] += sum(sizes.get(digest, 0) for digest in gone)


def _used(ctx: Ctx, tx: Tx, digests: list[str]) -> set[str]:
    used = queries.referenced(tx, digests)
    for hook in ctx.hooks.get("blob_references", []):
        used |= set(hook(tx, digests))
    return used


def _batches(items: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    while part := list(islice(items, _BATCH)):
        yield part
