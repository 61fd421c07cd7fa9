"""Is text of every kind shown as text: no script runs, nothing is asked of another host, wherever it stands?"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import pytest
import urllib3
from playwright.sync_api import BrowserContext, Page, Request, expect
from tests.ui.site import Site

IMG = "<img src=x onerror=window.__xss=1>"
HOSTILE = (
    f"{IMG}<script>window.__xss=1</script>\"'`{{{{7*7}}}} javascript:window.__xss=1 "
    "\u202egnp.exe\u202c \U0001f680\U0001f469\u200d\U0001f52c \u0645\u0631\u062d\u0628\u0627 "
)
LONG = (HOSTILE + "long " * 120)[:500]
KEY = f"a/{IMG}"  # of a param, a tag and a metric
NOTE = f"""# {HOSTILE}
{HOSTILE}
[word](javascript:window.__xss=1) [data](data:text/html,<script>window.__xss=1</script>)
[tab](java\tscript:window.__xss=1) [case](JaVaScRiPt:window.__xss=1) <javascript:window.__xss=1>
![picture](https://elsewhere.invalid/pixel.png) ![js](javascript:window.__xss=1)
<iframe src="https://elsewhere.invalid/"></iframe><style>@import "https://elsewhere.invalid/x.css";</style>
<svg onload=window.__xss=1><a xlink:href="javascript:window.__xss=1">svg</a></svg>

| {IMG} | b |
|---|---|
| [x](vbscript:window.__xss=1) | `{IMG}` |
"""
PAGE = f"""<!doctype html><html><body onload="parent.__xss=1;top.__xss=1;window.__xss=1">{IMG}
<script>window.__xss=1; parent.__xss=1; top.location='https://elsewhere.invalid/'; alert(1)</script>
<img src="https://elsewhere.invalid/pixel.png"><link rel=stylesheet href="https://elsewhere.invalid/x.css">
<meta http-equiv=refresh content="0;url=https://elsewhere.invalid/">the report</body></html>"""
PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="20" height="20"
onload="window.__xss=1;parent.__xss=1"><script>window.__xss=1;parent.__xss=1;alert(1)</script>
<image xlink:href="https://elsewhere.invalid/pixel.png" width="9" height="9"/>
<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="window.__xss=1"/></foreignObject></svg>"""
FILES: dict[str, str] = {
    "page.html": PAGE,
    "picture.svg": PICTURE,
    "note.md": NOTE,
    "tree.json": json.dumps({IMG: [HOSTILE, {"__proto__": HOSTILE}]}),
    "table.csv": f'{IMG},word\n"{IMG}",javascript:window.__xss=1\n',
    "look.ipynb": json.dumps(
        {
            "nbformat": 4,
            "metadata": {},
            "cells": [
                {"cell_type": "markdown", "source": NOTE},
                {
                    "cell_type": "code",
                    "execution_count": 1,
                    "source": IMG,
                    "outputs": [
                        {"output_type": "display_data", "data": {"text/html": PAGE, "image/svg+xml": PICTURE}},
                        {"output_type": "stream", "name": "stdout", "text": HOSTILE},
                        {"output_type": "error", "ename": IMG, "evalue": IMG, "traceback": [f"\x1b[31m{IMG}"]},
                    ],
                },
            ],
        }
    ),
    f"{IMG}.txt": HOSTILE,
    "code/diff.patch": f"diff --git a/{IMG} b/{IMG}\n--- a/{IMG}\n+++ b/{IMG}\n@@ -1 +1 @@\n-{HOSTILE}\n+{IMG}\n",
}
LINES = [
    HOSTILE,
    f"\x1b[31m{IMG}\x1b[0m",
    f"\x1b]8;;javascript:window.__xss=1\x07{IMG}\x1b]8;;\x07",
    f"\x1b]0;{IMG}\x07\x1b[2J\x1b[999;999H{IMG}",
    "\x1b[" + "9" * 400 + "m" + IMG,
    "https://elsewhere.invalid/" + IMG,
]


@dataclass
class Place:
    """What was recorded."""

    site: Site
    experiment: str
    runs: list[str] = field(default_factory=list[str])


@pytest.fixture(scope="module")
def place(site: Site) -> Place:
    """Runs all of whose texts would do harm if they were taken for more than text."""
    made = Place(site, site.experiment(LONG, tags={KEY: HOSTILE}, notes=NOTE))
    for number in range(2):
        run = site.run(
            LONG,
            LONG if number == 0 else f"{number} {HOSTILE}",
            state="failed" if number == 0 else "finished",
            user=LONG,
            group=LONG,
            metrics={KEY: [1.0, 0.5 + number], f"val/{LONG}"[:240]: [2.0, 1.0 + number]},
            params={KEY: HOSTILE, "lr": 0.1 / (1 + number), LONG[:200]: LONG},
            tags={KEY: HOSTILE, LONG[:200]: LONG},
            notes=NOTE,
            origin={
                "command": ["python", IMG, HOSTILE],
                "host": IMG,
                "git": {"commit": "ab" * 20, "branch": IMG, "remote": "javascript:window.__xss=1", "dirty": True},
                "packages": {IMG: IMG},
            },
        )
        now = int(time.time() * 1000)
        lines = [{"time_ms": now, "stream": stream, "text": text} for text in LINES for stream in ("stdout", "stderr")]
        site.ask("POST", f"/runs/{run}/log", {"lines": lines})
        for path, content in FILES.items():
            _put(site, run, path, content)
        made.runs.append(run)
    site.run(LONG, HOSTILE, kind="trial", parent_id=made.runs[0], metrics={KEY: [0.7]})
    site.ask("POST", "/users", {"name": "hostile", "password": "a long enough one"})
    site.ask("POST", "/tokens?user=hostile", {"label": LONG[:200]})
    return made


def _put(site: Site, run: str, path: str, content: str) -> None:
    quoted = quote(path)
    answer = urllib3.request("PUT", f"{site.url}/api/v1/runs/{run}/artifacts/{quoted}", body=content.encode())
    assert answer.status == 200, answer.data


@dataclass
class Watch:
    """What a page must not do."""

    dialogs: list[str] = field(default_factory=list[str])
    strangers: list[str] = field(default_factory=list[str])


@pytest.fixture
def watch(context: BrowserContext, page: Page, site: Site) -> Watch:
    """Hears every dialog, and every request that is not for the server."""
    seen = Watch()

    def asked(request: Request) -> None:
        url = request.url
        if not url.startswith(("data:", "blob:", "about:")) and urlsplit(url).netloc != urlsplit(site.url).netloc:
            seen.strangers.append(url)

    def opened(dialog: object) -> None:
        seen.dialogs.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    context.on("request", asked)
    page.on("dialog", opened)
    return seen


def _unharmed(page: Page, watch: Watch, site: Site) -> None:
    page.wait_for_timeout(300)
    assert page.url.startswith(site.url)
    ran = [frame.url for frame in page.frames if frame.evaluate("() => window.__xss !== undefined")]
    assert (ran, watch.dialogs, watch.strangers, len(page.context.pages)) == ([], [], [], 1)
    assert page.evaluate("document.querySelectorAll('[onerror],[onload],script:not([src])').length") == 0
    links = page.evaluate("[...document.querySelectorAll('a[href],area[href]')].map((link) => link.protocol)")
    assert set(links) <= {"http:", "https:", "mailto:", "blob:"}, links


@pytest.fixture
def expected() -> list[str]:
    # The policy of the pages stops what an artifact tries, and the browser says so.
    return ["Content Security Policy", "sandbox", "Blocked script execution", "elsewhere.invalid"]


@pytest.mark.parametrize(
    "path",
    [
        "/w/default",
        "/w/default/experiments",
        "/w/default/experiments/EXPERIMENT",
        "/w/default/experiments/EXPERIMENT?group=params.lr",
        "/w/default/experiments/EXPERIMENT?q=%3Cimg+src%3Dx+onerror%3Dwindow.__xss%3D1%3E",
        "/w/default/experiments/EXPERIMENT?panels=%3Cimg",
        "/w/default/experiments/EXPERIMENT/table",
        "/w/default/experiments/EXPERIMENT/compare?runs=RUNS",
        "/w/default/experiments/EXPERIMENT/explore",
        *(f"/w/default/runs/RUN{tab}" for tab in ("", "/charts", "/system", "/media", "/children", "/activity")),
        "/w/default/settings/users",
        "/w/default/settings/tokens",
        "/w/default/settings/server",
        "/login?to=javascript:window.__xss=1",
        f"/w/{IMG}",
        f"/w/default/runs/{IMG}",
    ],
)
def test_no_text_of_a_page_is_more_than_text(page: Page, place: Place, watch: Watch, path: str) -> None:
    path = path.replace("EXPERIMENT", place.experiment).replace("RUNS", ",".join(place.runs))
    page.goto(place.site.url + path.replace("RUN", place.runs[0]))
    expect(page.get_by_role("heading").first).to_be_attached()
    _unharmed(page, watch, place.site)


def test_names_are_shown_as_they_were_written(page: Page, place: Place, watch: Watch) -> None:
    page.goto(f"{place.site.url}/w/default/runs/{place.runs[0]}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(IMG)
    expect(page.get_by_role("list", name="Params").get_by_text(IMG).first).to_be_visible()
    expect(page.get_by_role("region", name="Tags").get_by_text(IMG).first).to_be_visible()
    expect(page.get_by_role("region", name="Notes").get_by_text(IMG).first).to_be_visible()
    expect(page.get_by_role("region", name="Origin").get_by_text(IMG).first).to_be_visible()
    page.goto(f"{place.site.url}/w/default/experiments/{place.experiment}")
    expect(page.get_by_role("group", name="Runs").get_by_text(IMG).first).to_be_visible()
    expect(page.get_by_role("region", name=KEY, exact=True)).to_be_visible()
    page.get_by_role("region", name=KEY, exact=True).hover()
    _unharmed(page, watch, place.site)


def test_lines_of_a_log_are_text_and_colours(page: Page, place: Place, watch: Watch) -> None:
    page.goto(f"{place.site.url}/w/default/runs/{place.runs[0]}/logs")
    expect(page.get_by_text(IMG).nth(4)).to_be_visible()
    _unharmed(page, watch, place.site)


def test_links_of_a_note_lead_to_pages_alone(page: Page, place: Place, watch: Watch) -> None:
    page.goto(f"{place.site.url}/w/default/runs/{place.runs[0]}")
    notes = page.get_by_role("region", name="Notes")
    expect(notes.get_by_text(re.compile("word")).first).to_be_visible()
    for link in notes.get_by_role("link").all():
        assert re.match(r"(https?|mailto):", link.get_attribute("href") or ""), link.get_attribute("href")
    _unharmed(page, watch, place.site)


@pytest.mark.parametrize("path", FILES)
def test_what_is_in_an_artifact_stays_in_it(page: Page, place: Place, watch: Watch, path: str) -> None:
    page.goto(f"{place.site.url}/w/default/runs/{place.runs[0]}/artifacts")
    for part in path.split("/"):
        page.get_by_text(part, exact=True).first.click()
    expect(page).to_have_url(re.compile("/artifacts/"))
    page.wait_for_timeout(700)
    _unharmed(page, watch, place.site)


@pytest.mark.parametrize("path", ["page.html", "picture.svg"])
def test_an_artifact_opened_by_itself_runs_no_script(page: Page, place: Place, watch: Watch, path: str) -> None:
    answer = urllib3.request("GET", f"{place.site.url}/api/v1/runs/{place.runs[0]}/artifacts/{path}")
    how = answer.headers.get("content-disposition", "")
    policy = answer.headers.get("content-security-policy", "")
    assert how.startswith("attachment") or "sandbox" in policy, dict(answer.headers)
    assert answer.headers.get("x-content-type-options") == "nosniff"


def test_code_and_diff_are_text(page: Page, place: Place, watch: Watch) -> None:
    page.goto(f"{place.site.url}/w/default/runs/{place.runs[0]}/code")
    expect(page.get_by_text(IMG).first).to_be_attached()
    _unharmed(page, watch, place.site)
