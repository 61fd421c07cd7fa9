"""Does the tracking workspace hold: run list, charts, filter, eyes, groups, views, the address, live points?"""

from __future__ import annotations

import math
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect
from tests.ui.site import Site, faults

SCRIPT = "<img src=x onerror=alert(1)><script>alert(1)</script>"


@pytest.fixture(scope="module")
def experiment(site: Site) -> str:
    """Six runs of a sweep, a failed one, and one that never logged; the id of the experiment."""
    for place in range(6):
        falling = [2.0 * math.exp(-step / (10 + place)) + place / 10 for step in range(60)]
        site.run(
            "sweep",
            f"trial-{place}",
            metrics={
                "train/loss": falling,
                "val/loss": falling[::6],
                "val/accuracy": [1 - value / 3 for value in falling],
            },
            params={"lr": 0.1 / (1 + place), "optimizer": "adam" if place % 2 else "sgd"},
        )
    site.run("sweep", "diverged", state="failed", metrics={"train/loss": [1.0]})
    site.run("sweep", "silent")
    return site.experiment("sweep")


@pytest.fixture
def workspace(page: Page, site: Site, experiment: str) -> Page:
    page.goto(f"{site.url}/w/default/experiments/{experiment}")
    expect(panel(page, "train/loss").locator("canvas").first).to_be_visible()
    return page


def panel(page: Page, metric: str) -> Locator:
    return page.get_by_role("region", name=metric, exact=True)


