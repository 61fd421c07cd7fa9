"""Can anybody change the past of the log unseen? And can somebody outside check that nobody did?"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from modelwright import testing
from modelwright.domains.audit import service, verification
from modelwright.domains.audit.rules import leaves, note, tree
from modelwright.kit.context import SYSTEM, Ctx
from modelwright.server import backup as backups
from modelwright.types.access import Actor, Role
from modelwright.types.errors import Conflict, Denied, Invalid, NotFound
from modelwright.types.page import Search

from .audit_book import WAYS, Book, write

FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"
EACH = 10_000 // len(WAYS) // 2 + 1 if FULL else 3


def test_every_tampering_is_found_and_named(ctx: Ctx) -> None:
    """Bar 18: edit, drop, swap, insert, truncate, fork, an old backup; by somebody who owns the database."""
    book = Book(ctx)
    assert verification.verify(ctx).ok
    for way in WAYS:
        for number in range(1 if way == "old_backup" else EACH):
            done = book.tamper(way, random.Random(f"{way}-{number}"))
            found = verification.verify(ctx)
            assert not found.ok, (way, done)
            words = {"swap": done.split()[1], "edit": done.split()[-1], "drop": done.split()[-1]}
            if way in words:
                assert any(item.first <= int(words[way]) <= item.last for item in found.problems), (way, done, found)
            if way in ("truncate", "old_backup") and found.size:
                assert ("truncated", found.size + 1) in [(item.kind, item.first) for item in found.problems]
            book.restore()
    assert verification.verify(ctx).ok


def test_a_row_that_was_changed_with_all_its_hashes_is_found_between_two_signed_heads(ctx: Ctx) -> None:
    book = Book(ctx)
    chance = random.Random(5)
    done = book.tamper("fork", chance)
    place = int(done.split()[-1])
    found = verification.verify(ctx)
    assert next(item.kind for item in found.problems) == "fork"
    assert any(item.first <= place <= item.last and item.last - item.first < 400 for item in found.problems)


def test_a_tampering_is_found_in_an_export_too(ctx: Ctx) -> None:
    write(ctx, 300)
    lines = b"".join(service.export(ctx)).splitlines(keepends=True)
    assert verification.verify_export(lines).ok
    assert not verification.verify_export([*lines[:100], *lines[101:]]).ok
    assert not verification.verify_export(lines[:-1]).ok
    assert not verification.verify_export([*lines[:100], lines[101], lines[100], *lines[102:]]).ok
    assert not verification.verify_export([*lines[:100], lines[100].replace(b"system", b"eve"), *lines[101:]]).ok
    assert not verification.verify_export([*lines, lines[-1]]).ok
    assert not verification.verify_export([*lines[:100], lines[99], *lines[100:]]).ok
    cut = [lines[0].replace(b'"size":%d' % (len(lines) - 1), b'"size":%d' % (len(lines) - 2)), *lines[1:-1]]
    assert cut[0] != lines[0]
    assert not verification.verify_export(cut).ok
    for bad in ([], [b"{}\n"], [lines[0], b"nonsense\n"], [lines[0], b'{"seq":1,"leaf":"xx"}\n']):
        with pytest.raises(Invalid):
            verification.verify_export(bad)


def test_an_export_shows_rows_of_other_workspaces_as_hashes_alone_and_still_proves_all(ctx: Ctx) -> None:
    write(ctx, 5)
    write(ctx.acting(SYSTEM, "other"), 5, 5)
    chief = ctx.acting(Actor("chief", {"default": Role.ADMIN}), "default")
    text = b"".join(service.export(chief))
    assert b"thing/3" in text and b"thing/7" not in text
    assert verification.verify_export(text.splitlines(keepends=True)).ok
    assert service.search(ctx, Search(filter="action = 'audit.exported'")).items[0].actor == "chief"
    viewer = ctx.acting(Actor("viewer", {"default": Role.VIEWER}), "default")
    for refused in (service.export, service.status, service.checkpoint, service.keys, service.want_check):
        with pytest.raises(Denied):
            refused(viewer)


def test_proofs_convince_somebody_who_sees_only_them(ctx: Ctx) -> None:
    write(ctx, 300)
    old = service.checkpoint(ctx)
    write(ctx, 400, 300)
    new = service.checkpoint(ctx)
    vkeys = [key.vkey for key in service.keys(ctx)]
    for signed in (old, new):
        parsed = note.parse(signed.note)
        assert (parsed.size, parsed.root.hex()) == (signed.size, signed.root)
        assert any(note.signed_by(parsed, key) for key in vkeys)
    proof = service.consistency(ctx, old.size, new.size)
    path = [bytes.fromhex(item) for item in proof.path]
    roots = (bytes.fromhex(old.root), bytes.fromhex(new.root))
    assert tree.extends(old.size, roots[0], new.size, roots[1], path)
    assert not tree.extends(old.size, roots[1], new.size, roots[1], path)
    for place in (1, 256, 257, 300, old.size, 512, new.size):
        found = service.inclusion(ctx, place, 0)
        leaf = leaves.leaf(found.entry.encode())
        route = [bytes.fromhex(item) for item in found.path]
        assert tree.includes(leaf, place - 1, new.size, route, roots[1])
        assert not tree.includes(leaves.leaf(b"other"), place - 1, new.size, route, roots[1])
    for bad in (0, -1, new.size + 1, 1 << 70):
        with pytest.raises(NotFound):
            service.inclusion(ctx, bad, 0)
        with pytest.raises(Invalid):
            service.consistency(ctx, bad, 0)
    with pytest.raises(Invalid):
        service.inclusion(ctx, new.size, old.size)
    with pytest.raises(NotFound):
        service.inclusion(ctx.acting(SYSTEM, "other"), 5, 0)


def test_tiles_hold_the_hashes_that_make_the_root(ctx: Ctx) -> None:
    write(ctx, 600)
    size = service.checkpoint(ctx).size
    leaf_hashes = service.tile(ctx, 0, 0, 256)
    above = service.tile(ctx, 1, 0, 2)
    frontier = tree.Frontier()
    for at in range(0, len(leaf_hashes), 32):
        frontier.add(leaf_hashes[at : at + 32])
    assert frontier.root() == above[:32]
    assert len(service.tile(ctx, 0, 2, size - 512)) == 32 * (size - 512)
    for bad in ((0, 2, 256), (1, 0, 3), (2, 0, 1), (0, 0, 0), (9, 0, 1), (0, 1 << 60, 1)):
        with pytest.raises(NotFound):
            service.tile(ctx, *bad)


def test_a_new_key_is_introduced_by_a_row_and_old_signatures_stay_good(ctx: Ctx, tmp_path: Path) -> None:
    write(ctx, 3)
    first = service.checkpoint(ctx)
    new = service.rotate(ctx)
    assert new.current and new.id != first.key_id
    assert service.checkpoint(ctx).key_id == new.id
    assert len(service.keys(ctx)) == 2
    assert verification.verify(ctx).ok
    assert verification.verify(ctx, pinned=[new.vkey]).ok
    assert not verification.verify(ctx, pinned=[service.keys(ctx)[0].vkey]).ok
    for path in tmp_path.glob("audit.key*"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.glob("audit.key*"))) == 2
    rows = service.search(ctx, Search(filter="action = 'audit.key_added'")).items
    assert [row.detail.get("before", "") for row in rows] == [first.key_id, ""]
    secret = (tmp_path / "audit.key").read_text().strip()
    assert all(secret not in str(row) for row in rows)


def test_a_key_that_no_row_introduces_is_not_believed(ctx: Ctx) -> None:
    book = Book(ctx, 20)
    forger = note.Signer(bytes(32), service.status(ctx).origin)
    with ctx.db.write() as tx:
        tx.execute("INSERT INTO audit_keys VALUES (?,?,?)", (forger.id, forger.vkey, 1))
    assert "key" in [item.kind for item in verification.verify(ctx).problems]
    assert book.size


def test_a_log_that_was_restored_from_a_backup_is_whole_and_goes_on(ctx: Ctx, tmp_path: Path) -> None:
    write(ctx, 300)
    signed = service.checkpoint(ctx)
    backups.backup(ctx.settings, tmp_path / "backup")
    later = testing.context(tmp_path / "restored")
    later.db.close()
    for path in (tmp_path / "restored").glob("modelwright.db*"):
        path.unlink()
    backups.restore(tmp_path / "backup", later.settings)
    restored = testing.context(tmp_path / "restored")
    try:
        assert verification.verify(restored).ok
        write(restored, 5, 300)
        service.bring_out(restored)  # signs with a key of its own, which a row introduces
        found = verification.verify(restored)
        assert found.ok and found.size > signed.size
        proof = service.consistency(restored, signed.size, 0)
        assert proof.old_root == signed.root
    finally:
        restored.db.close()


def test_an_old_backup_in_place_of_the_present_is_found_by_the_anchor(ctx: Ctx, tmp_path: Path) -> None:
    book = Book(ctx, 40)
    book.tamper("old_backup", random.Random(1))
    found = verification.verify(ctx)
    assert [item.kind for item in found.problems] == ["truncated"]
    (tmp_path / "audit-anchor.jsonl").rename(tmp_path / "kept-elsewhere")
    assert verification.verify(ctx).ok  # the database alone cannot know
    assert not verification.verify(ctx, files=[tmp_path / "kept-elsewhere"]).ok


def test_a_verification_runs_in_the_background_and_its_result_stays(ctx: Ctx) -> None:
    write(ctx, 3)
    verification.check(ctx)
    first = service.status(ctx).check
    assert first is not None and first.ok
    verification.check(ctx)
    assert service.status(ctx).check == first  # a day has not gone by
    assert service.want_check(ctx).checking
    verification.check(ctx)
    assert not service.status(ctx).checking
    assert service.status(ctx).check != first


_APPENDER = """
import sys
from pathlib import Path
from modelwright import testing
from modelwright.domains.audit import service
ctx = testing.context(Path(sys.argv[1]), db_url=sys.argv[2])
number = 0
while True:
    with ctx.db.write() as tx:
        for _ in range(1 + number % 3):
            service.append(ctx, tx, "thing.made", f"thing/{sys.argv[3]}/{number}")
    number += 1
    print(number, flush=True)
