"""Can a person at a terminal read the log, take it along, and see that somebody changed it?"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.docs.serving import mw, server

import modelwright
from modelwright import testing


def test_the_log_is_read_exported_verified_and_a_change_is_named(tmp_path: Path) -> None:
    data = tmp_path / "modelwright-data"
    with server(tmp_path) as url:
        client = modelwright.Client(url)
        made = client.experiments.create("audited")
        for number in range(20):
            client.experiments.update(made.id, name=f"audited {number}")
        key = mw("audit", "keys", cwd=tmp_path, url=url)
        assert key.returncode == 0, key.stderr
        rows = json.loads(mw("audit", "log", "--json", "-n", "5", cwd=tmp_path, url=url).stdout)
        assert len(rows) == 5
        assert rows[0]["actor"]
        done = mw("audit", "export", "log.jsonl", cwd=tmp_path, url=url)
        assert done.returncode == 0, done.stderr
        new = mw("audit", "rotate-key", cwd=tmp_path, url=url)
        assert new.returncode == 0, new.stderr
        live = mw("audit", "verify", "--dir", str(data), "--key", new.stdout.strip(), cwd=tmp_path)
        assert live.returncode == 0, live.stdout + live.stderr
        status = mw("audit", "status", cwd=tmp_path, url=url)
        assert "rows" in status.stdout
    assert mw("audit", "verify", "--file", "log.jsonl", cwd=tmp_path).returncode == 0
    export = (tmp_path / "log.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "log.jsonl").write_text("".join(export[:6] + export[7:]))
    found = mw("audit", "verify", "--file", "log.jsonl", cwd=tmp_path)
    assert found.returncode == 1
    assert "row 6 is missing" in found.stdout
    owner = testing.context(data)
    with owner.db.write() as tx:
        tx.execute("DROP TRIGGER audit_events_no_update")
        tx.execute("UPDATE audit_events SET actor = 'eve' WHERE id = 7")
    owner.db.close()
    found = mw("audit", "verify", "--dir", str(data), cwd=tmp_path)
    assert found.returncode == 1
    assert "row 7 is not what was written" in found.stdout
    for wrong in (["--dir", str(tmp_path / "nowhere")], ["--file", "log.jsonl", "--dir", str(data)]):
        refused: subprocess.CompletedProcess[str] = mw("audit", "verify", *wrong, cwd=tmp_path)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
