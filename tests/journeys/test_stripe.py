"""Stripe's wire format, held to a server that is not ours: localstripe, behind it our gateway for the webhooks.

For the wire format only: localstripe knows no idempotency keys, sends a webhook once and gives back more than came in.
What it can't do is held to payment_service/tests/stripe_server.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from chassis import migrations
from chassis.clock import SYSTEM_CLOCK
from chassis.testing import make_runtime
from chassis.testing_rooms import SECRET
from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.tests.small_graph import Served, free_port
from payment_service.daily_close import daily_close
from payment_service.providers.signatures import sign_body
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import LISBON, MANAGER, Till
from tests.journeys.stripe_wire import StripeWire
from tests.system import ROOT, wait_until
from tools.localstripe import localstripe
from tools.side_environment import NotMade

OLD, NEW = "whsec_the_old_one_0123456789", "whsec_the_new_one_0123456789"
KEY = ("sk_test_0123456789", "")

pytestmark = pytest.mark.timeout(1000)  # the first run installs localstripe


@dataclass(frozen=True)
class Counter:
    """A till whose provider is Stripe, what was said on the wire, and the gateway that hands its webhooks on."""

    till: Till
    wire: StripeWire
    stripe: str
    gateway: str

    def send_webhooks(self, secret: str = NEW) -> None:
        """From now on Stripe tells the gateway, signing with `secret`."""
        told = {"url": f"{self.gateway}/webhooks/stripe", "secret": secret}
        requests.post(f"{self.stripe}/_config/webhooks/one", json=told, timeout=10).raise_for_status()

    def card(self, number: str) -> str:
        """A payment method of a card with this number, as the browser's form would make it."""
        card = {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
        form = {"type": "card"} | {f"card[{name}]": value for name, value in card.items()}
        answer = requests.post(f"{self.stripe}/v1/payment_methods", form, auth=KEY, timeout=10)
        return str(answer.json()["id"])

    def payer_confirms(self, taken: dict[str, Any]) -> None:
        """The payer confirms at the bank."""
        reference = taken["payment"]["providerReference"]
        form = {"client_secret": taken["clientSecret"], "success": "true"}
        path = f"{self.stripe}/v1/payment_intents/{reference}/_authenticate"
        requests.post(path, form, auth=KEY, timeout=10).raise_for_status()

    def told(self) -> list[str]:
        """How payments ended, by the events that went out."""
        return [event["outcome"] for event in self.till.published("payment.settled")]


@pytest.fixture(scope="module")
def stripe() -> Iterator[str]:
    """localstripe on loopback."""
    try:
        with localstripe(free_port()) as address:
            yield address
    except NotMade as why:
        pytest.skip(f"localstripe can't be installed: {str(why).splitlines()[0]}")


@pytest.fixture
def counter(stripe: str, tmp_path: Path) -> Iterator[Counter]:
    """payment_service with Stripe's keys, and a gateway before it with the route that ships."""
    requests.delete(f"{stripe}/_config/data", timeout=10).raise_for_status()
    wire = StripeWire(stripe)
    between = Served(wire)
    runtime = make_runtime(
        "payment_service",
        PaymentSettings,
        f"sqlite:///{tmp_path / 'payments.db'}",
        SYSTEM_CLOCK,  # type: ignore[arg-type]  # localstripe signs with the machine's own time
        STRIPE_SECRET_KEY=KEY[0],
        STRIPE_PUBLISHABLE_KEY="pk_test_0123456789",
        STRIPE_WEBHOOK_SECRETS=f"{NEW},{OLD}",
        STRIPE_API_BASE=between.url,
        PROVIDER_DEADLINE_SECONDS=30,
        UNANSWERED_AFTER_SECONDS=0,
    )
    migrations.upgrade(runtime.database, "payment_service")
    till = Till(runtime)
    service = Served(till.client.app)
    named: dict[str, Any] = {
        "GATEWAY_SUBGRAPHS": _graph(tmp_path, service.url),
        "LOBBYCARD_HOME": tmp_path / "home",
        "INTERNAL_SECRET": SECRET,
        "ACCESS_LOG": False,
        "LOG_LEVEL": "CRITICAL",
        "REDIS_URL": "",
        "PEERS": "",
        "FRONTEND_DIR": tmp_path / "no-pages",
        "GRAPHIQL_DIR": tmp_path / "no-graphiql",
    }
    app = create_app(GatewaySettings(**named))
    door = Served(app)
    yield Counter(till, wire, stripe, door.url)
    for served in (door, service, between):
        served.stop()
    app.extensions["gateway"].stop()
    runtime.close()


def _graph(folder: Path, url: str) -> Path:
    """A graph of payment_service alone, with the route for webhooks from the gateway's own file."""
    shipped = tomllib.loads((ROOT / "gateway" / "subgraphs.toml").read_text(encoding="utf-8"))
    (route,) = [route for route in shipped["routes"] if route["path"] == "/webhooks/"]
    sdl = (ROOT / "contracts" / "subgraphs" / "payment_service.graphql").read_text(encoding="utf-8")
    lines = f'''[[subgraphs]]
name = "{route["subgraph"]}"
url = "{url}/graphql"
sdl = \'\'\'
{sdl}\'\'\'
[[routes]]
path = "{route["path"]}"
subgraph = "{route["subgraph"]}"
methods = {route["methods"]}
'''
    path = folder / "graph.toml"
    path.write_text(lines, encoding="utf-8")
    return path


def test_a_card_is_charged_and_refunded_and_the_day_closes(counter: Counter):
    till, wire = counter.till, counter.wire

    taken = till.take("pm_card_visa")
    payment_id = taken["payment"]["id"]
    part = till.refund(payment_id, 1000, key="part")
    rest = till.refund(payment_id, key="rest")
    close = daily_close(till.runtime, MANAGER, LISBON, datetime.now(UTC).date())

    (created,) = wire.forms("/payment_intents")
    assert taken["outcome"] == "SUCCEEDED"
    assert (created["amount"], created["currency"]) == ("2500", "eur")
    assert created["metadata[bookingId]"] == "booking-1"
    assert (part["payment"]["status"], rest["payment"]["status"]) == ("PARTIALLY_REFUNDED", "REFUNDED")
    assert [form["amount"] for form in wire.forms("/refunds")] == ["1000", "1500"]
    assert [(line.captured.amount, line.refunded.amount) for line in close.by_method] == [(2500, 2500)]


def test_everything_that_may_move_money_carries_a_key_of_its_own(counter: Counter):
    payment_id = counter.till.take("pm_card_visa")["payment"]["id"]
    counter.till.refund(payment_id, 500)

    keys = [headers["Idempotency-Key"] for method, _, _, headers in counter.wire.seen if method == "POST"]

    assert keys == ["key-1:create", "key-1:confirm", "marta:refund-1"]
    assert all(headers["Authorization"] == f"Bearer {KEY[0]}" for *_, headers in counter.wire.seen)


def test_a_card_that_the_bank_refuses_is_declined_and_its_intent_closed(counter: Counter):
    taken = counter.till.take("pm_card_chargeCustomerFail")

    assert (taken["outcome"], taken["payment"]["failureCode"]) == ("DECLINED", "CARD_DECLINED")
    assert len(counter.wire.forms("/cancel")) == 1


def test_a_payment_method_that_stripe_does_not_know_is_declined(counter: Counter):
    assert counter.till.take("pm_of_nobody")["outcome"] == "DECLINED"


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_the_webhook_that_stripe_signed_settles_the_payment_through_the_gateway(
    counter: Counter, secret: str
):
    """The bytes pass the gateway as they are, or the signature would not fit; either secret is good."""
    counter.send_webhooks(secret)
    taken = counter.till.take(counter.card("4000002500003155"))
    counter.payer_confirms(taken)

    wait_until(counter.told, "the webhook has settled the payment")

    assert taken["outcome"] == "ACTION_REQUIRED"
    assert counter.told() == ["SUCCEEDED"]
    assert counter.till.settle()["outcome"] == "SUCCEEDED"


def test_a_webhook_signed_with_a_secret_that_is_gone_is_refused_and_the_payment_asked_after(
    counter: Counter,
):
    """H21 at Stripe's own door."""
    body = b'{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent"}}}'
    now = datetime.now(UTC)
    headers = [
        {},
        {"Stripe-Signature": sign_body(body, "whsec_gone", now)},
        {"Stripe-Signature": sign_body(body + b" ", NEW, now)},
        {"Stripe-Signature": sign_body(body, NEW, datetime.fromtimestamp(now.timestamp() - 301, UTC))},
    ]

    answers = [
        requests.post(f"{counter.gateway}/webhooks/stripe", data=body, headers=one, timeout=10)
        for one in headers
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert counter.told() == []
