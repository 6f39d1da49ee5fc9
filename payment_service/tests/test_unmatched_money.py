"""News of money in any order and of any size: what was not ordered pays for nothing and goes back in full."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import update

from chassis.money import Money
from payment_service.commands.carrying_out import retry_refunds
from payment_service.commands.settling import reconcile
from payment_service.daily_close import daily_close
from payment_service.models import SimulatedCharge
from payment_service.providers import RefundOrder
from payment_service.providers.signatures import SIGNATURE_HEADER, sign_body
from payment_service.providers.simulated import SimulatedProvider
from payment_service.tests.builders import LISBON, MANAGER


def _hear(till, event_id, kind, *, amount=2500, currency="EUR"):
    charge = {"reference": "?", "idempotencyKey": "key-1", "amount": amount, "currency": currency}
    body = orjson.dumps({"id": event_id, "type": f"charge.{kind}", "data": charge})
    secret = till.runtime.settings.webhook_secrets_of_simulated[0]
    header = {SIGNATURE_HEADER: sign_body(body, secret, till.clock.now())}
    answer = till.client.post("/webhooks/simulated", data=body, headers=header)
    assert answer.status_code == 200
    return answer.get_json()


def _provider_says(till, **values):
    till.runtime.database.transact(lambda session: session.execute(update(SimulatedCharge).values(**values)))


def _given_back_by_hand(till, reference, amount):
    """Somebody gives money back on the provider's own pages."""
    order = RefundOrder(key="by hand", charge_reference=reference, amount=Money(amount, "EUR"))
    assert SimulatedProvider(till.runtime.database, till.runtime.settings).refund(order).done


def _told(till):
    return [(event["outcome"], event["failureCode"]) for event in till.published("payment.settled")]


def _mismatches(till):
    return daily_close(till.runtime, MANAGER, LISBON, till.clock.now().date()).mismatches


def _reference(till):
    query = "{ payments { nodes { id providerReference status failureCode } } }"
    return till.client.data(query, caller=MANAGER)["payments"]["nodes"][0]


def test_a_webhook_before_our_own_record_is_the_record_and_the_late_answer_changes_nothing(till):
    """F12: before our own record."""
    till.take("pm_answer_lost")

    first = _hear(till, "evt-1", "succeeded")
    again = till.take("pm_answer_lost")

    assert first["repeated"] is False
    assert again["outcome"] == "SUCCEEDED"
    assert _told(till) == [("SUCCEEDED", None)]
    assert till.captured_by_provider() == 2500


def test_money_that_came_after_we_gave_up_is_told_once_more_so_that_it_can_go_back(till):
    """F12: after expiry, five times."""
    till.take("pm_3ds")
    till.clock.advance(minutes=11)
    assert reconcile(till.runtime) == 1
    _provider_says(till, state="SUCCEEDED", settled_at=till.clock.now())

    repeated = [_hear(till, "evt-1", "succeeded")["repeated"] for _ in range(5)]

    assert repeated == [False, True, True, True, True]
    assert _told(till) == [("DECLINED", "NOT_CONFIRMED_IN_TIME"), ("SUCCEEDED", None)]
    assert _mismatches(till) == []


def test_refunded_before_captured_pays_for_nothing(till):
    """F12: "refunded" is told of before "captured"; the order is declined and both books agree."""
    till.take("pm_answer_lost")
    charge = till.runtime.database.read(lambda session: session.query(SimulatedCharge).one())
    _given_back_by_hand(till, charge.reference, 2500)

    _hear(till, "evt-2", "refunded")
    _hear(till, "evt-1", "succeeded")

    assert _told(till) == [("DECLINED", "REFUNDED_BY_PROVIDER")]
    assert till.settle()["outcome"] == "DECLINED"
    assert _reference(till)["status"] == "REFUNDED"
    assert (till.captured_by_provider(), till.refunds_of_provider()) == (0, 1)
    assert _mismatches(till) == []


def test_what_is_left_of_money_that_partly_went_back_goes_back_too(till):
    """F12: a part was refunded before we heard of the capture."""
    till.take("pm_answer_lost")
    charge = till.runtime.database.read(lambda session: session.query(SimulatedCharge).one())
    _given_back_by_hand(till, charge.reference, 1000)

    _hear(till, "evt-2", "refunded")
    till.clock.advance(seconds=21)
    retry_refunds(till.runtime)

    assert till.captured_by_provider() == 0
    assert [event["amount"]["amount"] for event in till.published("payment.refunded")] == [1500]
    assert _mismatches(till) == []


@pytest.mark.parametrize("captured", [(2600, "EUR"), (100, "EUR"), (2500, "GBP")])
def test_money_of_another_amount_or_currency_goes_back_in_full(till, captured):
    """The amount and the currency of what came are compared with the order."""
    till.take("pm_answer_lost")
    amount, currency = captured
    _provider_says(till, amount_value=amount, currency=currency)
    till.clock.advance(seconds=21)

    settled = reconcile(till.runtime)
    till.clock.advance(seconds=21)
    retry_refunds(till.runtime)

    assert settled == 1
    assert _told(till) == [("DECLINED", "AMOUNT_MISMATCH")]
    assert till.captured_by_provider() == 0
    back = [event["amount"] for event in till.published("payment.refunded")]
    assert back == [{"amount": amount, "currency": currency}]
    assert till.take("pm_answer_lost")["outcome"] == "DECLINED"
    assert _mismatches(till) == []


@pytest.mark.parametrize("told", [{"amount": 2499}, {"currency": "USD"}])
def test_a_webhook_of_another_amount_or_currency_has_no_effect(till, told):
    """The amount and the currency of every event are compared with the order; the books themselves settle it."""
    till.take("pm_answer_lost")

    _hear(till, "evt-1", "succeeded", **told)
    before = _told(till)
    till.clock.advance(seconds=21)
    reconcile(till.runtime)

    assert before == []
    assert _told(till) == [("SUCCEEDED", None)]


def test_money_captured_and_not_recorded_is_settled_within_a_minute(till):
    """F03: whatever ends us between the capture and our record, a round of the reconciler finds the money once."""
    till.take("pm_answer_lost")
    settings = till.runtime.settings
    till.clock.advance(seconds=settings.unanswered_after_seconds + settings.reconcile_every_seconds)

    rounds = [reconcile(till.runtime), reconcile(till.runtime)]

    assert rounds == [1, 0]
    assert settings.unanswered_after_seconds + settings.reconcile_every_seconds < 60
    assert _told(till) == [("SUCCEEDED", None)]
    assert till.captured_by_provider() == 2500


def test_notices_out_of_order_settle_the_payment_once(till):
    """F12: "succeeded" first, then what was true before it."""
    taken = till.take("pm_webhook_out_of_order")

    for number, kind in enumerate(("succeeded", "processing", "failed", "succeeded")):
        _hear(till, f"evt-{number}", kind)

    assert taken["outcome"] == "PENDING"
    assert _told(till) == [("SUCCEEDED", None)]


def test_a_manager_sees_why_money_was_not_kept(till):
    till.take("pm_answer_lost")
    _provider_says(till, amount_value=1)
    till.clock.advance(seconds=21)
    reconcile(till.runtime)

    shown = _reference(till)

    assert (shown["status"], shown["failureCode"]) == ("SUCCEEDED", "AMOUNT_MISMATCH")
