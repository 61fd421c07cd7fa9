"""The list of experiments and the settings: what one does there, does it happen?"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.ui.site import Site


def test_an_experiment_is_made_renamed_and_its_old_name_brought_back(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/experiments")
    page.get_by_role("button", name="New experiment").click()
    page.get_by_role("textbox", name="Name").fill("made here")
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile(r"/experiments/\d+$"))
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Experiments").click()
    page.get_by_role("button", name="Actions for made here").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("named anew")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_role("link", name="named anew")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="made here")).to_be_visible()


def test_a_name_that_is_taken_is_refused_beside_the_field(page: Page, site: Site) -> None:
    site.experiment("taken")
    page.goto(f"{site.url}/w/default/experiments")
    page.get_by_role("button", name="New experiment").click()
    page.get_by_role("textbox", name="Name").fill("taken")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("exists", re.IGNORECASE))).to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("taken")


def test_a_deleted_experiment_comes_back_by_undo_and_from_the_deleted_ones(page: Page, site: Site) -> None:
    site.run("to delete", "its run")
    page.goto(f"{site.url}/w/default/experiments")

    def delete() -> None:
        page.get_by_role("button", name="Actions for to delete").click()
        page.get_by_role("menuitem", name="Delete").click()
        expect(page.get_by_role("link", name="to delete")).to_have_count(0)

    delete()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="to delete")).to_be_visible()
    delete()
    page.get_by_role("radio", name="Deleted").click()
    expect(page).to_have_url(re.compile("shown=deleted"))
    page.get_by_role("button", name="Actions for to delete").click()
    page.get_by_role("menuitem", name="Restore").click()
    page.get_by_role("radio", name="Active").click()
    expect(page.get_by_role("link", name="to delete")).to_be_visible()


def test_experiments_are_filtered_by_words_and_by_the_search_language(page: Page, site: Site) -> None:
    site.experiment("filter one", tags={"team": "vision"})
    site.experiment("filter two", tags={"team": "audio"})
    page.goto(f"{site.url}/w/default/experiments")
    expect(page.get_by_role("link", name="filter two")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("tags.team = 'vision'")
    expect(page.get_by_role("link", name="filter two")).to_have_count(0)
    expect(page.get_by_role("link", name="filter one")).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=tags\.team"))
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("tags.team = 'vision'")
    expect(page.get_by_role("link", name="filter two")).to_have_count(0)
    page.get_by_role("searchbox").fill("FILTER two")
    expect(page.get_by_role("link", name="filter two")).to_be_visible()
    page.get_by_role("searchbox").fill("nonsense = 'x'")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_user_is_added_given_a_role_shut_out_and_let_in_again(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/settings/users")
    page.get_by_role("button", name="Add user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("grace")
    dialog.get_by_label("Password").fill("short")
    dialog.get_by_role("button", name="Add user").click()
    expect(dialog.get_by_text(re.compile("12 to 1,024 characters"))).to_be_visible()
    dialog.get_by_label("Password").fill("a password of length")
    dialog.get_by_role("button", name="Add user").click()
    row = page.get_by_role("row", name=re.compile("grace"))
    expect(row).to_be_visible()
    row.get_by_role("combobox", name="Role of grace").click()
    page.get_by_role("option", name="Viewer").click()
    expect(row.get_by_role("combobox")).to_have_text("Viewer")
    row.get_by_role("switch", name="May log in").click()
    expect(row.get_by_text("Disabled")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("switch", name="May log in")).to_be_checked()
    user = next(item for item in site.ask("GET", "/users")["items"] if item["name"] == "grace")
    assert user["roles"] == {"default": "viewer"}
    assert not user["disabled"]


def test_a_token_shows_its_secret_once(page: Page, site: Site) -> None:
    site.ask("POST", "/users", {"name": "machine", "roles": {"default": "contributor"}})
    page.goto(f"{site.url}/w/default/settings/tokens")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog", name="New token")
    expect(dialog.get_by_role("combobox", name="User")).to_be_visible()
    dialog.get_by_role("textbox", name="Label").fill("nightly")
    dialog.get_by_role("button", name="Create").click()
    secret = page.get_by_role("dialog", name="Copy it now").get_by_text(re.compile("^mw_")).inner_text()
    answered = site.ask("GET", "/me", authorization=f"Bearer {secret}")
    assert answered["name"]
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text(secret)).to_have_count(0)


def test_the_server_page_says_that_storage_is_well(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/w/default/settings/server")
    health = page.get_by_role("region", name="Health")
    expect(health.get_by_text("Well").first).to_be_visible()
    expect(page.get_by_role("region", name="Facts").get_by_text(site.url).first).to_be_visible()
