"""Whatever happens in whatever order: money in is money booked and money returned, on both books."""

from __future__ import annotations

import atexit
import sqlite3
import tempfile
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from chassis import migrations
from chassis.clock import SetClock
from chassis.database import Database
from chassis.money import Money
from chassis.testing import NOON, make_runtime
from payment_service.commands.carrying_out import retry_refunds
from payment_service.commands.settling import reconcile
from payment_service.lifecycle import CAPTURED
from payment_service.models import Payment, SimulatedCharge, SimulatedRefund
from payment_service.providers import RefundOrder
from payment_service.providers.signatures import SIGNATURE_HEADER, sign_body
from payment_service.providers.simulated import SimulatedProvider
from payment_service.settings import PaymentSettings
from payment_service.tests.builders import Till

KEYS = st.sampled_from([f"key-{number}" for number in range(5)])
TOKENS = st.sampled_from(
    [
        "pm_success",
        "pm_declined",
        "pm_3ds",
        "pm_slow",
        "pm_answer_lost",
        "pm_webhook_late",
        "pm_webhook_twice",
        "pm_webhook_out_of_order",
        "pm_insufficient_funds",
    ]
)


@cache
def _till() -> tuple[Till, sqlite3.Connection]:
    """One service for all runs, and its empty database to set it back to."""
    folder = tempfile.TemporaryDirectory(prefix="payments-")
    atexit.register(folder.cleanup)
    url = f"sqlite:///{folder.name}/payments.db"
    fast = {"PROVIDER_DEADLINE_SECONDS": 0.001, "PROVIDER_CALLS_AT_ONCE": 64}
    runtime = make_runtime("payment_service", PaymentSettings, url, SetClock(NOON), **fast)
    migrations.upgrade(runtime.database, "payment_service")
    empty = sqlite3.connect(":memory:")
    _connection_of(runtime.database).backup(empty)
    return Till(runtime), empty


def _connection_of(database: Database) -> Any:
    return database.engine.raw_connection().driver_connection


