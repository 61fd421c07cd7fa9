"""Back to the older release: it refuses the newer database in words and changes nothing; its own backup works."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from tests.survive.load import Http
from tests.survive.processes import ServerProcess

from modelwright.kit.dialect import open_dialect

MW = str(Path(sys.executable).with_name("mw"))


def mw(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MW, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)


def of_the_next_release(folder: Path) -> None:
    """What the next release's migration could have done."""
    connection = open_dialect("", folder).connect(writer=True)
    connection.execute("ALTER TABLE runs ADD COLUMN from_the_future TEXT NOT NULL DEFAULT ''")
    connection.execute("CREATE TABLE things_to_come(id INTEGER PRIMARY KEY)")
    connection.execute("UPDATE alembic_version SET version_num = '9999_the_next_release'")
    connection.close()


@pytest.mark.slow
def test_an_older_release_refuses_a_newer_database_and_restores_its_own_backup(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ServerProcess(folder) as server:
        http = Http(server.port)
        run = http.call("POST", "/api/v1/runs", {"experiment": "e", "params": {"lr": 0.1}})["id"]
        http.call("PUT", f"/api/v1/runs/{run}/artifacts/file.bin", b"content")
        saved = mw("backup", tmp_path / "before", "--dir", folder)
        assert saved.returncode == 0, saved.stderr
        assert server.stop() == 0
    of_the_next_release(folder)
    database = folder / "modelwright.db"
    before = hashlib.sha256(database.read_bytes()).hexdigest()

    refused = mw("up", "--dir", folder, "--port", server.port)
    assert refused.returncode != 0
    assert "newer release" in refused.stderr
    assert "9999_the_next_release" in refused.stderr
    assert "restore a backup" in refused.stderr
    assert "Traceback" not in refused.stderr
    looked = mw("doctor", "--verify", "--dir", folder)
    assert looked.returncode != 0
    assert "another release" in looked.stdout
    assert mw("backup", tmp_path / "newer", "--dir", folder).returncode == 0  # for the newer release, which takes it
    refused = mw("restore", tmp_path / "newer", "--dir", tmp_path / "nothing")
    assert refused.returncode != 0
    assert "newer release" in refused.stderr
    assert "Traceback" not in looked.stderr + refused.stderr
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before, "nothing was changed"

    again = tmp_path / "again"
    restored = mw("restore", tmp_path / "before", "--dir", again)
    assert restored.returncode == 0, restored.stderr
    with ServerProcess(again) as server:
        http = Http(server.port)
        assert http.call("GET", f"/api/v1/runs/{run}")["params"] == {"lr": 0.1}
        assert http.call("GET", f"/api/v1/runs/{run}/artifacts/file.bin", raw=True) == b"content"
        assert server.stop() == 0
