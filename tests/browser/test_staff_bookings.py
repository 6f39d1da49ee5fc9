"""Helping a caller: a booking is found by every key, its story read, its tickets sent again, its seats changed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import PAY, House, Person
from tests.browser.stage import Stage
from tests.system import Answer, wait_until

SEARCH = "Code, e-mail, phone, name or seat"
AUDIT = """query Audit($id: ID!, $type: String!) { auditEntries(filter: { objectType: $type, objectId: $id }) {
  nodes { action } } }"""
TOLD = """query Told($booking: ID!) { notifications(filter: { bookingId: $booking, channel: EMAIL }) {
  nodes { id status attempts } } }"""
NOTE = 'mutation($id: ID!) { addBookingNote(bookingId: $id, text: "x") { userErrors { code } } }'
CANCEL_ALL = 'mutation($ids: [ID!]!) { cancelBookings(ids: $ids, reason: "x") { userErrors { code } } }'
PHONE = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }"


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def written(house: House, object_id: str, kind: str = "Booking") -> list[str]:
    """Actions in the audit log about a thing."""
    answer = house.system.gql(AUDIT, {"id": object_id, "type": kind}, token=house.staff("admin").token)
    return [entry["action"] for entry in answer.data["auditEntries"]["nodes"]]


def told(house: House, booking: str) -> list[dict[str, Any]]:
    answer = house.system.gql(TOLD, {"booking": booking}, token=house.staff("admin").token)
    return list(answer.data["notifications"]["nodes"])


def cinema_of(house: House, booking: str) -> str:
    query = "query($id: ID!) { booking(id: $id) { showtime { cinema { id } } } }"
    answer = house.system.gql(query, {"id": booking}, token=house.staff("admin").token)
    return str(answer.data["booking"]["showtime"]["cinema"]["id"])


def paid_in(house: House, guest: Person, showtime: str) -> dict[str, Any]:
    """A confirmed booking of one seat of this showtime."""
    booking = house.hold(guest, showtime, house.best_seats(showtime, 1))
    given = {"bookingId": booking, "method": "CARD", "paymentToken": "pm_success", "idempotencyKey": booking}
    assert house.system.gql(PAY, {"input": given}, token=guest.token).refusals("payBooking") == []
    return house.booking(guest, booking)


def denied(answer: Answer) -> list[str]:
    """Every code of a refusal, wherever the service puts it."""
    payloads = [payload for payload in (answer.data or {}).values() if payload]
    return [
        *answer.codes,
        *(error["code"] for payload in payloads for error in payload.get("userErrors", [])),
    ]


def find(page: Page, text: str) -> None:
    page.get_by_label(SEARCH).fill(text)
    page.get_by_role("button", name="Find").click()
    expect(page).to_have_url(re.compile("q="))


def names_known(house: House) -> set[str]:
    """The names of people that booking_service has copies of."""
    file = house.system.home / "databases" / "booking_db.sqlite"
    with closing(sqlite3.connect(file, timeout=30)) as books:
        return {name for (name,) in books.execute("SELECT name FROM users")}


def open_booking(page: Page, booking: dict[str, Any]) -> None:
    page.goto(f"/admin/bookings/{booking['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(booking["reference"])


def test_a_booking_is_found_by_code_mail_phone_seat_and_name(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    guest = house.new_guest()
    number = f"+49301{guest.email[-18:-12]}"
    given = {"name": f"Zoraida {guest.email[6:12]}", "phone": number}
    assert house.system.gql(PHONE, {"input": given}, token=guest.token).refusals("updateProfile") == []
    # The name stands on a booking as the box office's room knew it when the seats were held.
    wait_until(lambda: given["name"] in names_known(house), "the new name is known there")
    booking = house.paid(guest, 2)
    seat = booking["tickets"][0]["seat"]["id"]
    staff("admin")
    page.goto(f"/admin/bookings?cinema={cinema_of(house, booking['id'])}")

    for key in (booking["reference"], guest.email, number[1:], given["name"], seat):
        find(page, key)
        expect(page.get_by_role("rowheader").get_by_text(booking["reference"])).to_be_visible()


def test_the_story_is_told_in_words_with_who_did_what_and_tickets_are_sent_again(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    booking = house.paid(house.new_guest(), 1)
    wait_until(
        lambda: [each["status"] for each in told(house, booking["id"])] == ["SENT"], "the mail is sent"
    )
    staff("admin")
    open_booking(page, booking)
    story = page.get_by_role("region", name="What happened")

    for words in (
        "Seats held",
        "Payment begun",
        "Paid",
        "Confirmed, tickets made",
        "Sent: Tickets of a booking",
    ):
        expect(story.get_by_text(words, exact=False).first).to_be_visible()
    page.get_by_label(re.compile("^Note")).fill("Wants an aisle seat")
    page.get_by_role("button", name="Add note").click()
    noted = story.get_by_role("row").filter(has_text="Wants an aisle seat")
    expect(noted).to_contain_text("Note")
    expect(noted.get_by_role("cell").last).not_to_have_text("–")
    page.get_by_role("region", name="Messages about it").get_by_role(
        "button", name=re.compile("^Send again")
    ).click()

    expect(page.get_by_text("Will be sent again now.")).to_be_visible()
    wait_until(lambda: [each["attempts"] for each in told(house, booking["id"])] == [2], "a second try")
    page.goto(f"/admin/notifications?booking={booking['id']}&channel=EMAIL")
    expect(page.get_by_role("row").filter(has_text=booking["reference"])).to_contain_text("2 tries")
    assert written(house, booking["id"]).count("booking.note") == 1


def test_staff_change_seats_at_the_same_price_and_cancel_with_the_quote_shown(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    stage = Stage(house)
    showtime = stage.showtime(stage.film()["id"], stage.room(["SSSSSS", "SSSSSS"])["room"])
    booking = paid_in(house, house.new_guest(), showtime)
    staff("admin")
    open_booking(page, booking)
    page.get_by_role("link", name="Change seats").click()
    expect(page.get_by_role("heading", level=1, name="Change seats")).to_be_visible()
    page.locator("#room .seat[aria-pressed=true]").click()
    page.get_by_role("button", name=re.compile("^Row B, seat 1,")).click()
    expect(page.get_by_text("At the same price.")).to_be_visible()
    page.get_by_role("button", name="Change to these seats").click()

    expect(page.get_by_role("region", name="What happened").get_by_text("Seats changed")).to_be_visible()
    seen = house.booking(house.staff("admin"), booking["id"])
    assert [ticket["seat"]["id"] for ticket in seen["tickets"]] == ["B1"]
    page.get_by_role("button", name="Cancel this booking").click()
    quote = page.get_by_role("dialog").get_by_text(re.compile("The guest gets .* back"))
    amount = re.sub(r"\D", "", quote.inner_text())
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.locator(".detail-head .tag")).to_have_text("Cancelled")
    wait_until(lambda: str(house.refunded(booking["id"])) == amount, "what was quoted is given back")
    actions = written(house, booking["id"])
    assert [actions.count(one) for one in ("booking.change_seats", "booking.cancel")] == [1, 1]


def test_several_are_cancelled_at_once_and_what_stays_says_why(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    guest, showtime = house.new_guest(), house.showtime()
    good, gone = paid_in(house, guest, showtime["id"]), paid_in(house, guest, showtime["id"])
    staff("admin")
    page.goto(f"/admin/bookings?q={guest.email}&cinema={showtime['cinema']['id']}")
    expect(page.get_by_label(f"Choose booking {gone['reference']}")).to_be_visible()
    cancel = 'mutation($id: ID!) { cancelBooking(bookingId: $id, reason: "first") { userErrors { code } } }'
    house.system.gql(cancel, {"id": gone["id"]}, token=house.staff("admin").token)
    page.get_by_label("Choose all rows shown").check()
    page.get_by_role("button", name="Cancel these bookings").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel them").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Reason")
    dialog.get_by_label(re.compile("^Reason")).fill("The projector broke")
    dialog.get_by_role("button", name="Cancel them").click()

    expect(dialog.get_by_role("listitem").filter(has_text=good["reference"])).to_contain_text("Cancelled")
    line = dialog.get_by_role("listitem").filter(has_text=gone["reference"])
    expect(line).to_contain_text("Not cancelled")
    expect(line).to_contain_text("can no longer be cancelled")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("cell").get_by_text("Cancelled")).to_have_count(2)
    assert [written(house, each["id"]).count("booking.cancel") for each in (good, gone)] == [1, 1]


def test_foreign_and_junior_staff_are_refused_by_page_and_service(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    booking = house.paid(house.new_guest(), 1)
    guest = house.new_guest()
    assert denied(house.system.gql(NOTE, {"id": booking["id"]}, token=guest.token)) == ["FORBIDDEN"]
    steward = house.staff("staff")
    assert denied(house.system.gql(CANCEL_ALL, {"ids": [booking["id"]]}, token=steward.token)) == [
        "FORBIDDEN"
    ]
    staff("staff")

    page.goto("/admin/bookings")

    expect(page.get_by_label(SEARCH)).to_be_visible()
    expect(page.get_by_label("Choose all rows shown")).to_have_count(0)
