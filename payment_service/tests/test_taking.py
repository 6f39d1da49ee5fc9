"""Money is taken once, whatever the provider does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.testing import make_runtime
from payment_service.commands.settling import reconcile
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
    first = till.take()

    again = till.take()

    assert again == first
    assert till.captured_by_provider() == 2500
    assert len(till.published("payment.settled")) == 1


def test_a_key_used_for_another_order_is_refused(till):
    till.take()

    other = till.take(amount={"amount": 100, "currency": "EUR"})

    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert till.captured_by_provider() == 2500


def test_twenty_threads_with_one_key_take_the_money_once(till):
    with ThreadPoolExecutor(20) as threads:
        outcomes = [answer["outcome"] for answer in threads.map(lambda _: till.take(), range(20))]

    assert set(outcomes) <= {"SUCCEEDED", "PENDING"}
    assert till.captured_by_provider() == 2500
    assert len(till.published("payment.settled")) == 1


def test_a_lost_answer_is_pending_until_it_is_asked_after(till):
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


def test_a_slow_provider_leaves_threads_free_and_those_who_find_no_place_have_lost_nothing(
    database_url, clock
):
    slow = {"SIMULATED_SLOW_SECONDS": 30, "PROVIDER_DEADLINE_SECONDS": 4, "PROVIDER_CALLS_AT_ONCE": 2}
    runtime = make_runtime("payment_service", PaymentSettings, database_url, clock, **slow)
    till = Till(runtime)

    def ask(number):
        return till.client.gql(TAKE, {"input": till.order("pm_slow", key=f"k{number}")}, caller=BOOKING)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, range(4)))

    refused = [answer["errors"][0]["extensions"]["code"] for answer in answers if "errors" in answer]
    waiting = [answer["data"]["takePayment"]["outcome"] for answer in answers if "errors" not in answer]
    assert (refused, waiting) == (["SERVICE_UNAVAILABLE"] * 2, ["PENDING"] * 2)
    assert {till.settle(f"k{number}")["outcome"] for number in range(4)} == {"DECLINED", "PENDING"}
    runtime.close()
