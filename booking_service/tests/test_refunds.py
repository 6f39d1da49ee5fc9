"""Money goes back once: what staff gave back by hand is not given back again by the booking's own rules."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from booking_service.commands.cancel import cancel_booking, cancel_showtime, refund_quote
from booking_service.commands.change_seats import change_seats
from booking_service.commands.hold import SeatChoice
from booking_service.commands.refunds import money_left, pay_refunds_due
from booking_service.commands.settle import reconcile, settle
from booking_service.models import BookingStep, RefundDue, Showtime
from booking_service.peers import Charge
from booking_service.tests.builders import CINEMA, House, Siblings
from booking_service.worker import build_worker
from chassis.clock import SetClock
from chassis.events import Envelope
from chassis.money import Money
from chassis.testing import as_user

ANA = as_user("ana")
MANAGER = as_user("mia", "MANAGER", (CINEMA,))


def given_back(
    house: House,
    booking_id: str,
    amount: int,
    *,
    key: str = "mia:1",
    refund: str = "r-1",
    currency: str = "EUR",
) -> None:
    """payment_service tells that money of the booking's payment went back."""
    payload = {
        "paymentId": house.booking(booking_id).payment_id, "refundId": refund, "idempotencyKey": key,
        "bookingId": booking_id, "userId": "ana", "amount": {"amount": amount, "currency": currency},
        "reason": "The popcorn was cold",
    }  # fmt: skip
    worker = build_worker(house.runtime)
    envelope = Envelope("payment.refunded", payload)
    assert [worker.handle(envelope), worker.handle(envelope)] == [True, False]  # twice delivered is once done


def quoted(house: House, booking_id: str) -> int | None:
    def work(session):
        booking = house.booking(booking_id)
        showtime = session.get(Showtime, booking.showtime_id)
        return refund_quote(session, house.runtime, booking, showtime)

    offer = house.runtime.database.read(work)
    return None if offer is None else offer.amount.amount


def dues(house: House, booking_id: str) -> list[tuple[str, int, str]]:
    query = select(RefundDue).where(RefundDue.booking_id == booking_id).order_by(RefundDue.key)
    rows = house.runtime.database.read(lambda session: list(session.scalars(query)))
    return [(row.key.rpartition("-")[2].rpartition(":")[0] or row.key, row.amount, row.state) for row in rows]


def timeline(house: House, booking_id: str) -> list[tuple[str, str, str | None]]:
    query = select(BookingStep).where(BookingStep.booking_id == booking_id).order_by(BookingStep.seq)
    rows = house.runtime.database.read(lambda session: list(session.scalars(query)))
    return [(row.step, row.outcome, row.detail) for row in rows]


def test_after_a_part_was_given_back_by_hand_a_cancellation_gives_back_what_is_left(
    house: House, siblings: Siblings
) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=48), ["A1", "A2"])

    given_back(house, booking_id, 600)

    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (1500, 600)
    assert quoted(house, booking_id) == 1500
    assert ("refund", "DONE", "6.00 EUR by hand: The popcorn was cold") in timeline(house, booking_id)
    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=Money(1500, "EUR"))
    assert list(siblings.refunds.values()) == [1500]
    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (0, 2100)


def test_a_lower_tier_is_a_share_of_what_is_left_too(house: House, siblings: Siblings) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=23), ["A1", "A2"])

    given_back(house, booking_id, 100)

    assert quoted(house, booking_id) == 1000


def test_what_was_given_back_by_hand_meanwhile_is_taken_off_a_refund_that_still_waits(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=48), ["A1", "A2"])
    refunding = siblings.answers.pop(("payment_service", "refundForBooking"))
    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=None)

    given_back(house, booking_id, 600)
    siblings.answers["payment_service", "refundForBooking"] = refunding
    clock.advance(minutes=10)
    assert pay_refunds_due(house.runtime) == 1

    assert list(siblings.refunds.values()) == [1500]
    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (0, 2100)


