"""Coupons asked for, taken off and paid with at the same moment: a discount is never given without a use of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from booking_service.commands.keep import apply_coupon, remove_coupon
from booking_service.errors import NotHeld
from booking_service.tests.builders import House, Siblings
from chassis.errors import Conflict, Refusal, Unavailable
from chassis.testing import as_user

ANA = as_user("ana")


class Coupons:
    """Coupons for one use each, as coupon_service keeps them; `meanwhile` happens once, after the next answer or, for
    a release, before it.
    """

    def __init__(self, siblings: Siblings) -> None:
        self.kept: dict[str, tuple[str, int]] = {}
        self.latest: dict[str, tuple[int, str]] = {}
        self.meanwhile: Callable[[], Any] | None = None
        siblings.answers["coupon_service", "reserveCoupon"] = self._reserve
        siblings.answers["coupon_service", "releaseCoupon"] = self._release

    def _reserve(self, variables: dict[str, Any]) -> Any:
        asked = variables["input"]
        booking, code, as_of = asked["bookingId"], asked["code"], asked["asOf"]
        latest, latest_code = self.latest.get(booking, (0, code))
        is_late = as_of < latest or (as_of == latest and code != latest_code)
        used = any(other != booking and kept[0] == code for other, kept in self.kept.items())
        if is_late or used:
            fault = "COUPON_NOT_APPLICABLE" if is_late else "COUPON_USED_UP"
            return {"code": None, "discount": None, "userErrors": [{"code": fault, "message": "No."}]}
        self.kept[booking], self.latest[booking] = (code, as_of), (as_of, code)
        self._happen()
        return {"code": code, "discount": {"amount": 500, "currency": "EUR"}, "userErrors": []}

    def _release(self, variables: dict[str, Any]) -> Any:
        self._happen()
        if self.kept.get(variables["id"], ("", 0))[1] <= variables["asOf"]:
            self.kept.pop(variables["id"], None)
        return {"done": True}

    def _happen(self) -> None:
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()


@pytest.fixture
def coupons(siblings: Siblings) -> Coupons:
    """A coupon_service with codes for one use each."""
    return Coupons(siblings)


def tried(step: Callable[..., Any], *given: Any) -> None:
    """A refusal is an answer too."""
    with contextlib.suppress(Refusal, Conflict):
        step(*given)


def two_codes(house: House, one: str, coupons: Coupons) -> None:
    coupons.meanwhile = lambda: tried(apply_coupon, house.runtime, ANA, one, "B")
    tried(apply_coupon, house.runtime, ANA, one, "A")


def taken_off_and_asked_for_again(house: House, one: str, coupons: Coupons) -> None:
    apply_coupon(house.runtime, ANA, one, "A")
    coupons.meanwhile = lambda: tried(apply_coupon, house.runtime, ANA, one, "A")
    remove_coupon(house.runtime, ANA, one)


def paid_while_another_is_asked_for(house: House, one: str, coupons: Coupons) -> None:
    apply_coupon(house.runtime, ANA, one, "A")
    coupons.meanwhile = lambda: tried(house.pay, one)
    tried(apply_coupon, house.runtime, ANA, one, "B")


def asked_for_while_it_is_paid(house: House, one: str, coupons: Coupons) -> None:
    apply_coupon(house.runtime, ANA, one, "A")
    coupons.meanwhile = lambda: tried(apply_coupon, house.runtime, ANA, one, "B")
    tried(house.pay, one)


@pytest.mark.parametrize(
    "at_once",
    [two_codes, taken_off_and_asked_for_again, paid_while_another_is_asked_for, asked_for_while_it_is_paid],
)
def test_whatever_is_asked_at_once_a_coupon_for_one_use_is_used_once(
    house: House, coupons: Coupons, at_once: Callable[[House, str, Coupons], None]
) -> None:
    showtime = house.a_showtime()
    one, two = house.hold(showtime, ["A1", "A2"]), house.hold(showtime, ["C1", "C2"])

    at_once(house, one, coupons)
    tried(apply_coupon, house.runtime, ANA, two, "A")
    for booking_id in (one, two):
        tried(house.pay, booking_id)

    paid_with = {booking_id: house.booking(booking_id).coupon_code for booking_id in (one, two)}
    assert list(paid_with.values()).count("A") <= 1
    for booking_id, code in paid_with.items():
        assert code is None or coupons.kept[booking_id][0] == code
        assert house.booking(booking_id).discount == (500 if code else 0)


def test_a_coupon_that_was_lost_meanwhile_is_taken_off_before_the_money_is_asked_for(
    house: House, coupons: Coupons, siblings: Siblings
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    apply_coupon(house.runtime, ANA, booking_id, "A")
    coupons.kept = {"another": ("A", 1)}

    with pytest.raises(Refusal, match="look at the new total") as refused:
        house.pay(booking_id)

    assert refused.value.code == "COUPON_USED_UP"
    assert siblings.payments == {}
    assert (house.booking(booking_id).state, house.booking(booking_id).total) == ("HELD", 2100)
    assert house.pay(booking_id).refusal is None


def test_a_hold_with_a_coupon_is_paid_although_coupons_are_away(
    house: House, coupons: Coupons, siblings: Siblings
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    apply_coupon(house.runtime, ANA, booking_id, "A")

    def away(_variables: dict[str, Any]) -> Any:
        raise Unavailable

    siblings.answers["coupon_service", "reserveCoupon"] = away

    assert house.pay(booking_id).refusal is None
    assert house.booking(booking_id).paid == 1600


def test_the_same_payment_sent_twice_with_a_coupon_is_one_payment(
    house: House, coupons: Coupons, siblings: Siblings
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    apply_coupon(house.runtime, ANA, booking_id, "A")
    coupons.meanwhile = lambda: house.pay(booking_id)

    assert house.pay(booking_id).refusal is None
    assert len(siblings.payments) == 1
    with pytest.raises(NotHeld):
        house.pay(booking_id, key="another")
