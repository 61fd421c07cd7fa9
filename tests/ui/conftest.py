"""The web UI, built once; a real server; a page in the system's Chromium, driven by role.

`page` fails the test when the page logs an error that the test did not say it expects (`page.context.expected`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from tests.ui.site import ROOT, Site

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# What a browser says by itself about answers that the page expects and handles.
_USUAL = ("Failed to load resource", "net::ERR_")

# What a quiet machine does at once may take a busy one seconds.
expect.set_options(timeout=30_000)


def chromium() -> str:
    """The browser to drive."""
    named = os.environ.get("MODELWRIGHT_CHROMIUM", "")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "there is no Chromium: `apt install chromium`, or name one in MODELWRIGHT_CHROMIUM"
    return found


@pytest.fixture(scope="session")
def built_ui() -> Path:
    """The folder of the built UI. Workers wait for the one that builds."""
    lock = ROOT / ".pytest_cache" / "ui.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run([sys.executable, ROOT / "tools" / "web.py", "build"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ROOT / "src" / "modelwright" / "server" / "ui"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # A module at a time: Playwright's loop must be gone before other tests of this process run one of their own.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def make_site(built_ui: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Servers of a test's own: `make_site("--auth", environment={…})`."""
    sites: list[Site] = []

    def make(*options: str, environment: dict[str, str] | None = None) -> Site:
        site = Site(tmp_path / f"site-{len(sites)}", *options, environment=environment)
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.stop()


@pytest.fixture(scope="module")
def site(built_ui: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the tests of a file, empty at first."""
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.stop()


@pytest.fixture
def expected() -> list[str]:
    """Add parts of console errors that a test brings about on purpose."""
    return []


@pytest.fixture
def context(browser: Browser, expected: list[str]) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(30_000)
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in (*_USUAL, *expected)):
            errors.append(message.text)

    context.on("console", heard)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
