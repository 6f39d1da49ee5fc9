"""Seats locked in Redis before the database is asked, so that of a crowd on one seat only the first gets there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.moves import Running
from booking_service.errors import SeatTaken
from booking_service.live import FRESH_SECONDS, Lock, forget_locks, lock_seats, locks, unlock_seats
from booking_service.models import Claim
from booking_service.queries.seat_maps import is_live
from chassis.database import utc_now
from chassis.errors import Refusals
from chassis.logs import log

LOCK_SECONDS_OVER_HOLD = 30


def lock_or_refuse(runtime: Running, showtime_id: str, seat_ids: Sequence[str], owner: str) -> None:
    """Lock all or none. Raises Refusals for seats that others hold; a lock that the database disproves is removed."""
    seconds = _lock_seconds(runtime)
    refused = lock_seats(runtime.redis, showtime_id, seat_ids, owner, seconds=seconds)
    if not refused:
        return
    taken = [seat.seat_id for seat in refused]
    if not all(seat.is_fresh for seat in refused):
        taken = runtime.database.read(lambda session: _claimed_by_others(session, showtime_id, taken, owner))
    if taken:
        raise all_taken(seat_ids, taken)
    forget_locks(runtime.redis, showtime_id, seat_ids)
    lock_seats(runtime.redis, showtime_id, seat_ids, owner, seconds=seconds)


def unlock_unclaimed(runtime: Running, showtime_id: str, seat_ids: Sequence[str], owner: str) -> None:
    """After a refusal: others may try for these seats at once, but for those that the owner has had before."""

    def work(session: Session) -> set[str]:
        own = select(Claim.seat_id).where(Claim.showtime_id == showtime_id, Claim.booking_id == owner)
        return set(session.scalars(own))

    kept = runtime.database.read(work)
    unlock_seats(
        runtime.redis, showtime_id, [(seat_id, owner) for seat_id in seat_ids if seat_id not in kept]
    )


def tidy_locks(runtime: Running) -> int:
    """Remove locks that the claims disprove, e.g. of a process that died between the two; how many there were.

    A lock that is still young is let be: its owner may be about to claim the seat.
    """
    try:
        found = locks(runtime.redis, seconds=_lock_seconds(runtime))
    except redis.RedisError as error:
        log().warning("seat locks unavailable", error=repr(error))
        return 0
    old = [lock for lock in found if lock.age > FRESH_SECONDS]
    wrong = runtime.database.read(lambda session: _disproved(session, old))
    for lock in wrong:
        unlock_seats(runtime.redis, lock.showtime_id, [(lock.seat_id, lock.owner)])
    return len(wrong)


def _disproved(session: Session, found: Sequence[Lock]) -> list[Lock]:
    """Locks whose owner has no claim on the seat."""
    wrong = []
    for showtime_id in sorted({lock.showtime_id for lock in found}):
        query = select(Claim).where(Claim.showtime_id == showtime_id)
        owners = {claim.seat_id: claim.booking_id for claim in session.scalars(query)}
        here = (lock for lock in found if lock.showtime_id == showtime_id)
        wrong += [lock for lock in here if owners.get(lock.seat_id) != lock.owner]
    return wrong


def _lock_seconds(runtime: Running) -> float:
    return runtime.settings.hold_minutes * 60 + LOCK_SECONDS_OVER_HOLD


def all_taken(seat_ids: Sequence[str], taken: Iterable[str]) -> Refusals:
    """The refusal of the chosen seats that somebody else has, one a seat with its place in the input."""
    gone = set(taken)
    return Refusals(
        [
            SeatTaken(
                f"Seat {seat_id[:16]} has just been taken. Please choose another one.",
                field=("input", "seats", index),
            )
            for index, seat_id in enumerate(seat_ids)
            if seat_id in gone
        ]
    )


def _claimed_by_others(session: Session, showtime_id: str, seat_ids: Sequence[str], owner: str) -> list[str]:
    now = utc_now(session)
    claims = session.scalars(
        select(Claim).where(Claim.showtime_id == showtime_id, Claim.seat_id.in_(seat_ids))
    )
    return [claim.seat_id for claim in claims if claim.booking_id != owner and is_live(claim, now)]
