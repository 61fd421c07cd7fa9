"""The table of runs: columns, order, groups, baseline, changes in bulk, what is downloaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.ui.site import Site, faults

SCRIPT = "<img src=x onerror=alert(1)>"


def _some(site: Site, experiment: str) -> str:
    """Four runs of two models; the id of the experiment."""
    for place, (model, loss) in enumerate([("cnn", 0.4), ("vit", 0.2), ("cnn", 0.3), ("vit", 0.1)]):
        site.run(
            experiment,
            f"run-{place + 7}",
            metrics={"val/loss": [1.0, loss], "train/acc": [1 - loss]},
            params={"model": model, "lr": 10.0**-place, "note": "=1+1"},
            tags={"stage": "dev"},
        )
    return site.experiment(experiment)


def _open(page: Page, site: Site, experiment: str, search: str = "") -> Locator:
    page.goto(f"{site.url}/w/default/experiments/{experiment}/table{search}")
    grid = page.get_by_label("Runs", exact=True)
    expect(grid.get_by_role("row").nth(1)).to_be_visible()
    return grid


def _names(grid: Locator) -> list[str]:
    return grid.get_by_role("link").all_inner_texts()


def _head(grid: Locator, name: str) -> Locator:
    return grid.get_by_role("columnheader", name=name).get_by_role("button").first


def test_runs_are_in_the_order_of_a_metric_and_the_address_says_so(page: Page, site: Site) -> None:
    grid = _open(page, site, _some(site, "order"))
    assert _names(grid) == ["run-10", "run-9", "run-8", "run-7"]
    _head(grid, "val/loss").click()
    expect(page).to_have_url(re.compile("sort="))
    expect(grid.get_by_role("link").first).to_have_text("run-10")
    assert _names(grid) == ["run-10", "run-8", "run-9", "run-7"]
    _head(grid, "Name").click()
    expect(grid.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "ascending")
    assert _names(grid) == ["run-7", "run-8", "run-9", "run-10"]
    _head(grid, "Name").click()
    page.reload()
    expect(grid.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    assert _names(grid) == ["run-10", "run-9", "run-8", "run-7"]


def test_columns_are_found_by_name_shown_and_hidden(page: Page, site: Site) -> None:
    grid = _open(page, site, _some(site, "columns"))
    page.get_by_role("button", name=re.compile("^Columns")).click()
    page.get_by_role("button", name="Hide all").click()
    page.get_by_role("searchbox", name="Search columns").fill("loss")
    page.get_by_role("button", name="val/loss min").click()
    page.get_by_role("searchbox", name="Search columns").fill("stage")
    page.get_by_role("checkbox", name="stage").click()
    page.keyboard.press("Escape")
    expect(grid.get_by_role("columnheader")).to_have_text(["", "Name", "val/loss (min)", "tagsstage"])
    expect(grid.get_by_role("row", name=re.compile("run-8"))).to_contain_text("0.2")
    expect(page).to_have_url(re.compile("cols="))
    grid.get_by_role("columnheader", name="val/loss (min)").hover()
    page.get_by_role("button", name="Column val/loss (min)").click()
    page.get_by_role("menuitem", name="Hide").click()
    expect(grid.get_by_role("columnheader")).to_have_text(["", "Name", "tagsstage"])


def test_groups_tell_how_many_and_what_they_have_and_open(page: Page, site: Site) -> None:
    grid = _open(page, site, _some(site, "groups"))
    page.get_by_role("button", name="Group", exact=True).click()
    page.get_by_role("combobox", name="Group by").fill("model")
    page.get_by_role("option", name="model").click()
    cnn = grid.get_by_role("row", name=re.compile("model cnn"))
    expect(cnn).to_contain_text("0.35")
    expect(cnn).to_have_attribute("aria-expanded", "false")
    cnn.click()
    expect(grid.get_by_role("link")).to_have_text(["run-9", "run-7"])


def test_a_baseline_stands_on_top_and_others_show_their_distance(page: Page, site: Site) -> None:
    grid = _open(page, site, _some(site, "baseline"), "?cols=name,metrics.val/loss.last")
    grid.focus()
    grid.press("ArrowDown")
    grid.press("ArrowDown")
    grid.press("b")
    expect(grid.get_by_text("baseline").first).to_be_visible()
    assert _names(grid)[0] == "run-9"
    worse = grid.get_by_role("row", name=re.compile("run-7"))
    expect(worse).to_contain_text("+0.1")
    expect(worse.get_by_title(re.compile("worse than the baseline"))).to_be_visible()
    expect(grid.get_by_role("row", name=re.compile("run-10")).get_by_title(re.compile("better"))).to_be_visible()


def test_chosen_runs_are_deleted_come_back_by_undo_and_from_the_deleted_ones(page: Page, site: Site) -> None:
    grid = _open(page, site, _some(site, "bulk"))
    grid.get_by_role("checkbox", name="Select run-7").click()
    grid.get_by_role("checkbox", name="Select run-9").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Chosen runs")
    expect(bar).to_contain_text("3 runs")
    bar.get_by_role("button", name="Delete").click()
    expect(grid.get_by_role("link")).to_have_text(["run-10"])
    page.get_by_role("button", name="Undo").click()
    expect(grid.get_by_role("link")).to_have_count(4)
    grid.get_by_role("checkbox", name="Select run-8").click()
    bar.get_by_role("button", name="Delete").click()
    expect(grid.get_by_role("link")).to_have_count(3)
    page.get_by_role("button", name="Show deleted runs").click()
    expect(grid.get_by_role("link")).to_have_text(["run-8"])
    grid.get_by_role("checkbox", name="Select run-8").click()
    bar.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Nothing is deleted")).to_be_visible()
    page.get_by_role("button", name="Show active runs").click()
    expect(grid.get_by_role("link")).to_have_count(4)


def test_chosen_runs_are_tagged_grouped_and_compared(page: Page, site: Site) -> None:
    experiment = _some(site, "tagged")
    grid = _open(page, site, experiment, "?cols=name,tags.stage,group")
    grid.focus()
    grid.press("Control+a")
    bar = page.get_by_role("toolbar", name="Chosen runs")
    expect(bar).to_contain_text("4 runs")
    bar.get_by_role("button", name="Tag").click()
    page.get_by_role("textbox", name="Tag").fill("stage")
    page.get_by_role("textbox", name="Value").fill("prod")
    page.get_by_role("button", name="Set tag").click()
    expect(grid.get_by_role("gridcell", name="prod")).to_have_count(4)
    bar.get_by_role("button", name="Group").click()
    page.get_by_role("textbox", name="Group").fill("sweep")
    page.get_by_role("button", name="Add to group").click()
    expect(grid.get_by_role("gridcell", name="sweep")).to_have_count(4)
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(r"/compare\?"))
    expect(page.get_by_role("treegrid", name="Comparison").get_by_role("link", name="run-7")).to_be_visible()


def test_a_filter_narrows_the_table_and_a_wrong_one_says_where(page: Page, site: Site) -> None:
    grid = _open(page, site, _some(site, "filter"))
    box = page.get_by_role("searchbox", name="Filter runs")
    box.fill("params.model = 'vit'")
    box.press("Enter")
    expect(grid.get_by_role("link")).to_have_text(["run-10", "run-8"])
    box.fill("params.model = ")
    box.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    box.fill("params.model = 'none'")
    box.press("Enter")
    expect(page.get_by_text("No run matches the filter")).to_be_visible()


def test_the_download_has_what_is_shown_and_no_formula_runs(page: Page, site: Site, tmp_path: Path) -> None:
    _open(page, site, _some(site, "csv"), "?cols=name,params.note,metrics.val/loss.last&sort=metrics.val%2Floss%20ASC")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as CSV, as shown").click()
    waiting.value.save_as(tmp_path / "runs.csv")
    lines = (tmp_path / "runs.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "run_id,name,params.note,metrics.val/loss.last"
    assert lines[1].split(",")[1:] == ["run-10", "'=1+1", "0.1"]
    assert len(lines) == 5


def test_a_view_is_kept_by_name(page: Page, site: Site) -> None:
    experiment = _some(site, "views")
    grid = _open(page, site, experiment, "?cols=name,params.model&sort=run_name%20ASC")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save as a new view").click()
    page.get_by_role("textbox", name="Name").fill("by name")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="by name")).to_be_visible()
    page.get_by_role("button", name="by name").click()
    page.get_by_role("menuitem", name="Back to the plain view").click()
    expect(grid.get_by_role("columnheader", name="State")).to_be_visible()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="by name").click()
    expect(grid.get_by_role("columnheader", name="State")).to_have_count(0)
    assert _names(grid)[0] == "run-7"


def test_script_in_names_params_and_tags_stays_text(page: Page, site: Site) -> None:
    site.run("hostile", SCRIPT, params={SCRIPT: SCRIPT}, tags={SCRIPT: SCRIPT}, metrics={SCRIPT: [1.0]})
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    grid = _open(page, site, site.experiment("hostile"))
    expect(grid.get_by_role("link", name=SCRIPT)).to_be_visible()
    assert grid.locator("img").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page: Page, site: Site, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    grid = _open(page, site, _some(site, f"axe {theme}"), "?group=params.model")
    grid.get_by_role("row", name=re.compile("model cnn")).click()
    grid.get_by_role("checkbox").nth(2).click()
    assert faults(page) == []
