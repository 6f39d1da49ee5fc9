"""Pages that anyone can use: no axe violation in either theme, no sideways scrolling, a whole purchase by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.house import House, sideways, tab_to, to_checkout

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_PAGES = ["/", "/?q=the", "/cinemas", "/sign-in", "/register", "/forgot-password", "/no-such-page"]
OWN_PAGES = ["/bookings", "/bookings?when=past", "/notifications", "/profile", "/offers"]
STAFF_PAGES = ["/admin", "/admin/showtimes", "/admin/bookings", "/admin/check-in", "/admin/showtimes/new"]


def faults_of(page: Page) -> list[str]:
    """What axe finds, with the first place of each."""
    expect(page.locator("main h1")).to_be_visible()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{page.url}: {fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]


@pytest.fixture
def view(browser: Browser, house: House) -> Callable[..., BrowserContext]:
    """A browser of a width and a theme."""

    def open_view(width: int, theme: str = "light") -> BrowserContext:
        return browser.new_context(
            base_url=house.url,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": 844},
            service_workers="block",
        )

    return open_view


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_barrier_that_axe_knows(
    theme: str, house: House, view: Callable[..., BrowserContext]
) -> None:
    context = view(1280, theme)
    page = context.new_page()
    showtime = house.showtime()
    faults: list[str] = []
    for path in [*OPEN_PAGES, f"/films/{showtime['movie']['id']}"]:
        page.goto(path)
        faults += faults_of(page)
    house.enter(context, house.new_guest())
    to_checkout(page, showtime["id"])
    faults += faults_of(page)
    page.go_back()
    expect(page.get_by_role("grid")).to_be_visible()
    faults += faults_of(page)
    for path in OWN_PAGES:
        page.goto(path)
        faults += faults_of(page)
    house.enter(context, house.staff("admin"))
    for path in STAFF_PAGES:
        page.goto(path)
        faults += faults_of(page)
    context.close()

    assert faults == []


def test_no_page_scrolls_sideways_on_the_narrowest_phone(
    house: House, view: Callable[..., BrowserContext]
) -> None:
    context = view(320)
    page = context.new_page()
    showtime = house.showtime()
    wide: list[str] = []

    def look() -> None:
        expect(page.locator("main h1")).to_be_visible()
        if sideways(page):
            wide.append(f"{page.url}: {sideways(page)} px")

    for path in [*OPEN_PAGES, f"/films/{showtime['movie']['id']}", f"/showtimes/{showtime['id']}"]:
        page.goto(path)
        look()
    house.enter(context, house.new_guest())
    to_checkout(page, showtime["id"])
    look()
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(".ticket")).to_have_count(2)
    look()
    for path in OWN_PAGES:
        page.goto(path)
        look()
    house.enter(context, house.staff("admin"))
    for path in STAFF_PAGES:
        page.goto(path)
        look()
    context.close()

    assert wide == []


def test_a_whole_purchase_needs_no_mouse(page: Page, house: House, guest: object) -> None:
    showtime = house.showtime()
    page.goto(f"/films/{showtime['movie']['id']}")
    expect(page.locator("a.time:not(.off)").first).to_be_visible()
    tab_to(page, "a.time:not(.off)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid")).to_be_visible()

    tab_to(page, "#best-seats")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen-seats")).to_be_visible()
    tab_to(page, "#continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Pay for your seats")).to_be_focused()
    tab_to(page, "#pay")
    page.keyboard.press("Enter")

    expect(page.locator(".ticket")).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_first_tab_stop_leads_past_the_navigation(page: Page) -> None:
    page.goto("/")
    expect(page.locator("main h1")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_date_cinema_and_genre_are_in_the_address_and_survive_a_reload(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Cinema", exact=True).select_option(label="Paris – Le Faubourg")
    expect(page).to_have_url(re.compile("cinema="))
    page.get_by_role("navigation", name="Choose a day").get_by_role("link").nth(2).click()
    expect(page).to_have_url(re.compile("date="))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^On "))
    heading = page.get_by_role("heading", level=1).inner_text()

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_label("Cinema", exact=True).locator("option:checked")).to_have_text(
        "Paris – Le Faubourg"
    )


def test_a_film_is_found_by_somebody_in_it_while_typing(page: Page) -> None:
    page.goto("/?cinema=all")
    expect(page.locator("main h1")).to_be_visible()

    page.get_by_label("Search").press_sequentially("murnau", delay=20)

    expect(page.get_by_role("heading", name="Nosferatu", level=2)).to_be_visible()
    expect(page.get_by_label("Search")).to_be_focused()


def test_a_page_that_is_not_there_says_so_and_leads_on(page: Page) -> None:
    page.goto("/films/no-such-film")

    expect(page.get_by_role("heading", level=1, name="This page is not here")).to_be_visible()
    page.get_by_role("link", name="Go to the programme").click()
    expect(page.get_by_role("heading", level=1, name="Tonight at the pictures")).to_be_visible()


def test_without_a_connection_the_page_says_so_and_comes_back_by_itself(page: Page) -> None:
    page.goto("/")
    expect(page.locator("main h1")).to_be_visible()
    page.goto("/cinemas")
    expect(page.get_by_role("heading", level=1, name="Cinemas")).to_be_visible()
    page.context.set_offline(True)

    page.get_by_role("link", name="What’s on").first.click()
    expect(page.get_by_role("heading", level=1, name="No connection")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("heading", level=1, name="Tonight at the pictures")).to_be_visible()
