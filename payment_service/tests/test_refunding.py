"""Money goes back once for each key, and never more than came in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.testing import as_user
from payment_service.tests.builders import (
    ADMIN,
    ANA,
    BOOKING,
    LISBON,
    MANAGER,
    PORTO,
    REFUND,
    REFUND_FOR_BOOKING,
)


@pytest.fixture
def payment_id(till):
    return till.take()["payment"]["id"]


def test_a_manager_gives_part_of_it_back(till, payment_id):
    answer = till.refund(payment_id, 1000)

    payment = answer["payment"]
    assert (payment["status"], payment["refunded"]["amount"]) == ("PARTIALLY_REFUNDED", 1000)
    assert [(r["amount"]["amount"], r["status"]) for r in payment["refunds"]] == [(1000, "SUCCEEDED")]
    assert till.captured_by_provider() == 1500
    assert till.published("payment.refunded") == [
        {
            "paymentId": payment_id,
            "refundId": payment["refunds"][0]["id"],
            "idempotencyKey": f"{MANAGER.user_id}:refund-1",
            "bookingId": "booking-1",
            "userId": "ana",
            "amount": {"amount": 1000, "currency": "EUR"},
            "reason": "Projector broke",
        }
    ]


def test_without_an_amount_all_that_is_left_goes_back(till, payment_id):
    till.refund(payment_id, 1000, key="first")

    answer = till.refund(payment_id, key="second")

    assert answer["payment"]["status"] == "REFUNDED"
    assert till.captured_by_provider() == 0


@pytest.mark.parametrize("amount", [2501, 2_000_000_000])
def test_more_than_is_left_is_refused(till, payment_id, amount):
    answer = till.refund(payment_id, amount)

    assert [error["code"] for error in answer["userErrors"]] == ["REFUND_EXCEEDS_PAYMENT"]
    assert till.captured_by_provider() == 2500


def test_nothing_more_goes_back_of_a_payment_that_was_refunded(till, payment_id):
    till.refund(payment_id, key="all")

    answer = till.refund(payment_id, key="again")

    assert [error["code"] for error in answer["userErrors"]] == ["REFUND_EXCEEDS_PAYMENT"]


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_are_no_amounts(till, payment_id, amount):
    answer = till.refund(payment_id, amount)

    assert [error["code"] for error in answer["userErrors"]] == ["AMOUNT_INVALID"]


def test_money_goes_back_in_its_own_currency(till, payment_id):
    given = {"paymentId": payment_id, "amount": {"amount": 1, "currency": "USD"}, "reason": "x"}

    answer = till.client.data(REFUND, {"input": given | {"idempotencyKey": "k"}}, caller=ADMIN)

    assert [error["code"] for error in answer["refundPayment"]["userErrors"]] == ["CURRENCY_MISMATCH"]


def test_a_declined_payment_has_nothing_to_give_back(till):
    declined = till.take("pm_declined")["payment"]["id"]

    answer = till.refund(declined)

    assert [error["code"] for error in answer["userErrors"]] == ["PAYMENT_NOT_REFUNDABLE"]


def test_the_same_key_gives_back_once_and_another_amount_under_it_is_refused(till, payment_id):
    """H20: same content, same answer; other content, refused."""
    first = till.refund(payment_id, 700)

    again, other = till.refund(payment_id, 700), till.refund(payment_id, 800)

    assert again == first
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert (till.captured_by_provider(), till.refunds_of_provider()) == (1800, 1)
    assert len(till.published("payment.refunded")) == 1


def test_ten_refunds_at_once_never_give_back_more_than_came_in(till, payment_id):
    def give_back(number):
        return till.refund(payment_id, 1000, key=f"r{number}")

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(give_back, range(10)))

    done = [answer for answer in answers if not answer["userErrors"]]
    assert len(done) == 2
    assert till.captured_by_provider() == 500
    assert len(till.published("payment.refunded")) == 2


@pytest.mark.parametrize("amount", [1250, 2500])
def test_ten_threads_with_one_key_give_back_once(till, payment_id, amount):
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: till.refund_for_booking(payment_id, amount), range(10)))

    assert {answer["refund"]["id"] for answer in answers if answer["refund"]}.__len__() == 1
    assert till.refund_for_booking(payment_id, amount)["payment"]["refunded"]["amount"] == amount
    assert till.captured_by_provider() == 2500 - amount
    assert len(till.published("payment.refunded")) == 1


def test_the_booking_gives_back_what_its_rules_say(till, payment_id):
    answer = till.refund_for_booking(payment_id, 1250)

    assert answer["refund"]["status"] == "SUCCEEDED"
    assert answer["payment"]["refunded"]["amount"] == 1250


def test_another_managers_key_of_another_cinema_tells_nothing(till, payment_id):
    """H20: a key that is known elsewhere is as good as new."""
    till.refund(payment_id, 100, key="shared")
    pia = as_user("pia", "MANAGER", (PORTO,))
    theirs = till.take(key="porto", cinemaId=PORTO)["payment"]["id"]

    known = {"paymentId": payment_id, "reason": "Projector broke", "idempotencyKey": "shared"}
    foreign = till.client.error_codes(REFUND, {"input": known}, caller=pia)
    own = till.refund(theirs, 200, key="shared", caller=pia)

    assert foreign == ["NOT_FOUND"]
    assert own["payment"]["refunded"]["amount"] == 200


def test_cash_goes_back_at_the_desk(till):
    cash = till.take(None, key="cash", method="CASH")["payment"]["id"]

    answer = till.refund(cash)

    assert answer["payment"]["status"] == "REFUNDED"
    assert till.refunds_of_provider() == 0
    assert len(till.published("payment.refunded")) == 1


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (ANA, "FORBIDDEN"),
        (as_user("sam", "STAFF", (LISBON,)), "FORBIDDEN"),
        (as_user("pia", "MANAGER", (PORTO,)), "NOT_FOUND"),
    ],
)
def test_only_a_manager_of_the_cinema_gives_money_back(till, payment_id, caller, code):
    given = {"paymentId": payment_id, "reason": "x", "idempotencyKey": "k"}

    codes = till.client.error_codes(REFUND, {"input": given}, caller=caller)

    assert codes == [code]
    assert till.captured_by_provider() == 2500


def test_two_people_may_use_the_same_key(till, payment_id):
    """H20: nobody learns what another person's key was for."""
    till.refund(payment_id, 100, key="mine")

    answer = till.refund(payment_id, 200, key="mine", caller=ADMIN)

    assert answer["payment"]["refunded"]["amount"] == 300


def test_who_gave_money_back_is_on_record(till, payment_id):
    till.refund(payment_id, 1000)

    entries = till.published("audit.recorded")
    assert [(entry["actorId"], entry["action"], entry["objectId"]) for entry in entries] == [
        ("marta", "payment.refund", payment_id)
    ]


def test_a_refund_says_why(till, payment_id):
    given = {"paymentId": payment_id, "reason": "   ", "idempotencyKey": "k"}

    answer = till.client.data(REFUND, {"input": given}, caller=ADMIN)["refundPayment"]

    assert [error["code"] for error in answer["userErrors"]] == ["REASON_REQUIRED"]


@pytest.mark.parametrize(("words", "kept"), [("x" * 400, "x" * 255), ("  ", "Booking changed")])
def test_money_that_is_owed_does_not_wait_for_better_words(till, payment_id, words, kept):
    given = {"paymentId": payment_id, "amount": {"amount": 100, "currency": "EUR"}, "reason": words}

    till.client.data(REFUND_FOR_BOOKING, {"input": given | {"idempotencyKey": "k"}}, caller=BOOKING)

    assert [event["reason"] for event in till.published("payment.refunded")] == [kept]
