"""Pages that anyone can use: a whole purchase by keyboard, what the address keeps, and words where nothing is shown."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.house import House, tab_to


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
    page.evaluate("localStorage.removeItem('lobbycard.programme')")  # what is kept has a test of its own
    page.goto("/cinemas")
    expect(page.get_by_role("heading", level=1, name="Cinemas")).to_be_visible()
    page.context.set_offline(True)

    page.get_by_role("link", name="What’s on").first.click()
    expect(page.get_by_role("heading", level=1, name="No connection")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_role("heading", level=1, name="Tonight at the pictures")).to_be_visible()


def test_a_page_opened_directly_has_its_status_and_a_heading_that_takes_the_focus(
    page: Page, guest: object
) -> None:
    for path, status, words in (
        ("/offers", 200, "Offers for you"),
        ("/no-such-page", 404, "This page is not here"),
        ("/films", 404, "This page is not here"),
    ):
        answer = page.goto(path)
        heading = page.get_by_role("heading", level=1, name=words)
        expect(heading).to_be_visible()

        heading.focus()

        expect(heading).to_be_focused()
        assert answer is not None
        assert answer.status == status
