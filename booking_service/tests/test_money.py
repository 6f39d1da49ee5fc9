"""Money that comes late, twice, wrong or not at all: none of it is kept without a seat, none goes back twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.cancel import cancel_booking, cancel_showtime, refund_quote
from booking_service.commands.change_seats import change_seats
from booking_service.commands.desk import sell_at_box_office
from booking_service.commands.hold import HoldWish, SeatChoice, hold_seats
from booking_service.commands.house import join_waiting_list, set_seats_blocked
from booking_service.commands.refunds import pay_refunds_due
from booking_service.commands.settle import abandon_expired_actions, reconcile, settle
from booking_service.errors import HoldExpired, PaymentDeclined, TenderedTooLittle
from booking_service.models import Booking, PaymentAttempt, RefundDue
from booking_service.peers import Charge
from booking_service.queries.seat_maps import seat_states
from booking_service.tests.builders import CINEMA, House, Siblings, a_plan
from chassis.clock import SetClock
from chassis.errors import Unavailable
from chassis.money import Money
from chassis.peers import PeerError
from chassis.testing import as_user

ANA = as_user("ana")
STAFF = as_user("stan", "STAFF", (CINEMA,))
MANAGER = as_user("mona", "MANAGER", (CINEMA,))


def choices(*seats: str) -> tuple[SeatChoice, ...]:
    return tuple(SeatChoice(seat, "ADULT") for seat in seats)


def attempt(house: House, provider_key: str) -> PaymentAttempt:
    found = house.runtime.database.read(lambda session: session.get(PaymentAttempt, provider_key))
    assert found is not None
    return found


def refunds_due(house: House) -> list[RefundDue]:
    return house.runtime.database.read(lambda session: list(session.scalars(select(RefundDue))))


def quoted(house: House, booking_id: str) -> int:
    def work(session: Session) -> int:
        booking = house.booking(booking_id)
        quote = refund_quote(session, house.runtime, booking, house.showtime(booking.showtime_id))
        assert quote is not None
        return quote.amount.amount

    return house.runtime.database.read(work)


def test_a_payer_who_confirms_after_the_seats_went_back_gets_the_money_back(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    house.pay(booking_id, token="pm_3ds")
    clock.advance(minutes=11)
    assert abandon_expired_actions(house.runtime) == 1
    assert house.booking(booking_id).state == "EXPIRED"

    captured = Charge("SUCCEEDED", siblings.payments[f"{booking_id}:1"]["id"], amount=Money(2100, "EUR"))
    for _ in range(2):
        settle(house.runtime, f"{booking_id}:1", captured)
    pay_refunds_due(house.runtime)

    assert siblings.refunds == {f"{booking_id}:1:return": 2100}
    assert attempt(house, f"{booking_id}:1").outcome == "RETURNED"


def test_a_late_capture_of_a_declined_try_goes_back_although_another_card_paid(
    house: House, siblings: Siblings
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    house.pay(booking_id, token="pm_declined", key="k1")
    house.pay(booking_id, key="k2")

    settle(house.runtime, f"{booking_id}:1", Charge("SUCCEEDED", "late", amount=Money(2100, "EUR")))
    pay_refunds_due(house.runtime)

    booking = house.booking(booking_id)
    assert (booking.state, booking.paid) == ("CONFIRMED", 2100)
    assert siblings.refunds == {f"{booking_id}:1:return": 2100}


def test_seats_whose_payment_came_in_the_wrong_amount_do_not_stay_reserved_for_ever(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)
    clock.advance(minutes=11)

    settle(house.runtime, f"{booking_id}:1", Charge("SUCCEEDED", "payment-1", amount=Money(1, "EUR")))

    assert house.booking(booking_id).state == "EXPIRED"
    assert house.claims(showtime) == {}
    assert [(due.payment_id, due.amount) for due in refunds_due(house)] == [("payment-1", 1)]


def test_seats_that_are_being_paid_for_are_shown_as_held_even_after_the_time_to_pay(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)
    clock.advance(minutes=11)

    row = house.showtime(showtime)
    seen = house.runtime.database.read(lambda session: seat_states(session, row, "ben"))

    assert [state.status for state in seen if state.seat.id in ("A1", "A2")] == ["HELD", "HELD"]


def test_one_payment_that_can_not_be_asked_about_does_not_keep_the_others_waiting(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    first = house.hold(showtime, ["A1", "A2"], by="ana")
    second = house.hold(showtime, ["C1", "C2"], by="ben")
    house.pay(first, by="ana", token="pm_answer_lost")
    clock.advance(seconds=1)
    house.pay(second, by="ben", token="pm_answer_lost")
    clock.advance(seconds=60)
    honest = siblings.answers["payment_service", "settlePayment"]

    def broken_for_the_first(variables: dict[str, object]) -> object:
        if variables["key"] == f"{first}:1":
            return PeerError("payment_service", [{"message": "boom"}])
        return honest(variables)

    siblings.answers["payment_service", "settlePayment"] = broken_for_the_first
    reconcile(house.runtime)

    assert [house.booking(key).state for key in (first, second)] == ["PAYING", "CONFIRMED"]


def test_a_sibling_that_is_away_does_not_stop_the_giving_up_of_other_payments(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    first, second = house.hold(showtime, ["A1", "A2"]), house.hold(showtime, ["C1", "C2"], by="ben")
    house.pay(first, token="pm_3ds")
    house.pay(second, by="ben", token="pm_3ds")
    clock.advance(minutes=11)
    honest, asked = siblings.answers["payment_service", "settlePayment"], []

    def away_at_first(variables: dict[str, object]) -> object:
        asked.append(variables["key"])
        if len(asked) == 1:
            raise Unavailable
        return honest(variables)

    siblings.answers["payment_service", "settlePayment"] = away_at_first
    abandon_expired_actions(house.runtime)

    assert sorted(house.booking(key).state for key in (first, second)) == ["EXPIRED", "PAYING"]


def test_a_refund_on_its_way_is_not_promised_a_second_time(house: House, siblings: Siblings) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=23), ["C1", "C2"])
    refunding = siblings.answers.pop(("payment_service", "refundForBooking"))
    change_seats(house.runtime, ANA, booking_id, choices("A1", "A2"), payment_token=None, key="c1")

    assert quoted(house, booking_id) == 1050
    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=Money(1050, "EUR"))

    assert sorted(due.amount for due in refunds_due(house)) == [800, 1050]
    siblings.answers["payment_service", "refundForBooking"] = refunding


def test_money_goes_back_to_the_payment_that_holds_it(house: House, siblings: Siblings) -> None:
    booking_id = house.sold(house.a_showtime(), ["D3"])
    for key, seats in (("c1", ("C1", "C2")), ("c2", ("D3",))):
        done = change_seats(
            house.runtime, ANA, booking_id, choices(*seats), payment_token="pm_success", key=key
        )
        assert done.refusal is None
    captured = {known["id"]: known["amount"]["amount"] for known in siblings.payments.values()}

    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=None)

    back: dict[str, int] = {}
    for due in refunds_due(house):
        back[due.payment_id] = back.get(due.payment_id, 0) + due.amount
    assert back == captured
    assert house.booking(booking_id).paid == 0


def test_cheaper_seats_give_no_more_back_than_was_paid_after_a_coupon(
    house: House, siblings: Siblings
) -> None:
    booking_id = house.sold(house.a_showtime(), ["C1", "C2"])
    house.runtime.database.transact(lambda session: _as_if_given_away(session.get_one(Booking, booking_id)))

    change_seats(house.runtime, ANA, booking_id, choices("A1", "A2"), payment_token=None, key="c1")

    booking = house.booking(booking_id)
    assert (booking.total, booking.paid, refunds_due(house)) == (100, 100, [])


def _as_if_given_away(booking: Booking) -> None:
    booking.discount, booking.total, booking.paid = booking.subtotal, 100, 100


def test_a_refund_that_the_provider_only_promised_is_asked_for_until_it_is_done(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    statuses = iter(("PENDING", "FAILED", "SUCCEEDED"))
    siblings.answers["payment_service", "refundForBooking"] = lambda _: {
        "refund": {"id": "r1", "status": next(statuses)}, "userErrors": [],
    }  # fmt: skip

    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=None)
    assert house.booking(booking_id).refunded == 0
    for _ in range(2):
        clock.advance(minutes=6)
        pay_refunds_due(house.runtime)

    assert house.booking(booking_id).refunded == 2100


def test_a_refusal_with_many_words_does_not_keep_other_refunds_waiting(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    sold = [house.sold(showtime, ["A1", "A2"]), house.sold(showtime, ["C1", "C2"], by="ben")]
    siblings.answers["payment_service", "refundForBooking"] = lambda _: PeerError(
        "payment_service", [{"message": "no " * 400}]
    )

    for booking_id, guest in zip(sold, ("ana", "ben"), strict=True):
        cancel_booking(house.runtime, as_user(guest), booking_id, reason="why? " * 200, expected=None)

    assert [due.tries for due in refunds_due(house)] == [1, 1]
    assert all(house.booking(booking_id).state == "CANCELLED" for booking_id in sold)


def test_a_change_of_seats_that_nobody_confirms_gives_the_dearer_seats_back(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    change_seats(house.runtime, ANA, booking_id, choices("C1", "C2"), payment_token="pm_3ds", key="c1")
    clock.advance(minutes=11)
    house.locks_end()

    other = house.hold(showtime, ["C1", "C2"], by="ben")
    abandon_expired_actions(house.runtime)

    assert house.booking(other).state == "HELD"
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD", "C1": "HELD", "C2": "HELD"}
    assert attempt(house, f"{booking_id}:2").outcome == "DECLINED"


def test_a_cancelled_booking_returns_the_difference_that_was_being_paid(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    change_seats(
        house.runtime, ANA, booking_id, choices("C1", "C2"), payment_token="pm_answer_lost", key="c1"
    )
    cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=None)

    settle(house.runtime, f"{booking_id}:2", Charge("SUCCEEDED", "p2", amount=Money(800, "EUR")))
    pay_refunds_due(house.runtime)

    assert sorted(siblings.refunds.values()) == [800, 2100]
    assert house.claims(showtime) == {}


def test_a_declined_sale_at_the_desk_stays_declined_when_it_is_asked_again(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    wish = HoldWish(showtime, choices("A1", "A2"), idempotency_key="till-1")
    siblings.answers["payment_service", "takePayment"] = lambda _: {
        "payment": None, "outcome": "DECLINED", "clientSecret": None, "redirectUrl": None, "userErrors": [],
    }  # fmt: skip

    for _ in range(2):
        with pytest.raises(PaymentDeclined):
            sell_at_box_office(house.runtime, STAFF, wish, method="CARD", tendered=None, reason=None)

    assert house.claims(showtime) == {}


def test_a_sale_at_the_desk_whose_answer_was_lost_is_finished_by_the_same_key(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    wish = HoldWish(showtime, choices("A1", "A2"), idempotency_key="till-1")
    siblings.silent = True
    with pytest.raises(Exception, match="still checking"):
        sell_at_box_office(house.runtime, STAFF, wish, method="CASH", tendered=None, reason=None)
    siblings.silent = False

    booking_id = sell_at_box_office(house.runtime, STAFF, wish, method="CASH", tendered=None, reason=None)

    assert house.booking(booking_id).state == "CONFIRMED"
    assert len(siblings.payments) == 1


def test_a_sale_at_the_desk_that_slept_past_its_hold_sells_nothing(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    wish = HoldWish(showtime, choices("A1", "A2"), idempotency_key="till-1", desk=True)
    hold_seats(house.runtime, STAFF, wish)
    clock.advance(minutes=11)

    with pytest.raises(HoldExpired):
        sell_at_box_office(house.runtime, STAFF, wish, method="COMP", tendered=None, reason="press")

    assert house.claims(showtime) == {}
    assert siblings.payments == {}


def test_foreign_notes_do_not_cover_the_total(house: House) -> None:
    wish = HoldWish(house.a_showtime(), choices("A1", "A2"))

    with pytest.raises(TenderedTooLittle):
        sell_at_box_office(
            house.runtime, STAFF, wish, method="CASH", tendered=Money(5000, "JPY"), reason=None
        )


def test_nobody_is_told_that_the_seats_of_a_cancelled_showtime_are_free(house: House) -> None:
    showtime = house.a_showtime()
    house.sold(showtime, ["A1", "A2"])
    rest = [seat.id for seat in a_plan() if seat.id not in ("A1", "A2")]
    set_seats_blocked(house.runtime, MANAGER, showtime, rest, blocked=True)
    join_waiting_list(house.runtime, as_user("wim"), showtime, 2)

    cancel_showtime(house.runtime, MANAGER, showtime, "the projector broke")

    assert "waiting_list.seats_free" not in house.events()
