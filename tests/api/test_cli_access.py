"""Users, groups, grants, tokens and workspaces from the command line, against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.docs.serving import mw, server


def test_who_may_do_what_is_managed_from_the_command_line(tmp_path: Path) -> None:
    def run(*words: str, code: int = 0) -> str:
        done = mw(*words, cwd=tmp_path, url=address)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def listed(*words: str) -> list[dict[str, Any]]:
        return json.loads(run(*words, "--json"))

    with server(tmp_path) as address:
        run("workspaces", "add", "ranking", "--description", "who is shown first")
        assert [item["id"] for item in listed("workspaces", "ls")] == ["default", "ranking"]
        run("users", "add", "grace", "--no-password", "--role", "viewer", "--workspace", "ranking")
        run("users", "add", "ci", "--service")
        run("groups", "add", "risk", "--member", "grace", "--role", "contributor", "-w", "ranking")
        run("groups", "edit", "risk", "--join", "ci", "--leave", "grace", "--role", "approver")
        assert listed("groups", "ls")[0]["roles"] == {"default": "approver", "ranking": "contributor"}
        assert listed("groups", "ls")[0]["members"] == ["ci"]
        assert {user["name"]: user["service"] for user in listed("users", "ls")} == {"ci": True, "grace": False}
        assert "risk" in run("users", "ls")
        run("grants", "add", "models/fraud-*", "none", "--group", "risk", "-w", "ranking")
        made = listed("grants", "ls", "-w", "ranking")
        assert [(item["pattern"], item["role"], item["group"]) for item in made if item["pattern"] != "*"] == [
            ("models/fraud-*", "none", "risk")
        ]
        run("grants", "delete", str(next(item["id"] for item in made if item["pattern"] != "*")), "-w", "ranking")
        assert "one by one" in run("grants", "add", "experiments/1", "none", "--group", "risk", code=1)
        first = json.loads(
            run("tokens", "create", "--user", "grace", "--scope", "read", "--only-in", "ranking", "--only", "models/*",
                "--json")
        )
        assert (first["token"]["scopes"], first["token"]["patterns"]) == (["read"], ["models/*"])
        second = json.loads(run("tokens", "rotate", first["token"]["id"], "--overlap", "1", "--json"))
        assert second["token"]["replaces"] == first["token"]["id"]
        run("tokens", "revoke", second["token"]["id"])
        assert {item["id"]: item["revoked"] for item in listed("tokens", "ls")} == {
            first["token"]["id"]: False, second["token"]["id"]: True
        }
        assert "models/*" in run("tokens", "ls")
        run("groups", "delete", "risk")
        assert listed("groups", "ls") == []
