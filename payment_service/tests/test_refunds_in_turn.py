"""Refunds that take long: asked for again in turn, found where they were made, and shown to staff when stuck."""

from __future__ import annotations

import threading
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import event, select, update

from chassis.money import Money
from payment_service.commands.carrying_out import BATCH, STUCK_TRIES, retry_refunds
from payment_service.commands.settling import forget_notices
from payment_service.daily_close import daily_close
from payment_service.models import ProviderEvent, Refund, SimulatedCharge
from payment_service.providers import NoAnswer, RefundOrder
from payment_service.providers.signatures import SIGNATURE_HEADER, sign_body
from payment_service.providers.simulated import SimulatedProvider, _give_back
from payment_service.tests.builders import LISBON, MANAGER

SEEN = """{ payments(first: 100) { nodes { id status refunded { amount }
  refunds { amount { amount } reason status attention } } } }"""


@pytest.fixture
def silent(monkeypatch):
    """A provider that answers no refund; the keys that it was asked for."""
    asked = []

    def refund(_provider, order):
        asked.append(order.key)
        raise NoAnswer("silent")

    monkeypatch.setattr(SimulatedProvider, "refund", refund)
    return asked


def _payments(till):
    return till.client.data(SEEN, caller=MANAGER)["payments"]["nodes"]


def _give_back_by_hand(till, amount, *, key="by hand"):
    """Somebody gives money back on the provider's own pages; the provider tells of it."""
    reference = till.runtime.database.read(lambda session: session.scalar(select(SimulatedCharge.reference)))
    order = RefundOrder(key=key, charge_reference=reference, amount=Money(amount, "EUR"))
    assert SimulatedProvider(till.runtime.database, till.runtime.settings).refund(order).done
    charge = {"reference": reference, "idempotencyKey": "key-1", "amount": 2500, "currency": "EUR"}
    body = orjson.dumps({"id": f"evt {key}", "type": "charge.refunded", "data": charge})
    secret = till.runtime.settings.webhook_secrets_of_simulated[0]
    header = {SIGNATURE_HEADER: sign_body(body, secret, till.clock.now())}
    assert till.client.post("/webhooks/simulated", data=body, headers=header).status_code == 200


def _close(till):
    return daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date())


def test_the_same_whole_refund_twice_at_once_is_one_and_neither_is_told_no(till):
    """On MySQL the second waits for the first one's row, and finds nothing left: because the first gave it back."""
    payment = till.take()["payment"]
    order = RefundOrder(key="both", charge_reference=payment["providerReference"], amount=Money(2500, "EUR"))
    database, looked, answers = till.runtime.database, threading.Event(), []
    provider = SimulatedProvider(database, till.runtime.settings)

    def note(_connection, _cursor, statement, *_):
        if threading.current_thread() is second and "FROM simulated_refunds" in statement:
            looked.set()

    second = threading.Thread(target=lambda: answers.append(provider.refund(order)))
    event.listen(database.engine, "after_cursor_execute", note)

    def work(session):
        answers.append(_give_back(session, order))
        second.start()
        if not database.is_sqlite:  # SQLite lets the second one look only after the first has committed
            assert looked.wait(10)

    database.transact(work)
    second.join()
    event.remove(database.engine, "after_cursor_execute", note)

    assert [answer.done for answer in answers] == [True, True]
    assert answers[0].reference == answers[1].reference
    assert till.refunds_of_provider() == 1


