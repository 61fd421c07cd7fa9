"""Does axe find no serious fault on any page, in either theme?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import urllib3
from playwright.sync_api import Page, expect
from tests.ui.site import Site, faults

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f000500"
    "01ff89993d1d0000000049454e44ae426082"
)
PATCH = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-rate = 0.1\n+rate = 0.01\n fit(rate)\n"


@dataclass
class Place:
    """What the pages are opened on."""

    site: Site
    experiment: str
    runs: list[str]


@pytest.fixture(scope="module")
def place(site: Site) -> Place:
    """An experiment whose runs have something of everything, in every state."""
    states = ["finished", "failed", "crashed", "killed", "running", "finished"]
    runs = [
        site.run(
            "seen by axe",
            f"trial-{number}",
            state=state,
            metrics={
                "train/loss": [1 / (1 + number + step) for step in range(40)],
                "val/loss": [2 / (1 + number + step) for step in range(8)],
                "system/cpu": [10.0, 20.0, 15.0],
                "media/samples": [1.0],
            },
            params={"lr": 0.1 / (1 + number), "depth": number, "optimizer": "adam" if number % 2 else "sgd"},
            tags={"stage": "dev"},
            notes="# Why\n**wider** heads, see `train.py` and [this](https://example.com)\n\n- [x] done\n- [ ] not yet",
            origin={
                "command": ["python", "train.py"],
                "host": "worker-1",
                "git": {"commit": "0b57c721adaf434a69403d24ebf80c76580ab699", "branch": "main", "dirty": True},
                "packages": {"numpy": "2.0.0"},
            },
        )
        for number, state in enumerate(states)
    ]
    colours = [f"\x1b[{code}mcolour {code}\x1b[0m" for code in (*range(30, 38), *range(90, 98), 1, 2, 7)]
    lines = [{"time_ms": 1_760_000_000_000, "stream": "stdout", "text": text} for text in colours]
    lines.append({"time_ms": 1_760_000_000_001, "stream": "stderr", "text": "Traceback (most recent call last):"})
    site.ask("POST", f"/runs/{runs[0]}/log", {"lines": lines})
    for path, content in {
        "code/diff.patch": PATCH.encode(),
        "out/note.md": b"# Heading\n\ntext",
        "out/table.csv": b"id,word\n1,heron\n2,ibis\n",
        "out/tree.json": json.dumps({"a": {"b": [1, None, True, "text"]}}).encode(),
        "out/page.html": b"<html lang='en'><title>Report</title><h1>Report</h1></html>",
        "out/weights.bin": bytes(range(256)),
        "media/samples/0-1000-0.png": PIXEL,
    }.items():
        answer = urllib3.request("PUT", f"{site.url}/api/v1/runs/{runs[0]}/artifacts/{path}", body=content)
        assert answer.status == 200, answer.data
    site.run("seen by axe", "a-fold", kind="trial", parent_id=runs[0], metrics={"val/loss": [0.7]})
    return Place(site, site.experiment("seen by axe"), runs)


RUN_PAGES = (
    "", "/charts", "/system", "/logs", "/artifacts", "/media", "/code", "/children", "/activity",
    "/artifacts/out/note.md", "/artifacts/out/table.csv", "/artifacts/out/tree.json",
    "/artifacts/out/page.html", "/artifacts/out/weights.bin",
)  # fmt: skip
PAGES: dict[str, Callable[[Place], str]] = {
    "home": lambda _: "/w/default",
    "experiments": lambda _: "/w/default/experiments",
    "workspace": lambda at: f"/w/default/experiments/{at.experiment}",
    "grouped": lambda at: f"/w/default/experiments/{at.experiment}?group=params.optimizer&baseline={at.runs[0]}",
    "faulty filter": lambda at: f"/w/default/experiments/{at.experiment}?q=statu+%3D+1",
    "table": lambda at: f"/w/default/experiments/{at.experiment}/table",
    "compare": lambda at: f"/w/default/experiments/{at.experiment}/compare?runs={','.join(at.runs[:3])}",
    "compare nothing": lambda at: f"/w/default/experiments/{at.experiment}/compare",
    "explore": lambda at: f"/w/default/experiments/{at.experiment}/explore",
    **{f"run{page}": (lambda at, page=page: f"/w/default/runs/{at.runs[0]}{page}") for page in RUN_PAGES},
    "failed run": lambda at: f"/w/default/runs/{at.runs[1]}",
    "users": lambda _: "/w/default/settings/users",
    "tokens": lambda _: "/w/default/settings/tokens",
    "server": lambda _: "/w/default/settings/server",
    "login": lambda _: "/login",
    "no page": lambda _: "/w/default/nothing/here",
    "no run": lambda _: f"/w/default/runs/{'0' * 32}",
    "no experiment": lambda _: "/w/default/experiments/999999",
}


def _settle(page: Page) -> None:
    expect(page.get_by_role("heading").first).to_be_attached()
    if page.get_by_text("Live", exact=True).count():
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
    # Skeletons are gone and what is drawn a moment later is drawn.
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_timeout(400)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(page: Page, place: Place, name: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    page.goto(place.site.url + PAGES[name](place))
    _settle(page)
    assert faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_what_opens(page: Page, place: Place, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    page.goto(f"{place.site.url}/w/default/experiments/{place.experiment}")
    _settle(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(300)
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(300)
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filter builder").click()
    expect(page.get_by_role("dialog", name=re.compile("Filter"))).to_be_visible()
    page.wait_for_timeout(300)
    assert faults(page) == []
