"""The verbs of audit: append (in the transaction of the change itself), search, and the tree that proves it all.

Rows wait in the transaction and are numbered and hashed just before its commit, behind a lock where writers work side
by side. So ids have no holes, the order of ids is the order of commits, and works that share a commit share the cost.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from modelwright.domains.audit import anchors, queries, signing
from modelwright.domains.audit.refusals import refusals
from modelwright.domains.audit.rules import leaves, note, tree
from modelwright.domains.audit.rules.check import KEY_ADDED
from modelwright.kit import logs
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import DEFAULT_WORKSPACE, Permission
from modelwright.types.audit import (
    AuditAnchor,
    AuditCheckpoint,
    AuditEvent,
    AuditKey,
    AuditStatus,
    ConsistencyProof,
    InclusionProof,
)
from modelwright.types.codec import finite, to_json
from modelwright.types.errors import Conflict, Denied, Invalid, ModelwrightError, NotFound, Unauthenticated
from modelwright.types.page import Page, Search

_NOTE = "audit"
_NOTHING: Mapping[str, Any] = {}
_PAGE = 2_000
_LONGEST = 300  # characters of what a stranger sent
_LOG = logs.get(__name__)


def append(ctx: Ctx, tx: Tx, action: str, subject: str, detail: Mapping[str, Any] = _NOTHING) -> None:
    """Record that the actor did `action` (`run.deleted`) to `subject`, in the transaction that does it."""
    text = to_json(finite(dict(detail))).decode() if detail else "{}"
    waiting: list[tuple[Any, ...]] | None = tx.notes.get(_NOTE)
    if waiting is None:
        waiting = tx.notes[_NOTE] = []
        tx.before_commit(_NOTE, _seal)
    waiting.append((ctx.clock.now_ms(), ctx.workspace, ctx.who, action, subject, text, ctx.request_id))


def _seal(tx: Tx) -> None:
    head = queries.head(tx, lock=True)
    if head is None:
        queries.begin(tx, f"modelwright.log/{secrets.token_hex(8)}")
        head = queries.head(tx, lock=True)
        assert head is not None
    queries.append(tx, head.frontier, tx.notes[_NOTE])


def refused(ctx: Ctx, action: str, subject: str, detail: Mapping[str, Any] = _NOTHING) -> None:
    """Record an attempt that was denied, in a transaction of its own. Never waits; many alike become one row."""
    refusals(ctx, _write).add(ctx, action, subject, detail)


def _write(ctx: Ctx, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    ctx.db.submit(partial(_written, ctx, action, subject, detail))


def _written(ctx: Ctx, action: str, subject: str, detail: Mapping[str, Any], tx: Tx) -> None:
    append(ctx, tx, action, subject, detail)


def request_refused(ctx: Ctx, method: str, pattern: str, path: str, address: str, error: ModelwrightError) -> None:
    """What the HTTP edge tells of every refusal: keeps those that say that somebody may not do something."""
    hidden = isinstance(error, NotFound) and (error.where == "workspace" or error.hidden)
    if not (isinstance(error, (Denied, Unauthenticated)) or hidden):
        return
    if isinstance(error, Unauthenticated) and method in ("GET", "HEAD"):
        return  # a page that finds that it has to log in
    detail = {"reason": error.kind, "path": ascii(path)[1:-1][:_LONGEST], "address": address}
    refused(ctx, f"refused.{method} {pattern}", "", detail)


def refusals_end(ctx: Ctx) -> None:
    """Write what was counted of denied attempts; for a server that stops."""
    refusals(ctx, _write).flush()


def search(ctx: Ctx, request: Search) -> Page[AuditEvent]:
    """A page of the workspace's audit rows, newest first. Raises `Invalid` (filter, order, page)."""
    ctx.require(Permission.AUDIT)
    with ctx.db.read() as tx:
        return queries.search(tx, ctx.workspace, request)


def status(ctx: Ctx) -> AuditStatus:
    """How the log of the server stands."""
    ctx.require(Permission.AUDIT)
    with ctx.db.read() as tx:
        head = queries.head(tx)
        if head is None:
            return AuditStatus(origin="", size=0, root=tree.EMPTY.hex())
        wanted, _, check = queries.last_check(tx)
        last = queries.last_checkpoint(tx)
        return AuditStatus(
            origin=head.origin,
            size=head.frontier.size,
            root=head.frontier.root().hex(),
            key_id=last.key_id if last else "",
            checkpoint=last,
            check=check,
            checking=wanted,
            anchors=queries.anchors(tx) if ctx.actor is not None and ctx.actor.server_admin else [],
        )