def params(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def address(page: Page, pattern: str) -> None:
    expect(page).to_have_url(re.compile(pattern))


def test_runs_stand_beside_charts_in_sections_by_prefix(workspace: Page) -> None:
    runs = workspace.get_by_role("region", name="Run list")
    expect(runs.get_by_text("8 of 8 runs drawn")).to_be_visible()
    expect(runs.get_by_role("link", name="trial-0", exact=True)).to_be_visible()
    expect(workspace.get_by_role("button", name=re.compile(r"^train\s*1$"))).to_be_visible()
    expect(workspace.get_by_role("button", name=re.compile(r"^val\s*2$"))).to_be_visible()
    expect(panel(workspace, "val/accuracy")).to_be_visible()


@pytest.mark.parametrize("late", ["runs:table", "runs:columns", "series:query"])
def test_charts_are_drawn_whatever_answers_last(page: Page, site: Site, experiment: str, late: str) -> None:
    def keep_back(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    page.route(f"**/{late}", keep_back)
    page.goto(f"{site.url}/w/default/experiments/{experiment}")
    for metric in ("train/loss", "val/loss", "val/accuracy"):
        expect(panel(page, metric).locator("canvas").first).to_be_visible()
    page.goto(f"{site.url}/w/default/experiments/{experiment}?layout=full:val/loss")
    expect(page.get_by_role("region", name="val/loss, full screen").get_by_text(re.compile("buckets"))).to_be_visible()


def test_an_eye_hides_a_run_and_the_address_knows(workspace: Page) -> None:
    workspace.get_by_role("button", name="Hide trial-3").click()
    expect(workspace.get_by_text("7 of 8 runs drawn")).to_be_visible()
    address(workspace, r"hide=[0-9a-f]{10}(&|$)")
    workspace.reload()
    expect(workspace.get_by_role("button", name="Draw trial-3")).to_be_visible()
    workspace.get_by_role("button", name="Draw trial-3").click()
    expect(workspace.get_by_text("8 of 8 runs drawn")).to_be_visible()


def test_changes_are_undone_and_done_again_by_keys(workspace: Page) -> None:
    workspace.get_by_role("button", name="None", exact=True).click()
    expect(workspace.get_by_text("0 of 8 runs drawn")).to_be_visible()
    expect(workspace.get_by_text("No run is drawn.").first).to_be_visible()
    workspace.keyboard.press("Control+z")
    expect(workspace.get_by_text("8 of 8 runs drawn")).to_be_visible()
    workspace.keyboard.press("Control+Shift+Z")
    expect(workspace.get_by_text("0 of 8 runs drawn")).to_be_visible()


def test_a_filter_in_text_is_a_filter_in_rows(workspace: Page) -> None:
    box = workspace.get_by_role("searchbox", name="Filter runs")
    box.fill("params.optimizer = 'adam' AND metrics.train/loss < 0.3")
    box.press("Enter")
    expect(workspace.get_by_text("1 of 1 run drawn")).to_be_visible()
    address(workspace, "q=params.optimizer")
    workspace.get_by_role("button", name="Filter builder").click()
    builder = workspace.get_by_role("dialog", name="Filter builder")
    values = builder.get_by_role("combobox", name="Value")
    expect(values.nth(0)).to_have_value("adam")
    values.nth(1).fill("0.6")
    expect(box).to_have_value("params.optimizer = 'adam' AND metrics.train/loss < 0.6")
    expect(workspace.get_by_text("3 of 3 runs drawn")).to_be_visible()


def test_runs_are_ordered_by_several_columns(workspace: Page, site: Site, experiment: str) -> None:
    workspace.goto(f"{site.url}/w/default/experiments/{experiment}?cols=params.optimizer,params.lr")
    runs = workspace.get_by_role("region", name="Run list")
    expect(runs.get_by_role("link", name="trial-0", exact=True)).to_be_visible()
    runs.get_by_role("button", name="Order by optimizer").click()
    runs.get_by_role("button", name="Order by lr").click(modifiers=["Shift"])
    address(workspace, r"sort=params\.optimizer\+ASC%2Cparams\.lr\+ASC")
    names = runs.get_by_role("link", name=re.compile("trial-"))
    expect(names).to_have_text(["trial-5", "trial-3", "trial-1", "trial-4", "trial-2", "trial-0"])


def test_a_faulty_filter_says_where_and_keeps_the_runs(workspace: Page) -> None:
    box = workspace.get_by_role("searchbox", name="Filter runs")
    box.fill("metrics.train/loss < 1 AND statu = 'finished'")
    box.press("Enter")
    said = workspace.get_by_role("region", name="Run list").get_by_role("alert")
    expect(said).to_contain_text("statu")
    expect(said).to_contain_text("did you mean")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(workspace.get_by_role("link", name="trial-0", exact=True)).to_be_visible()


def test_panels_are_found_by_an_expression(workspace: Page) -> None:
    workspace.keyboard.press("/")
    workspace.keyboard.type("^val/(loss|acc)")
    expect(workspace.get_by_text("2 of 3")).to_be_visible()
    expect(panel(workspace, "train/loss")).to_have_count(0)
    expect(panel(workspace, "val/loss")).to_be_visible()
    workspace.get_by_role("searchbox", name="Search panels").fill("nothing")
    expect(workspace.get_by_text("None of 3 metrics matches")).to_be_visible()


def test_sections_are_moved_and_named_and_the_address_knows(workspace: Page) -> None:
    def sections() -> list[str]:
        return workspace.get_by_role("group", name="Charts").get_by_role("heading", level=2).all_inner_texts()

    workspace.get_by_role("button", name=re.compile(r"^val\s*2$")).drag_to(
        workspace.get_by_role("button", name=re.compile(r"^train\s*1$"))
    )
    address(workspace, "order")
    assert [name.split()[0] for name in sections()] == ["val", "train"]
    workspace.get_by_role("button", name=re.compile(r"^val\s*2$")).press("F2")
    workspace.get_by_role("textbox", name="Name of the section val").fill("Held out")
    workspace.keyboard.press("Enter")
    address(workspace, "titles")
    workspace.reload()
    expect(workspace.get_by_role("button", name=re.compile(r"^Held out\s*2$"))).to_be_visible()
    workspace.get_by_role("button", name=re.compile(r"^train\s*1$")).press("Alt+ArrowUp")
    expect(workspace.get_by_role("heading", level=2).first).to_contain_text("train")


def test_grouped_runs_are_means_with_a_band_of_choice(workspace: Page) -> None:
    workspace.keyboard.press("g")
    workspace.get_by_role("combobox", name="Group by").fill("optim")
    with workspace.expect_response(lambda answer: "series:query" in answer.url and answer.ok) as asked:
        workspace.get_by_role("option", name="optimizer").click()
    assert _asked(asked.value)["group_by"] == "params.optimizer"
    expect(workspace.get_by_role("button", name="Hide the group sgd")).to_be_visible()
    workspace.get_by_role("button", name=re.compile("mean by")).click()
    with workspace.expect_response(lambda answer: "series:query" in answer.url and answer.ok) as asked:
        workspace.get_by_role("menuitemradio", name=re.compile("95 %")).click()
    assert _asked(asked.value)["band"] == "ci95"
    address(workspace, r"group=params\.optimizer.*band=ci95|band=ci95.*group=params\.optimizer")


def test_a_drag_zooms_every_chart_into_finer_data(workspace: Page) -> None:
    chart = panel(workspace, "train/loss").get_by_role("img")
    box = chart.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    workspace.mouse.move(box["x"] + box["width"] * 0.4, middle)
    workspace.mouse.down()
    workspace.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
    with workspace.expect_response(lambda answer: "series:query" in answer.url and answer.ok) as asked:
        workspace.mouse.up()
    low, high = _asked(asked.value)["range"]
    assert 0 < low < high < 59
    expect(workspace.get_by_role("button", name=re.compile("^Step "))).to_be_visible()
    address(workspace, "range")
    workspace.keyboard.press("Control+z")
    expect(workspace.get_by_role("button", name=re.compile("^Step "))).to_have_count(0)


def test_a_panel_fills_the_page_and_splits_by_a_param(workspace: Page) -> None:
    panel(workspace, "val/accuracy").hover()
    panel(workspace, "val/accuracy").get_by_role("button", name="Full screen").click()
    whole = workspace.get_by_role("region", name="val/accuracy, full screen")
    expect(whole.get_by_text(re.compile(r"buckets"))).to_be_visible()
    whole.get_by_role("button", name="Split by").click()
    workspace.get_by_role("combobox", name="Split by").fill("optim")
    workspace.get_by_role("option", name="optimizer").click()
    expect(whole.get_by_role("region", name="optimizer = adam")).to_be_visible()
    expect(whole.get_by_role("region", name="optimizer = sgd")).to_be_visible()
    workspace.keyboard.press("Escape")
    expect(whole).to_have_count(0)


def test_a_panel_tells_why_runs_are_missing(workspace: Page) -> None:
    panel(workspace, "val/loss").hover()
    workspace.get_by_role("button", name="Menu of val/loss").click()
    workspace.get_by_role("menuitem", name="Why is a run missing here?").click()
    why = workspace.get_by_role("dialog", name="Why is a run missing here?")
    expect(why.get_by_text("2 drawn runs")).to_be_visible()
    expect(why.get_by_text("silent")).to_be_visible()


def test_settings_of_a_panel_go_before_those_of_the_workspace(workspace: Page) -> None:
    panel(workspace, "train/loss").hover()
    workspace.get_by_role("button", name="Menu of train/loss").click()
    workspace.get_by_role("menuitem", name="Settings").click()
    workspace.get_by_role("checkbox", name="Log y").check()
    workspace.get_by_role("button", name="Done").click()
    expect(panel(workspace, "train/loss").get_by_title("Has settings of its own")).to_be_visible()
    address(workspace, "layout=each")


def test_a_run_is_renamed_and_the_name_comes_back(page: Page, site: Site) -> None:
    site.run("renaming", "old name", metrics={"loss": [1.0, 2.0]})
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('renaming')}")
    runs = page.get_by_role("region", name="Run list")
    runs.get_by_role("link", name="old name").hover()
    runs.get_by_role("button", name="More for old name").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("new name")
    page.get_by_role("button", name="Save").click()
    expect(runs.get_by_role("link", name="new name")).to_be_visible()
    page.get_by_role("region", name="Notices").get_by_role("button", name="Undo").click()
    expect(runs.get_by_role("link", name="old name")).to_be_visible()


def test_a_run_that_was_asked_to_stop_is_stopping_in_the_list(page: Page, site: Site) -> None:
    site.run("stops", "goes-on", state="running", metrics={"loss": [1.0, 2.0]})
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('stops')}")
    runs = page.get_by_role("region", name="Run list")
    expect(runs.get_by_text("Running", exact=True)).to_be_attached()
    runs.get_by_role("link", name="goes-on").hover()
    runs.get_by_role("button", name="More for goes-on").click()
    page.get_by_role("menuitem", name="Stop").click()
    expect(runs.get_by_text("Stopping", exact=True)).to_be_attached()


