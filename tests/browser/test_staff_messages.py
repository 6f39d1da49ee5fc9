"""What guests were told, and who changed what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House, Person
from tests.system import wait_until

TOLD = """query Told($booking: ID!) { notifications(filter: { bookingId: $booking, channel: EMAIL }) {
  nodes { id kind status attempts } } }"""


@pytest.fixture
def staff(house: House, signed_in: Callable[[Person], None]) -> Callable[[str], None]:
    """Signs the demo person of a role in."""
    return lambda role: signed_in(house.staff(role))


def told(house: House, booking: str) -> list[dict[str, object]]:
    """The mails about a booking."""
    answer = house.system.gql(TOLD, {"booking": booking}, token=house.staff("admin").token)
    return list(answer.data["notifications"]["nodes"])


def test_tickets_are_sent_again_as_another_try_of_the_same_message(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    booking = house.paid(house.new_guest(), 1)
    wait_until(
        lambda: [each["status"] for each in told(house, booking["id"])] == ["SENT"], "the mail is sent"
    )
    (sent,) = told(house, booking["id"])
    staff("admin")

    page.goto(f"/admin/notifications?booking={booking['id']}&channel=EMAIL")
    row = page.get_by_role("row").filter(has_text=booking["reference"])
    expect(row).to_have_count(1)
    expect(row).to_contain_text("1 try")
    row.get_by_text(re.compile("Your tickets|tickets", re.IGNORECASE)).first.click()
    expect(row.locator(".message-body")).to_contain_text(booking["reference"])
    row.get_by_role("button", name="Send again").click()

    expect(page.get_by_text("Will be sent again now.")).to_be_visible()
    again = [{**sent, "attempts": 2}]
    wait_until(lambda: told(house, booking["id"]) == again, "the same mail is sent a second time")
    page.reload()
    expect(row).to_contain_text("2 tries")


def test_a_change_stands_in_the_log_once_with_who_made_it_and_what_differs(
    page: Page, house: House, staff: Callable[[str], None]
) -> None:
    booking = house.paid(house.new_guest(), 1)
    staff("admin")
    page.goto(f"/admin/bookings/{booking['id']}")
    page.get_by_role("button", name="Cancel this booking").click()
    page.get_by_label("Reason").fill("the guest called")
    page.get_by_role("button", name="Yes, cancel it").click()

    page.get_by_role("link", name="Show in the audit log").click()

    expect(page.get_by_role("heading", level=1, name="Audit log")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="booking.cancel")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("admin@lobbycard.example")
    expect(row.locator("ins").filter(has_text="CANCELLED")).to_be_visible()


def test_the_log_is_not_for_staff_and_messages_are_in_their_rail(
    page: Page, staff: Callable[[str], None]
) -> None:
    staff("manager")

    page.goto("/admin/audit")

    expect(page.get_by_role("heading", level=1, name="Not for this account")).to_be_visible()
