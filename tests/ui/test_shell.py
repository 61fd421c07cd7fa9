"""Does the shell hold: navigation, palette, help, theme, login, live state, what is not there?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.ui.site import Site, faults

SCRIPT = "<img src=x onerror=alert(1)><script>alert(1)</script>"


def test_the_first_page_of_an_empty_server_teaches_the_first_run(page: Page, make_site: Callable[..., Site]) -> None:
    page.goto(make_site().url)
    expect(page.get_by_role("heading", name="Nothing has run here yet")).to_be_visible()
    expect(page.get_by_text("import modelwright as mw")).to_be_visible()
    expect(page).to_have_url(re.compile("/w/default$"))


def test_home_tells_what_runs_and_what_failed(page: Page, site: Site) -> None:
    site.run("home", "goes-on", state="running", metrics={"val/loss": [1.0, 0.5]}, params={"max_steps": 10})
    site.run("home", "went-wrong", state="failed")
    page.goto(site.url)
    running = page.get_by_role("region", name="Running now")
    expect(running.get_by_role("link", name="goes-on")).to_be_visible()
    expect(running.get_by_text("1 / 10")).to_be_visible()
    failed = page.get_by_role("region", name="Needs you")
    failed.get_by_role("link", name="went-wrong", exact=True).click()
    expect(page).to_have_url(re.compile(r"/w/default/runs/[0-9a-f]+"))


def test_a_finished_run_leaves_the_home_page_by_itself(page: Page, site: Site) -> None:
    run = site.run("home", "soon-done", state="running")
    page.goto(site.url)
    link = page.get_by_role("region", name="Running now").get_by_role("link", name="soon-done")
    expect(link).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    site.ask("PATCH", f"/runs/{run}", {"state": "finished"})
    expect(link).to_have_count(0)


def test_the_rooms_are_reached_by_link_and_by_keys(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Experiments").click()
    expect(page.get_by_role("heading", name="Experiments", level=1)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/settings/users$"))
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile("/w/default$"))


def test_the_palette_finds_experiments_and_runs_by_a_part_of_their_names(page: Page, site: Site) -> None:
    site.run("palette/vision", "a-quiet-heron")
    page.goto(site.url)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.keyboard.press("Control+k")
    words = page.get_by_placeholder("Go to an experiment or a run")
    words.fill("quiet-her")
    page.get_by_role("option", name="a-quiet-heron").click()
    expect(page).to_have_url(re.compile("/runs/"))
    page.keyboard.press("Control+k")
    words.fill("palette/vis")
    expect(page.get_by_role("option", name="palette/vision")).to_be_visible()
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)


def test_help_lists_the_keys_of_the_page(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/experiments")
    expect(page.get_by_role("heading", name="Experiments", level=1)).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog.get_by_text("New experiment")).to_be_visible()
    expect(dialog.get_by_text("Command palette")).to_be_visible()


def test_the_theme_follows_the_system_and_the_choice_is_remembered(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(site.url)
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Account and appearance").click()
    page.get_by_role("menuitemradio", name="Light").click()
    expect(html).to_have_attribute("data-theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-theme", "light")


def test_times_are_shown_in_the_chosen_zone(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/settings/server")
    expect(page.get_by_text(re.compile(r"\d\d:\d\d:\d\d UTC"))).to_have_count(0)
    page.get_by_role("button", name="Account and appearance").click()
    page.get_by_role("menuitemradio", name="UTC", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d\d:\d\d:\d\d UTC"))).to_be_visible()


@pytest.mark.parametrize("path", ["/w/default/nothing/here", "/nothing/here"])
def test_an_address_of_nothing_says_so(page: Page, site: Site, path: str) -> None:
    page.goto(f"{site.url}{path}")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()


def test_the_short_address_of_a_run_leads_to_its_page(page: Page, site: Site) -> None:
    run = site.run("short", "by-its-id")
    page.goto(f"{site.url}/runs/{run}")
    expect(page).to_have_url(re.compile(f"/w/default/runs/{run}$"))


def test_the_page_says_when_the_server_is_gone_and_goes_on_when_it_is_back(
    page: Page, make_site: Callable[..., Site]
) -> None:
    own = make_site()
    own.run("away", "before")
    page.goto(f"{own.url}/w/default/experiments")
    expect(page.get_by_role("link", name="away")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.get_by_role("searchbox").fill("awa")
    own.stop()
    expect(page.get_by_text(re.compile("Reconnecting|Offline"))).to_be_visible()
    own.start()
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    expect(page.get_by_role("searchbox")).to_have_value("awa")
    own.experiment("away again")
    expect(page.get_by_role("link", name="away again")).to_be_visible()


def test_who_is_not_logged_in_logs_in_and_comes_back(page: Page, make_site: Callable[..., Site]) -> None:
    own = make_site()
    own.ask("POST", "/users", {"name": "ada", "password": "a long enough one", "server_admin": True})
    own.stop()
    own._options = ("--auth",)
    own.start()
    page.goto(f"{own.url}/w/default/experiments?q=Def")
    expect(page).to_have_url(re.compile(r"/login\?to="))
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("not the right one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text(re.compile("password", re.IGNORECASE)).last).to_be_visible()
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/experiments\?q=Def$"))
    expect(page.get_by_role("link", name="Default")).to_be_visible()
    page.get_by_role("button", name="Account and appearance").click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page.get_by_role("form", name="Log in")).to_be_visible()


def test_nothing_is_asked_of_another_host(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "/w/default/experiments", "/w/default/settings/server", "/login"):
        page.goto(site.url + path)
        page.wait_for_load_state("load")
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((site.url, "data:", "blob:"))] == []


def test_script_in_a_name_stays_text(page: Page, site: Site) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    site.experiment(SCRIPT, tags={SCRIPT: SCRIPT})
    site.run("script", SCRIPT, state="failed")
    page.goto(f"{site.url}/w/default/experiments")
    expect(page.get_by_role("link", name=SCRIPT)).to_be_visible()
    page.goto(site.url)
    expect(page.get_by_role("region", name="Needs you").get_by_text(SCRIPT)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/w/default/experiments",
        "/w/default/settings/users",
        "/w/default/settings/tokens",
        "/w/default/settings/server",
        "/login",
    ],
)
def test_axe_finds_no_serious_fault(page: Page, site: Site, path: str, theme: str) -> None:
    site.run("axe", "one", state="failed", metrics={"loss": [1.0]})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    page.goto(site.url + path)
    expect(page.get_by_role("heading").first).to_be_attached()
    page.wait_for_load_state("networkidle") if path == "/login" else expect(
        page.get_by_text("Live", exact=True)
    ).to_be_visible()
    assert faults(page) == []


def test_a_phone_shows_the_pages_without_scrolling_sideways(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    for path in ("", "/w/default/experiments", "/w/default/settings/server"):
        page.goto(site.url + path)
        expect(page.get_by_role("main").get_by_role("heading").first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Navigation").click()
    page.get_by_role("dialog", name="Navigation").get_by_role("link", name="Experiments").click()
    expect(page.get_by_role("heading", name="Experiments", level=1)).to_be_visible()
    expect(page.get_by_role("dialog", name="Navigation")).to_have_count(0)
    context.close()
