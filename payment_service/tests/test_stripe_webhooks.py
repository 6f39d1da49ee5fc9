"""Stripe's webhooks at /webhooks/stripe: signed, fresh, compared with the order, and without a second effect."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from chassis.testing import make_runtime
from payment_service.providers.signatures import sign_body
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import Till
from payment_service.tests.stripe_server import StripeServer

NEW, OLD = "whsec_the_new_one_0123456789", "whsec_the_old_one_0123456789"


@pytest.fixture
def stripe_server(clock):
    server = StripeServer(int(clock.now().timestamp()))
    yield server
    server.stop()


@pytest.fixture
def till(database_url, clock, stripe_server):
    """A till whose payer is at the bank, and has just confirmed; Stripe changes its secret at this time."""
    runtime = make_runtime(
        "payment_service",
        PaymentSettings,
        database_url,
        clock,
        STRIPE_SECRET_KEY="sk_test_0123456789",
        STRIPE_PUBLISHABLE_KEY="pk_test_0123456789",
        STRIPE_WEBHOOK_SECRETS=f"{NEW}, {OLD}",
        STRIPE_API_BASE=stripe_server.url,
    )
    till = Till(runtime)
    till.take("pm_card_threeDSecure2Required")
    stripe_server.capture("pi_1")
    yield till
    runtime.close()


def _send(till, *, secret=NEW, age=0, signed=None, header=None, kind="payment_intent.succeeded", **told):
    intent = {"object": "payment_intent", "id": "pi_1", "amount": 2500, "currency": "eur", **told}
    body = orjson.dumps({"id": "evt_1", "type": kind, "data": {"object": intent}})
    signature = sign_body(signed or body, secret, till.clock.now() - timedelta(seconds=age))
    headers = {"Stripe-Signature": signature if header is None else header}
    return till.client.post("/webhooks/stripe", data=body, headers=headers)


def _told(till):
    return [(event["outcome"], event["failureCode"]) for event in till.published("payment.settled")]


@pytest.mark.parametrize("secret", [NEW, OLD])
@pytest.mark.parametrize("age", [0, 300, -300])
def test_while_the_secret_changes_both_are_good_for_five_minutes(till, secret, age):
    answer = _send(till, secret=secret, age=age)

    assert answer.get_json() == {"received": True, "repeated": False}
    assert _told(till) == [("SUCCEEDED", None)]


@pytest.mark.parametrize(
    "how",
    [
        {"header": ""},
        {"secret": "whsec_gone"},
        {"signed": b"{}"},
        {"age": 301},
        {"age": -301},
    ],
)
def test_a_webhook_that_is_not_stripes_has_no_effect(till, how):
    """H21: unsigned, signed with an old secret, altered, older than five minutes."""
    answer = _send(till, **how)

    assert answer.status_code == 400
    assert _told(till) == []


def test_five_times_the_same_webhook_has_one_effect(till):
    """H21 and F12: a repeated one is accepted."""
    answers = [_send(till) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert [answer.get_json()["repeated"] for answer in answers] == [False, True, True, True, True]
    assert _told(till) == [("SUCCEEDED", None)]


@pytest.mark.parametrize("told", [{"amount": 2400}, {"currency": "usd"}])
def test_a_webhook_of_another_amount_or_currency_has_no_effect_and_the_books_settle_it(till, told):
    _send(till, **told)
    before = _told(till)

    settled = till.settle()["outcome"]

    assert (before, settled) == ([], "SUCCEEDED")


def test_money_that_went_back_on_stripes_own_pages_before_we_heard_of_it_pays_for_nothing(
    till, stripe_server
):
    """F12: "refunded" before "captured"."""
    stripe_server.intents["pi_1"]["latest_charge"]["amount_refunded"] = 2500
    charge = {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}

    refunded = _send(till, kind="charge.refunded", **charge)
    captured = _send(till)

    assert (refunded.status_code, captured.status_code) == (200, 200)
    assert _told(till) == [("DECLINED", "REFUNDED_BY_PROVIDER")]
    assert stripe_server.refunds == {}


def test_a_webhook_that_can_not_be_looked_up_is_asked_for_again(till, stripe_server):
    stripe_server.is_silent = True
    silent = _send(till)
    stripe_server.is_silent = False

    again = _send(till)

    assert (silent.status_code, again.status_code) == (503, 200)
    assert again.get_json()["repeated"] is False
    assert _told(till) == [("SUCCEEDED", None)]
