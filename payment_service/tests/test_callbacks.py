"""Webhooks: signed, fresh, and without a second effect."""

from __future__ import annotations

import threading
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from chassis.testing import make_runtime
from payment_service.models import SimulatedDelivery
from payment_service.providers.deliveries import deliver
from payment_service.providers.signatures import SIGNATURE_HEADER, sign_body
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import Till

SECRETS = "the newest secret 0123456789,the one before 0123456789"


def _notice(key="key-1", event_id="evt_1", state="SUCCEEDED"):
    charge = {
        "reference": "unknown",
        "idempotencyKey": key,
        "state": state,
        "amount": 2500,
        "currency": "EUR",
    }
    return orjson.dumps({"id": event_id, "type": f"charge.{state.lower()}", "data": charge})


@pytest.fixture
def till(database_url, clock):
    runtime = make_runtime(
        "payment_service",
        PaymentSettings,
        database_url,
        clock,
        SIMULATED_WEBHOOK_SECRETS=SECRETS,
        PROVIDER_DEADLINE_SECONDS=0.01,
    )
    yield Till(runtime)
    runtime.close()


def _send(till, body, *, secret="the newest secret 0123456789", age=0, signed=None):
    header = sign_body(signed or body, secret, till.clock.now() - timedelta(seconds=age))
    return till.client.post("/webhooks/simulated", data=body, headers={SIGNATURE_HEADER: header})


@pytest.mark.parametrize("secret", SECRETS.split(","))
def test_a_webhook_signed_with_either_secret_settles_the_payment(till, secret):
    till.take("pm_answer_lost")

    answer = _send(till, _notice(), secret=secret)

    assert answer.get_json() == {"received": True, "repeated": False}
    assert [event["outcome"] for event in till.published("payment.settled")] == ["SUCCEEDED"]


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "an old secret that is gone"},
        {"age": 301},
        {"age": -301},
        {"signed": b'{"id":"another body"}'},
    ],
)
def test_a_webhook_forged_altered_or_old_is_refused(till, how):
    """H21: altered, older than five minutes, or signed with a secret that is gone."""
    till.take("pm_answer_lost")

    answer = _send(till, _notice(), **how)

    assert answer.status_code == 400
    assert till.published("payment.settled") == []


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=abc,v1=00", "v1=00", "t=²,v1=00", "t=" + "9" * 40 + ",v1=0"]
)
def test_a_webhook_without_a_proper_signature_is_refused(till, header):
    """H21: unsigned."""
    answer = till.client.post("/webhooks/simulated", data=_notice(), headers={SIGNATURE_HEADER: header})

    assert answer.status_code == 400


def test_a_repeated_webhook_is_accepted_and_does_nothing(till):
    """H21 and F12: five times the same, one effect."""
    till.take("pm_answer_lost")

    answers = [_send(till, _notice()).get_json() for _ in range(5)]

    assert [answer["repeated"] for answer in answers] == [False, True, True, True, True]
    assert len(till.published("payment.settled")) == 1


def test_an_older_state_that_arrives_later_changes_nothing(till):
    till.take()

    _send(till, _notice(event_id="evt_2", state="FAILED"))

    assert till.settle()["outcome"] == "SUCCEEDED"


def test_a_webhook_that_lies_changes_nothing(till):
    till.take("pm_declined")

    _send(till, _notice(state="SUCCEEDED"))

    assert till.settle()["outcome"] == "DECLINED"


def test_signed_nonsense_and_unknown_charges_do_no_harm(till):
    nonsense = _send(till, b"[1, 2]")
    unknown = _send(till, _notice(key="of-nobody", event_id="evt_9"))
    nobody = till.client.post("/webhooks/paypal", data=b"{}")

    assert [nonsense.status_code, unknown.status_code, nobody.status_code] == [400, 200, 404]


def test_stripes_door_is_shut_where_stripe_is_not_set_up(till):
    assert till.client.post("/webhooks/stripe", data=b"{}").status_code == 404


def test_the_simulated_provider_sends_its_webhooks_until_they_are_accepted(database_url, clock):
    runtime = make_runtime(
        "payment_service",
        PaymentSettings,
        database_url,
        clock,
        SIMULATED_WEBHOOK_URL="http://127.0.0.1:4501/webhooks/simulated",
    )
    till = Till(runtime)
    till.take("pm_webhook_twice", key="twice")
    till.take("pm_webhook_late", key="late")
    refused = deliver(runtime)
    clock.advance(seconds=60)
    server = make_server("127.0.0.1", 4501, till.client.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    try:
        accepted = deliver(runtime)
    finally:
        server.shutdown()
        server.server_close()

    waiting = select(SimulatedDelivery).where(SimulatedDelivery.delivered_at.is_(None))
    assert (refused, accepted) == (0, 4)
    assert runtime.database.read(lambda session: session.execute(waiting).first()) is None
    assert till.settle("late")["outcome"] == "SUCCEEDED"
    assert len(till.published("payment.settled")) == 2
    runtime.close()
