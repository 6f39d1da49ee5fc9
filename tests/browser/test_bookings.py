"""Finding and undoing: the next visit first, and money that comes back as it was told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House, Person, to_checkout
from tests.browser.stage import Stage


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    """What these tests need beside the sample programme."""
    return Stage(house)


def pay(page: Page, showtime: str, count: int = 1) -> str:
    """Book and pay; the booking's id."""
    booking = to_checkout(page, showtime, count=count)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(".ticket")).to_have_count(count)
    return booking


def test_without_bookings_one_is_led_to_what_is_on(page: Page, guest: Person) -> None:
    page.goto("/bookings")
    expect(page.get_by_role("heading", name="No bookings yet")).to_be_visible()

    page.get_by_role("link", name="See what’s on tonight").click()

    expect(page.get_by_role("heading", level=1, name="Tonight at the pictures")).to_be_visible()


def test_the_next_visit_stands_first_and_large(page: Page, stage: Stage, guest: Person) -> None:
    place = stage.room(["S" * 8])
    later, sooner = stage.film(), stage.film()
    for film, hours in ((later, 74), (sooner, 26)):
        pay(page, stage.showtime(film["id"], place["room"], hours=hours))

    page.goto("/bookings")

    rows = page.locator(".booking-row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(sooner["title"])
    expect(rows.first).to_have_class(re.compile(r"\bnext\b"))
    expect(rows.nth(1)).not_to_have_class(re.compile(r"\bnext\b"))
    page.get_by_role("link", name="Show tickets").first.click()
    expect(page.locator(".ticket")).to_have_count(1)


def test_a_quote_that_no_longer_stands_is_shown_anew_and_what_was_shown_comes_back(
    page: Page, house: House, stage: Stage, guest: Person, browser: Browser
) -> None:
    place = stage.room(["S" * 8], refundTiers=[{"hoursBefore": 0, "percent": 100}])
    showtime = stage.showtime(stage.film()["id"], place["room"])
    booking = pay(page, showtime, count=2)
    seat = house.booking(guest, booking)["tickets"][0]["seat"]["id"]
    other = browser.new_page(base_url=house.url, locale="en-GB")
    other.goto(f"/showtimes/{showtime}")
    expect(other.locator("#live-status")).to_contain_text("Live")
    expect(other.locator(f"#seat-{seat}")).to_have_attribute("aria-disabled", "true")

    page.get_by_role("button", name="Cancel this booking").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("You get €20.00 back")
    stage.set_policy(place["cinema"], refundTiers=[{"hoursBefore": 0, "percent": 40}])
    question.get_by_role("button", name="Yes, cancel it").click()
    expect(question.get_by_role("alert")).to_contain_text("The amount has changed meanwhile.")
    expect(question).to_contain_text("You get €8.00 back the way you paid (40%).")
    expect(question).to_contain_text("€12.00 of what you paid is kept.")
    question.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_role("heading", name="This booking was cancelled")).to_be_visible()
    expect(page.get_by_text("€8.00 went back the way you paid.")).to_be_visible()
    expect(other.locator(f"#seat-{seat}")).to_have_accessible_name(re.compile("free$"))
    assert house.refunded(booking) == 800
    other.close()