def test_a_view_is_saved_and_its_link_shows_it(workspace: Page, site: Site, experiment: str) -> None:
    workspace.get_by_role("button", name="Log y", exact=True).click()
    workspace.get_by_role("button", name="Views").click()
    workspace.get_by_role("menuitem", name="Save as a new view").click()
    workspace.get_by_role("textbox", name="Name").fill("Logarithms")
    workspace.get_by_role("button", name="Save", exact=True).click()
    address(workspace, "v=")
    view = params(workspace)["v"][0]
    workspace.goto(f"{site.url}/w/default/experiments/{experiment}?v={view}")
    expect(workspace.get_by_role("button", name="Log y", exact=True)).to_have_attribute("aria-pressed", "true")


def test_points_appear_while_the_page_is_open(page: Page, site: Site) -> None:
    run = site.run("live", "goes-on", state="running", metrics={"loss": [3.0, 2.0]})
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('live')}")
    expect(panel(page, "loss").locator("canvas").first).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    with page.expect_response(lambda answer: "series:query" in answer.url and answer.ok, timeout=4_000):
        site.ask("POST", f"/runs/{run}/log", _points("loss", [2, 3], [1.0, 0.5]))
    site.ask("POST", f"/runs/{run}/log", _points("later/metric", [0], [1.0]))
    expect(panel(page, "later/metric")).to_be_visible()
    site.run("live", "another")
    expect(page.get_by_role("link", name="another")).to_be_visible()


