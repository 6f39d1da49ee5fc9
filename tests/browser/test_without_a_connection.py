"""The door is in a cellar: tickets open without a connection, on the device that bought them and for their owner alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.house import House, Person, to_checkout
from tests.browser.test_purchase import TICKET, code_in

KEPT = """async () => {
  const asked = indexedDB.open("lobbycard", 1);
  await new Promise((resolve) => (asked.onsuccess = resolve));
  const all = asked.result.transaction("tickets").objectStore("tickets").getAllKeys();
  await new Promise((resolve) => (all.onsuccess = resolve));
  asked.result.close();
  return all.result.length;
}"""


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """A phone whose browser may keep the site's files."""
    context = browser.new_context(
        base_url=house.url,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        viewport={"width": 390, "height": 844},
        service_workers="allow",
    )
    yield context
    context.close()


def with_a_ticket(phone: BrowserContext, house: House, person: Person) -> tuple[Page, str]:
    """A page on the ticket of a booking just paid, with the site's files kept; and the booking's id."""
    house.enter(phone, person)
    page = phone.new_page()
    page.set_default_timeout(PATIENCE_MS)
    booking = to_checkout(page, house.showtime()["id"], count=1)
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(page.locator(TICKET)).to_have_count(1)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page, booking


def wait_until_kept(page: Page, count: int) -> None:
    """Wait until the device keeps so many bookings."""
    page.wait_for_function(f"async () => (await ({KEPT})()) === {count}")


def test_a_ticket_opens_without_a_connection_and_its_code_is_the_right_one(
    phone: BrowserContext, house: House
) -> None:
    person = house.new_guest()
    page, booking = with_a_ticket(phone, house, person)
    wait_until_kept(page, 1)

    phone.set_offline(True)
    page.reload()

    expect(page.get_by_text("No connection: this is the ticket as your device kept it")).to_be_visible()
    code = code_in(page.locator(f"{TICKET} svg.qr").first.screenshot())
    assert code == house.booking(person, booking)["tickets"][0]["qrPayload"]
    assert page.get_by_role("button", name="Cancel").count() == 0


def test_the_programme_is_missed_and_the_way_to_the_tickets_is_told(
    phone: BrowserContext, house: House
) -> None:
    page, _ = with_a_ticket(phone, house, house.new_guest())
    wait_until_kept(page, 1)
    phone.set_offline(True)

    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    page.get_by_role("link", name="Tickets on this device").click()
    page.get_by_role("link", name="Show tickets").click()
    expect(page.locator(TICKET)).to_have_count(1)

    phone.set_offline(False)
    page.goto("/bookings")
    expect(page.get_by_role("link", name="Upcoming")).to_be_visible()


def test_signing_out_takes_the_tickets_off_the_device(phone: BrowserContext, house: House) -> None:
    page, booking = with_a_ticket(phone, house, house.new_guest())
    wait_until_kept(page, 1)

    page.goto("/profile")
    expect(page.get_by_role("heading", name="Profile", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    wait_until_kept(page, 0)

    phone.set_offline(True)
    page.goto(f"/bookings/{booking}")
    expect(page.locator(TICKET)).to_have_count(0)


def test_the_site_can_be_put_on_the_home_screen(page: Page) -> None:
    page.goto("/")

    manifest = page.request.get("/manifest.webmanifest")
    icons = manifest.json()["icons"]

    assert manifest.headers["content-type"] == "application/manifest+json"
    assert {icon["sizes"] for icon in icons} == {"192x192", "512x512"}
    assert all(page.request.get(icon["src"]).headers["content-type"] == "image/png" for icon in icons)


def test_an_address_that_is_none_says_so_in_words_and_in_its_status(page: Page) -> None:
    answer = page.goto("/no-such-page")

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not here")