def checkpoint(ctx: Ctx) -> AuditCheckpoint:
    """A signed head of the log as it is now. Raises `NotFound` while the log is empty."""
    ctx.require(Permission.AUDIT)
    made = sign(ctx)
    if made is None:
        raise NotFound("the log is empty")
    return made


def sign(ctx: Ctx) -> AuditCheckpoint | None:
    """Sign the head, unless it is signed already; None while the log is empty. For background work."""
    with ctx.db.read() as tx:
        head = queries.head(tx)
        last = queries.last_checkpoint(tx)
        known = {key.id for key in queries.keys(tx)}
    if head is None:
        return None
    signer = signing.signer(ctx, head.origin)
    if signer.id not in known:
        _introduce(ctx, signer, "")
        with ctx.db.read() as tx:
            head = queries.head(tx)
        assert head is not None
    if last is not None and last.size == head.frontier.size:
        return last
    root = head.frontier.root()
    made = AuditCheckpoint(
        size=head.frontier.size,
        root=root.hex(),
        at_ms=ctx.clock.now_ms(),
        key_id=signer.id,
        note=signer.sign(head.frontier.size, root),
    )
    with ctx.db.write() as tx:
        queries.add_checkpoint(tx, made)
    return made


def _introduce(ctx: Ctx, signer: note.Signer, before: str) -> None:
    acting = ctx if before else ctx.acting(SYSTEM, DEFAULT_WORKSPACE, ctx.request_id)
    with ctx.db.write() as tx:
        if queries.add_key(tx, AuditKey(id=signer.id, vkey=signer.vkey, created_ms=ctx.clock.now_ms())):
            detail = {"vkey": signer.vkey} | ({"before": before} if before else {})
            append(acting, tx, KEY_ADDED, f"audit-key/{signer.id}", detail)


def rotate(ctx: Ctx) -> AuditKey:
    """Sign with a new key from now on; old signatures stay valid.

    Raises:
        Conflict: the key is given by a setting, or the log is empty.
    """
    ctx.require(Permission.SERVER)
    if sign(ctx) is None:
        raise Conflict("the log is empty")
    with ctx.db.read() as tx:
        head = queries.head(tx)
    assert head is not None
    old = signing.signer(ctx, head.origin).id
    signer = signing.replace(ctx, head.origin)
    _introduce(ctx, signer, old)
    sign(ctx)
    return next(key for key in keys(ctx) if key.id == signer.id)


def keys(ctx: Ctx) -> list[AuditKey]:
    """The public keys of the log, oldest first."""
    ctx.require(Permission.AUDIT)
    with ctx.db.read() as tx:
        last = queries.last_checkpoint(tx)
        found = queries.keys(tx)
    return [msgspec.structs.replace(key, current=last is not None and key.id == last.key_id) for key in found]


def checkpoints(ctx: Ctx, before: int, limit: int) -> Page[AuditCheckpoint]:
    """Signed heads, newest first; those smaller than `before`, when it is not 0."""
    ctx.require(Permission.AUDIT)
    if not 1 <= limit <= 1_000:
        raise Invalid("between 1 and 1,000", where="limit")
    with ctx.db.read() as tx:
        found = queries.checkpoints(tx, before, limit)
    return Page(found, str(found[-1].size) if len(found) == limit else "")


def inclusion(ctx: Ctx, place: int, size: int) -> InclusionProof:
    """Proof that a row of the workspace is in the log of `size` (0: as it is now).

    Raises:
        NotFound: no such row here. Invalid: the log has no such size, or did not have the row at that size.
    """
    ctx.require(Permission.AUDIT)
    with ctx.db.read() as tx:
        whole = _size(tx, size, "size")
        row = queries.row(tx, place) if 0 < place < 1 << 62 else None
        if row is None or row[2] != ctx.workspace:
            raise NotFound(f"there is no row {place}", where="id")
        if place > whole:
            raise Invalid(f"the log of size {whole} does not have the row {place} yet", where="size")
        read = partial(queries.hashes, tx)
        return InclusionProof(
            id=place,
            size=whole,
            root=tree.root(0, whole, read).hex(),
            leaf=bytes(row[8]).hex(),
            entry=leaves.entry(*row[:8]).decode(),
            path=[item.hex() for item in tree.inclusion(place - 1, whole, read)],
        )


