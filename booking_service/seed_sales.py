"""Made-up sales of a showtime: parties of one to five in good seats, bought in the days before."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking_service.lifecycle import State
from booking_service.rules.seats import RESERVED_CATEGORIES, Seat, runs
from booking_service.settings import BookingSettings
from booking_service.tickets.signing import TicketKeys, TicketText
from chassis.folding import fold
from chassis.ids import fixed_id

DEMO_EMAIL = "guest@lobbycard.example"
DEMO_GUEST = fixed_id("user", DEMO_EMAIL)
READABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PARTY_SIZES, PARTY_WEIGHTS = (1, 2, 3, 4, 5), (18, 52, 14, 12, 4)
KINDS, KIND_WEIGHTS = ("ADULT", "STUDENT", "SENIOR", "CHILD"), (62, 16, 12, 10)
# How full a well-drawing film is, by weekday from Monday.
WEEKDAY_SHARE = (0.03, 0.04, 0.04, 0.06, 0.12, 0.16, 0.10)
CANCELLED_PERCENT = 3
MOST_PARTIES = 6


@dataclass(frozen=True)
class Sale:
    """Rows of one booking, and its payment as payment_service reads it."""

    booking: dict[str, Any]
    tickets: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    payment: dict[str, Any] | None


def sales_of(
    settings: BookingSettings,
    seats: Sequence[Seat],
    show: Mapping[str, Any],
    prices: Mapping[tuple[str, str], int],
    now: datetime,
) -> list[Sale]:
    """Sales of the showtime made before `now`; the same for the same showtime. None for days far ahead."""
    dice = random.Random(f"sales:{show['id']}")
    ahead = (show["starts_at"] - now) / timedelta(days=1)
    if ahead > 3:
        return []
    share = (
        WEEKDAY_SHARE[show["local_weekday"] - 1] * (0.6 + show["weight"] / 100) * (1 if ahead <= 0 else 0.5)
    )
    parties = min(MOST_PARTIES, max(1, round(len(seats) * share / 2.3 * dice.uniform(0.6, 1.4))))
    free = {seat.id for seat in seats if seat.category not in RESERVED_CATEGORIES}
    blocks = [[seat for seat in run if seat.id in free] for run in runs(seats, ())]
    middle = max(1.0, *(seat.y for seat in seats))
    keys = TicketKeys(settings.ticket_signing_keys)
    sales = []
    for number in range(parties):
        block = _block(dice, blocks, dice.choices(PARTY_SIZES, PARTY_WEIGHTS)[0], middle)
        bought = _bought(dice, show, now)
        if block and bought is not None:
            sales.append(_sale(settings, keys, dice, show, prices, block, bought, now, number))
    return sales


def _block(dice: random.Random, blocks: list[list[Seat]], size: int, depth: float) -> list[Seat]:
    """Take neighbouring seats from the end of a run, rather in the back half; empty when none fit."""
    fitting = [block for block in blocks if len(block) >= size and len(block) - size != 1]
    if not fitting:
        return []
    weights = [0.25 + block[0].y / depth for block in fitting]
    block = dice.choices(fitting, weights)[0]
    taken = block[:size]
    del block[:size]
    return taken


def _bought(dice: random.Random, show: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a party bought: mostly on the day; None when that lies still ahead."""
    hours = min(71.0, dice.expovariate(1 / 14) + 0.3)
    at: datetime = show["starts_at"] - timedelta(hours=hours)
    if at < now:
        return at.replace(microsecond=0)
    earlier = now - timedelta(hours=dice.uniform(0.5, 40))
    return earlier.replace(microsecond=0) if dice.random() < 0.4 else None


def _code(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(READABLE, k=length))


