"""The verbs of versions: made of contents that are there, looked up, changed in what is said of them, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelwright.domains.audit import service as audit
from modelwright.domains.data.queries import datasets as names_of
from modelwright.domains.data.queries import objects
from modelwright.domains.data.queries import versions as queries
from modelwright.domains.data.queries.datasets import DatasetRow
from modelwright.domains.data.queries.versions import VersionRow
from modelwright.domains.data.rules import manifest, names
from modelwright.domains.data.service import aliases, contents, datasets, pins
from modelwright.domains.events import service as events
from modelwright.domains.lineage import service as lineage
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import from_json
from modelwright.types.data import Committed, DataVersion, Entry, Profile, VersionCreate, VersionUpdate
from modelwright.types.errors import Conflict, Invalid, NotFound, TooLarge
from modelwright.types.lineage import Edge, EdgeOrigin, Node
from modelwright.types.page import Page

TAGS = ("dataset_version_tags", "version")
_MOST_MISSING = 100_000
_MOST_PROFILE = 16 << 20
_MOST_INPUTS = 1_000
_LOOK = 20_000  # contents looked up at a time


class _Checked(NamedTuple):
    """A manifest that was read through."""

    digest: bytes
    files: int
    size: int
    rows: int | None
    packs: set[int]
    missing: list[bytes]


def commit(ctx: Ctx, name: str, body: VersionCreate) -> Committed:
    """Make a version of contents that were sent before, or find that it exists; the dataset is made when missing.

    What is not stored is answered as `missing`, and nothing is changed.

    Raises:
        Invalid: the manifest is not right, or a name. Conflict: what it needs was collected meanwhile; ask again.
    """
    ctx.require(Permission.WRITE, datasets.resource(names.name(name)))
    root = names.digest(body.root, "root")
    profile = names.digest(body.profile, "profile") if body.profile else None
    names.tags(body.tags)
    names.text_of(body.message, "message")
    names.text_of(body.source, "source", 4_000)
    for alias in body.aliases:
        names.alias(alias, "aliases")
    if body.run_id:
        names.run(body.run_id)
    inputs = [_input(text) for text in body.inputs]
    if len(inputs) > _MOST_INPUTS:
        raise Invalid(f"at most {_MOST_INPUTS:,} inputs", where="inputs")
    checked = _check(ctx, root, profile)
    if checked.missing:
        return Committed(missing=[names.shown(digest) for digest in checked.missing])

    def work(tx: Tx) -> Committed:
        dataset, _ = datasets.ensure(ctx, tx, name)
        if objects.lock_packs(tx, sorted(checked.packs)) != len(checked.packs):
            raise Conflict("contents of the version were collected meanwhile", where="root", hint="send them again")
        row = queries.find(tx, ctx.workspace, name, checked.digest)
        created = row is None
        if row is None:
            row = _insert(ctx, tx, dataset, root, profile, checked, body)
        elif row.profile is None and profile is not None:
            queries.set_profile(tx, row.id, profile, checked.rows)
        objects.hold_on(tx, row.id, sorted(checked.packs))
        names_of.put_tags(tx, *TAGS, row.id, dict(body.tags))
        for alias in body.aliases:
            aliases.move(ctx, tx, dataset, alias, row.number)
        _link(ctx, tx, name, row, inputs, body.run_id)
        found = _one(tx, name, _again(tx, ctx, name, row.number))
        if created:
            audit.append(ctx, tx, "dataset_version.created", f"datasets/{name}/{row.number}", {
                "digest": found.digest, "files": found.files, "bytes": found.bytes, "source": found.source,
            })
            events.publish(ctx, tx, "dataset_version.created", f"{name}/{row.number}", name, {
                "name": name, "version": str(row.number), "digest": found.digest,
            })
        return Committed(version=found, created=created)

    return ctx.db.submit(work, key=name).result()


def get(ctx: Ctx, name: str, reference: str) -> DataVersion:
    """A version by number, alias, digest or `latest`. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.READ, datasets.resource(name))
    with ctx.db.read() as tx:
        return _one(tx, name, locate(ctx, tx, name, reference))