def test_odd_names_and_numbers_look_right(page: Page, site: Site) -> None:
    long = "x" * 500
    site.run("odd", SCRIPT, metrics={f"<b>bold</b>/{SCRIPT}": [1.0, 2.0], "🔥/heat": [1.0], 'say "what"': [1.0, 2.0]})
    site.run("odd", long)
    run = site.run("odd", "not a number", state="running")
    nans: list[Any] = ["NaN"] * 20
    site.ask("POST", f"/runs/{run}/log", _points("all/nan", list(range(20)), nans))
    site.ask("POST", f"/runs/{run}/log", _points("all/far", [10**15, 2 * 10**15], [1.0, 2.0]))
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('odd')}")
    expect(page.get_by_role("link", name=SCRIPT)).to_be_visible()
    expect(page.get_by_role("link", name=long)).to_be_visible()
    expect(panel(page, f"<b>bold</b>/{SCRIPT}")).to_be_visible()
    expect(panel(page, "all/nan")).to_be_visible()
    expect(panel(page, "🔥/heat").get_by_role("cell", name="1", exact=True)).to_be_visible()
    assert page.locator("img[src='x'], script:not([src])").count() == 0


def test_an_empty_experiment_teaches_the_lines_that_fill_it(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('nothing here')}")
    expect(page.get_by_role("heading", name="No runs yet")).to_be_visible()
    expect(page.get_by_text('mw.init(experiment="nothing here"')).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(workspace: Page, theme: str) -> None:
    workspace.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    assert faults(workspace) == []


def _asked(answer: Response) -> dict[str, Any]:
    """The body of the request that was answered."""
    body = answer.request.post_data_json
    assert isinstance(body, dict)
    return body


def _points(key: str, steps: list[int], values: list[Any]) -> dict[str, Any]:
    return {
        "points": [
            {
                "key": key,
                "steps": steps,
                "times_ms": [1_700_000_000_000 + step % 1000 for step in steps],
                "values": values,
            }
        ]
    }
