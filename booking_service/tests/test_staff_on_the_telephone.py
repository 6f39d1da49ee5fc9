"""What staff do for a guest who calls: other seats, cancelling; the timeline says who did it."""

from __future__ import annotations

from typing import Any

import pytest

from booking_service.commands.cancel import cancel_booking
from booking_service.tests.builders import CINEMA, House
from chassis.testing import ServiceClient, as_user

ANA = as_user("ana")
STAFF = as_user("stan", "STAFF", (CINEMA,))
FOREIGN = as_user("fay", "STAFF", ("another-cinema",))
CHANGE = """mutation($id: ID!, $seats: [SeatChoiceInput!]!) {
  changeSeats(bookingId: $id, seats: $seats, idempotencyKey: "call") {
  booking { tickets { seat { id } } timeline { step actor { id } } } userErrors { code field } } }"""

TIMELINE = "query($id: ID!) { booking(id: $id) { timeline { step actor { id } } } }"


def change(client: ServiceClient, caller: Any, booking: str, *seats: str) -> dict[str, Any]:
    """The payload of changing the seats as `caller`."""
    wanted = [{"seatId": seat} for seat in seats]
    payload: dict[str, Any] = client.data(CHANGE, {"id": booking, "seats": wanted}, caller=caller)[
        "changeSeats"
    ]
    return payload


def cancelled_by(client: ServiceClient, booking: str) -> Any:
    """Who the timeline names for the cancellation."""
    steps = client.data(TIMELINE, {"id": booking}, caller=STAFF)["booking"]["timeline"]
    return next(step["actor"] for step in steps if step["step"] == "cancel")


def test_staff_change_the_seats_of_a_guest_of_their_cinema(house: House, client: ServiceClient) -> None:
    booking = house.sold(house.a_showtime(), ["A1", "A2"])

    changed = change(client, STAFF, booking, "B1", "B2")

    assert changed["userErrors"] == []
    assert [ticket["seat"]["id"] for ticket in changed["booking"]["tickets"]] == ["B1", "B2"]
    (step,) = [step for step in changed["booking"]["timeline"] if step["step"] == "change_seats"]
    assert step["actor"] == {"id": "stan"}
    entries = [fact for fact in house.facts("audit.recorded") if fact["action"] == "booking.change_seats"]
    assert [entry["actorId"] for entry in entries] == ["stan"]


@pytest.mark.parametrize("caller", [FOREIGN, as_user("ben")], ids=["foreign staff", "another guest"])
def test_nobody_else_changes_them(caller: Any, house: House, client: ServiceClient) -> None:
    booking = house.sold(house.a_showtime(), ["A1", "A2"])

    refused = change(client, caller, booking, "B1", "B2")

    assert [error["code"] for error in refused["userErrors"]] == ["BOOKING_UNKNOWN"]


def test_a_cancellation_by_staff_says_who_and_one_by_the_guest_nobody(
    house: House, client: ServiceClient
) -> None:
    showtime = house.a_showtime()
    theirs, own = house.sold(showtime, ["A1", "A2"]), house.sold(showtime, ["B1", "B2"])

    cancel_booking(house.runtime, STAFF, theirs, reason="called", expected=None)
    cancel_booking(house.runtime, ANA, own, reason=None, expected=None)

    assert [cancelled_by(client, booking) for booking in (theirs, own)] == [{"id": "stan"}, None]
