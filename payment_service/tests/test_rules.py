"""The rules of money, by example and by property."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Refusal
from chassis.money import Money
from payment_service.errors import RefundExceedsPayment
from payment_service.lifecycle import CAPTURED, MOVES, PaymentStatus, sources_of
from payment_service.rules import day_bounds, refund_amount, status_after_refund

AMOUNTS = st.integers(min_value=1, max_value=10_000_000)


@given(captured=AMOUNTS, wishes=st.lists(st.one_of(st.none(), AMOUNTS), max_size=12))
def test_whatever_is_asked_back_in_whatever_order_no_more_goes_back_than_came_in(captured, wishes):
    back = 0

    for wish in wishes:
        asked = None if wish is None else Money(wish, "EUR")
        try:
            amount = refund_amount(
                asked,
                status=status_after_refund(captured, back),
                captured=Money(captured, "EUR"),
                promised=back,
            )
        except RefundExceedsPayment:
            refused_rightly = back == captured if wish is None else wish > captured - back
            assert refused_rightly
            continue
        back += amount.amount

    assert 0 <= back <= captured


@given(captured=AMOUNTS, promised=st.integers(min_value=0, max_value=10_000_000))
def test_all_that_is_left_is_exactly_what_was_not_promised(captured, promised):
    left = captured - promised
    whole = Money(captured, "JPY")

    if left <= 0:
        return
    amount = refund_amount(None, status=PaymentStatus.SUCCEEDED, captured=whole, promised=promised)

    assert amount == Money(left, "JPY")


@given(captured=AMOUNTS, refunded=AMOUNTS)
def test_a_payment_is_refunded_when_nothing_is_left(captured, refunded):
    status = status_after_refund(captured, refunded)

    assert (status is PaymentStatus.REFUNDED) == (refunded >= captured)


@pytest.mark.parametrize("status", [PaymentStatus.PENDING, PaymentStatus.FAILED])
def test_money_that_never_came_can_not_go_back(status):
    with pytest.raises(Refusal, match="succeeded"):
        refund_amount(None, status=status, captured=Money(100, "EUR"), promised=0)


def test_what_goes_back_in_dinars_ends_in_nought_or_is_all_there_is():
    whole = {"status": PaymentStatus.SUCCEEDED, "captured": Money(2275, "KWD"), "promised": 0}

    with pytest.raises(Refusal, match=r"multiples of 0\.010 KWD"):
        refund_amount(Money(1135, "KWD"), **whole)

    assert refund_amount(Money(1140, "KWD"), **whole) == Money(1140, "KWD")
    assert refund_amount(Money(2275, "KWD"), **whole) == Money(2275, "KWD")


def test_nothing_leads_back_to_pending_and_captured_money_is_never_called_failed():
    assert sources_of(PaymentStatus.PENDING) == []
    assert CAPTURED.isdisjoint(sources_of(PaymentStatus.FAILED))
    assert MOVES[PaymentStatus.REFUNDED] == frozenset()


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 1, 1)))
@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Pacific/Auckland", "America/New_York", "Asia/Kolkata"])
def test_days_follow_one_another_without_gap_or_overlap(zone, day):
    start, end = day_bounds(day, zone)
    following, _ = day_bounds(day + timedelta(days=1), zone)

    assert end == following
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)


def test_the_day_on_which_clocks_go_back_has_25_hours():
    start, end = day_bounds(date(2026, 10, 25), "Europe/Lisbon")

    assert end - start == timedelta(hours=25)


def test_a_place_of_no_known_time_zone_closes_by_utc():
    start, _ = day_bounds(date(2026, 11, 21), "Atlantis/Harbour")

    assert start.isoformat() == "2026-11-21T00:00:00+00:00"
