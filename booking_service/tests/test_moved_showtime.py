"""The house moved the showtime: the guest may give it back in full until it begins, whatever the tiers say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from booking_service.commands.cancel import cancel_booking, refund_quote
from booking_service.commands.reschedule import reschedule
from booking_service.errors import NotCancellable
from booking_service.models import Booking, Showtime, Ticket
from booking_service.rules.refunds import Quote
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.clock import SetClock
from chassis.money import Money
from chassis.testing import as_user

MANAGER = as_user("mia", "MANAGER", (CINEMA,))
# Half an hour before the start nothing goes back by the tiers.
LATE = 0.5


def move(house: House, showtime: str, *, minutes: float) -> None:
    starts_at = house.showtime(showtime).starts_at + timedelta(minutes=minutes)
    reschedule(house.runtime, MANAGER, showtime, starts_at, None)


def quoted(house: House, booking_id: str) -> Quote | None:
    def work(session):
        booking = session.get_one(Booking, booking_id)
        return refund_quote(session, house.runtime, booking, session.get_one(Showtime, booking.showtime_id))

    return house.runtime.database.read(work)


def percent(house: House, booking_id: str) -> int:
    offer = quoted(house, booking_id)
    assert offer is not None
    return offer.percent


@pytest.mark.parametrize("minutes", [15, 180, -15])
def test_a_guest_of_a_moved_showtime_gets_everything_back_as_quoted(
    house: House, siblings: Siblings, minutes: int
) -> None:
    showtime = house.a_showtime(in_hours=LATE)
    booking_id = house.sold(showtime, ["A1", "A2"])
    assert percent(house, booking_id) == 0

    move(house, showtime, minutes=minutes)

    total = Money(house.booking(booking_id).total, "EUR")
    assert quoted(house, booking_id) == Quote(100, total, house.showtime(showtime).starts_at)
    cancel_booking(house.runtime, as_user("ana"), booking_id, reason=None, expected=total)
    assert list(siblings.refunds.values()) == [total.amount] == [2100]
    assert house.facts("booking.cancelled")[0]["refund"] == {"amount": 2100, "currency": "EUR"}


def test_what_hardly_moved_is_given_back_by_the_tiers(house: House) -> None:
    showtime = house.a_showtime(in_hours=LATE)
    booking_id = house.sold(showtime, ["A1", "A2"])

    move(house, showtime, minutes=10)
    assert percent(house, booking_id) == 0

    move(house, showtime, minutes=10)  # a second time: from what the guest booked it is twenty
    assert percent(house, booking_id) == 100


def test_moved_back_to_where_it_was_booked_nothing_is_left_to_make_good(house: House) -> None:
    showtime = house.a_showtime(in_hours=LATE)
    booking_id = house.sold(showtime, ["A1", "A2"])

    move(house, showtime, minutes=180)
    move(house, showtime, minutes=-180)

    assert percent(house, booking_id) == 0


def test_who_books_after_the_move_has_booked_the_new_time(house: House) -> None:
    showtime = house.a_showtime(in_hours=LATE)
    before = house.hold(showtime, ["A1", "A2"], by="ana")
    move(house, showtime, minutes=60)
    after = house.sold(showtime, ["C1", "C2"], by="ben")
    assert house.pay(before, by="ana").refusal is None

    assert percent(house, before) == 100  # chose the seats for the old time
    assert percent(house, after) == 0


def test_it_ends_with_the_new_start_and_with_a_ticket_that_was_used(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime(in_hours=LATE)
    seen, unseen = house.sold(showtime, ["A1", "A2"]), house.sold(showtime, ["C1", "C2"], by="ben")
    move(house, showtime, minutes=60)
    used = update(Ticket).where(Ticket.booking_id == seen).values(state="USED")
    house.runtime.database.transact(lambda session: session.execute(used))

    assert quoted(house, seen) is None
    clock.advance(minutes=80)
    assert percent(house, unseen) == 100
    clock.advance(minutes=10)
    assert quoted(house, unseen) is None
    with pytest.raises(NotCancellable):
        cancel_booking(house.runtime, as_user("ben"), unseen, reason=None, expected=None)


def test_guests_are_told_whether_everything_would_go_back(house: House) -> None:
    showtime = house.a_showtime()
    house.sold(showtime, ["A1", "A2"])

    move(house, showtime, minutes=10)
    move(house, showtime, minutes=10)

    told = [fact["bookings"][0]["fullRefund"] for fact in house.facts("showtime.rescheduled")]
    assert told == [False, True]