def test_a_hundred_stuck_refunds_do_not_keep_the_next_one_waiting(till, monkeypatch):
    payment_id = till.take()["payment"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(SimulatedProvider, "refund", _silent)
        for number in range(BATCH):
            till.refund(payment_id, 1, key=f"stuck-{number}")
        till.clock.advance(seconds=1)
        till.refund(payment_id, 100, key="good")
    till.clock.advance(seconds=21)
    answered = SimulatedProvider.refund

    def only_the_good_one(provider, order):
        if "good" not in order.key:
            raise NoAnswer("silent")
        return answered(provider, order)

    monkeypatch.setattr(SimulatedProvider, "refund", only_the_good_one)
    done = 0
    for _ in range(BATCH):
        done += retry_refunds(till.runtime)
        if done:
            break

    assert done == 1
    assert till.captured_by_provider() == 2400


def _silent(_provider, _order):
    raise NoAnswer("silent")


def test_each_try_puts_the_next_one_off_for_longer(till, silent):
    till.refund(till.take()["payment"]["id"], 100)
    asked = []
    for _ in range(70):
        till.clock.advance(seconds=10)
        before = len(silent)
        retry_refunds(till.runtime)
        asked.append(len(silent) - before)

    rounds = [10 * (index + 1) for index, count in enumerate(asked) if count]
    assert rounds == [20, 60, 140, 300, 600]
    assert max(asked) == 1


def test_a_refund_without_an_end_is_shown_to_staff_and_done_when_the_provider_answers(till, monkeypatch):
    payment_id = till.take()["payment"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(SimulatedProvider, "refund", _silent)
        till.refund(payment_id, 100)
        for _ in range(STUCK_TRIES):
            till.clock.advance(minutes=6)
            retry_refunds(till.runtime)

    stuck, listed = _payments(till)[0]["refunds"][0], _close(till).attention
    till.clock.advance(minutes=61)
    retry_refunds(till.runtime)
    done = _payments(till)[0]["refunds"][0]

    assert (stuck["status"], stuck["attention"]) == ("PENDING", "STUCK")
    assert [payment.id for payment in listed] == [payment_id]
    assert (done["status"], done["attention"]) == ("SUCCEEDED", None)
    assert _close(till).attention == []


def test_one_refund_that_can_not_be_written_down_does_not_stop_the_others(till, monkeypatch):
    payment_id = till.take()["payment"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(SimulatedProvider, "refund", _silent)
        till.refund(payment_id, 100, key="bad")
        till.refund(payment_id, 200, key="good")
    till.clock.advance(seconds=21)
    answered = SimulatedProvider.refund

    def refund(provider, order):
        if "bad" in order.key:
            raise RuntimeError("out of order")
        return answered(provider, order)

    monkeypatch.setattr(SimulatedProvider, "refund", refund)

    assert retry_refunds(till.runtime) == 1
    assert till.captured_by_provider() == 2300


def test_what_somebody_gave_back_at_the_provider_is_booked_told_and_shown_as_a_mismatch(till):
    payment_id = till.take()["payment"]["id"]

    _give_back_by_hand(till, 1000)
    _give_back_by_hand(till, 500, key="by hand again")

    payment = _payments(till)[0]
    assert (payment["status"], payment["refunded"]["amount"]) == ("PARTIALLY_REFUNDED", 1500)
    assert [refund["attention"] for refund in payment["refunds"]] == ["GIVEN_AT_PROVIDER"] * 2
    assert [told["amount"]["amount"] for told in till.published("payment.refunded")] == [1000, 500]
    assert [differing.id for differing in _close(till).mismatches] == [payment_id]
    refused = till.refund(payment_id, 1001)
    assert [error["code"] for error in refused["userErrors"]] == ["REFUND_EXCEEDS_PAYMENT"]
    assert till.refund(payment_id)["payment"]["status"] == "REFUNDED"
    assert till.captured_by_provider() == 0


def test_news_of_our_own_refund_books_nothing_a_second_time(till, monkeypatch):
    payment_id = till.take()["payment"]["id"]
    till.refund(payment_id, 1000)
    answered = SimulatedProvider.refund

    def lost(provider, order):
        answered(provider, order)
        raise NoAnswer("lost")

    with monkeypatch.context() as patched:
        patched.setattr(SimulatedProvider, "refund", lost)
        till.refund(payment_id, 200, key="lost")
    _give_back_by_hand(till, 300)

    payment = _payments(till)[0]
    assert payment["refunded"]["amount"] == 1500
    assert sorted(refund["amount"]["amount"] for refund in payment["refunds"]) == [200, 300, 1000]
    assert {refund["status"] for refund in payment["refunds"]} == {"SUCCEEDED"}
    assert till.captured_by_provider() == 1000


def test_a_promise_that_was_overtaken_by_hand_ends_and_no_more_than_was_paid_goes_back(till, monkeypatch):
    payment_id = till.take()["payment"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(SimulatedProvider, "refund", _silent)
        till.refund(payment_id, 2000)
    _give_back_by_hand(till, 1000)

    payment = _payments(till)[0]
    assert {refund["status"] for refund in payment["refunds"]} == {"SUCCEEDED", "FAILED"}
    assert payment["refunded"]["amount"] == 1000
    assert till.refund(payment_id, key="rest")["payment"]["refunded"]["amount"] == 2500
    assert till.captured_by_provider() == 0


def test_webhooks_are_forgotten_when_nobody_sends_them_again(till):
    till.take()
    _give_back_by_hand(till, 100)
    forget_notices(till.runtime)
    kept = till.runtime.database.read(lambda session: session.scalars(select(ProviderEvent)).all())
    till.clock.advance(days=36)

    forget_notices(till.runtime)

    assert len(kept) == 1
    assert till.runtime.database.read(lambda session: session.scalars(select(ProviderEvent)).all()) == []


def test_a_refund_of_before_this_rule_is_due_at_once(till, monkeypatch):
    payment_id = till.take()["payment"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(SimulatedProvider, "refund", _silent)
        till.refund(payment_id, 100)
    till.runtime.database.transact(
        lambda session: session.execute(update(Refund).values(next_try_at=None, tries=0))
    )

    assert retry_refunds(till.runtime) == 1
    assert till.clock.now() - _now(till) < timedelta(seconds=1)


def _now(till):
    return till.runtime.database.read(lambda session: session.scalar(select(Refund.settled_at)))
