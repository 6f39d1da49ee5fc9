"""The rules of discounts, by example and by property."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Refusal, Refusals
from chassis.money import Money
from coupon_service.codes import is_code, new_code, normal_code
from coupon_service.lifecycle import MOVES, DiscountKind, UseState
from coupon_service.rules import Order, Terms, Uses, check_terms, discount_of, quote

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NONE_USED = Uses(by_all=0, by_user=0)
AMOUNTS = st.integers(min_value=0, max_value=2_000_000_000)
PRICES = st.integers(min_value=1, max_value=2_000_000_000)


def _order(amount, currency="EUR"):
    return Order(subtotal=Money(amount, currency), user_id="ana", movie_id="metropolis", cinema_id="lisbon")


@st.composite
def terms(draw):
    by_percent = draw(st.booleans())
    limit = draw(st.one_of(st.none(), PRICES))
    return Terms(
        kind=DiscountKind.PERCENT if by_percent else DiscountKind.FIXED_AMOUNT,
        percent=draw(st.integers(min_value=1, max_value=100)) if by_percent else None,
        amount_off=None if by_percent else Money(draw(PRICES), "EUR"),
        maximum_discount=None if limit is None else Money(limit, "EUR"),
    )


@given(terms=terms(), amount=AMOUNTS)
def test_a_discount_is_more_than_nothing_and_never_more_than_the_price_or_its_limit(terms, amount):
    try:
        discount = discount_of(terms, _order(amount))
    except Refusal as refusal:
        answer = refusal.code
    else:
        answer = "A DISCOUNT"
        assert 0 < discount.amount <= amount
        assert terms.maximum_discount is None or discount.amount <= terms.maximum_discount.amount

    assert answer in ("A DISCOUNT", "COUPON_NOT_APPLICABLE")


@given(percent=st.integers(min_value=1, max_value=100), amount=PRICES)
def test_a_percentage_is_rounded_half_up_to_the_minor_unit(percent, amount):
    exact = amount * percent

    try:
        discount = discount_of(Terms(kind=DiscountKind.PERCENT, percent=percent), _order(amount)).amount
    except Refusal:
        discount = 0

    assert discount == (exact + 50) // 100


@given(terms=terms(), small=PRICES, more=AMOUNTS)
def test_a_larger_order_never_gets_a_smaller_discount(terms, small, more):
    def off(amount):
        try:
            return discount_of(terms, _order(amount)).amount
        except Refusal:
            return 0

    assert off(small) <= off(small + more)


@given(limit=st.integers(min_value=1, max_value=50), used=st.integers(min_value=0, max_value=60))
def test_a_limit_is_reached_exactly_when_as_many_uses_count(limit, used):
    terms = Terms(kind=DiscountKind.PERCENT, percent=10, usage_limit=limit)

    try:
        quote(terms, _order(1000), Uses(by_all=used, by_user=0), now=NOW)
        answer = "A DISCOUNT"
    except Refusal as refusal:
        answer = refusal.code

    assert answer == ("COUPON_USED_UP" if used >= limit else "A DISCOUNT")


def test_the_first_instant_counts_and_the_last_does_not():
    terms = Terms(kind=DiscountKind.PERCENT, percent=10, starts_at=NOW, expires_at=NOW.replace(hour=13))

    first = quote(terms, _order(1000), NONE_USED, now=NOW)

    assert first == Money(100, "EUR")
    with pytest.raises(Refusal, match="expired"):
        quote(terms, _order(1000), NONE_USED, now=NOW.replace(hour=13))


@pytest.mark.parametrize(("amount", "codes"), [(1005, ["AMOUNT_NOT_PAYABLE"]), (1010, [])])
def test_a_fixed_amount_of_dinars_ends_in_nought(amount, codes):
    terms = Terms(kind=DiscountKind.FIXED_AMOUNT, amount_off=Money(amount, "KWD"))
    found = []
    try:
        check_terms("DINAR", None, terms)
    except Refusals as faults:
        found = [fault.code for fault in faults.refusals]

    assert found == codes


def test_yen_have_no_smaller_part():
    terms = Terms(kind=DiscountKind.PERCENT, percent=15)

    assert discount_of(terms, _order(1790, "JPY")) == Money(269, "JPY")


@given(text=st.text(max_size=60))
def test_a_normal_code_is_its_own_normal_form_or_no_code_at_all(text):
    code = normal_code(text)

    assert not is_code(code) or normal_code(code.lower()) == code


def test_new_codes_differ_and_are_codes():
    made = {new_code("GIFT") for _ in range(500)}

    assert len(made) == 500
    assert all(is_code(code) for code in made)


def test_nothing_leaves_a_returned_use_and_what_is_spent_is_only_returned():
    assert MOVES[UseState.RETURNED] == frozenset()
    assert MOVES[UseState.REDEEMED] == {UseState.RETURNED}