def page(ctx: Ctx, name: str, before: int | None, limit: int) -> Page[DataVersion]:
    """Versions, newest first; `next_page` is the `before` of the next page. Raises `NotFound`."""
    ctx.require(Permission.READ, datasets.resource(name))
    if not 1 <= limit <= 1_000:
        raise Invalid("limit is from 1 to 1,000", where="limit")
    with ctx.db.read() as tx:
        dataset = datasets.located(ctx, tx, name)
        rows = queries.page(tx, dataset.id, before, limit + 1)
        more = str(rows[limit - 1].number) if len(rows) > limit else ""
        return Page(queries.assemble(tx, name, rows[:limit]), more)


def update(ctx: Ctx, name: str, reference: str, body: VersionUpdate) -> DataVersion:
    """Change the message and tags; the contents never change. Raises `NotFound`, `Invalid`."""
    ctx.require(Permission.WRITE, datasets.resource(name))
    names.tags(body.tags)
    if body.message is not None:
        names.text_of(body.message, "message")

    def work(tx: Tx) -> DataVersion:
        datasets.located(ctx, tx, name, lock=True)
        row = locate(ctx, tx, name, reference)
        if body.message is not None:
            queries.set_message(tx, row.id, body.message)
        names_of.put_tags(tx, *TAGS, row.id, body.tags)
        audit.append(ctx, tx, "dataset_version.updated", f"datasets/{name}/{row.number}", {"tags": body.tags})
        events.publish(ctx, tx, "dataset.updated", name)
        return _one(tx, name, _again(tx, ctx, name, row.number))

    return ctx.db.submit(work, key=name).result()


def delete(ctx: Ctx, name: str, reference: str) -> None:
    """Remove a version; its contents go by garbage collection, where no other needs them.

    Raises:
        NotFound. Conflict: an alias points to it, or something pins it.
    """
    ctx.require(Permission.WRITE, datasets.resource(name))

    def work(tx: Tx) -> None:
        dataset = datasets.located(ctx, tx, name, lock=True)
        row = locate(ctx, tx, name, reference)
        reason = {**pins.pinned(ctx, tx, name, [row]), **pins.named(tx, dataset.id)}.get(row.number)
        if reason:
            raise Conflict(f"version {row.number} of {name!r} is in use: {reason}", where="version")
        remove(ctx, tx, name, [row], "dataset_version.deleted")

    ctx.db.submit(work, key=name).result()


def remove(ctx: Ctx, tx: Tx, name: str, rows: Sequence[VersionRow], action: str) -> None:
    """Remove versions that nothing needs."""
    queries.delete(tx, [row.id for row in rows])
    pins.gone(ctx, tx, name, rows)
    for row in rows:
        audit.append(ctx, tx, action, f"datasets/{name}/{row.number}", {"digest": names.shown(row.digest)})
    events.publish(ctx, tx, "dataset.updated", name)


def locate(ctx: Ctx, tx: Tx, name: str, reference: str) -> VersionRow:
    """The version that a reference means. Raises `NotFound`, `Invalid`."""
    wanted = names.reference(reference)
    row = queries.find(tx, ctx.workspace, name, wanted) if "\0" not in name else None
    if row is None:
        datasets.located(ctx, tx, name)
        shown = reference if reference not in ("", names.LATEST) else "any"
        raise NotFound(f"the dataset {name!r} has no version {shown[:80]!r}", where="version")
    return row


def located(ctx: Ctx, name: str, reference: str) -> VersionRow:
    """As `locate`, for readers; asks the permission."""
    ctx.require(Permission.READ, datasets.resource(name))
    with ctx.db.read() as tx:
        return locate(ctx, tx, name, reference)


def _insert(
    ctx: Ctx, tx: Tx, dataset: DatasetRow, root: bytes, profile: bytes | None, checked: _Checked, body: VersionCreate
) -> VersionRow:
    now = ctx.clock.now_ms()
    number = dataset.last_number + 1
    names_of.update(tx, dataset._replace(last_number=number, updated_ms=now))
    return queries.insert(tx, VersionRow(
        id=0, dataset=dataset.id, number=number, digest=checked.digest, root=root, profile=profile, kind=body.kind,
        files=checked.files, size=checked.size, row_count=checked.rows, message=body.message, source=body.source,
        created_ms=now, created_by=ctx.who, created_run=body.run_id, stored_bytes=max(body.stored_bytes, 0),
    ))