"""


def test_a_process_that_is_killed_while_it_appends_leaves_a_whole_log(ctx: Ctx, tmp_path: Path) -> None:
    """Several at once; on PostgreSQL they really write side by side."""
    for round_ in range(2 if not FULL else 40):
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", _APPENDER, str(tmp_path), ctx.settings.db, f"{round_}.{number}"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(2 if ctx.db.dialect.lanes > 1 else 1)
        ]
        acknowledged = []
        for process in processes:
            assert process.stdout is not None
            for _ in range(random.Random(round_).randint(5, 40)):
                last = process.stdout.readline()
            process.kill()
            acknowledged.append(int((process.stdout.read().splitlines() or [last])[-1]))
            process.wait()
        found = verification.verify(ctx)
        assert found.ok, found.problems
        with ctx.db.read() as tx:
            for number, count in enumerate(acknowledged):
                subject = f"thing/{round_}.{number}/{count - 1}"
                assert tx.row("SELECT 1 FROM audit_events WHERE subject = ?", (subject,))
    service.bring_out(ctx)
    assert verification.verify(ctx).ok


def test_rows_have_no_holes_whatever_is_rolled_back(ctx: Ctx) -> None:
    def work(number: int, tx: object) -> None:
        service.append(ctx, tx, "thing.made", f"thing/{number}")  # type: ignore[arg-type]
        if number % 3 == 0:
            raise Conflict("no")

    import functools

    futures = [ctx.db.submit(functools.partial(work, number), key=str(number)) for number in range(90)]
    assert sum(future.exception() is not None for future in futures) == 30
    with ctx.db.read() as tx:
        assert [row[0] for row in tx.rows("SELECT id FROM audit_events ORDER BY id")] == list(range(1, 61))
    assert verification.verify(ctx).ok