def test_all_given_back_by_hand_leaves_nothing_to_wait_for(house: House, siblings: Siblings) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=48), ["A1", "A2"])
    siblings.answers.pop(("payment_service", "refundForBooking"))
    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=None)

    given_back(house, booking_id, 2100)

    assert [state for _, _, state in dues(house, booking_id)] == ["DONE", "DONE"]
    assert house.booking(booking_id).refunded == 2100


def test_the_event_of_an_own_refund_ends_it_and_counts_once(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    siblings.answers.pop(("payment_service", "refundForBooking"))  # its answer is lost
    cancel_showtime(house.runtime, MANAGER, showtime, "The projector broke")
    pay_refunds_due(house.runtime)
    [(_, _, waits)] = dues(house, booking_id)
    assert waits == "DUE"

    given_back(house, booking_id, 2100, key=f"{booking_id}:cancel:0#2")
    given_back(house, booking_id, 2100, key=f"{booking_id}:cancel:0", refund="r-2")

    assert [(amount, state) for _, amount, state in dues(house, booking_id)] == [(2100, "DONE")]
    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (0, 2100)


def before_we_knew_of_it(house: House, siblings: Siblings) -> str:
    """A booking whose money was taken and, before its answer came, given back in part by hand."""
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)
    siblings.silent = False
    [payment] = siblings.payments.values()
    payload = {
        "paymentId": payment["id"], "refundId": "r-1", "idempotencyKey": "mia:1", "bookingId": booking_id,
        "userId": "ana", "amount": {"amount": 600, "currency": "EUR"}, "reason": "sorry",
    }  # fmt: skip
    assert build_worker(house.runtime).handle(Envelope("payment.refunded", payload))
    return booking_id


def test_what_went_back_before_the_booking_was_confirmed_is_not_counted_as_paid(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = before_we_knew_of_it(house, siblings)
    clock.advance(seconds=21)
    reconcile(house.runtime)

    assert house.booking(booking_id).state == "CONFIRMED"
    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (1500, 600)
    assert quoted(house, booking_id) == 1500


@pytest.mark.parametrize("token", ["pm_answer_lost", "pm_3ds"])
def test_what_went_back_of_a_difference_before_it_was_known_to_be_paid_is_counted_once(
    house: House, siblings: Siblings, token: str
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    dearer = [SeatChoice("C1", "ADULT"), SeatChoice("C2", "ADULT")]
    change_seats(house.runtime, ANA, booking_id, dearer, payment_token=token, key="dearer")
    first, difference = siblings.payments.values()
    payload = {
        "paymentId": difference["id"], "refundId": "r-1", "idempotencyKey": "mia:1", "bookingId": booking_id,
        "userId": "ana", "amount": {"amount": 300, "currency": "EUR"}, "reason": "sorry",
    }  # fmt: skip
    assert build_worker(house.runtime).handle(Envelope("payment.refunded", payload))

    settle(house.runtime, f"{booking_id}:2", Charge("SUCCEEDED", difference["id"], amount=Money(800, "EUR")))

    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (2600, 300)
    left = house.runtime.database.read(lambda session: money_left(session, house.booking(booking_id)))
    assert left == [(first["id"], 2100), (difference["id"], 500)]


def test_what_went_back_before_the_seats_were_lost_is_not_owed_again(
    house: House, siblings: Siblings
) -> None:
    booking_id = before_we_knew_of_it(house, siblings)
    cancel_showtime(house.runtime, MANAGER, house.booking(booking_id).showtime_id, "The projector broke")

    house.pay(booking_id)  # the same key: now the answer comes
    pay_refunds_due(house.runtime)

    assert list(siblings.refunds.values()) == [1500]


def test_money_of_another_currency_that_went_back_is_told_but_not_added_to_the_bookings_own(
    house: House, siblings: Siblings
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])

    given_back(house, booking_id, 500, currency="JPY")

    assert (house.booking(booking_id).paid, house.booking(booking_id).refunded) == (2100, 0)
    assert quoted(house, booking_id) == 2100
    assert ("refund", "DONE", "500 JPY by hand: The popcorn was cold") in timeline(house, booking_id)