def _sale(
    settings: BookingSettings, keys: TicketKeys, dice: random.Random, show: Mapping[str, Any],
    prices: Mapping[tuple[str, str], int], block: Sequence[Seat], bought: datetime, now: datetime, number: int,
) -> Sale:  # fmt: skip
    booking_id = fixed_id("booking", f"{show['id']}:{number}")
    reference = f"{_code(dice, 4)}-{_code(dice, 4)}"
    cancelled = dice.randrange(100) < CANCELLED_PERCENT and bought < show["starts_at"] - timedelta(hours=26)
    state = State.CANCELLED if cancelled else State.CONFIRMED
    over = show["starts_at"] < now
    is_demo = not cancelled and dice.randrange(300) == 0
    tickets = [
        _ticket(keys, dice, show, prices, booking_id, reference, seat, cancelled, over) for seat in block
    ]
    subtotal = sum(ticket["price"] for ticket in tickets)
    total = subtotal + settings.booking_fee
    payment_id = fixed_id("payment", booking_id) if total else None
    booking = _booking(
        show, bought, booking_id, reference, state, subtotal, settings.booking_fee, payment_id, len(block)
    )
    if is_demo:
        booking.update(user_id=DEMO_GUEST, contact_email=DEMO_EMAIL, channel="WEB")
        booking["search_text"] = fold(f"{reference.replace('-', '')} {reference} {DEMO_EMAIL} Gus Guest")
    claims = [
        {"showtime_id": show["id"], "seat_id": seat.id, "state": "SOLD", "booking_id": booking_id,
         "user_id": booking["user_id"], "expires_at": None}
        for seat in block
    ]  # fmt: skip
    return Sale(booking, tickets, [] if cancelled else claims, _payment(dice, booking, bought, cancelled))


def _ticket(
    keys: TicketKeys, dice: random.Random, show: Mapping[str, Any], prices: Mapping[tuple[str, str], int], booking_id: str,
    reference: str, seat: Seat, cancelled: bool, over: bool,
) -> dict[str, Any]:  # fmt: skip
    kind = dice.choices(KINDS, KIND_WEIGHTS)[0]
    ticket_id = fixed_id("ticket", f"{booking_id}:{seat.id}")
    came = over and not cancelled and dice.randrange(100) < 94
    return {
        "id": ticket_id,
        "code": _code(dice, 10),
        "booking_id": booking_id,
        "showtime_id": show["id"],
        "seat_id": seat.id,
        "category": seat.category,
        "ticket_type": kind,
        "price": prices[(seat.category, kind)],
        "state": "VOID" if cancelled else "USED" if came else "VALID",
        # Nobody shows an old ticket at the door; should somebody look at one, it is signed then.
        "qr_payload": None
        if over
        else keys.sign(TicketText(ticket_id, reference, show["id"], seat.id, kind)),
        "used_at": show["starts_at"] - timedelta(minutes=dice.randrange(2, 25)) if came else None,
        "used_door": "1" if came else None,
    }


def _booking(
    show: Mapping[str, Any], bought: datetime, booking_id: str, reference: str, state: State, subtotal: int, fee: int,
    payment_id: str | None, tickets: int,
) -> dict[str, Any]:  # fmt: skip
    local = bought.astimezone(ZoneInfo(show["time_zone"]))
    total = subtotal + fee
    cancelled = state is State.CANCELLED
    return {
        "id": booking_id,
        "reference": reference,
        "user_id": None,
        "showtime_id": show["id"],
        "cinema_id": show["cinema_id"],
        "movie_id": show["movie_id"],
        "starts_at": show["starts_at"],
        "state": state.value,
        "version": 3,
        "extensions_left": 10,
        "channel": "DESK",
        "currency": show["currency"],
        "subtotal": subtotal,
        "discount": 0,
        "fee": fee,
        "total": total,
        "paid": 0 if cancelled else total,
        "refunded": total if cancelled else 0,
        "payment_id": payment_id,
        "attempts": 1,
        "contact_email": None,
        "search_text": fold(f"{reference.replace('-', '')} {reference}"),
        "sold_on": local.date(),
        "sold_hour": local.hour,
        "ticket_count": tickets,
        "created_at": bought - timedelta(minutes=2),
        "confirmed_at": bought,
        "cancelled_at": bought + timedelta(hours=1) if cancelled else None,
    }


def _payment(
    dice: random.Random, booking: dict[str, Any], bought: datetime, cancelled: bool
) -> dict[str, Any] | None:
    method = dice.choices(("CARD", "WALLET", "CASH"), (60, 15, 25))[0]
    if booking["payment_id"] is None:
        return None
    return {
        "paymentId": booking["payment_id"],
        "bookingId": booking["id"],
        "userId": booking["user_id"],
        "cinemaId": booking["cinema_id"],
        "method": method,
        "amount": booking["total"],
        "currency": booking["currency"],
        "at": bought.isoformat(),
        "refunded": booking["total"] if cancelled else 0,
    }
