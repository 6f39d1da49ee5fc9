"""Seating plans and the state of each seat. Plans never change, so they are parsed once and kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.models import Claim, Plan, Showtime
from booking_service.rules.seats import RESERVED_CATEGORIES, Seat, kept_companions
from booking_service.rules.seats import best_seats as best_of
from chassis.database import utc_now

AVAILABLE, HELD, HELD_BY_ME, SOLD, BLOCKED = "AVAILABLE", "HELD", "HELD_BY_ME", "SOLD", "BLOCKED"
LETTERS = {AVAILABLE: "a", HELD: "h", HELD_BY_ME: "m", SOLD: "s", BLOCKED: "b"}


@dataclass(frozen=True, slots=True)
class SeatState:
    """A seat with its state as one viewer sees it."""

    seat: Seat
    status: str
    held_until: datetime | None = None


@lru_cache(maxsize=256)
def parse_plan(plan_id: str, text: str) -> tuple[Seat, ...]:
    """Seats of a stored plan, front row first."""
    return tuple(Seat(**seat) for seat in orjson.loads(text))


def write_plan(seats: Iterable[Seat]) -> str:
    """The stored form that parse_plan reads."""
    return orjson.dumps(
        [
            {
                "id": seat.id,
                "row": seat.row,
                "number": seat.number,
                "category": seat.category,
                "x": seat.x,
                "y": seat.y,
            }
            for seat in seats
        ]
    ).decode()


def plan_of(session: Session, showtime: Showtime) -> tuple[Seat, ...]:
    """The plan that the showtime was scheduled with."""
    return plans_of(session, [showtime.plan_id])[showtime.plan_id]


_kept: dict[str, tuple[Seat, ...]] = {}


def plans_of(session: Session, plan_ids: Iterable[str]) -> dict[str, tuple[Seat, ...]]:
    """Plans by id."""
    wanted = set(plan_ids)
    missing = wanted - _kept.keys()
    if missing:
        for plan in session.scalars(select(Plan).where(Plan.id.in_(missing))):
            _kept[plan.id] = parse_plan(plan.id, plan.seats)
        while len(_kept) > 512:  # a process that lives for months sees many plans
            _kept.pop(next(iter(_kept)))
    return {plan_id: _kept[plan_id] for plan_id in wanted if plan_id in _kept}


def claims_of(session: Session, showtime_id: str) -> dict[str, Claim]:
    """Live claims of a showtime by seat id: without holds whose time is over."""
    now = utc_now(session)
    claims = session.scalars(select(Claim).where(Claim.showtime_id == showtime_id))
    return {claim.seat_id: claim for claim in claims if is_live(claim, now)}


def is_live(claim: Claim, now: datetime) -> bool:
    """Whether the claim still keeps the seat; a hold with no end is being paid for."""
    return claim.state != HELD or claim.expires_at is None or claim.expires_at > now


def seat_states(session: Session, showtime: Showtime, viewer_id: str | None) -> list[SeatState]:
    """The state of each seat in the plan's order, as `viewer_id` sees it."""
    claims = claims_of(session, showtime.id)
    return [_state(seat, claims.get(seat.id), viewer_id) for seat in plan_of(session, showtime)]


def best_seats(
    session: Session, showtime: Showtime, *, count: int, category: str | None, release_minutes: int
) -> list[Seat]:
    """The best free seats together that a guest may hold now; empty when there are none."""
    claims = claims_of(session, showtime.id)
    plan = plan_of(session, showtime)
    sold = {seat_id for seat_id, claim in claims.items() if claim.state == SOLD}
    kept = kept_companions(
        plan, sold, starts_at=showtime.starts_at, now=utc_now(session), release_minutes=release_minutes
    )
    return best_of(plan, set(claims), count=count, category=category, kept=kept)


def free_for_anyone(session: Session, showtime: Showtime) -> int:
    """How many seats nobody has, without wheelchair places and those beside them, which are not for everybody."""
    claimed = set(session.scalars(select(Claim.seat_id).where(Claim.showtime_id == showtime.id)))
    return sum(
        seat.id not in claimed and seat.category not in RESERVED_CATEGORIES
        for seat in plan_of(session, showtime)
    )


def _state(seat: Seat, claim: Claim | None, viewer_id: str | None) -> SeatState:
    if claim is None:
        return SeatState(seat, AVAILABLE)
    if claim.state == HELD and viewer_id is not None and claim.user_id == viewer_id:
        return SeatState(seat, HELD_BY_ME, claim.expires_at)
    return SeatState(seat, claim.state, claim.expires_at)
