"""Fixtures of the API tests: a whole server in this process, and people with every role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from modelwright.testing.clients import client as make

ADMIN_TOKEN = "an-admin-token-for-tests-only"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def client(engine: str, tmp_path: Path) -> Iterator[TestClient]:
    """A server on loopback without login, on each engine."""
    with make(tmp_path, db=engine) as made:
        yield made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[TestClient]:
    """A server on loopback without login, on SQLite: for what does not touch the database."""
    with make(tmp_path, max_body=1_000_000) as made:
        yield made


class People:
    """A server that asks for a login: a user of each role in workspace `team`, a stranger who is admin of `other`."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.secrets: dict[str, str] = {}
        for workspace in ("team", "other"):
            self.root("POST", "/api/v1/workspaces", json={"id": workspace}, expect=201)
        for name, roles in {
            "viewer": {"team": "viewer"},
            "editor": {"team": "contributor"},
            "chief": {"team": "admin"},
            "stranger": {"other": "admin"},
        }.items():
            # Hashing a password takes a while, so not everyone has one.
            password = PASSWORD if name in ("viewer", "editor") else None
            self.root("POST", "/api/v1/users", json={"name": name, "roles": roles, "password": password}, expect=201)
            self.secrets[name] = self.root("POST", f"/api/v1/tokens?user={name}", json={}, expect=201)["secret"]

    def root(self, method: str, path: str, *, expect: int = 200, workspace: str = "team", **options: Any) -> Any:
        """As the administrator of the server."""
        return self.ask(method, path, token=ADMIN_TOKEN, expect=expect, workspace=workspace, **options)

    def ask(
        self,
        method: str,
        path: str,
        who: str = "",
        *,
        token: str = "",
        expect: int | None = None,
        workspace: str = "team",
        **options: Any,
    ) -> Any:
        """As someone, in a workspace; the JSON when `expect` is given, else the response."""
        headers = {"x-modelwright-workspace": workspace, **options.pop("headers", {})}
        secret = token or self.secrets.get(who, "")
        if secret:
            headers["authorization"] = f"Bearer {secret}"
        response = self.client.request(method, path, headers=headers, **options)
        if expect is None:
            return response
        assert response.status_code == expect, (method, path, response.status_code, response.text)
        return response.json() if response.content else None


@pytest.fixture
def people(engine: str, tmp_path: Path) -> Iterator[People]:
    """People of every role, on each engine."""
    with make(tmp_path, db=engine, auth=True, admin_token=ADMIN_TOKEN) as made:
        yield People(made)
