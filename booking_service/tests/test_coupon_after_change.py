"""A coupon keeps its promise through changes of seats: reckoned anew each time, by the terms of its reservation."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_service.commands.cancel import cancel_booking
from booking_service.commands.change_seats import change_seats
from booking_service.commands.hold import SeatChoice
from booking_service.commands.keep import apply_coupon
from booking_service.commands.refunds import pay_refunds_due
from booking_service.rules.prices import CouponTerms, discount_over, read_terms, write_terms
from booking_service.tests.builders import House, Siblings
from chassis.money import Money
from chassis.testing import as_user

ANA = as_user("ana")
ROOMS = [
    ["A1", "A2"],
    ["C1", "C2"],
    ["A1", "A2", "A3"],
    ["C3", "C4", "C5", "C6"],
    ["A1"],
    ["A1", "A2", "A3", "A4"],
]
MONEY = st.one_of(st.none(), st.integers(1, 20_000))
TERMS = st.one_of(
    st.builds(CouponTerms, percent=st.integers(1, 100), most=MONEY, least=MONEY),
    st.builds(CouponTerms, amount_off=st.integers(1, 20_000), most=MONEY, least=MONEY),
)


def _a_coupon(siblings: Siblings, terms: CouponTerms) -> None:
    def reserve(variables: dict[str, Any]) -> Any:
        subtotal = Money(variables["input"]["subtotal"]["amount"], "EUR")
        told = {
            "percent": terms.percent,
            "amountOff": terms.amount_off,
            "maximumDiscount": terms.most,
            "minimumSubtotal": terms.least,
        }
        off = {"amount": discount_over(terms, subtotal).amount, "currency": "EUR"}
        return {"code": "TEN", "discount": off, "terms": told, "userErrors": []}

    siblings.answers["coupon_service", "reserveCoupon"] = reserve


def _a_coupon_refused_below(siblings: Siblings, least: int) -> None:
    """As coupon_service does it: half off, and a refusal for a smaller order."""
    _a_coupon(siblings, CouponTerms(percent=50, least=least))
    reserve = siblings.answers["coupon_service", "reserveCoupon"]

    def refuse(variables: dict[str, Any]) -> Any:
        if variables["input"]["subtotal"]["amount"] >= least:
            return reserve(variables)
        fault = {"code": "COUPON_MINIMUM_NOT_MET", "message": "This coupon is for larger orders."}
        return {"code": None, "discount": None, "terms": None, "userErrors": [fault]}

    siblings.answers["coupon_service", "reserveCoupon"] = refuse


def _sold(house: House, showtime: str, seats: list[str]) -> str:
    mine = house.hold(showtime, seats)
    apply_coupon(house.runtime, ANA, mine, "TEN")
    house.pay(mine)
    assert house.booking(mine).state == "CONFIRMED"
    return mine


def _change(house: House, booking_id: str, seats: list[str], key: str) -> None:
    wanted = [SeatChoice(seat, "ADULT") for seat in seats]
    change_seats(house.runtime, ANA, booking_id, wanted, payment_token="pm_success", key=key)
    pay_refunds_due(house.runtime)


@pytest.mark.parametrize(
    ("terms", "figures"),
    [
        (CouponTerms(percent=50), [(2000, 1000), (1000, 500), (2000, 1000), (2800, 1400)]),
        (CouponTerms(percent=50, most=600), [(2000, 600), (1000, 500), (2000, 600), (2800, 600)]),
        (CouponTerms(amount_off=1500), [(2000, 1500), (1000, 1000), (2000, 1500), (2800, 1500)]),
        (CouponTerms(percent=50, least=1500), [(2000, 1000), (1000, 0), (2000, 1000), (2800, 1400)]),
    ],
)
def test_the_discount_shrinks_and_grows_with_the_seats(
    house: House, siblings: Siblings, terms: CouponTerms, figures: list[tuple[int, int]]
) -> None:
    _a_coupon(siblings, terms)
    mine = _sold(house, house.a_showtime(in_hours=48), ["A1", "A2"])
    seen = [(house.booking(mine).subtotal, house.booking(mine).discount)]

    for number, seats in enumerate((["A1"], ["A1", "A2"], ["C1", "C2"])):
        _change(house, mine, seats, f"change-{number}")
        seen.append((house.booking(mine).subtotal, house.booking(mine).discount))

    assert seen == figures
    assert house.booking(mine).paid == house.booking(mine).total


def test_a_coupon_that_fell_away_with_seats_of_the_hold_takes_nothing_off_a_later_change(
    house: House, siblings: Siblings
) -> None:
    _a_coupon_refused_below(siblings, 1500)
    showtime = house.a_showtime(in_hours=48)
    mine = house.hold(showtime, ["A1", "A2"])
    apply_coupon(house.runtime, ANA, mine, "TEN")
    house.hold(showtime, ["A1"], booking_id=mine)
    house.pay(mine)
    assert (house.booking(mine).coupon_code, house.booking(mine).paid) == (None, 1100)

    _change(house, mine, ["A1", "A2"], "one more")

    booking = house.booking(mine)
    assert (booking.discount, booking.total, booking.paid) == (0, 2100, 2100)


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_what_is_paid_is_the_total_and_all_of_it_comes_back(
    house: House, siblings: Siblings, seed: int
) -> None:
    chance = Random(seed)
    percent, off = chance.choice([(chance.randint(1, 99), None), (None, chance.randint(1, 1900))])
    terms = CouponTerms(percent, off, chance.choice([None, 700]), chance.choice([None, 1500]))
    _a_coupon(siblings, terms)
    mine = _sold(house, house.a_showtime(in_hours=48), ["A1", "A2"])

    for number in range(6):
        _change(house, mine, chance.choice(ROOMS), f"change-{number}")
        booking = house.booking(mine)
        off_now = discount_over(terms, Money(booking.subtotal, "EUR")).amount
        assert (booking.discount, booking.total) == (off_now, booking.subtotal - off_now + booking.fee)
        assert booking.paid == booking.total == _kept(siblings)

    cancel_booking(house.runtime, ANA, mine, reason=None, expected=Money(house.booking(mine).total, "EUR"))
    pay_refunds_due(house.runtime)
    assert _kept(siblings) == 0


def _kept(siblings: Siblings) -> int:
    taken = sum(payment["amount"]["amount"] for payment in siblings.payments.values())
    return taken - sum(siblings.refunds.values())


def test_a_booking_from_before_terms_were_kept_has_the_discount_that_it_had(
    house: House, siblings: Siblings
) -> None:
    siblings.coupons["TEN"] = 500
    mine = _sold(house, house.a_showtime(in_hours=48), ["A1", "A2"])

    _change(house, mine, ["C1", "C2"], "dearer")

    assert (house.booking(mine).coupon_terms, house.booking(mine).discount) == (None, 500)


@given(terms=TERMS, amount=st.integers(0, 50_000), more=st.integers(0, 10_000))
def test_a_discount_is_never_more_than_the_seats_or_its_cap_and_never_falls_as_they_cost_more(
    terms: CouponTerms, amount: int, more: int
) -> None:
    off, later = (discount_over(terms, Money(value, "EUR")).amount for value in (amount, amount + more))

    assert 0 <= off <= amount
    assert off <= (terms.most if terms.most is not None else amount)
    assert later >= off
    assert read_terms(write_terms(terms)) == terms
