"""Unmodified MLflow clients manage users, roles and permissions here."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compat.conftest import environment
from tests.compat.test_mlflow_clients import run_script

pytestmark = pytest.mark.compat


def test_the_auth_client_manages_users_permissions_and_roles(fresh_url: str, tmp_path: Path) -> None:
    out = run_script(environment("3.17"), "permissions.py", fresh_url, tmp_path)
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
    out = run_script(environment("2.22"), "permissions_older.py", fresh_url, tmp_path)
    assert out == {
        "experiment": "INVALID_PARAMETER_VALUE",  # experiments go with their workspace
        "twice": "RESOURCE_ALREADY_EXISTS",
        "held": ["fraud"],
        "gone": "RESOURCE_DOES_NOT_EXIST",
    }
