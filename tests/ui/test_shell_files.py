"""Are the UI's files served as browsers and caches need them, and nothing else with them?"""

from __future__ import annotations

import gzip
import http.client
import re

import pytest
import urllib3
from tests.ui.site import Site

HTTP = urllib3.PoolManager()


def get(site: Site, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTP.request("GET", site.url + path, headers=sent, decode_content=False, redirect=False)


def asset(site: Site) -> str:
    return re.findall(r'src="(/assets/[^"]+\.js)"', get(site, "/").data.decode())[0]


@pytest.mark.parametrize(
    "path", ["/", "/login", "/w/default", "/w/default/experiments/1/table?q=a", "/w/a/runs/b/artifacts/x/y.json"]
)
def test_every_address_of_the_ui_is_the_page_and_is_asked_for_anew(site: Site, path: str) -> None:
    answer = get(site, path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = get(site, path, if_none_match=answer.headers["etag"])
    assert again.status == 304
    assert again.data == b""


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/2.0/mlflow/nothing", "/ajax-api/nothing"])
def test_an_address_of_the_api_is_never_the_page(site: Site, path: str) -> None:
    answer = get(site, path, accept="text/html")
    assert answer.status == 404
    assert b"<html" not in answer.data


def test_a_browser_is_shown_a_page_where_there_is_nothing_and_a_program_is_told(site: Site) -> None:
    shown = get(site, "/nothing/here", accept="text/html,application/xhtml+xml")
    assert shown.status == 404
    assert b"<html" in shown.data
    assert shown.headers["content-security-policy"]
    told = get(site, "/nothing/here", accept="*/*")
    assert told.status == 404
    assert b"<html" not in told.data


def test_the_page_may_load_from_its_own_server_alone(site: Site) -> None:
    policy = get(site, "/").headers["content-security-policy"]
    rules = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert rules["default-src"] == ["'self'"]
    assert rules["script-src"] == ["'self'"]
    assert rules["connect-src"] == ["'self'"]
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]


def test_hashed_assets_are_kept_forever_and_sent_packed(site: Site) -> None:
    path = asset(site)
    plain = get(site, path)
    packed = get(site, path, accept_encoding="gzip")
    assert "immutable" in plain.headers["cache-control"]
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    assert len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html",
        "/assets/..%2f..%2fpages.py",
        "/assets/%2e%2e/%2e%2e/app.py",
        "/assets/../.digest",
        "/assets/",
    ],
)
def test_no_path_leads_out_of_the_assets(site: Site, path: str) -> None:
    # Python's own client sends the path as it is; others tidy it up first.
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"))
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status in (400, 404)
    assert b"modelwright.kit" not in answer.read()
    connection.close()
