"""Does a page outlive its server: it says so, comes back by itself, and loses nothing that was typed?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.ui.site import Site

STATE = re.compile("Reconnecting|Offline")


@pytest.fixture
def own(page: Page, make_site: Callable[..., Site]) -> Site:
    """A server of the test's own, and the page on a workspace of it."""
    own = make_site()
    for number in range(3):
        own.run("sweep", f"trial-{number}", metrics={"loss": [1.0, 0.5, 0.2 + number]}, params={"lr": number + 1})
    page.goto(f"{own.url}/w/default/experiments/{own.experiment('sweep')}")
    expect(page.get_by_role("region", name="loss", exact=True).locator("canvas").first).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return own


def test_a_workspace_outlives_its_server_with_what_was_typed(page: Page, own: Site) -> None:
    box = page.get_by_role("searchbox", name="Filter runs")
    panels = page.get_by_role("searchbox", name="Search panels")
    panels.fill("lo")
    page.get_by_role("button", name="Hide trial-1").click()
    own.stop()
    expect(page.get_by_text(STATE)).to_be_visible()
    box.fill("params.lr < 3")
    # What was drawn stays while nothing can be asked.
    expect(page.get_by_role("region", name="loss", exact=True).locator("canvas").first).to_be_visible()
    expect(page.get_by_role("link", name="trial-0", exact=True)).to_be_visible()
    expect(box).to_have_value("params.lr < 3")
    own.start()
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
    expect(box).to_have_value("params.lr < 3")
    expect(panels).to_have_value("lo")
    expect(page.get_by_role("link", name="trial-2", exact=True)).to_have_count(0, timeout=30_000)
    expect(page.get_by_role("button", name="Draw trial-1")).to_be_visible()
    # It is alive, not only said to be: a new run and its points appear by themselves.
    own.run("sweep", "afterwards", metrics={"loss": [1.0, 0.4]}, params={"lr": 2})
    expect(page.get_by_role("link", name="afterwards", exact=True)).to_be_visible(timeout=30_000)


def test_a_half_typed_filter_is_left_alone(page: Page, own: Site) -> None:
    box = page.get_by_role("searchbox", name="Filter runs")
    box.fill("metrics.lo")
    own.stop()
    expect(page.get_by_text(STATE)).to_be_visible()
    box.press("End")
    page.keyboard.type("ss <")
    own.start()
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
    expect(box).to_have_value("metrics.loss <")
    page.keyboard.type(" 0.3")
    expect(page.get_by_text("1 of 1 run drawn")).to_be_visible(timeout=30_000)


def test_a_filter_typed_while_it_was_away_is_answered_on_return(page: Page, own: Site) -> None:
    own.stop()
    expect(page.get_by_text(STATE)).to_be_visible()
    box = page.get_by_role("searchbox", name="Filter runs")
    box.fill("params.lr = 3")
    box.press("Enter")
    expect(page).to_have_url(re.compile("q=params.lr"))
    own.start()
    expect(page.get_by_text("1 of 1 run drawn")).to_be_visible(timeout=30_000)
    expect(box).to_have_value("params.lr = 3")