def consistency(ctx: Ctx, old: int, size: int) -> ConsistencyProof:
    """Proof that the log of `size` (0: as it is now) begins with the log of `old`. Raises `Invalid`."""
    ctx.require(Permission.AUDIT)
    with ctx.db.read() as tx:
        whole = _size(tx, size, "to")
        if not 0 < old <= whole:
            raise Invalid(f"from 1 to {whole}", where="from")
        read = partial(queries.hashes, tx)
        return ConsistencyProof(
            old_size=old,
            old_root=tree.root(0, old, read).hex(),
            size=whole,
            root=tree.root(0, whole, read).hex(),
            path=[item.hex() for item in tree.consistency(old, whole, read)],
        )


def _size(tx: Tx, size: int, where: str) -> int:
    head = queries.head(tx)
    whole = head.frontier.size if head else 0
    if not whole or not 0 <= size <= whole:
        raise Invalid(f"the log has {whole} rows", where=where)
    return size or whole


def tile(ctx: Ctx, level: int, place: int, width: int) -> bytes:
    """Hashes of a tile as C2SP tlog-tiles has it: `width` of 256. Raises `NotFound` for what is not complete yet."""
    ctx.require(Permission.AUDIT)
    with ctx.db.read() as tx:
        head = queries.head(tx)
        there = (head.frontier.size if head else 0) >> (tree.TILE * level) if level < 8 else 0
        if not 0 < width <= tree.WIDTH or not place >= 0 or place * tree.WIDTH + width > there:
            raise NotFound("there is no such tile")
        return b"".join(queries.hashes(tx, level, place * tree.WIDTH, width))


def export(ctx: Ctx) -> Iterator[bytes]:
    """The log as JSON Lines, proofs included: a head with a fresh checkpoint, then each row in order.

    Rows of other workspaces are there as their leaves alone, unless the actor administers the server. The export is
    itself a row, the last one in it.
    """
    ctx.require(Permission.AUDIT)
    whole = ctx.actor is not None and ctx.actor.server_admin
    with ctx.db.write() as tx:
        append(ctx, tx, "audit.exported", "audit", {"workspaces": "all" if whole else ctx.workspace})
    signed = checkpoint(ctx)
    return _lines(ctx, signed, whole=whole)


def _lines(ctx: Ctx, signed: AuditCheckpoint, *, whole: bool) -> Iterator[bytes]:
    with ctx.db.read() as tx:
        notes = [made.note for made in queries.checkpoints(tx) if made.size <= signed.size]
        public = queries.keys(tx)
    head = {"format": "modelwright-audit/1", "size": signed.size, "checkpoints": notes, "keys": public}
    yield to_json(head) + b"\n"
    last = 0
    while last < signed.size:
        with ctx.db.read() as tx:
            rows = queries.rows_after(tx, last, signed.size, _PAGE)
        if not rows:
            return
        yield b"".join(_line(row, whole or row[2] == ctx.workspace) for row in rows)
        last = rows[-1][0]


def _line(row: tuple[Any, ...], shown: bool) -> bytes:
    if not shown:
        return to_json({"seq": row[0], "leaf": bytes(row[8]).hex()}) + b"\n"
    return (
        to_json(
            {
                "seq": row[0],
                "time": row[1],
                "workspace": row[2],
                "actor": row[3],
                "action": row[4],
                "subject": row[5],
                "detail": msgspec.Raw(row[6].encode()),
                "request": row[7],
                "leaf": bytes(row[8]).hex(),
            }
        )
        + b"\n"
    )


def want_check(ctx: Ctx) -> AuditStatus:
    """Ask for a verification in the background; its result shows in `status`."""
    ctx.require(Permission.AUDIT)
    with ctx.db.write() as tx:
        queries.want_check(tx)
        append(ctx, tx, "audit.verification_requested", "audit")
    return status(ctx)


def bring_out(ctx: Ctx) -> None:
    """Bring the newest checkpoint to every anchor that has not got it. For background work; errors show in `status`."""
    made = sign(ctx)
    if made is None:
        return
    with ctx.db.read() as tx:
        known = {anchor.place: anchor for anchor in queries.anchors(tx)}
    for place in anchors.places(ctx):
        before = known.get(place, AuditAnchor(place=place))
        if before.size == made.size and not before.error:
            continue
        try:
            anchors.keep(ctx, place, made)
            after = AuditAnchor(place=place, size=made.size, at_ms=ctx.clock.now_ms())
        except ModelwrightError as error:
            if error.message != before.error:
                _LOG.warning("an anchor of the audit log fails: %s", error.message)
            after = msgspec.structs.replace(before, error=error.message)
        if after != before:
            with ctx.db.write() as tx:
                queries.set_anchor(tx, after)
