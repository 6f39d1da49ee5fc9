"""What a choice of seats is checked against, in a hold and in a change of seats alike: rules, caps and prices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.errors import TooManySeats
from booking_service.models import Claim, PriceRow, Showtime
from booking_service.queries.policies import Policy
from booking_service.queries.seat_maps import HELD, SOLD, is_live
from booking_service.rules.prices import seat_prices
from booking_service.rules.seats import Seat, check_companions, check_gaps
from booking_service.settings import BookingSettings
from chassis.money import Money

# A seat and the kind of ticket for it.
Wanted = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Others:
    """The seats of a showtime that other bookings have, and how many of them are the same person's."""

    taken: frozenset[str]
    sold: frozenset[str]
    held_by_person: int
    sold_to_person: int


def others_of(claims: Iterable[Claim], *, booking_id: str, user_id: str, now: datetime) -> Others:
    """What the claims say, seen from the booking that is being made or changed."""
    live = [claim for claim in claims if claim.booking_id != booking_id and is_live(claim, now)]
    own = [claim.state for claim in live if claim.user_id == user_id]
    return Others(
        frozenset(claim.seat_id for claim in live),
        frozenset(claim.seat_id for claim in live if claim.state == SOLD),
        own.count(HELD),
        own.count(SOLD),
    )


def check_rules(
    settings: BookingSettings, policy: Policy, showtime: Showtime, plan: Sequence[Seat], others: Others,
    chosen: Collection[str], now: datetime,
) -> None:  # fmt: skip
    """Raises CompanionSeat, SingleSeatGap."""
    check_companions(
        plan, others.sold, chosen, starts_at=showtime.starts_at, now=now,
        release_minutes=settings.companion_release_minutes,
    )  # fmt: skip
    if policy.gap_rule:
        check_gaps(plan, others.taken, chosen)


def check_holding_cap(policy: Policy, others: Others, count: int) -> None:
    """Raises TooManySeats when a person would hold more seats of the showtime at once than one booking may have."""
    if others.held_by_person + count > policy.maximum_seats:
        raise TooManySeats(
            f"You already hold seats here; together that is more than {policy.maximum_seats}.",
            field=("input", "seats"),
        )


def check_person_cap(settings: BookingSettings, policy: Policy, others: Others, count: int) -> None:
    """Raises TooManySeats when a person would have more seats of the showtime, held and bought, than one may."""
    most = max(settings.seats_per_person, policy.maximum_seats)
    if others.held_by_person + others.sold_to_person + count > most:
        raise TooManySeats(
            f"One person may have at most {most} seats of a showtime. For a larger group, ask the cinema.",
            field=("input", "seats"),
        )


def prices_of(
    session: Session, showtime: Showtime, plan: Sequence[Seat], wanted: Wanted, kept: Mapping[tuple[str, str], int]
) -> list[Money]:  # fmt: skip
    """The price of each wanted seat, in order. Raises Refusals for a kind of ticket that is not sold.

    `kept`: seats that the booking has already with what they cost then. That price stands, whatever the showtime's
    prices have become.
    """
    rows = session.scalars(select(PriceRow).where(PriceRow.showtime_id == showtime.id))
    table = {(row.category, row.ticket_type): row.amount for row in rows}
    category = {seat.id: seat.category for seat in plan}
    # A seat that the booking has is its own category here, with the price it was given.
    asked = [seat if seat in kept else (category[seat[0]], seat[1]) for seat in wanted]
    return seat_prices(asked, {**table, **kept}, showtime.currency)
