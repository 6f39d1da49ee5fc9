"""Paying without doubt: the hold lasts as it is told, refusals are explained, what was typed stays."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.sync_api import Page, Route, expect

from tests.browser.house import House, Person, to_checkout
from tests.system import wait_until

GIVE_BACK = "mutation Back($id: ID!) { cancelBooking(bookingId: $id) { userErrors { code } } }"
HELD = "query Held($id: ID!) { booking(id: $id) { holdExpiresAt status } }"


def held_until(house: House, person: Person, booking_id: str) -> datetime:
    """When the hold ends, as the server has it."""
    answer = house.system.gql(HELD, {"id": booking_id}, token=person.token)
    return datetime.fromisoformat(answer.data["booking"]["holdExpiresAt"])


def test_more_time_moves_the_deadline_at_the_server(page: Page, house: House, guest: Person) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])
    before = held_until(house, guest, booking_id)

    page.get_by_role("button", name="More time").click()

    expect(page.get_by_text("Your seats are held for longer.")).to_be_visible()
    assert (held_until(house, guest, booking_id) - before).total_seconds() > 60


def test_the_hold_survives_a_reload_and_the_way_back_and_forth(
    page: Page, house: House, guest: Person
) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])
    seats = [ticket["seat"]["id"] for ticket in house.booking(guest, booking_id)["tickets"]]

    page.reload()
    expect(page.locator("#hold-left")).to_contain_text("Held for you")
    page.go_back()
    expect(page.locator("#chosen-seats")).to_have_text(", ".join(seats))
    page.go_forward()

    expect(page.locator("#hold-left")).to_contain_text("Held for you")
    assert house.booking(guest, booking_id)["status"] == "HELD"
    page.goto("/cinemas")
    page.get_by_role("link", name="Go on to pay").click()
    expect(page).to_have_url(re.compile(booking_id))


def test_a_refused_coupon_is_explained_in_the_summary_and_at_its_field(
    page: Page, house: House, guest: Person
) -> None:
    to_checkout(page, house.showtime()["id"])
    code = page.get_by_label("Code", exact=True)
    total = page.locator("#total").inner_text()

    code.fill("no-such-code")
    page.get_by_role("button", name="Apply").click()

    summary = page.locator("#coupon-summary")
    words = "There is no coupon with this code. Check the letters."
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link", name=words)).to_be_visible()
    expect(code).to_have_attribute("aria-invalid", "true")
    expect(code).to_have_accessible_description(words)
    expect(code).to_have_value("no-such-code")
    expect(page.locator("#total")).to_have_text(total)
    summary.get_by_role("link", name=words).click()
    expect(code).to_be_focused()


def test_signing_in_again_from_the_checkout_keeps_the_seats(page: Page, house: House, guest: Person) -> None:
    booking_id = to_checkout(page, house.showtime()["id"])
    page.context.clear_cookies()

    page.reload()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    page.get_by_label("E-mail").fill(guest.email)
    page.get_by_label("Password").fill(guest.password)
    page.locator("main").get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(re.compile(f"/bookings/{booking_id}/pay$"))
    expect(page.locator("#hold-left")).to_contain_text("Held for you")
    assert len(house.booking(guest, booking_id)["tickets"]) == 2


def test_a_whole_purchase_fits_the_narrowest_phone(page: Page, house: House, guest: Person) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    showtime = house.showtime()
    page.goto(f"/films/{showtime['movie']['id']}")
    page.locator("a.time:not(.off)").first.click()
    page.get_by_role("button", name="Pick the best seats").click()
    expect(page.locator("#continue")).to_be_in_viewport()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1, name="Pay for your seats")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Pay ")).click()

    expect(page.locator(".ticket").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def expired(route: Route) -> None:
    """A booking that was given back, told as one whose time ran out: waiting for that takes minutes."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('"CANCELLED"', '"EXPIRED"'))


def test_once_the_time_is_over_the_same_seats_are_had_again_with_what_was_chosen(
    page: Page, house: House, guest: Person
) -> None:
    page.clock.install()
    booking_id = to_checkout(page, house.showtime()["id"])
    seats = [ticket["seat"]["id"] for ticket in house.booking(guest, booking_id)["tickets"]]
    page.get_by_label(seats[0]).select_option("CHILD")
    page.get_by_label("Wallet").check()
    wait_until(
        lambda: house.booking(guest, booking_id)["tickets"][0]["ticketType"] == "CHILD", "the child's price"
    )
    house.system.gql(GIVE_BACK, {"id": booking_id}, token=guest.token)
    page.route("**/graphql", expired)

    page.clock.fast_forward(11 * 60_000)
    expect(page.get_by_role("heading", name="Your seats were released")).to_be_visible()
    page.unroute("**/graphql")
    page.get_by_role("button", name="Try the same seats again").click()

    expect(page).not_to_have_url(re.compile(booking_id))
    expect(page.locator("#hold-left")).to_contain_text("Held for you")
    expect(page.get_by_label("Wallet")).to_be_checked()
    again = house.booking(guest, page.url.split("/")[-2])["tickets"]
    assert [ticket["seat"]["id"] for ticket in again] == seats
    assert again[0]["ticketType"] == "CHILD"