class MoneyMachine(RuleBasedStateMachine):
    """A till that guests, the provider, managers and time push about."""

    def __init__(self) -> None:
        super().__init__()
        self.till, empty = _till()
        empty.backup(_connection_of(self.till.runtime.database))
        self.clock = self.till.clock
        self.clock.set(NOON)
        self.tokens: dict[str, str] = {}
        self.refunds = 0
        self.notices = 0

    def teardown(self) -> None:
        """Everything comes to rest: then what came in is what is kept and what went back, on both books."""
        for _ in range(3):
            self.time_passes(700)
        payments = self.payments()
        assert {payment.status for payment in payments} <= {*CAPTURED, "FAILED"}
        came = self.summed(select(SimulatedCharge.amount_value).where(SimulatedCharge.state == "SUCCEEDED"))
        returned = self.summed(select(SimulatedRefund.amount_value))
        booked = sum(p.amount_value - p.refunded_amount for p in payments if p.status in CAPTURED)
        assert came == booked + returned

    @rule(key=KEYS, token=TOKENS)
    def a_guest_pays(self, key, token):
        token = self.tokens.setdefault(key, token)
        self.till.take(token, key=key, bookingId=f"booking-of-{key}")

    @rule(key=KEYS)
    def booking_asks(self, key):
        self.tokens.setdefault(key, "pm_success")
        self.till.settle(key)

    @rule(key=KEYS, agreed=st.booleans())
    def the_payer_decides(self, key, agreed):
        query = select(SimulatedCharge).where(SimulatedCharge.idempotency_key == key)
        charge = self.till.runtime.database.read(lambda session: session.execute(query).scalar_one_or_none())
        if charge is not None:
            decision = {"decision": "confirm" if agreed else "refuse", "secret": charge.client_secret}
            self.till.client.post(f"/payments/3ds/{charge.reference}", json=decision)

    @rule(
        key=KEYS,
        state=st.sampled_from(["SUCCEEDED", "FAILED", "PROCESSING", "REFUNDED"]),
        amount=st.sampled_from([2500, 2500, 1]),
        again=st.booleans(),
    )
    def a_webhook_comes(self, key, state, amount, again):
        self.notices += not again
        self.a_notice_comes(f"evt-{self.notices}", key, state, amount)

    def a_notice_comes(self, event_id, key, state, amount):
        charge = {
            "reference": "?",
            "idempotencyKey": key,
            "state": state,
            "amount": amount,
            "currency": "EUR",
        }
        body = orjson.dumps({"id": event_id, "type": f"charge.{state}", "data": charge})
        secret = self.till.runtime.settings.webhook_secrets_of_simulated[0]
        header = {SIGNATURE_HEADER: sign_body(body, secret, self.clock.now())}
        assert self.till.client.post("/webhooks/simulated", data=body, headers=header).status_code == 200

    @rule(key=KEYS, amount=st.sampled_from([None, 1, 700, 2500]), same=st.booleans())
    def money_goes_back(self, key, amount, same):
        payment = next((p for p in self.payments() if p.idempotency_key == key), None)
        if payment is not None:
            self.refunds += not same
            self.till.refund(payment.id, amount, key=f"refund-{self.refunds}")

    @rule(key=KEYS, amount=st.sampled_from([1000, 2500]))
    def somebody_gives_back_at_the_provider(self, key, amount):
        query = select(SimulatedCharge).where(SimulatedCharge.idempotency_key == key)
        charge = self.till.runtime.database.read(lambda session: session.execute(query).scalar_one_or_none())
        if charge is not None and charge.state == "SUCCEEDED":
            self.notices += 1
            order = RefundOrder(
                key=f"by hand {key} {self.notices}",
                charge_reference=charge.reference,
                amount=Money(amount, "EUR"),
            )
            SimulatedProvider(self.till.runtime.database, self.till.runtime.settings).refund(order)
            heard_of = [payment.idempotency_key for payment in self.payments() if payment.status != "PENDING"]
            if key in heard_of:  # told at once; of one that is still open, the answer itself tells
                self.a_notice_comes(f"evt-hand-{self.notices}", key, "REFUNDED", 2500)

    @rule(key=KEYS, amount=st.sampled_from([1, 700, 2500]), same=st.booleans())
    def a_booking_is_cancelled(self, key, amount, same):
        payment = next((p for p in self.payments() if p.idempotency_key == key), None)
        if payment is not None:
            self.refunds += not same
            self.till.refund_for_booking(payment.id, amount, key=f"cancel-{self.refunds}")

    @rule(seconds=st.sampled_from([1, 21, 31, 700]))
    def time_passes(self, seconds):
        self.clock.advance(seconds=seconds)
        reconcile(self.till.runtime)
        retry_refunds(self.till.runtime)

    def summed(self, query: Any) -> int:
        """Sum of the provider's amounts that `query` finds."""
        return sum(self.till.runtime.database.read(lambda session: list(session.scalars(query))))

    def payments(self) -> list[Payment]:
        return self.till.runtime.database.read(
            lambda session: list(session.execute(select(Payment)).scalars())
        )

    @invariant()
    def a_key_takes_money_once_and_gives_back_no_more(self):
        for payment in self.payments():
            provider = self.till.captured_by_provider(payment.booking_id)
            assert 0 <= provider <= payment.amount_value
            assert 0 <= payment.refunded_amount <= payment.promised_back <= payment.amount_value
            if payment.status in CAPTURED:
                assert provider == payment.amount_value - payment.refunded_amount

    @invariant()
    def each_end_is_told_once(self):
        told = [
            (event["idempotencyKey"], event["outcome"]) for event in self.till.published("payment.settled")
        ]
        taken = [payment for payment in self.payments() if payment.status in CAPTURED]
        captured = {payment.idempotency_key for payment in taken if payment.failure_code is None}
        returned = [event["amount"]["amount"] for event in self.till.published("payment.refunded")]
        gone = [
            refund for payment in taken for refund in payment.refunds if refund.provider_reference is None
        ]

        assert len(told) == len(set(told))
        assert {key for key, outcome in told if outcome == "SUCCEEDED"} == captured
        by_us = sum(payment.refunded_amount for payment in taken) - sum(
            refund.amount_value for refund in gone if refund.status == "SUCCEEDED"
        )
        assert sum(returned) == by_us

    @invariant()
    def after_quiet_both_books_agree(self):
        if all(payment.status != "PENDING" for payment in self.payments()):
            theirs = sum(self.till.captured_by_provider(f"booking-of-{key}") for key in self.tokens)
            ours = [p.amount_value - p.refunded_amount for p in self.payments() if p.status in CAPTURED]
            assert theirs == sum(ours)

    @invariant()
    def what_was_not_matched_is_promised_back_in_full(self):
        for payment in self.payments():
            if payment.status in CAPTURED and payment.failure_code is not None:
                assert payment.promised_back == payment.amount_value


class LongMachine(MoneyMachine):
    """The same, for longer: `make test-all`."""


TestMoneyInAnyOrder = MoneyMachine.TestCase
TestMoneyInAnyOrder.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
TestMoneyInAnyOrderAtLength = pytest.mark.slow(LongMachine.TestCase)
TestMoneyInAnyOrderAtLength.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
