"""Exploring runs: parallel coordinates that brush, importance that says how sure it is, a scatter, a histogram."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.ui.site import Site, faults


def _sweep(site: Site, experiment: str, count: int = 24) -> str:
    for place in range(count):
        lr = 10.0 ** (-1 - place % 4)
        loss = abs((place % 4) - 2) + 0.01 * (place % 5)
        params = {"lr": lr, "depth": place % 3, "model": "cnn" if place % 2 else "vit"}
        site.run(experiment, f"trial-{place}", params=params, metrics={"val/loss": [2.0, loss]})
    return site.experiment(experiment)


def _open(page: Page, site: Site, experiment: str, search: str = "") -> None:
    page.goto(f"{site.url}/w/default/experiments/{experiment}/explore{search}")
    expect(page.get_by_role("region", name="Parallel coordinates")).to_be_visible()


def test_the_charts_say_from_how_many_runs_they_are(page: Page, site: Site) -> None:
    _open(page, site, _sweep(site, "charts"))
    expect(page.get_by_role("button", name=re.compile("^lr, axis"))).to_be_visible()
    expect(page.get_by_role("region", name="What moves val/loss")).to_contain_text("24 runs")
    expect(page.get_by_role("img", name=re.compile("a scatter of 24 runs"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("a histogram of 24 values"))).to_be_attached()
    runs = page.get_by_role("complementary", name="Runs")
    expect(runs.get_by_role("listitem").first).to_contain_text("trial-")
    expect(runs.get_by_role("listitem").first).to_contain_text("0")


def test_what_is_brushed_narrows_the_runs_and_becomes_a_filter(page: Page, site: Site) -> None:
    experiment = _sweep(site, "brushed")
    _open(
        page,
        site,
        experiment,
        "?view=e.axes%3D%255B%2522params.model%2522%255D%26e.b%3D%257B%2522params.model%2522%253A%255B0.9%252C1%255D%257D",
    )
    runs = page.get_by_role("complementary", name="Runs")
    expect(runs.get_by_role("status")).to_have_text("12 of 24")
    runs.get_by_role("button", name="Keep as filter").click()
    expect(page.get_by_role("searchbox", name="Filter runs")).to_have_value("params.model IN ('vit')")
    expect(runs.get_by_role("status")).to_have_text("12 runs")
    page.go_back()
    expect(page.get_by_role("searchbox", name="Filter runs")).to_have_value("")


def test_a_brush_drawn_with_the_pointer_narrows_the_runs(page: Page, site: Site) -> None:
    _open(page, site, _sweep(site, "drawn"), "?view=e.axes%3D%255B%2522params.depth%2522%255D")
    chart = page.get_by_role("region", name="Parallel coordinates").get_by_role("img")
    expect(chart).to_be_visible()
    heading = page.get_by_role("button", name=re.compile("^depth, axis")).bounding_box()
    box = chart.bounding_box()
    assert heading is not None
    assert box is not None
    across = heading["x"] + heading["width"] / 2
    page.mouse.move(across, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(across, box["y"] + box["height"] * 0.2, steps=4)
    page.mouse.move(across, box["y"] + box["height"] * 0.35, steps=4)
    page.mouse.up()
    expect(page.get_by_role("complementary", name="Runs").get_by_role("status")).to_have_text("8 of 24")
    expect(page).to_have_url(re.compile("e.b"))


def test_the_axis_of_the_scatter_and_the_metric_are_chosen(page: Page, site: Site) -> None:
    _open(page, site, _sweep(site, "axes"))
    page.get_by_role("region", name=re.compile("over$")).get_by_role("button").first.click()
    page.get_by_role("combobox", name="Scatter x axis").fill("depth")
    page.get_by_role("option", name="depth").click()
    expect(page.get_by_role("img", name=re.compile("val.loss over depth"))).to_be_visible()
    page.get_by_role("combobox", name="Number of the metric").click()
    page.get_by_role("option", name="max").click()
    expect(page.get_by_role("region", name="What moves val/loss (max)")).to_be_visible()


def test_an_axis_that_stands_upside_down_does_so_for_who_opens_the_link(page: Page, site: Site) -> None:
    _open(page, site, _sweep(site, "flipped"), "?view=e.axes%3D%255B%2522params.depth%2522%255D")
    page.get_by_role("button", name=re.compile("^depth, axis")).click()
    expect(page).to_have_url(re.compile("e.f"))
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^depth, axis .*flipped"))).to_be_visible()


def test_too_few_runs_are_told(page: Page, site: Site) -> None:
    _open(page, site, _sweep(site, "few", 3))
    panel = page.get_by_role("region", name="What moves val/loss")
    expect(panel.get_by_text(re.compile("few|at least|runs", re.IGNORECASE)).first).to_be_visible()


def test_an_empty_experiment_teaches_how_to_fill_the_page(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('empty')}/explore")
    expect(page.get_by_text("Nothing to explore yet")).to_be_visible()
    expect(page.get_by_text("mw.init")).to_be_visible()
    site.run("no metrics", "bare", params={"lr": 1})
    page.goto(f"{site.url}/w/default/experiments/{site.experiment('no metrics')}/explore")
    expect(page.get_by_text("No run has a metric yet")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page: Page, site: Site, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    _open(page, site, _sweep(site, f"axe {theme}", 8))
    expect(page.get_by_role("button", name=re.compile("^lr, axis"))).to_be_visible()
    assert faults(page) == []
