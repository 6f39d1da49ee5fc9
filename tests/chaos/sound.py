"""Facts of a small house in which every invariant holds, for tests that spoil one of them at a time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tools.check_invariants.facts import Facts, Figure
from tools.check_invariants.journal import Asked

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOON, LONG_AGO = NOW + timedelta(minutes=5), NOW - timedelta(hours=1)
ANA, BEN = "ana", "ben"
# An own booking's id is a UUIDv7; a "5" in its place marks the sample data.
PAID, HELD, BACK = (f"0193{number:04d}-0000-7000-8000-00000000000{number}" for number in (1, 2, 3))
SHOW = "show"


def row(**values: Any) -> Any:
    """A row of some table."""
    return SimpleNamespace(**values)


def altered(facts: Facts, table: str, index: int, **values: Any) -> Facts:
    """The facts with one row changed."""
    rows = list(getattr(facts, table))
    rows[index] = row(**{**vars(rows[index]), **values})
    return changed(facts, **{table: rows})


def added(facts: Facts, table: str, *more: Any) -> Facts:
    """The facts with more rows."""
    return changed(facts, **{table: [*getattr(facts, table), *more]})


def without(facts: Facts, table: str, index: int) -> Facts:
    """The facts with a row less."""
    rows = list(getattr(facts, table))
    del rows[index]
    return changed(facts, **{table: rows})


def changed(facts: Facts, **values: Any) -> Facts:
    """The facts with whole tables changed."""
    return dataclasses.replace(facts, **values)


def sound_facts() -> Facts:
    """Ana has paid for A1 with a coupon, Ben holds A2, and Ana got the money for A3 back."""
    return Facts(
        now=NOW,
        bookings=[
            booking(
                PAID,
                ANA,
                "CONFIRMED",
                version=4,
                coupon_code="TEN",
                discount=100,
                total=900,
                paid=900,
                confirmed_at=LONG_AGO,
            ),
            booking(HELD, BEN, "HELD", expires_at=SOON, total=1000),
            booking(
                BACK,
                ANA,
                "CANCELLED",
                version=4,
                total=1000,
                refunded=1000,
                confirmed_at=LONG_AGO,
                cancelled_at=LONG_AGO,
            ),
        ],
        claims=[claim("A1", PAID, "SOLD"), claim("A2", HELD, "HELD", expires_at=SOON), claim("A4", None, "BLOCKED")],
        tickets=[ticket("A1", PAID), ticket("A2", HELD, qr_payload=None), ticket("A3", BACK, state="VOID")],
        showtimes=[row(id=SHOW, plan_id="plan", seats_taken=3, seats_total=4)],
        plans={"plan": frozenset({"A1", "A2", "A3", "A4"})},
        steps=steps(PAID, "hold", "pay", "confirm")
        + steps(HELD, "hold")
        + steps(BACK, "hold", "pay", "confirm", "cancel"),
        attempts=[attempt(PAID, ANA, 900), attempt(BACK, ANA, 1000)],
        refunds_due=[due(BACK, 1000)],
        answers=[answer(ANA, "k1", PAID), answer(BEN, "k2", HELD), answer(ANA, "k3", BACK)],
        figures=[figure(name, key) for name, key in FIGURE_KEYS.items()],
        payments=[payment(PAID, 900), payment(BACK, 1000, refunded=1000)],
        refunds=[refund(BACK, 1000)],
        charges=[charge(PAID, 900), charge(BACK, 1000)],
        provider_refunds=[row(charge_reference=f"sim_{BACK}", amount_value=1000)],
        coupons=[row(id="ten", code="TEN", usage_limit=5, usage_limit_per_user=1, times_used=1)],
        coupon_uses=[use(PAID, ANA, "REDEEMED")],
        coupon_counts=[row(coupon_id="ten", user_id=ANA, used=1)],
        members=[row(user_id=ANA, paid_bookings=1)],
        notifications=[told(PAID, "EMAIL"), told(PAID, "IN_APP"), told(BACK, "EMAIL")],
        visits=[row(booking_id=PAID, cancelled=False), row(booking_id=BACK, cancelled=True)],
        audit=[
            row(id="e4", actor_id="boss", action="showtime.cancel", object_id=SHOW),
            *(entry(booking_id, who, "hold") for booking_id, who in ((PAID, ANA), (HELD, BEN), (BACK, ANA))),
            *(entry(booking_id, ANA, "pay") for booking_id in (PAID, BACK)),
        ],
        outboxes={"booking_service": EVENTS},
        inboxes={"notification_service": [row(event_id=event.event_id) for event in EVENTS[:3]],
                 "user_service": [row(event_id="e4")]},
        subscribers={
            "booking.confirmed": frozenset({"notification_service"}),
            "booking.cancelled": frozenset({"notification_service"}),
            "audit.recorded": frozenset({"user_service"}),
        },
        depths={"notification_service": 0},
        dead_letters={"notification_service": ["poison"]},
        poison=frozenset({"poison"}),
        locks={(SHOW, "A2"): HELD},
        seat_maps={SHOW: {"A1": "s", "A2": "h", "A3": "a", "A4": "b"}},
        journal=[
            Asked(user_id=ANA, operation="hold", key="k1", booking_id=PAID, total=1000),
            Asked(user_id=ANA, operation="pay", key="p1", booking_id=PAID, total=900),
            Asked(user_id=BEN, operation="hold", key="k2", booking_id=HELD, total=1000),
            Asked(user_id=BEN, operation="hold", key="k2", booking_id=HELD, total=1000),
            Asked(user_id=ANA, operation="hold", key="k3", booking_id=BACK, total=1000),
            Asked(user_id=ANA, operation="cancel", booking_id=BACK),
        ],
    )  # fmt: skip


FIGURE_KEYS = {"total": "", "day": "2026-11-21", "movie": "film", "cinema": "odeon", "hour": "11"}


def figure(report: str, key: str) -> Figure:
    return Figure(report, "EUR", key, (900, 1000, 1, 1))


def booking(booking_id: str, user_id: str, state: str, **values: Any) -> Any:
    sold = values.get("confirmed_at") is not None
    usual = {
        "version": 1, "expires_at": None, "paying_since": None, "coupon_code": None, "discount": 0, "paid": 0,
        "refunded": 0, "confirmed_at": None, "cancelled_at": None, "contact_email": None, "contact_phone": None,
        "sold_on": "2026-11-21" if sold else None, "sold_hour": 11 if sold else None,
    }  # fmt: skip
    return row(
        id=booking_id, user_id=user_id, state=state, showtime_id=SHOW, movie_id="film", cinema_id="odeon",
        currency="EUR", channel="WEB", ticket_count=1, **{**usual, **values},
    )  # fmt: skip


def claim(seat_id: str, booking_id: str | None, state: str, expires_at: datetime | None = None) -> Any:
    return row(showtime_id=SHOW, seat_id=seat_id, booking_id=booking_id, state=state, expires_at=expires_at)


def ticket(seat_id: str, booking_id: str, state: str = "VALID", qr_payload: str | None = "signed") -> Any:
    return row(
        code=f"code-{seat_id}", booking_id=booking_id, showtime_id=SHOW, seat_id=seat_id, state=state,
        qr_payload=qr_payload,
    )  # fmt: skip


def steps(booking_id: str, *names: str) -> list[Any]:
    return [
        row(seq=number, booking_id=booking_id, step=name, outcome="", detail=None)
        for number, name in enumerate(names)
    ]


def attempt(booking_id: str, owner: str, amount: int, **values: Any) -> Any:
    usual = {
        "purpose": "BOOKING",
        "outcome": "SUCCEEDED",
        "redirect_url": None,
        "seats": None,
        "at": LONG_AGO,
    }
    return row(
        provider_key=f"{booking_id}:1", booking_id=booking_id, owner=owner, client_key=f"p-{booking_id}",
        amount=amount, payment_id=f"pay-{booking_id}", **{**usual, **values},
    )  # fmt: skip


def due(booking_id: str, amount: int) -> Any:
    return row(
        key=f"{booking_id}:cancel:0", booking_id=booking_id, payment_id=f"pay-{booking_id}", amount=amount,
        currency="EUR", state="DONE", next_try_at=LONG_AGO,
    )  # fmt: skip


def entry(booking_id: str, actor_id: str, what: str) -> Any:
    return row(id=f"{what}-{booking_id}", actor_id=actor_id, action=f"booking.{what}", object_id=booking_id)


def answer(owner: str, key: str, booking_id: str) -> Any:
    return row(owner=owner, operation="holdSeats", idempotency_key=key, answer=f'"{booking_id}"')


def payment(booking_id: str, amount: int, refunded: int = 0) -> Any:
    return row(
        id=f"pay-{booking_id}", booking_id=booking_id, provider="simulated", provider_reference=f"sim_{booking_id}",
        idempotency_key=f"{booking_id}:1", status="REFUNDED" if refunded else "SUCCEEDED", amount_value=amount,
        refunded_amount=refunded, currency="EUR", created_at=LONG_AGO,
    )  # fmt: skip


def refund(booking_id: str, amount: int) -> Any:
    return row(
        id=f"back-{booking_id}", payment_id=f"pay-{booking_id}", idempotency_key=f"{booking_id}:cancel:0",
        amount_value=amount, status="SUCCEEDED", created_at=LONG_AGO,
    )  # fmt: skip


def charge(booking_id: str, amount: int, **values: Any) -> Any:
    usual = {"reference": f"sim_{booking_id}", "idempotency_key": f"{booking_id}:1"}
    return row(
        booking_id=booking_id, state="SUCCEEDED", amount_value=amount, currency="EUR", **{**usual, **values}
    )  # fmt: skip


def use(booking_id: str, user_id: str, state: str) -> Any:
    return row(coupon_id="ten", booking_id=booking_id, user_id=user_id, state=state, discount_value=100)


def told(booking_id: str, channel: str) -> Any:
    return row(booking_id=booking_id, kind="booking.confirmed", channel=channel, status="SENT")


def event(event_id: str, name: str, **payload: Any) -> Any:
    return row(event_id=event_id, name=name, sent_at=NOW, occurred_at=LONG_AGO, payload=payload)


EVENTS = [
    event("e1", "booking.confirmed", bookingId=PAID),
    event("e2", "booking.confirmed", bookingId=BACK),
    event("e3", "booking.cancelled", bookingId=BACK, refund={"amount": 1000, "currency": "EUR"}),
    event("e4", "audit.recorded", actorId="boss", action="showtime.cancel"),
]
