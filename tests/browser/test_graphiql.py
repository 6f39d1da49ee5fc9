"""The developers' page in a browser: it works from here alone, with its recipes and in a person's name."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.house import House


def test_a_developer_runs_a_recipe_and_asks_no_other_host(page: Page, house: House):
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto("/graphiql")

    page.get_by_role("button", name="Show Recipes").click()
    page.get_by_role("button", name="Pages: pass endCursor").click()
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".result-window")).to_contain_text('"totalCount"')
    assert hosts == {urlsplit(house.url).netloc}


def test_a_developer_signs_in_and_asks_in_that_name(page: Page, house: House):
    person = house.new_guest()
    page.goto("/graphiql")
    page.get_by_role("button", name="Show Account").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Requests go out as")).to_be_visible()

    page.get_by_role("button", name="Show Recipes").click()
    page.get_by_role("button", name="My bookings").click()
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".result-window")).to_contain_text('"myBookings"')
    expect(page.locator(".result-window")).not_to_contain_text("UNAUTHENTICATED")
