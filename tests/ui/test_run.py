"""Does the page of a run show all that was recorded of it, change it, and take whatever is in it as text?"""

from __future__ import annotations

import json
import re
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from playwright.sync_api import Dialog, Page, expect
from tests.ui.site import Site, faults

SCRIPT = "<img src=x onerror=alert(1)><script>alert(1)</script>"
TABS = ["Overview", "Charts", "System", "Logs", "Artifacts", "Media", "Code", "Children", "Activity"]
PATCH = """diff --git a/train.py b/train.py
--- a/train.py
+++ b/train.py
@@ -1,2 +1,2 @@
-rate = 0.1
+rate = 0.01
 fit(rate)
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f000500"
    "01ff89993d1d0000000049454e44ae426082"
)
# A tenth of a second of silence: 800 samples of 8 bits.
WAVE = (
    b"RIFF" + struct.pack("<I", 836) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    + b"data" + struct.pack("<I", 800) + bytes([128] * 800)
)  # fmt: skip


def put(site: Site, run: str, path: str, content: bytes | str) -> None:
    body = content.encode() if isinstance(content, str) else content
    answer = urllib3.request("PUT", f"{site.url}/api/v1/runs/{run}/artifacts/{path}", body=body)
    assert answer.status == 200, answer.data


def lines(site: Site, run: str, texts: list[str], stream: str = "stdout") -> None:
    now = int(time.time() * 1000)
    site.ask(
        "POST", f"/runs/{run}/log", {"lines": [{"time_ms": now, "stream": stream, "text": text} for text in texts]}
    )


def visit(page: Page, site: Site, run: str, tab: str = "") -> None:
    page.goto(f"{site.url}/w/default/runs/{run}{'/' + tab if tab else ''}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.fixture(scope="module")
def rich(site: Site) -> str:
    """A run with something of everything."""
    run = site.run(
        "rich",
        "quiet-heron",
        metrics={
            "train/loss": [1.0, 0.5, 0.25],
            "val/loss": [1.5, 0.9],
            "system/cpu": [10.0, 20.0],
            "media/samples": [1.0, 1.0],
        },
        params={"lr": 0.1, "net.depth": 50, "net.name": "resnet"},
        tags={"stage": "candidate"},
        notes="# Why\n**wider** heads, see `train.py`",
        origin={
            "command": ["python", "train.py", "--name", "two words"],
            "host": "worker-1",
            "git": {"commit": "0b57c721adaf434a69403d24ebf80c76580ab699", "branch": "main", "dirty": True},
            "packages": {"numpy": "2.0.0", "torch": "2.9.1"},
        },
    )
    lines(site, run, [f"line {number} \x1b[31mred\x1b[0m" for number in range(3000)])
    lines(site, run, ["something odd"], "stderr")
    put(site, run, "code/diff.patch", PATCH)
    put(site, run, "out/table.csv", "id,word\n1,heron\n2,ibis\n")
    put(site, run, "out/tree.json", json.dumps({"a": {"b": [1, 2]}}))
    put(site, run, "out/page.html", "<h1>Report</h1><script>document.title='run'</script>")
    put(site, run, "out/weights.bin", bytes(range(256)))
    cell = {
        "cell_type": "code",
        "execution_count": 7,
        "source": "print(1)",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "out-text"}],
    }
    put(site, run, "out/look.ipynb", json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))
    put(site, run, "media/samples/0-1000-0.png", PIXEL)
    put(site, run, "media/samples/1-2000-0.png", PIXEL)
    put(site, run, "media/speech/0-1000-0.wav", WAVE)
    put(site, run, "media/walk/0-1000-0.mp4", b"\0\0\0\x18ftypmp42")
    child = site.run("rich", "a-trial", kind="trial", parent_id=run, metrics={"val/loss": [0.7]})
    site.run("rich", "a-fold", kind="evaluation", parent_id=child)
    return run


def test_the_overview_tells_what_a_run_was_given_and_what_came_of_it(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich)
    expect(page.get_by_role("heading", name="quiet-heron")).to_be_visible()
    expect(page.get_by_role("region", name="Notes").get_by_role("heading", name="Why")).to_be_visible()
    row = page.get_by_role("table", name="Metrics of the run").get_by_role("row", name="train/loss")
    expect(row.get_by_text("0.25", exact=True).first).to_be_visible()
    expect(page.get_by_role("list", name="Params").get_by_text("resnet")).to_be_visible()
    origin = page.get_by_role("region", name="Origin")
    expect(origin.get_by_text("python train.py --name 'two words'")).to_be_visible()
    expect(origin.get_by_role("link", name="uncommitted changes")).to_be_visible()
    expect(page.get_by_role("region", name="Reproduce").get_by_text("git checkout 0b57c721")).to_be_visible()


def test_every_tab_opens_by_its_link_and_by_its_address(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich)
    tabs = page.get_by_role("navigation", name="Views of the run")
    for name in TABS:
        tabs.get_by_role("link", name=name).click()
        expect(tabs.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        expect(page).to_have_url(re.compile(f"{rich}{'' if name == 'Overview' else '/' + name.lower()}$"))
    visit(page, site, rich, "children")
    expect(page.get_by_role("link", name="a-fold")).to_be_visible()


def test_a_name_a_tag_and_a_param_change_and_change_back(page: Page, site: Site) -> None:
    run = site.run("edits", "first-name", params={"lr": 0.1})
    visit(page, site, run)
    page.get_by_role("heading", name="first-name").dblclick()
    page.get_by_role("textbox", name="Name of the run").fill("second-name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="second-name")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="first-name")).to_be_visible()
    page.get_by_role("region", name="Tags").get_by_role("button", name="Add").click()
    page.get_by_role("textbox", name="New tag").fill("phase=two")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the tag phase")).to_be_visible()
    params = page.get_by_role("list", name="Params")
    params.get_by_text("0.1").hover()
    params.get_by_role("button", name="Edit lr").click()
    params.get_by_role("textbox", name="Value of lr").fill("0.2")
    page.keyboard.press("Enter")
    expect(params.get_by_text("0.2")).to_be_visible()
    stored = site.ask("GET", f"/runs/{run}")
    assert (stored["name"], stored["tags"], stored["params"]) == ("first-name", {"phase": "two"}, {"lr": 0.2})
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_role("list", name="Activity").get_by_text("params.lr")).to_be_visible()


def test_notes_are_written_in_markdown_and_survive_a_reload_while_typed(page: Page, site: Site) -> None:
    run = site.run("edits", "noted")
    visit(page, site, run)
    notes = page.get_by_role("region", name="Notes")
    notes.get_by_role("button", name="Write").click()
    notes.get_by_role("textbox", name="Notes").fill(f"- [x] done {SCRIPT}\n\n[bad](javascript:alert(1))")
    page.reload()
    expect(notes.get_by_role("textbox", name="Notes")).to_have_value(re.compile("done"))
    notes.get_by_role("button", name="Save").click()
    expect(notes.get_by_role("checkbox", name="Done")).to_be_checked()
    expect(notes.get_by_text(SCRIPT)).to_be_visible()
    expect(notes.get_by_role("link")).to_have_count(0)


def test_a_run_is_deleted_and_restored(page: Page, site: Site) -> None:
    run = site.run("edits", "unwanted")
    visit(page, site, run)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Delete").click()
    banner = page.get_by_text("It can be restored until it is removed for good")
    expect(banner).to_be_visible()
    expect(page.get_by_role("button", name="Fork")).to_be_disabled()
    page.get_by_role("button", name="Restore").click()
    expect(banner).to_have_count(0)
    assert site.ask("GET", f"/runs/{run}")["lifecycle"] == "active"


def test_a_running_run_is_asked_to_stop_and_shows_it_until_it_ends(page: Page, site: Site) -> None:
    run = site.run("edits", "busy", state="running")
    visit(page, site, run)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Stopping…")).to_be_disabled()
    assert site.ask("POST", f"/runs/{run}:heartbeat")["stop"] is True
    site.ask("PATCH", f"/runs/{run}", {"state": "killed"})
    expect(page.get_by_text("Killed")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Stop"))).to_have_count(0)


def test_a_fork_takes_the_points_up_to_its_step(page: Page, site: Site) -> None:
    run = site.run("edits", "origin", metrics={"loss": [5.0, 4.0, 3.0, 2.0]})
    visit(page, site, run)
    page.get_by_role("button", name="Fork").click()
    dialog = page.get_by_role("dialog", name="Fork this run")
    dialog.get_by_role("textbox", name="Up to and including step").fill("1")
    dialog.get_by_role("button", name="Fork", exact=True).click()
    expect(page.get_by_text("Fork of")).to_be_visible()
    made = page.url.rsplit("/", 1)[-1]
    assert site.ask("GET", f"/runs/{made}")["metrics"]["loss"]["count"] == 2


def test_points_that_arrive_are_drawn_while_the_page_is_open(page: Page, site: Site) -> None:
    run = site.run("live", "growing", state="running")
    visit(page, site, run, "charts")
    expect(page.get_by_text("No metrics yet")).to_be_visible()
    now = int(time.time() * 1000)
    points: list[dict[str, Any]] = [{"key": "loss", "steps": [0, 1], "times_ms": [now, now], "values": [2, 1]}]
    site.ask("POST", f"/runs/{run}/log", {"points": points})
    expect(page.get_by_role("img", name="loss")).to_be_visible()


def test_charts_are_found_by_a_regular_expression_that_the_address_keeps(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich, "charts")
    expect(page.get_by_role("img", name="val/loss")).to_be_visible()
    page.get_by_role("searchbox", name="Search charts").fill("^train/")
    expect(page.get_by_role("img", name="val/loss")).to_have_count(0)
    expect(page.get_by_role("img", name="train/loss")).to_be_visible()
    page.reload()
    expect(page.get_by_role("searchbox", name="Search charts")).to_have_value("^train/")


def test_a_log_is_searched_on_the_server_and_its_lines_have_addresses(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich, "logs?line=1500")
    expect(page.get_by_role("button", name="Link to line 1500")).to_be_visible()
    expect(page.get_by_text("line 1499 red")).to_be_visible()
    page.get_by_role("searchbox", name="Search the log").fill("line 29[0-9]9")
    expect(page.get_by_text("0 lines of 3,001")).to_be_visible()
    page.get_by_role("button", name="Regular expression").click()
    expect(page.get_by_text("10 lines of 3,001")).to_be_visible()
    page.get_by_role("searchbox", name="Search the log").fill("")
    page.get_by_role("radio", name="stderr").click()
    expect(page.get_by_text("something odd")).to_be_visible()
    expect(page.get_by_text("1 line of 3,001")).to_be_visible()


def test_lines_of_a_running_run_are_followed(page: Page, site: Site) -> None:
    run = site.run("live", "talking", state="running")
    lines(site, run, [f"early {number}" for number in range(500)])
    visit(page, site, run, "logs")
    expect(page.get_by_text("early 499")).to_be_visible()
    lines(site, run, ["late news"])
    expect(page.get_by_text("late news")).to_be_visible()


def test_files_are_shown_by_what_they_are(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich, "artifacts")
    tree = page.get_by_role("tree", name="Files of the run")
    tree.get_by_role("treeitem", name="out").click()
    tree.get_by_role("treeitem", name="table.csv").click()
    table = page.get_by_role("table", name="table.csv")
    expect(table.get_by_role("cell", name="heron")).to_be_visible()
    page.get_by_role("searchbox", name="Filter rows").fill("ibis")
    expect(table.get_by_role("cell", name="heron")).to_have_count(0)
    tree.get_by_role("treeitem", name="tree.json").click()
    expect(page.get_by_text("[2 items]")).to_be_visible()
    tree.get_by_role("treeitem", name="look.ipynb").click()
    expect(page.get_by_text("out-text")).to_be_visible()
    tree.get_by_role("treeitem", name="weights.bin").click()
    expect(page.get_by_text("256 B of binary data")).to_be_visible()


def test_a_page_of_a_run_is_shown_without_its_scripts(page: Page, site: Site, rich: str, expected: list[str]) -> None:
    expected.append("sandboxed")
    expected.append("Content Security Policy")
    visit(page, site, rich, "artifacts/out/page.html")
    frame = page.get_by_title("page.html", exact=True)
    expect(frame).to_have_attribute("sandbox", "")
    expect(frame.content_frame.get_by_role("heading", name="Report")).to_be_visible()


def test_media_have_a_slider_over_their_steps(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich, "media")
    panel = page.get_by_role("region", name="samples")
    expect(panel.get_by_role("img", name="1-2000-0.png")).to_be_visible()
    panel.get_by_role("button", name="Step before").click()
    expect(panel.get_by_role("img", name="0-1000-0.png")).to_be_visible()
    expect(page).to_have_url(re.compile("step=0"))


def test_sounds_and_films_are_played_where_they_are(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich, "media")
    sound = page.get_by_role("region", name="speech").get_by_label("0-1000-0.wav")
    expect(sound).to_be_visible()
    page.wait_for_function("(each) => each.readyState >= 1", arg=sound.element_handle())
    assert sound.evaluate("each => each.duration") == pytest.approx(0.1, abs=0.01)
    expect(page.get_by_role("region", name="walk").get_by_label("0-1000-0.mp4")).to_be_visible()


def test_the_diff_is_shown_in_one_column_and_in_two(page: Page, site: Site, rich: str) -> None:
    visit(page, site, rich, "code")
    changes = page.get_by_role("table", name="Changes of train.py")
    expect(changes.get_by_text("rate = 0.01")).to_be_visible()
    page.get_by_role("radio", name="Side by side").click()
    expect(changes.get_by_role("row").filter(has_text="rate = 0.1").filter(has_text="rate = 0.01")).to_be_visible()
    page.get_by_role("radio", name="Packages").click()
    expect(page.get_by_role("table", name="Packages").get_by_text("torch")).to_be_visible()


def test_text_in_every_place_stays_text(page: Page, site: Site) -> None:
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    name = SCRIPT + " مرحبا 🚀 " + "long " * 60
    run = site.run(
        "odd",
        name,
        params={SCRIPT: SCRIPT},
        tags={SCRIPT: SCRIPT},
        notes=SCRIPT,
        group=SCRIPT,
        metrics={"a<b>b": [1.0]},
    )
    lines(site, run, [SCRIPT, f"\x1b]8;;javascript:alert(1)\x07{SCRIPT}\x1b]8;;\x07"])
    put(site, run, "x.md", SCRIPT)
    put(
        site,
        run,
        "x.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    )
    for place in ("", "charts", "logs", "artifacts/x.md", "artifacts/x.svg", "media", "code", "children", "activity"):
        visit(page, site, run, place)
    visit(page, site, run, "logs")
    expect(page.get_by_text(SCRIPT).nth(1)).to_be_visible()
    assert dialogs == []


def test_a_run_with_nothing_teaches_on_every_tab(page: Page, site: Site) -> None:
    run = site.run("odd", "nothing")
    for place, text in {
        "": "No params.",
        "charts": "No metrics yet",
        "system": "No system metrics",
        "logs": "This run printed nothing",
        "artifacts": "No files yet",
        "media": "No media",
        "code": "No code was recorded",
        "children": "No runs below this one",
    }.items():
        visit(page, site, run, place)
        expect(page.get_by_text(text)).to_be_visible()


def test_ten_thousand_params_are_searched(page: Page, site: Site) -> None:
    run = site.run("odd", "many", params={f"group{number % 50}.key{number}": number for number in range(10_000)})
    visit(page, site, run)
    page.get_by_role("searchbox", name="Search params").fill("key9876")
    expect(page.get_by_role("list", name="Params").get_by_text("9876", exact=True)).to_be_visible()


def test_a_viewer_sees_a_run_and_why_it_cannot_be_changed(page: Page, make_site: Callable[..., Site]) -> None:
    environment = {"MODELWRIGHT_SERVER_AUTH": "false"}
    own = make_site(environment=environment)
    run = own.run("shared", "look-only", params={"lr": 0.1})
    own.ask("POST", "/users", {"name": "vic", "password": "a long enough one", "roles": {"default": "viewer"}})
    own.ask("POST", "/users", {"name": "ada", "password": "a long enough one", "server_admin": True})
    own.stop()
    environment["MODELWRIGHT_SERVER_AUTH"] = "true"
    own.start()
    page.goto(f"{own.url}/w/default/runs/{run}")
    page.get_by_label("Name").fill("vic")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="look-only")).to_be_visible()
    expect(page.get_by_role("button", name="Fork")).to_be_disabled()
    expect(page.get_by_title("Needs the role contributor in the workspace default").first).to_be_visible()
    page.get_by_role("heading", name="look-only").dblclick()
    expect(page.get_by_role("textbox", name="Name of the run")).to_have_count(0)
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_text("Activity is for admins")).to_be_visible()


def test_a_crashed_run_says_since_when_it_is_silent_and_a_late_heartbeat_revives_it(
    page: Page, make_site: Callable[..., Site]
) -> None:
    own = make_site(environment={"MODELWRIGHT_SERVER_HEARTBEAT_TIMEOUT_S": "1"})
    run = own.run("silent", "gone", state="running")
    own.ask("POST", f"/runs/{run}:heartbeat")
    page.goto(f"{own.url}/w/default/runs/{run}")
    banner = page.get_by_text(re.compile("no heartbeat since"))
    expect(banner).to_be_visible(timeout=20_000)
    own.ask("POST", f"/runs/{run}:heartbeat")
    expect(banner).to_have_count(0)


def test_a_run_that_is_not_there_is_said_so(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/runs/{'0' * 32}")
    expect(page.get_by_role("heading", name="There is no such run here")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_has_a_serious_fault_of_accessibility(page: Page, site: Site, rich: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    found: dict[str, list[str]] = {}
    for tab in TABS:
        visit(page, site, rich, "" if tab == "Overview" else tab.lower())
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        if faulty := faults(page):
            found[tab] = faulty
    assert found == {}
