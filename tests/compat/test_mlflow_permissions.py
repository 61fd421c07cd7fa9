"""Unmodified MLflow clients manage users, roles and permissions here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.compat.conftest import environment
from tests.compat.test_mlflow_clients import run_script

pytestmark = pytest.mark.compat


def with_auth(version: str) -> Path:
    """The interpreter of an environment whose client can import its auth part (`mlflow[auth]`)."""
    python = environment(version)
    if not list(python.parents[1].glob("lib/python*/site-packages/flask_wtf")):
        uv = Path(sys.executable).with_name("uv")
        install = [str(uv), "pip", "install", "-q", "--python", str(python)] if uv.exists() else (
            [str(python), "-m", "pip", "install", "-q"]
        )
        subprocess.run([*install, "Flask-WTF<2"], check=True)
    return python


def test_the_auth_client_manages_users_permissions_and_roles(fresh_url: str, tmp_path: Path) -> None:
    out = run_script(with_auth("3.17"), "permissions.py", fresh_url, tmp_path)
    assert out["twice"] == out["role twice"] == "RESOURCE_ALREADY_EXISTS"
    for name in ("nobody", "revoked twice", "role gone", "user gone"):
        assert out[name] == "RESOURCE_DOES_NOT_EXIST", name
    for name in ("no such word", "no experiment", "no gateway_secret", "no workspace"):
        assert out[name] == "INVALID_PARAMETER_VALUE", name
    for prefix in ("/api", "/ajax-api"):
        assert out[f"{prefix} permissions"] == [
            ["judges", "workspace", "USE"], ["judges", "registered_model", "EDIT"]
        ]
        assert out[f"{prefix} users"] == [["ann", ["judges"]]]
        assert out[f"{prefix} current"] is True


def test_the_older_auth_client_manages_permissions_on_single_things(fresh_url: str, tmp_path: Path) -> None:
    out = run_script(with_auth("2.22"), "permissions_older.py", fresh_url, tmp_path)
    assert out == {
        "experiment": "INVALID_PARAMETER_VALUE",  # experiments go with their workspace
        "twice": "RESOURCE_ALREADY_EXISTS",
        "held": ["fraud"],
        "gone": "RESOURCE_DOES_NOT_EXIST",
    }
