"""Stripe: what goes over the wire, and what is made of the answers."""

from __future__ import annotations

import orjson
import pytest

from chassis.testing import make_runtime
from payment_service.commands.carrying_out import retry_refunds
from payment_service.commands.settling import reconcile
from payment_service.daily_close import daily_close
from payment_service.providers.signatures import sign_body
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import LISBON, MANAGER, REFUND, Till
from payment_service.tests.stripe_server import StripeServer

SECRET = "whsec_0123456789abcdef"


@pytest.fixture
def stripe_server(clock):
    server = StripeServer(int(clock.now().timestamp()))
    yield server
    server.stop()


@pytest.fixture
def till(database_url, clock, stripe_server):
    runtime = make_runtime(
        "payment_service",
        PaymentSettings,
        database_url,
        clock,
        STRIPE_SECRET_KEY="sk_test_0123456789",
        STRIPE_PUBLISHABLE_KEY="pk_test_0123456789",
        STRIPE_WEBHOOK_SECRETS=SECRET,
        STRIPE_API_BASE=stripe_server.url,
    )
    yield Till(runtime)
    runtime.close()


def test_a_card_is_charged_in_two_steps_under_one_key(till, stripe_server):
    taken = till.take("pm_card_visa")

    again = till.take("pm_card_visa")

    assert taken["outcome"] == "SUCCEEDED"
    assert taken["payment"]["providerReference"] == "pi_1"
    assert again == taken
    assert stripe_server.asked == [
        ("POST", "/v1/payment_intents"),
        ("POST", "/v1/payment_intents/pi_1/confirm"),
    ]
    assert stripe_server.intents["pi_1"]["metadata"]["cinemaId"] == LISBON


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_chargeDeclined", "CARD_DECLINED"),
        ("pm_card_chargeDeclinedInsufficientFunds", "INSUFFICIENT_FUNDS"),
    ],
)
def test_a_refused_card_is_declined_and_its_intent_can_not_be_paid_later(till, stripe_server, token, code):
    taken = till.take(token)

    assert (taken["outcome"], taken["payment"]["failureCode"]) == ("DECLINED", code)
    assert stripe_server.intents["pi_1"]["status"] == "canceled"


def test_a_card_that_stripe_does_not_know_is_declined(till):
    taken = till.take("pm_of_nobody")

    assert (taken["outcome"], taken["payment"]["failureCode"]) == ("DECLINED", "PAYMENT_METHOD_UNKNOWN")


def test_the_payer_is_sent_to_the_banks_page_and_a_webhook_settles_it(till, stripe_server):
    taken = till.take("pm_card_threeDSecure2Required")
    stripe_server.capture("pi_1")
    event = {
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "data": {"object": {"object": "payment_intent", "id": "pi_1", "amount": 2500, "currency": "eur"}},
    }
    body = orjson.dumps(event)

    answer = till.client.post(
        "/webhooks/stripe", data=body, headers={"Stripe-Signature": sign_body(body, SECRET, till.clock.now())}
    )

    assert taken["outcome"] == "ACTION_REQUIRED"
    assert taken["redirectUrl"] == "https://bank.example/3ds"
    assert answer.status_code == 200
    assert [event["outcome"] for event in till.published("payment.settled")] == ["SUCCEEDED"]


@pytest.mark.parametrize("lost", ["/payment_intents", "/confirm"])
def test_a_lost_answer_is_found_and_the_card_charged_at_most_once(till, stripe_server, lost):
    stripe_server.lost_answers = [lost]
    taken = till.take("pm_card_visa")
    till.clock.advance(seconds=30)

    settled = reconcile(till.runtime)

    captured = [intent["amount_received"] for intent in stripe_server.intents.values()]
    assert (taken["outcome"], settled) == ("PENDING", 1)
    assert captured == ([0] if lost == "/payment_intents" else [2500])
    assert till.settle()["outcome"] == ("DECLINED" if lost == "/payment_intents" else "SUCCEEDED")


def test_a_silent_provider_is_left_alone_until_the_next_round_and_then_tells_of_all(till, stripe_server):
    for number in range(8):
        till.take("pm_card_threeDSecure2Required", key=f"k{number}")
        stripe_server.capture(f"pi_{number + 1}")
    till.clock.advance(seconds=30)
    stripe_server.is_silent, stripe_server.looked_up = True, 0

    in_vain, asked = reconcile(till.runtime), stripe_server.looked_up
    stripe_server.is_silent = False
    settled = reconcile(till.runtime)

    assert (in_vain, asked, settled) == (0, 5, 8)
    assert len(till.published("payment.settled")) == 8


def test_a_key_asked_again_after_a_day_makes_no_second_intent(till, stripe_server):
    first = till.take("pm_card_threeDSecure2Required")
    stripe_server.forget_keys()

    again = till.take("pm_card_threeDSecure2Required")

    assert list(stripe_server.intents) == ["pi_1"]
    assert again == first


