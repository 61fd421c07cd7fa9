"""A login by a real OpenID Connect provider (oidc-provider-mock, built on Authlib) in an environment of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import clean_environment

from modelwright.testing.clients import client as make

pytestmark = pytest.mark.compat
_ROOT = Path(__file__).parents[2]
PINS = ["oidc-provider-mock==0.3.4"]
ADMIN_TOKEN = "an-admin-token-for-tests-only"
OWN = {"origin": "http://127.0.0.1:7117"}


def environment() -> Path:
    """The folder of the provider's environment, made once."""
    key = hashlib.sha256(repr((PINS, sys.version)).encode()).hexdigest()[:12]
    place = _ROOT / ".envs" / f"oidc-{key}"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "python"), "-m", "pip", "install", "-q", *PINS], check=True)
        (place / "complete").touch()
    return place


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running provider that knows ann."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = (tmp_path_factory.mktemp("provider") / "log.txt").open("wb")
    process = subprocess.Popen(
        [str(environment() / "bin" / "oidc-provider-mock"), "--port", str(port), "--require-nonce", "true"],
        stdout=log, stderr=log, env=clean_environment(),
    )
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{url}/.well-known/openid-configuration", timeout=2).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.1)
    claims = json.dumps({"preferred_username": "ann", "groups": ["risk", "other"], "email": "ann@example.org"})
    urllib.request.urlopen(
        urllib.request.Request(
            f"{url}/users/subject-1", claims.encode(), {"content-type": "application/json"}, method="PUT"
        ),
        timeout=5,
    ).close()
    yield url
    process.terminate()
    process.wait(10)
    log.close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def signed_in(url: str, subject: str) -> str:
    """Fill in the provider's form; where it sends the browser back to."""
    form = urllib.parse.urlencode({"sub": subject}).encode()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener(_Stay).open(urllib.request.Request(url, form), timeout=10)
    back = urllib.parse.urlsplit(caught.value.headers["location"])
    caught.value.close()
    return f"{back.path}?{back.query}"


def test_a_person_logs_in_works_and_logs_out(issuer: str, tmp_path: Path) -> None:
    with make(
        tmp_path, oidc_issuer=issuer, oidc_client_id="modelwright", oidc_client_secret="a secret: of ours",
        group_roles=("risk=default:contributor",), admin_token=ADMIN_TOKEN,
    ) as site:
        begun = site.get("/api/v1/login/oidc?next=/w/default&fresh=true", follow_redirects=False)
        path = signed_in(begun.headers["location"], "subject-1")
        done = site.get(path)
        assert done.status_code == 200, done.text
        me = site.get("/api/v1/me").json()
        assert (me["name"], me["roles"], me["groups"]) == ("ann", {"default": "contributor"}, ["risk"])
        assert site.post("/api/v1/experiments", json={"name": "hers"}, headers=OWN).status_code == 200
        assert site.get(path).status_code == 401
        onward = site.post("/api/v1/logout", headers=OWN).json()["next"]
        assert onward.startswith(f"{issuer}/oauth2/end_session?")
        with urllib.request.urlopen(onward, timeout=10) as farewell:
            assert farewell.status == 200
        assert site.get("/api/v1/me").status_code == 401
