"""The verbs of contents: which are missing, storing packs of them, giving them out, checking them.

Every content that is given out was compared with its digest before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from modelwright.domains.data.queries import objects
from modelwright.domains.data.queries.objects import Place
from modelwright.domains.data.queries.versions import VersionRow
from modelwright.domains.data.rules import manifest, names
from modelwright.domains.data.service import datasets
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.data import Entry, Stored, Verified
from modelwright.types.errors import Invalid, NotFound, Unavailable
from modelwright.types.packs import Item

HOLD_MS = 86_400_000
"""How long contents wait for the version that will need them."""
_HOLD_AGAIN_MS = 43_200_000
MOST_ASKED = 65_536
_TOGETHER = 1 << 22  # bytes read at once where contents lie side by side

Read = Callable[[bytes], bytes]


def missing(ctx: Ctx, name: str, digests: Sequence[bytes]) -> list[bytes]:
    """Those of the contents that are not stored, in order. The others are kept for a day, so that a version can follow.

    Raises:
        Invalid: too many.
    """
    ctx.require(Permission.WRITE, datasets.resource(names.name(name)))
    if len(digests) > MOST_ASKED:
        raise Invalid(f"at most {MOST_ASKED:,} digests in one question", where="body")
    now = ctx.clock.now_ms()
    with ctx.db.read() as tx:
        places = objects.locate(tx, ctx.workspace, digests)
        packs = sorted({place.pack for place in places.values()})
        loose = objects.to_hold(tx, packs, now + _HOLD_AGAIN_MS)
    if loose:
        ctx.db.submit(lambda tx: objects.hold(tx, loose, now + HOLD_MS)).result()
    return [digest for digest in dict.fromkeys(digests) if digest not in places]


def store(ctx: Ctx, name: str, chunks: bytes | Iterable[bytes]) -> Stored:
    """Keep a pack of contents.

    Raises:
        Invalid: no pack, or a content that differs from its digest. Unavailable: the very same pack was being deleted;
            another salt makes it another pack.
    """
    ctx.require(Permission.WRITE, datasets.resource(names.name(name)))
    pack = ctx.cas.packs.put(chunks)

    def work(tx: Tx) -> Stored:
        known = objects.known(tx, ctx.workspace, [item.digest for item in pack.items])
        rows = [(item.digest, start, item.size) for item, start in zip(pack.items, pack.starts, strict=True)]
        objects.put_pack(tx, ctx.workspace, pack.name, pack.size, rows, ctx.clock.now_ms() + HOLD_MS)
        for spare in ctx.hooks.get("spare_content", []):
            spare(ctx, tx, pack.name)
        fresh = [item.size for item in pack.items if item.digest not in known]
        return Stored(objects=len(fresh), bytes=sum(fresh))

    return ctx.db.submit(work).result()


def reader(ctx: Ctx, tx: Tx, version: VersionRow | None = None) -> Read:
    """A function that gives one content of the workspace (of a version), for few of them."""

    def read(digest: bytes) -> bytes:
        place = objects.locate(tx, ctx.workspace, [digest], version.id if version else None).get(digest)
        if place is None:
            raise _absent(digest)
        return ctx.cas.packs.read(place.pack_name, place.start, Item(digest, place.size))

    return read


def fetch(ctx: Ctx, version: VersionRow, digests: Sequence[bytes]) -> Iterator[bytes]:
    """Contents of a version, in order, each behind its size (4 bytes, little-endian).

    Raises:
        NotFound: at once, for one that is not of the version. Unavailable: one is damaged; the answer ends before it.
    """
    if len(digests) > MOST_ASKED:
        raise Invalid(f"at most {MOST_ASKED:,} contents in one question", where="body")
    with ctx.db.read() as tx:
        places = objects.locate(tx, ctx.workspace, digests, version.id)
    for digest in digests:
        if digest not in places:
            raise _absent(digest)
    return _framed(ctx, [places[digest] for digest in digests])


def chunks_of(ctx: Ctx, version: VersionRow, entry: Entry) -> list[Item]:
    """The contents that a file is made of, in order."""
    if not entry.size:
        return []
    if not entry.recipe:
        return [Item(entry.digest, entry.size)]
    with ctx.db.read() as tx:
        return manifest.chunks(reader(ctx, tx, version)(entry.recipe), entry.size)


def stream(ctx: Ctx, version: VersionRow, items: Sequence[Item], start: int, length: int | None) -> Iterator[bytes]:
    """Bytes of a file from its chunks: `length` from `start`, or all that follow."""
    end = start + length if length is not None else sum(item.size for item in items)
    wanted: list[tuple[Item, int, int]] = []
    at = 0
    for item in items:
        if at < end and at + item.size > start:
            wanted.append((item, max(start - at, 0), min(end - at, item.size)))
        at += item.size
    with ctx.db.read() as tx:
        places = objects.locate(tx, ctx.workspace, [item.digest for item, _, _ in wanted], version.id)
    for item, low, high in wanted:
        place = places.get(item.digest)
        if place is None or place.size != item.size:
            raise Unavailable(f"a content of the file is missing: {item.digest.hex()}", where="digest")
        data = ctx.cas.packs.read(place.pack_name, place.start, item)
        yield data if high - low == len(data) else data[low:high]


def verify(ctx: Ctx, name: str, version: VersionRow) -> Verified:
    """Read every pack that a version holds on to. What is damaged is forgotten, so that adding it again heals it."""
    ctx.require(Permission.WRITE, datasets.resource(name))
    checked = size = 0
    damaged: list[str] = []
    with ctx.db.read() as tx:
        packs = objects.packs_of(tx, version.id)
    for pack, pack_name in packs:
        with ctx.db.read() as tx:
            listed = [(start, Item(digest, length)) for digest, start, length in objects.contents(tx, pack)]
        bad = ctx.cas.packs.damages(pack_name, listed)
        checked += len(listed)
        size += sum(item.size for _, item in listed)
        if bad:
            damaged += [names.shown(digest) for digest in bad]
            ctx.db.submit(lambda tx, pack=pack, bad=bad: objects.drop_contents(tx, pack, bad)).result()
    return Verified(objects=checked, bytes=size, damaged=damaged)


def _framed(ctx: Ctx, places: Sequence[Place]) -> Iterator[bytes]:
    at = 0
    while at < len(places):
        first = places[at]
        together = [first]
        total = first.size
        for place in places[at + 1:]:
            if place.pack != first.pack or place.start != first.start + total or total + place.size > _TOGETHER:
                break
            together.append(place)
            total += place.size
        parts = ctx.cas.packs.read_many(
            first.pack_name, first.start, [Item(place.digest, place.size) for place in together]
        )
        yield b"".join(piece for part in parts for piece in (len(part).to_bytes(4, "little"), part))
        at += len(together)


def _absent(digest: bytes) -> NotFound:
    return NotFound(f"there is no content {digest.hex()}", where="digest")