def test_a_debit_that_takes_days_is_neither_offered_nor_begun(till, stripe_server):
    offered = till.client.data("{ paymentOptions { method } }")["paymentOptions"]

    asked = till.take("pm_sepa", method="BANK_TRANSFER")

    assert [option["method"] for option in offered] == ["CARD", "WALLET"]
    assert (asked["outcome"], asked["payment"]) == ("DECLINED", None)
    assert asked["userErrors"] == [{"code": "PAYMENT_METHOD_NOT_OFFERED", "field": ["input", "method"]}]
    assert stripe_server.intents == {}


def test_an_intent_that_was_never_confirmed_is_closed(till, stripe_server):
    stripe_server.lost_answers = ["/payment_intents"]
    till.take("pm_card_visa")
    till.clock.advance(seconds=30)

    reconcile(till.runtime)

    assert stripe_server.intents["pi_1"]["status"] == "canceled"


def test_another_amount_than_was_ordered_pays_for_nothing_and_goes_back(till, stripe_server):
    till.take("pm_card_threeDSecure2Required")
    stripe_server.intents["pi_1"]["amount"] = 1
    stripe_server.capture("pi_1")

    settled = till.settle()

    till.clock.advance(seconds=30)
    retry_refunds(till.runtime)

    assert (settled["outcome"], settled["payment"]["failureCode"]) == ("DECLINED", "AMOUNT_MISMATCH")
    assert [event["outcome"] for event in till.published("payment.settled")] == ["DECLINED"]
    assert [refund["amount"] for refund in stripe_server.refunds.values()] == [1]


@pytest.mark.parametrize(
    ("currency", "theirs"), [("JPY", 1800), ("ISK", 180_000), ("UGX", 180_000), ("KWD", 1800), ("MGA", 18)]
)
def test_a_currency_without_hundredths_is_charged_and_given_back_as_stripe_counts_it(
    till, stripe_server, currency, theirs
):
    taken = till.take("pm_card_visa", amount={"amount": 1800, "currency": currency})
    till.client.data(
        REFUND,
        {"input": {"paymentId": taken["payment"]["id"], "reason": "Projector broke", "idempotencyKey": "k"}},
        caller=MANAGER,
    )

    close = daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date())

    assert taken["outcome"] == "SUCCEEDED"
    assert stripe_server.intents["pi_1"]["amount"] == theirs
    assert [refund["amount"] for refund in stripe_server.refunds.values()] == [theirs]
    assert [event["amount"]["amount"] for event in till.published("payment.refunded")] == [1800]
    assert [(line.provider_net.amount, line.provider_net.currency) for line in close.by_method] == [
        (0, currency)
    ]
    assert close.mismatches == []