def _link(ctx: Ctx, tx: Tx, name: str, row: VersionRow, inputs: list[Node], run_id: str) -> None:
    me = pins.node(name, row.number)
    if run_id:
        queries.put_use(tx, row.id, run_id, "output", "", ctx.clock.now_ms())
        inputs = [*inputs, Node("run", run_id)]
    lineage.describe(ctx, tx, me, f"{name} v{row.number}", {
        "dataset": name, "version": row.number, "files": row.files, "bytes": row.size,
    })
    lineage.link(ctx, tx, [Edge(node, me, EdgeOrigin.OBSERVED, via=run_id) for node in inputs])


def _input(text: str) -> Node:
    kind, sign, rest = text.partition(":")
    if not sign or not rest:
        raise Invalid(f"not an input: {text[:80]!r}", where="inputs", hint="dataset:flights/2, run:ID, table:ns::name")
    return Node("dataset_version" if kind == "dataset" else kind, rest)


def _one(tx: Tx, name: str, row: VersionRow) -> DataVersion:
    return queries.assemble(tx, name, [row])[0]


def _again(tx: Tx, ctx: Ctx, name: str, number: int) -> VersionRow:
    row = queries.find(tx, ctx.workspace, name, number)
    assert row is not None
    return row


def _check(ctx: Ctx, root: bytes, profile: bytes | None) -> _Checked:
    """Read a manifest through, segment by segment: is it right, and is all there that it names?"""
    with ctx.db.read(timeout_s=600) as tx:
        looking = _Looking(ctx, tx)
        rows = None
        if profile is not None and looking.has(profile):
            rows = _rows(looking.read(profile))
        reading = manifest.Reading()
        if looking.has(root):
            for segment in manifest.segments(looking.read(root)):
                if len(segment.digest) != 32:
                    raise Invalid("a segment needs a digest of 32 bytes", where="root")
                if not looking.has(segment.digest):
                    continue
                found = manifest.entries(looking.read(segment.digest))
                if not looking.missing or len(looking.missing) < _MOST_MISSING:
                    looking.entries(found)
                reading.segment(segment, found)
        looking.settle()
        return _Checked(
            reading.digest(), reading.files, reading.size, rows, looking.packs, looking.missing[:_MOST_MISSING]
        )


class _Looking:
    """Which contents are there, in which packs; looked up many at a time."""

    def __init__(self, ctx: Ctx, tx: Tx) -> None:
        self._ctx = ctx
        self._tx = tx
        self._waiting: dict[bytes, int] = {}
        self._recipes: list[tuple[bytes, int]] = []
        self.packs: set[int] = set()
        self.missing: list[bytes] = []

    def has(self, digest: bytes) -> bool:
        place = objects.locate(self._tx, self._ctx.workspace, [digest]).get(digest)
        if place is None:
            self.missing.append(digest)
            return False
        self.packs.add(place.pack)
        return True

    def read(self, digest: bytes) -> bytes:
        return contents.reader(self._ctx, self._tx)(digest)

    def entries(self, found: Sequence[Entry]) -> None:
        for entry in found:
            if entry.uri or not entry.size:
                continue
            if entry.recipe:
                self._recipes.append((entry.recipe, entry.size))
            else:
                self._waiting[entry.digest] = entry.size
        if len(self._waiting) + len(self._recipes) >= _LOOK:
            self.settle()

    def settle(self) -> None:
        """Look up what was gathered."""
        for recipe, size in self._recipes:
            if self.has(recipe):
                self._waiting.update(manifest.chunks(self.read(recipe), size))
        self._recipes.clear()
        places = objects.locate(self._tx, self._ctx.workspace, list(self._waiting))
        for digest, size in self._waiting.items():
            place = places.get(digest)
            if place is None:
                self.missing.append(digest)
                continue
            if place.size != size:
                raise Invalid(f"the content {digest.hex()} has {place.size:,} bytes, not {size:,}", where="root")
            self.packs.add(place.pack)
        self._waiting.clear()


def _rows(data: bytes) -> int | None:
    if len(data) > _MOST_PROFILE:
        raise TooLarge(f"a profile has at most {_MOST_PROFILE:,} bytes", where="profile")
    found = from_json(data, Profile)
    return sum(table.rows for table in found.tables) if found.tables else None
