"""Runs side by side: only what differs, the best, the baseline, what is copied."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.ui.site import Site, faults

SCRIPT = "<img src=x onerror=alert(1)>"


def _three(site: Site, experiment: str) -> tuple[str, list[str]]:
    """Three runs: the first and the last of one set-up; the experiment and their ids."""
    ids: list[str] = []
    for place, (lr, loss) in enumerate([(0.1, 0.5), (0.01, 0.2), (0.1, 0.4)]):
        origin: dict[str, Any] = {
            "host": "gpu-1",
            "git": {"commit": "ab" * 20, "branch": "main", "dirty": place == 1},
            "packages": {"numpy": "2.1.0", "torch": "2.5.0" if lr > 0.05 else "2.6.0"},
        }
        params = {"lr": lr, "depth": 4, "seed": place}
        ids.append(
            site.run(experiment, f"try-{place}", metrics={"val/loss": [1.0, loss]}, params=params, origin=origin)
        )
    return site.experiment(experiment), ids


def _open(page: Page, site: Site, experiment: str, ids: list[str], more: str = "") -> Locator:
    page.goto(f"{site.url}/w/default/experiments/{experiment}/compare?runs={','.join(ids)}{more}")
    grid = page.get_by_role("treegrid", name="Comparison")
    expect(grid.get_by_role("link", name="try-0")).to_be_visible()
    return grid


def _row(grid: Locator, key: str) -> Locator:
    return grid.get_by_role("row", name=re.compile(f"^{key.replace('/', '.')}( |$)"))


def test_only_what_differs_is_shown_until_asked_for_all(page: Page, site: Site) -> None:
    grid = _open(page, site, *_three(site, "differences"))
    expect(_row(grid, "lr")).to_contain_text("0.01")
    expect(_row(grid, "torch")).to_contain_text("2.6.0")
    expect(_row(grid, "depth")).to_have_count(0)
    expect(_row(grid, "numpy")).to_have_count(0)
    page.get_by_role("switch", name="Differences only").click()
    expect(_row(grid, "depth")).to_be_visible()
    expect(page).to_have_url(re.compile("c.all"))
    page.get_by_role("searchbox", name="Search keys").fill("nump")
    expect(_row(grid, "numpy")).to_contain_text("2.1.0")
    expect(_row(grid, "depth")).to_have_count(0)


def test_the_best_metric_is_marked_and_runs_of_one_set_up_stand_together(page: Page, site: Site) -> None:
    grid = _open(page, site, *_three(site, "best"))
    expect(_row(grid, "val/loss").get_by_role("img", name="best")).to_have_count(1)
    expect(grid.get_by_role("columnheader").get_by_role("link", name=re.compile("try-"))).to_have_text(
        ["try-0", "try-2", "try-1"]
    )
    expect(grid.get_by_text("set-up A")).to_have_count(2)
    expect(grid.get_by_role("link", name="diff")).to_have_count(1)
    page.get_by_role("button", name="Run try-0").click()
    page.get_by_role("menuitem", name="Keep one run of this set-up").click()
    expect(grid.get_by_role("link", name="try-2")).to_have_count(0)


def test_a_baseline_gives_every_number_its_distance(page: Page, site: Site) -> None:
    grid = _open(page, site, *_three(site, "distance"))
    page.get_by_role("button", name="Run try-2").click()
    page.get_by_role("menuitem", name="Make it the baseline").click()
    expect(grid.get_by_role("columnheader").get_by_role("link", name=re.compile("try-")).first).to_have_text("try-2")
    expect(_row(grid, "val/loss").get_by_title(re.compile("better than the baseline"))).to_have_text("\u22120.2")
    expect(_row(grid, "val/loss").get_by_title(re.compile("worse than the baseline"))).to_have_text("+0.1")
    expect(page).to_have_url(re.compile("baseline="))


def test_the_comparison_is_copied_as_markdown(page: Page, site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(page, site, *_three(site, "copied"))
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("menuitem", name="Copy as Markdown").click()
    expect(page.get_by_text(re.compile("Copied .* as Markdown"))).to_be_visible()
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert text.startswith("| section | key | try-0 | try-2 | try-1 |\n")
    assert "| Params | lr | 0.1 | 0.1 | 0.01 |" in text


def test_without_runs_the_page_offers_some(page: Page, site: Site) -> None:
    experiment, _ = _three(site, "offered")
    page.goto(f"{site.url}/w/default/experiments/{experiment}/compare")
    page.get_by_role("button", name="Latest five runs").click()
    grid = page.get_by_role("treegrid", name="Comparison")
    expect(grid.get_by_role("link", name=re.compile("try-"))).to_have_count(3)
    page.get_by_role("button", name="Run try-1").click()
    page.get_by_role("menuitem", name="Take out of the comparison").click()
    expect(grid.get_by_role("link", name=re.compile("try-"))).to_have_count(2)
    page.get_by_role("button", name="Add runs").click()
    page.get_by_role("searchbox", name="Search runs by name").fill("y-1")
    page.get_by_role("option", name=re.compile("try-1")).click()
    page.keyboard.press("Escape")
    expect(grid.get_by_role("link", name=re.compile("try-"))).to_have_count(3)


def test_fifty_runs_are_compared_and_a_lost_one_is_told(page: Page, site: Site) -> None:
    ids = [site.run("fifty", f"try-{place}", params={"lr": place}) for place in range(49)]
    grid = _open(page, site, site.experiment("fifty"), [*ids, "f" * 32])
    expect(page.get_by_text("1 run of this link cannot be found any more.")).to_be_visible()
    expect(page.get_by_text(re.compile("^49 runs · "))).to_be_visible()
    expect(_row(grid, "lr")).to_be_visible()


def test_script_in_names_and_values_stays_text(page: Page, site: Site) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    ids = [
        site.run("hostile", f"try-{place}", params={SCRIPT: SCRIPT * (place + 1)}, tags={"a": SCRIPT})
        for place in range(2)
    ]
    grid = _open(page, site, site.experiment("hostile"), ids)
    expect(grid.get_by_text(SCRIPT).first).to_be_visible()
    assert grid.locator("img[src]").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page: Page, site: Site, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    experiment, ids = _three(site, f"axe {theme}")
    _open(page, site, experiment, ids, f"&baseline={ids[0][-10:]}")
    assert faults(page) == []