def test_a_refund_whose_answer_is_lost_is_asked_for_again_under_its_key(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.lost_answers = ["/refunds"]
    promised = till.refund(payment_id, 1000)["payment"]
    till.clock.advance(seconds=30)

    done = retry_refunds(till.runtime)

    assert (promised["status"], promised["refunds"][0]["status"]) == ("SUCCEEDED", "PENDING")
    assert done == 1
    assert [refund["amount"] for refund in stripe_server.refunds.values()] == [1000]
    assert len(till.published("payment.refunded")) == 1


def test_a_refund_whose_answer_was_lost_is_not_made_again_after_stripe_forgot_its_key(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.lost_answers = ["/refunds"]
    till.refund(payment_id, 1000)
    till.clock.advance(hours=25)
    stripe_server.forget_keys()

    done = retry_refunds(till.runtime)

    assert done == 1
    assert [refund["amount"] for refund in stripe_server.refunds.values()] == [1000]
    assert [told["amount"]["amount"] for told in till.published("payment.refunded")] == [1000]


def test_a_refund_that_never_reached_stripe_is_made_a_day_later(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.refund_by_hand("pi_1", 300)
    stripe_server.lost_answers = ["/refunds"]
    till.refund(payment_id, 1000)
    del stripe_server.refunds["re_2"]
    till.clock.advance(hours=25)
    stripe_server.forget_keys()

    done = retry_refunds(till.runtime)

    assert done == 1
    assert [refund["amount"] for refund in stripe_server.refunds.values()] == [300, 1000]


def test_a_refund_made_on_stripes_pages_is_booked_once_and_listed(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    till.refund(payment_id, 500)
    stripe_server.refund_by_hand("pi_1", 700)
    for number in range(2):
        told = {"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "amount": 2500, "currency": "eur"}
        body = orjson.dumps({"id": f"evt_{number}", "type": "charge.refunded", "data": {"object": told}})
        signature = {"Stripe-Signature": sign_body(body, SECRET, till.clock.now())}
        assert till.client.post("/webhooks/stripe", data=body, headers=signature).status_code == 200

    close = daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date())

    assert [told["amount"]["amount"] for told in till.published("payment.refunded")] == [500, 700]
    assert [(line.refunded.amount, line.provider_net.amount) for line in close.by_method] == [(1200, 1300)]
    assert [payment.id for payment in close.mismatches] == [payment_id]
    assert close.mismatches[0].refunded_amount == 1200


def test_a_card_at_the_desk_passes_a_terminal_of_its_own_and_stripe_is_not_asked(till, stripe_server):
    taken = till.take(None, atTerminal=True, terminalReceipt="T-0815")
    payment = taken["payment"]

    back = till.refund_for_booking(payment["id"], 1000)
    close = daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date())

    assert taken["outcome"] == "SUCCEEDED"
    assert (payment["provider"], payment["providerReference"]) == ("terminal", "T-0815")
    assert back["refund"]["status"] == "SUCCEEDED"
    assert [(line.method, line.provider_net.amount) for line in close.by_method] == [("CARD", 1500)]
    assert close.mismatches == []
    assert [one.refunds[0].attention for one in close.attention] == ["RETURN_AT_TERMINAL"]
    assert stripe_server.asked == []
    till.clock.advance(days=1)
    assert daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date()).attention == []


def test_the_receipt_of_a_terminal_is_optional_and_belongs_to_what_was_asked(till):
    taken = till.take(None, atTerminal=True)

    again = till.take(None, atTerminal=True)
    other = till.take(None, atTerminal=True, terminalReceipt="T-0816")

    assert taken["payment"]["providerReference"] is None
    assert again == taken
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert till.settle()["outcome"] == "SUCCEEDED"


def test_the_same_refund_in_flight_is_told_so_and_has_one_outcome(till, stripe_server):
    """H20: in flight."""
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.lost_answers = ["/refunds"]
    till.refund(payment_id, 1000)

    in_flight = till.refund(payment_id, 1000)
    till.clock.advance(seconds=10)
    later = till.refund(payment_id, 1000)

    assert [error["code"] for error in in_flight["userErrors"]] == ["REQUEST_IN_PROGRESS"]
    assert later["payment"]["refunds"][0]["status"] == "SUCCEEDED"
    assert [refund["amount"] for refund in stripe_server.refunds.values()] == [1000]


def test_a_refund_under_way_is_done_when_a_webhook_says_so(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.refund_status = "pending"
    till.refund(payment_id, 1000)
    stripe_server.refunds["re_1"]["status"] = "succeeded"
    told = {"object": "refund", "id": "re_1", "payment_intent": "pi_1"}
    body = orjson.dumps({"id": "evt_2", "type": "refund.updated", "data": {"object": told}})

    till.client.post(
        "/webhooks/stripe", data=body, headers={"Stripe-Signature": sign_body(body, SECRET, till.clock.now())}
    )

    assert [event["amount"]["amount"] for event in till.published("payment.refunded")] == [1000]


def test_a_refund_that_stripe_refuses_frees_what_was_promised(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.refund_status = "failed"
    failed = till.refund(payment_id, 2500, key="first")["payment"]
    stripe_server.refund_status = "succeeded"

    second = till.refund(payment_id, 2500, key="second")["payment"]

    assert (failed["status"], failed["refunds"][0]["status"]) == ("SUCCEEDED", "FAILED")
    assert second["status"] == "REFUNDED"


def test_what_a_booking_owes_is_tried_again_after_a_refusal_and_given_back_once(till, stripe_server):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    stripe_server.refund_status = "failed"
    refused = [till.refund_for_booking(payment_id, 1250)["refund"]["status"] for _ in range(3)]
    stripe_server.refund_status = "succeeded"

    done = [till.refund_for_booking(payment_id, 1250)["refund"] for _ in range(2)]

    assert refused == ["FAILED"] * 3
    assert done[0] == done[1]
    assert done[0]["status"] == "SUCCEEDED"
    assert [event["amount"]["amount"] for event in till.published("payment.refunded")] == [1250]


def test_the_day_is_closed_against_stripes_own_books(till):
    payment_id = till.take("pm_card_visa")["payment"]["id"]
    till.take("pm_card_visa", key="other", cinemaId="cinema-elsewhere")
    till.refund(payment_id, 500)

    close = daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date())

    assert [
        (line.captured.amount, line.refunded.amount, line.provider_net.amount) for line in close.by_method
    ] == [(2500, 500, 2000)]
    assert close.mismatches == []


def test_the_checkout_is_told_the_publishable_key(till):
    options = till.client.data("{ paymentOptions { method provider publishableKey } }")["paymentOptions"]

    assert options[0] == {"method": "CARD", "provider": "stripe", "publishableKey": "pk_test_0123456789"}
