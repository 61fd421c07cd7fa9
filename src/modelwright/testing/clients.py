"""A client that talks to the whole server in this process, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from modelwright.kit.settings import Settings
from modelwright.server.app import build


def client(tmp_path: Path, **settings: Any) -> TestClient:
    """A Starlette test client over a server whose state is in `tmp_path`; use it as a context manager to end it.

    Keywords are settings (`db=URL`, `auth=True`, `admin_token=…`). `client.ctx` is the state, acting as the system.
    """
    given: dict[str, Any] = {"dir": str(tmp_path), **settings}
    app, ctx = build(Settings(**given))
    made = TestClient(app, base_url="http://127.0.0.1:7117", raise_server_exceptions=False, client=("127.0.0.1", 50000))
    made.ctx = ctx  # pyright: ignore[reportAttributeAccessIssue]
    return made
