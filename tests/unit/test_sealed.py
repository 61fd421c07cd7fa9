"""Does a sealed secret open with its key at its place, and nowhere else?"""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from modelwright.kit.sealed import Sealer, private_file
from modelwright.types.errors import Unavailable


def test_a_secret_opens_with_its_key_at_its_place_alone() -> None:
    sealer = Sealer(b"k" * 32)
    sealed = sealer.seal("geheim ü", "webhook/1")
    assert "geheim" not in sealed
    assert sealer.open(sealed, "webhook/1") == "geheim ü"
    assert sealer.seal("geheim ü", "webhook/1") != sealed
    for other, text, place in (
        (Sealer(b"x" * 32), sealed, "webhook/1"),
        (sealer, sealed, "webhook/2"),
        (sealer, sealed[:-6] + "AAAAA=", "webhook/1"),
        (sealer, "s1:", "webhook/1"),
        (sealer, "nonsense", "webhook/1"),
    ):
        with pytest.raises(Unavailable):
            other.open(text, place)


def test_of_many_that_need_a_key_one_makes_it_and_all_have_the_same(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(private_file(tmp_path / "a" / "key"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["key"]
    assert (tmp_path / "a" / "key").stat().st_mode & 0o777 == 0o600
