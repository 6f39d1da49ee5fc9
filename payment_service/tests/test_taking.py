"""Money is taken once, whatever the provider does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.testing import make_runtime
from payment_service.commands.settling import reconcile
from payment_service.commands.turns import a_turn
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import ANA, BOOKING, LISBON, SETTLE, TAKE, Till


def test_a_good_card_pays_and_tells_it_once(till):
    taken = till.take()

    assert taken["outcome"] == "SUCCEEDED"
    assert taken["payment"]["provider"] == "simulated"
    assert taken["payment"]["settledAt"] == "2026-11-21T12:00:00+00:00"
    assert till.captured_by_provider() == 2500
    assert till.published("payment.settled") == [
        {
            "paymentId": taken["payment"]["id"],
            "bookingId": "booking-1",
            "idempotencyKey": "key-1",
            "outcome": "SUCCEEDED",
            "amount": {"amount": 2500, "currency": "EUR"},
            "failureCode": None,
        }
    ]


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_declined", "CARD_DECLINED"),
        ("pm_insufficient_funds", "INSUFFICIENT_FUNDS"),
        ("pm_of_nobody", "PAYMENT_METHOD_UNKNOWN"),
    ],
)
def test_a_refused_card_is_declined_with_a_code(till, token, code):
    taken = till.take(token)

    assert taken["outcome"] == "DECLINED"
    assert taken["payment"]["failureCode"] == code
    assert till.captured_by_provider() == 0
    assert [event["outcome"] for event in till.published("payment.settled")] == ["DECLINED"]


def test_the_same_key_is_the_same_payment(till):
    """H20: the same key has the same answer, for a day and longer."""
    first = till.take()

    again = till.take()
    till.clock.advance(hours=24)
    a_day_later = till.take()

    assert again == a_day_later == first
    assert till.captured_by_provider() == 2500
    assert len(till.published("payment.settled")) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"amount": {"amount": 100, "currency": "EUR"}},
        {"amount": {"amount": 2500, "currency": "GBP"}},
        {"bookingId": "booking-2"},
        {"method": "WALLET"},
        {"paymentToken": "pm_3ds"},
    ],
)
def test_a_key_used_for_another_order_is_refused(till, other):
    """H20: other content under a known key is refused and charged nothing."""
    till.take()

    answer = till.take(**other)

    assert [error["code"] for error in answer["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert answer["payment"] is None
    assert till.captured_by_provider() == 2500


def test_twenty_threads_with_one_key_take_the_money_once(till):
    with ThreadPoolExecutor(20) as threads:
        outcomes = [answer["outcome"] for answer in threads.map(lambda _: till.take(), range(20))]

    assert set(outcomes) <= {"SUCCEEDED", "PENDING"}
    assert till.captured_by_provider() == 2500
    assert len(till.published("payment.settled")) == 1


def test_a_lost_answer_is_pending_until_it_is_asked_after(till):
    """F13: the provider captures and then does not answer."""
    taken = till.take("pm_answer_lost")

    settled = till.settle()

    assert taken["outcome"] == "PENDING"
    assert settled["outcome"] == "SUCCEEDED"
    assert till.captured_by_provider() == 2500


def test_a_lost_answer_is_found_by_the_same_key_too(till):
    till.take("pm_answer_lost")

    again = till.take("pm_answer_lost")

    assert again["outcome"] == "SUCCEEDED"
    assert till.captured_by_provider() == 2500


def test_a_slow_provider_is_pending_at_the_deadline_and_settled_later(till):
    """F13: the provider takes thirty seconds."""
    taken = till.take("pm_slow")
    before = till.settle()
    till.clock.advance(seconds=31)

    after = till.settle()

    assert [taken["outcome"], before["outcome"], after["outcome"]] == ["PENDING", "PENDING", "SUCCEEDED"]


def test_the_reconciler_settles_what_nobody_asked_after(till):
    till.take("pm_answer_lost", key="lost")
    till.take("pm_webhook_late", key="late")
    early = reconcile(till.runtime)
    till.clock.advance(seconds=21)

    settled = reconcile(till.runtime)

    assert (early, settled) == (0, 2)
    assert {event["outcome"] for event in till.published("payment.settled")} == {"SUCCEEDED"}


def test_a_key_that_nobody_knows_is_declined_and_stays_closed(till):
    asked = till.settle("never-seen")

    late = till.take(key="never-seen")

    assert (asked["payment"], asked["outcome"]) == (None, "DECLINED")
    assert (late["payment"], late["outcome"]) == (None, "DECLINED")
    assert till.captured_by_provider() == 0


def test_a_card_at_the_desk_passes_the_simulated_terminal(till):
    taken = till.take(None, atTerminal=True)

    assert (taken["outcome"], taken["payment"]["provider"]) == ("SUCCEEDED", "simulated")
    assert till.captured_by_provider() == 2500


def test_a_card_without_a_form_and_without_a_terminal_is_nobodys(till):
    refused = till.take(None)

    assert [error["code"] for error in refused["userErrors"]] == ["PAYMENT_TOKEN_REQUIRED"]


def test_cash_is_taken_at_the_desk_without_a_provider(till):
    taken = till.take(None, method="CASH")

    assert taken["outcome"] == "SUCCEEDED"
    assert taken["payment"]["provider"] == "desk"
    assert till.captured_by_provider() == 0
    assert len(till.published("payment.settled")) == 1


def test_complimentary_seats_may_cost_nothing(till):
    taken = till.take(None, method="COMP", amount={"amount": 0, "currency": "EUR"})

    assert taken["outcome"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"amount": {"amount": 0, "currency": "EUR"}}, "AMOUNT_INVALID"),
        ({"amount": {"amount": -5, "currency": "EUR"}}, "AMOUNT_INVALID"),
        ({"amount": {"amount": 5, "currency": "euro"}}, "AMOUNT_INVALID"),
        ({"paymentToken": None}, "PAYMENT_TOKEN_REQUIRED"),
        ({"idempotencyKey": "  "}, "IDEMPOTENCY_KEY_INVALID"),
    ],
)
def test_an_order_that_nobody_can_pay_is_refused_before_anything_is_stored(till, order, code):
    answer = till.take(**order)

    assert [error["code"] for error in answer["userErrors"]] == [code]
    assert till.published("payment.settled") == []


def test_only_booking_may_take_and_settle(till):
    """H16: nobody but the room that knows the price names an amount to be charged."""
    given = {
        "bookingId": "b",
        "cinemaId": LISBON,
        "amount": {"amount": 1, "currency": "EUR"},
        "method": "CARD",
    }
    given |= {"idempotencyKey": "k", "paymentToken": "pm_success"}

    codes = till.client.error_codes(TAKE, {"input": given}, caller=ANA)
    codes += till.client.error_codes(SETTLE, {"key": "k"}, caller=ANA)

    assert codes == ["NOT_FOUND", "NOT_FOUND"]
    assert till.captured_by_provider() == 0


def test_a_guest_has_no_account_and_pays_all_the_same(till):
    taken = till.take(userId=None, caller=BOOKING)

    assert taken["outcome"] == "SUCCEEDED"


@pytest.fixture
def small_till(database_url, clock):
    """Two places before a provider that takes thirty seconds and is waited for four."""
    slow = {"SIMULATED_SLOW_SECONDS": 30, "PROVIDER_DEADLINE_SECONDS": 4, "PROVIDER_CALLS_AT_ONCE": 2}
    runtime = make_runtime("payment_service", PaymentSettings, database_url, clock, **slow)
    yield Till(runtime)
    runtime.close()


def test_a_slow_provider_leaves_threads_free_and_those_who_find_no_place_have_lost_nothing(small_till):
    """F13: of four at once two wait for the provider; the others are told at once that nothing was begun."""
    till = small_till

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda number: till.take("pm_slow", key=f"k{number}"), range(4)))

    refused = [answer["userErrors"][0]["code"] for answer in answers if answer["userErrors"]]
    waiting = [answer["outcome"] for answer in answers if not answer["userErrors"]]
    assert (refused, waiting) == (["SERVICE_UNAVAILABLE"] * 2, ["PENDING"] * 2)
    assert sorted(till.settle(f"k{number}")["outcome"] for number in range(4)) == [
        "DECLINED",
        "DECLINED",
        "PENDING",
        "PENDING",
    ]


def test_while_the_provider_is_slow_everything_else_is_answered_and_a_busy_key_stays_closed(small_till):
    """F13: a key that was refused for want of a place is never charged, a key under way is only said to be so."""
    till = small_till
    with a_turn(till.runtime.settings), a_turn(till.runtime.settings):
        busy = till.take(key="late")
        cash = till.take(None, key="cash", method="CASH")
        options = till.client.data("{ paymentOptions { method } }")["paymentOptions"]

    after = till.take(key="late")

    assert [error["code"] for error in busy["userErrors"]] == ["SERVICE_UNAVAILABLE"]
    assert cash["outcome"] == "SUCCEEDED"
    assert options
    assert (after["payment"], after["outcome"]) == (None, "DECLINED")
    assert till.captured_by_provider() == 0


def test_a_payment_under_way_is_pending_to_those_who_find_no_place(small_till):
    """H20: the same key in flight is told so, and has the one outcome afterwards."""
    till = small_till
    till.take("pm_answer_lost", key="k")
    with a_turn(till.runtime.settings), a_turn(till.runtime.settings):
        in_flight = [till.take("pm_answer_lost", key="k")["outcome"], till.settle("k")["outcome"]]

    after = till.take("pm_answer_lost", key="k")

    assert in_flight == ["PENDING", "PENDING"]
    assert after["outcome"] == "SUCCEEDED"
    assert till.captured_by_provider() == 2500
