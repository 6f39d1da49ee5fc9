"""The close of a day: our books against the provider's."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import update

from chassis.testing import as_user
from payment_service.commands.settling import reconcile
from payment_service.models import SimulatedCharge
from payment_service.tests.builders import ANA, LISBON, MANAGER, PORTO

CLOSE = """query($cinema: ID!, $day: Date!) { dailyClose(cinemaId: $cinema, day: $day) { day
  byMethod { method captured { amount currency } refunded { amount } providerNet { amount } count }
  mismatches { id } differences { key payment { id } booked { amount currency } provider { amount } } } }"""


def _close(till, day="2026-11-21"):
    return till.client.data(CLOSE, {"cinema": LISBON, "day": day}, caller=MANAGER)["dailyClose"]


def _lines(close):
    return [
        (
            line["method"],
            line["captured"]["amount"],
            line["refunded"]["amount"],
            line["providerNet"]["amount"],
            line["count"],
        )
        for line in close["byMethod"]
    ]


def test_each_way_of_paying_has_a_line_that_adds_up(till):
    first = till.take(key="1")["payment"]["id"]
    till.take(key="2")
    till.take(key="3", method="WALLET", amount={"amount": 900, "currency": "EUR"})
    till.take(None, key="4", method="CASH", amount={"amount": 1200, "currency": "EUR"})
    till.take("pm_declined", key="5")
    till.take(key="6", cinemaId=PORTO)
    till.refund(first, 1000)

    close = _close(till)

    assert _lines(close) == [
        ("CARD", 5000, 1000, 4000, 2),
        ("WALLET", 900, 0, 900, 1),
        ("CASH", 1200, 0, 1200, 1),
    ]
    assert close["mismatches"] == []


def test_a_refund_counts_on_the_day_it_is_given(till):
    payment_id = till.take()["payment"]["id"]
    till.clock.advance(days=1)
    till.refund(payment_id, 1000)

    assert _lines(_close(till, "2026-11-21")) == [("CARD", 2500, 0, 2500, 1)]
    assert _lines(_close(till, "2026-11-22")) == [("CARD", 0, 1000, -1000, 0)]


def test_two_currencies_are_two_lines(till):
    till.take(key="1")
    till.take(key="2", amount={"amount": 700, "currency": "GBP"})

    currencies = [line["captured"]["currency"] for line in _close(till)["byMethod"]]

    assert currencies == ["EUR", "GBP"]


def test_money_that_only_the_provider_knows_of_is_a_mismatch(till):
    lost = till.take("pm_answer_lost")["payment"]["id"]

    close = _close(till)

    assert [payment["id"] for payment in close["mismatches"]] == [lost]
    assert _lines(close) == [("CARD", 0, 0, 2500, 0)]


def test_money_that_the_provider_does_not_have_is_a_mismatch(till):
    payment_id = till.take()["payment"]["id"]
    till.runtime.database.transact(
        lambda session: session.execute(update(SimulatedCharge).values(amount_value=2400))
    )

    close = _close(till)

    assert [payment["id"] for payment in close["mismatches"]] == [payment_id]
    assert _lines(close) == [("CARD", 2500, 0, 2400, 1)]
    assert close["differences"] == [
        {"key": "key-1", "payment": {"id": payment_id}, "booked": {"amount": 2500, "currency": "EUR"},
         "provider": {"amount": 2400}},
    ]  # fmt: skip


def test_money_under_a_key_that_we_never_used_is_a_difference_without_a_payment(till):
    till.take()
    till.runtime.database.transact(
        lambda session: session.execute(update(SimulatedCharge).values(idempotency_key="theirs"))
    )

    found = [(line["key"], line["payment"] is None, line["booked"]["amount"], line["provider"]["amount"])
             for line in _close(till)["differences"]]  # fmt: skip

    assert found == [("key-1", False, 2500, 0), ("theirs", True, 0, 2500)]


def test_the_same_number_in_another_currency_is_a_mismatch(till):
    payment_id = till.take()["payment"]["id"]
    till.runtime.database.transact(
        lambda session: session.execute(update(SimulatedCharge).values(currency="USD"))
    )

    close = _close(till)

    assert [payment["id"] for payment in close["mismatches"]] == [payment_id]
    assert _lines(close) == [("CARD", 2500, 0, 0, 1), ("CARD", 0, 0, 2500, 0)]


def test_the_closes_of_all_days_add_up_to_all_payments_and_to_the_providers_books(till):
    """Whatever happened on which day, in which way: sums by day are sums by payment, on both books."""
    chance = Random(4)  # the same sales in each run
    methods = {"CARD": "pm_success", "WALLET": "pm_answer_lost", "CASH": None, "BANK_TRANSFER": "pm_slow"}
    for number in range(30):
        method = chance.choice(list(methods))
        amount = {"amount": chance.randrange(1, 5000), "currency": "EUR"}
        taken = till.take(methods[method], key=f"k{number}", method=method, amount=amount)
        till.clock.advance(hours=chance.randrange(7))
        reconcile(till.runtime)
        if number % 3 == 0:
            till.refund(taken["payment"]["id"], chance.randrange(1, amount["amount"] + 1), key=f"r{number}")

    first, last = till.clock.now().date() - timedelta(days=20), till.clock.now().date()
    closes = [_close(till, str(first + timedelta(days=day))) for day in range((last - first).days + 1)]

    lines = [line for close in closes for line in _lines(close)]
    query = "{ payments(first: 100) { nodes { method amount { amount } refunded { amount } } } }"
    payments = till.client.data(query, caller=MANAGER)["payments"]["nodes"]
    for method in methods:
        mine = [line for line in lines if line[0] == method]
        booked = [payment for payment in payments if payment["method"] == method]
        captured = sum(payment["amount"]["amount"] for payment in booked)
        refunded = sum(payment["refunded"]["amount"] for payment in booked)
        assert [sum(column) for column in list(zip(*mine, strict=True))[1:]] == [
            captured,
            refunded,
            captured - refunded,
            len(booked),
        ]
    assert [close["mismatches"] for close in closes] == [[]] * len(closes)
    assert len(payments) == 30


@pytest.mark.parametrize(
    "caller", [ANA, as_user("pia", "MANAGER", (PORTO,)), as_user("sam", "STAFF", (LISBON,))]
)
def test_the_close_is_for_managers_of_the_cinema(till, caller):
    codes = till.client.error_codes(CLOSE, {"cinema": LISBON, "day": "2026-11-21"}, caller=caller)

    assert codes == ["FORBIDDEN"]
