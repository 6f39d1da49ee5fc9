"""Paying, and what becomes of money."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking_service.commands.cancel import cancel_booking, cancel_showtime
from booking_service.commands.keep import apply_coupon
from booking_service.commands.pay import PayWish, pay_booking
from booking_service.commands.settle import reconcile, settle
from booking_service.errors import BookingUnknown, HoldExpired, QuoteChanged
from booking_service.models import Booking, Ticket
from booking_service.peers import Charge
from booking_service.tests.builders import CINEMA, House, Siblings
from booking_service.tests.conftest import TICKET_KEYS
from booking_service.tickets.signing import TicketKeys
from chassis.clock import SetClock
from chassis.errors import Refusal
from chassis.idempotency import IdempotencyKeyReused
from chassis.money import Money
from chassis.testing import as_user


def tickets(house: House, booking_id: str) -> list[Ticket]:
    query = select(Ticket).where(Ticket.booking_id == booking_id)
    return house.runtime.database.read(lambda session: list(session.scalars(query)))


def test_a_paid_booking_has_signed_tickets_and_its_seats_are_sold(house: House, siblings: Siblings) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])

    paid = house.pay(booking_id)

    assert paid.refusal is None
    booking = house.booking(booking_id)
    assert (booking.state, booking.paid) == ("CONFIRMED", 2100)
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}
    texts = [TicketKeys(TICKET_KEYS).read(ticket.qr_payload or "") for ticket in tickets(house, booking_id)]
    assert sorted(text.seat_id for text in texts if text) == ["A1", "A2"]
    assert house.events().count("booking.confirmed") == 1
    assert [payment["amount"] for payment in siblings.payments.values()] == [
        {"amount": 2100, "currency": "EUR"}
    ]


def test_the_same_key_pays_once(house: House, siblings: Siblings) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    for _ in range(3):
        assert house.pay(booking_id, key="k1").refusal is None

    assert len(siblings.payments) == 1


def test_the_same_key_for_another_booking_is_refused(house: House) -> None:
    showtime = house.a_showtime()
    first, second = house.hold(showtime, ["A1", "A2"]), house.hold(showtime, ["C1", "C2"])
    house.pay(first, key="k1")

    with pytest.raises(IdempotencyKeyReused):
        house.pay(second, key="k1")


def test_a_declined_card_leaves_the_hold_and_another_card_pays(house: House) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])

    declined = house.pay(booking_id, token="pm_declined", key="k1")

    assert declined.refusal is not None
    assert declined.refusal.code == "PAYMENT_DECLINED"
    assert house.booking(booking_id).state == "HELD"
    assert house.pay(booking_id, key="k2").refusal is None
    assert house.booking(booking_id).state == "CONFIRMED"


def test_a_lost_answer_is_pending_and_the_same_key_settles_it(house: House, siblings: Siblings) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.silent = True

    pending = house.pay(booking_id, key="k1")

    assert pending.refusal is not None
    assert pending.refusal.code == "PAYMENT_PENDING"
    assert house.booking(booking_id).state == "PAYING"
    siblings.silent = False
    assert house.pay(booking_id, key="k1").refusal is None
    assert len(siblings.payments) == 1


def test_a_hold_that_is_being_paid_for_is_not_swept_and_the_reconciler_settles_it(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    house.pay(booking_id, token="pm_answer_lost")
    clock.advance(minutes=11)

    assert house.sweep() == 0
    assert reconcile(house.runtime) == 1
    assert house.booking(booking_id).state == "CONFIRMED"
    assert house.booking(booking_id).paid == 2100


def test_money_that_arrives_for_seats_that_are_gone_goes_back(house: House, siblings: Siblings) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)
    cancel_showtime(house.runtime, as_user("boss", "MANAGER", (CINEMA,)), showtime, "the projector broke")

    charge = Charge("SUCCEEDED", "payment-1", amount=Money(2100, "EUR"))
    for _ in range(2):
        settle(house.runtime, f"{booking_id}:1", charge)

    siblings.silent = False
    from booking_service.commands.refunds import pay_refunds_due

    pay_refunds_due(house.runtime)
    pay_refunds_due(house.runtime)
    assert siblings.refunds == {f"{booking_id}:1:return": 2100}


def test_a_wrong_amount_from_the_provider_goes_back_and_the_seats_stay_held(
    house: House, siblings: Siblings
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)

    settle(house.runtime, f"{booking_id}:1", Charge("SUCCEEDED", "payment-1", amount=Money(1, "EUR")))

    assert house.booking(booking_id).state == "HELD"
    assert house.events().count("booking.confirmed") == 0


def test_a_coupon_takes_off_and_is_refused_with_its_own_words(house: House, siblings: Siblings) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.coupons["TEN"] = 200

    with pytest.raises(Refusal) as refused:
        apply_coupon(house.runtime, as_user("ana"), booking_id, "nothing")
    apply_coupon(house.runtime, as_user("ana"), booking_id, "ten")

    assert refused.value.code == "COUPON_UNKNOWN"
    booking = house.booking(booking_id)
    assert (booking.coupon_code, booking.discount, booking.total) == ("TEN", 200, 1900)


def test_nothing_to_pay_needs_no_payment(house: House, siblings: Siblings) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.coupons["ALL"] = 99_999
    apply_coupon(house.runtime, as_user("ana"), booking_id, "all")
    house.runtime.database.transact(lambda session: _forgive_fee(session, booking_id))

    assert house.pay(booking_id, token=None).refusal is None

    assert house.booking(booking_id).state == "CONFIRMED"
    assert siblings.payments == {}


def _forgive_fee(session: Session, booking_id: str) -> None:
    session.execute(update(Booking).where(Booking.id == booking_id).values(fee=0, total=0))


@pytest.mark.parametrize(("hours", "percent"), [(24.01, 100), (23.9, 50), (12.01, 50), (11.9, 0)])
def test_a_cancellation_gives_back_what_the_quote_says(
    house: House, siblings: Siblings, hours: float, percent: int
) -> None:
    showtime = house.a_showtime(in_hours=hours)
    booking_id = house.sold(showtime, ["A1", "A2"])
    back = 2100 * percent // 100

    cancel_booking(house.runtime, as_user("ana"), booking_id, reason=None, expected=Money(back, "EUR"))

    assert house.booking(booking_id).state == "CANCELLED"
    assert house.booking(booking_id).refunded == back
    assert sum(siblings.refunds.values()) == back
    assert house.claims(showtime) == {}


def test_a_quote_that_no_longer_stands_is_refused(house: House) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])

    with pytest.raises(QuoteChanged):
        cancel_booking(house.runtime, as_user("ana"), booking_id, reason=None, expected=Money(5, "EUR"))


def test_another_persons_booking_is_not_found(house: House) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    with pytest.raises(BookingUnknown):
        house.pay(booking_id, by="eve")
    with pytest.raises(BookingUnknown):
        cancel_booking(house.runtime, as_user("eve"), booking_id, reason=None, expected=None)


def test_an_expired_hold_can_not_be_paid(house: House, siblings: Siblings, clock: SetClock) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    clock.advance(minutes=11)

    with pytest.raises(HoldExpired):
        house.pay(booking_id)

    assert siblings.payments == {}


def test_a_cancelled_showtime_refunds_everybody_in_full(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime(in_hours=2)
    sold = [house.sold(showtime, ["A1", "A2"], by="ana"), house.sold(showtime, ["C1", "C2"], by="ben")]
    held = house.hold(showtime, ["B1", "B2"], by="cleo")

    cancel_showtime(house.runtime, as_user("boss", "MANAGER", (CINEMA,)), showtime, "the projector broke")
    from booking_service.commands.refunds import pay_refunds_due

    pay_refunds_due(house.runtime)

    assert [house.booking(booking_id).refunded for booking_id in sold] == [2100, 2900]
    assert house.booking(held).state == "CANCELLED"
    assert house.showtime(showtime).state == "CANCELLED"
    assert house.claims(showtime) == {}


def test_a_way_of_paying_that_the_provider_does_not_offer_is_refused_as_such(
    house: House, siblings: Siblings
) -> None:
    refused = {"code": "PAYMENT_METHOD_NOT_OFFERED", "message": "Not offered."}
    siblings.answers["payment_service", "takePayment"] = lambda _: {
        "payment": None, "outcome": "DECLINED", "clientSecret": None, "redirectUrl": None, "userErrors": [refused],
    }  # fmt: skip
    mine = house.hold(house.a_showtime(), ["A1", "A2"])

    paid = pay_booking(house.runtime, as_user("ana"), PayWish(mine, "BANK_TRANSFER", "pm_sepa", "k"))

    assert paid.refusal is not None
    assert paid.refusal.code == "PAYMENT_METHOD_NOT_OFFERED"
    assert house.booking(mine).state == "HELD"
