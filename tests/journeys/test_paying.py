"""Paying through the public door, with a provider that is slow, silent, forgetful or out of order."""

import contextlib
import os
import secrets
import signal
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from tests.journeys.guests import PAY, a_guest, a_showtime, free_block
from tests.system import wait_until

PATIENCE_SECONDS = 90
CROWD = 14  # more than may wait for the provider at once
BOOKING = "query Booking($id: ID!) { booking(id: $id) { status payment { id } } }"
PAYMENTS = (
    """{ myPayments { nodes { status booking { id } amount { amount } refunded { amount } receiptUrl } } }"""
)


@pytest.fixture(autouse=True)
def _all_is_well_before_and_after(system):
    wait_until(lambda: system.health()["status"] == "ok", "all is well", PATIENCE_SECONDS)
    yield
    wait_until(lambda: system.health()["status"] == "ok", "all is well again", PATIENCE_SECONDS)


def a_hold(system, guest=None):
    """Somebody who holds two seats, and the booking's id."""
    guest, showtime_id = guest or a_guest(system), a_showtime(system)
    held = guest.hold(showtime_id, free_block(system, showtime_id, 2)).data["holdSeats"]
    assert held["userErrors"] == []
    return guest, held["booking"]["id"]


def pay(guest, booking_id, token, key):
    """The payload of one try to pay."""
    payment = {"bookingId": booking_id, "method": "CARD", "paymentToken": token, "idempotencyKey": key}
    answer = guest.ask(PAY, {"input": payment})
    assert answer.errors == [], answer.body
    return answer.data["payBooking"]


def status(guest, booking_id):
    return guest.ask(BOOKING, {"id": booking_id}).data["booking"]["status"]


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    "token", ["pm_webhook_late", "pm_webhook_twice", "pm_webhook_out_of_order", "pm_answer_lost"]
)
def test_whatever_the_provider_does_with_its_news_the_booking_is_paid_once(system, token):
    """F12 and F13, through all services."""
    guest, booking_id = a_hold(system)
    key = secrets.token_hex(16)

    pay(guest, booking_id, token, key)
    wait_until(
        lambda: pay(guest, booking_id, token, key)["booking"]["status"] == "CONFIRMED",
        "the booking is confirmed",
        PATIENCE_SECONDS,
    )

    (payment,) = guest.ask(PAYMENTS).data["myPayments"]["nodes"]
    assert (payment["status"], payment["booking"]["id"]) == ("SUCCEEDED", booking_id)


def test_the_payer_confirms_at_the_bank_and_takes_the_receipt_home(system):
    guest, booking_id = a_hold(system)
    asked = pay(guest, booking_id, "pm_3ds", secrets.token_hex(16))
    page = path_of(asked["action"]["redirectUrl"])

    shown = system.get(page)
    requests.post(f"{system.url}{page}", json={"decision": "confirm"}, timeout=30).raise_for_status()
    wait_until(lambda: status(guest, booking_id) == "CONFIRMED", "the booking is confirmed", PATIENCE_SECONDS)
    (payment,) = guest.ask(PAYMENTS).data["myPayments"]["nodes"]
    receipt = system.get(path_of(payment["receiptUrl"]))

    assert "Confirm your payment" in shown.text
    assert receipt.headers["Content-Type"] == "application/pdf"
    assert receipt.content.startswith(b"%PDF-")


def test_a_slow_provider_holds_nobody_up_and_every_booking_comes_to_its_end(system):
    """F13: more payers than may wait for the provider; who finds no place keeps the seats and has lost nothing."""
    holds = [a_hold(system) for _ in range(CROWD)]

    with ThreadPoolExecutor(CROWD) as threads:
        asked = [
            threads.submit(pay, guest, booking_id, "pm_slow", f"slow-{booking_id}")
            for guest, booking_id in holds
        ]
        wait_until(lambda: any(status(*hold) == "PAYING" for hold in holds), "somebody is paying")
        meanwhile = [system.gql("{ paymentOptions { method } cities }") for _ in range(5)]
        waiting = sum(not one.done() for one in asked)
        answers = [one.result() for one in asked]

    codes = {error["code"] for answer in answers for error in answer["userErrors"]}
    assert waiting > 0
    assert [answer.errors for answer in meanwhile] == [[]] * 5
    assert codes <= {"PAYMENT_PENDING", "SERVICE_UNAVAILABLE"}
    refused = [
        hold
        for hold, answer in zip(holds, answers, strict=True)
        if [error["code"] for error in answer["userErrors"]] == ["SERVICE_UNAVAILABLE"]
    ]
    assert all(status(*hold) == "HELD" for hold in refused)
    wait_until(
        lambda: all(status(*hold) == "CONFIRMED" for hold in holds if hold not in refused),
        "all that were waited for are confirmed",
        PATIENCE_SECONDS,
    )


def test_where_payments_are_away_the_guest_is_told_at_once_and_pays_when_they_are_back(system):
    """Reliability 4.4: "pay" refused with time left; the seats stay."""
    refused = []

    def is_refused():
        guest, booking_id = a_hold(system)
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it is down already
            os.killpg(system.pid("payment_service"), signal.SIGKILL)
        answer = pay(guest, booking_id, "pm_success", secrets.token_hex(16))
        if [error["code"] for error in answer["userErrors"]] == ["SERVICE_UNAVAILABLE"]:
            refused.append((guest, booking_id, answer["booking"]["status"]))
        return refused

    wait_until(is_refused, "somebody finds payments away", PATIENCE_SECONDS)
    guest, booking_id, then = refused[0]
    wait_until(
        lambda: (
            pay(guest, booking_id, "pm_success", secrets.token_hex(16))["booking"]["status"] == "CONFIRMED"
        ),
        "the guest has paid",
        PATIENCE_SECONDS,
    )

    assert then == "HELD"
    (payment,) = guest.ask(PAYMENTS).data["myPayments"]["nodes"]
    assert payment["status"] == "SUCCEEDED"
