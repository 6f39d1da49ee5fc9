"""The end of a hold that was not paid in time: seats back, coupon freed by the event, waiting guests told.

Problem: holds that began together end together, and one by one the last of two hundred waits for seconds.
Idea: a transaction for a handful of them, each step of it one statement for all. Price: should one of the
handful fail, all of it is done again, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import and_, delete, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from booking_service.commands.moves import (
    MovedMeanwhile,
    News,
    Running,
    cut,
    lock_showtimes,
    note_free,
    run,
    tell_waiting_list,
)
from booking_service.events import booking_expired
from booking_service.lifecycle import State, check_move
from booking_service.models import Booking, BookingStep, Claim, Showtime, Ticket, WaitingListEntry
from booking_service.rules.seats import in_the_room
from chassis.database import rows_changed, sql_now, utc_now
from chassis.kill_points import reached
from chassis.logs import log
from chassis.outbox import publish

LOOKED_AT = 400
# So many together as a guest can wait for: the showtime's row is locked meanwhile.
TOGETHER = 40


def expire(
    session: Session, booking: Booking, showtime: Showtime, news: News, *, detail: str | None = None,
    tells: bool = True,
) -> None:  # fmt: skip
    """The time to pay is over. Booking and showtime are locked. Raises MovedMeanwhile.

    `tells`: those on the waiting list; not when the seats go to somebody else in the same step.
    """
    end_together(session, [booking], {showtime.id: showtime}, news, detail=detail)
    if tells:
        tell_waiting_list(session, showtime)


def sweep(runtime: Running, *, looked_at: int = LOOKED_AT) -> int:
    """End the holds whose time is over; how many. A booking that is being paid for is left alone.

    `looked_at`: holds read at once.
    """
    return sum(_ended(runtime, ids) for ids in _over(runtime, looked_at))


def _over(runtime: Running, looked_at: int) -> Iterator[list[str]]:
    """Holds whose time is over, a handful at a time, those of a showtime together."""
    last: tuple[datetime, str] | None = None
    while True:
        rows = runtime.database.read(partial(_looked, looked_at, last))
        ids = [booking_id for _, booking_id, _ in sorted(rows)]
        yield from (ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER))
        if len(rows) < looked_at:
            return
        last = rows[-1][2], rows[-1][1]


def _looked(
    most: int, after: tuple[datetime, str] | None, session: Session
) -> list[tuple[str, str, datetime]]:
    """Showtime, booking and end of holds that are over, the longest over first, from `after` on."""
    query = select(Booking.showtime_id, Booking.id, Booking.expires_at).where(
        Booking.state == State.HELD.value, Booking.expires_at <= sql_now()
    )
    if after is not None:
        at, booking_id = after
        query = query.where(
            or_(Booking.expires_at > at, and_(Booking.expires_at == at, Booking.id > booking_id))
        )
    rows = session.execute(query.order_by(Booking.expires_at, Booking.id).limit(most))
    return [(row.showtime_id, row.id, row.expires_at) for row in rows]


def _ended(runtime: Running, ids: Sequence[str]) -> int:
    """End holds together; where one of them can't be ended, the others still are."""
    try:
        done = run(runtime, lambda session, news: _end(session, news, ids))
        reached("booking.after_expiry_commit")
        return done
    except Exception as error:  # noqa: BLE001  # it is over and stays in the list for the next round
        if len(ids) > 1:
            return sum(_ended(runtime, [booking_id]) for booking_id in ids)
        log().error("hold not ended", booking_id=ids[0], error=repr(error), exc_info=error)
        return 0


def _end(session: Session, news: News, ids: Sequence[str]) -> int:
    places = session.scalars(select(Booking.showtime_id).where(Booking.id.in_(ids)))
    showtimes = lock_showtimes(session, set(places))
    # Paid or extended since we looked: those are left out.
    still_over = select(Booking).where(
        Booking.id.in_(ids), Booking.state == State.HELD.value, Booking.expires_at <= sql_now()
    )
    locked = still_over.order_by(Booking.id).with_for_update().execution_options(populate_existing=True)
    bookings = list(session.scalars(locked))
    if bookings:
        end_together(session, bookings, showtimes, news)
        _tell_waiting_lists(session, showtimes.values())
    reached("booking.before_expiry_commit")
    return len(bookings)


def end_together(
    session: Session, bookings: Sequence[Booking], showtimes: Mapping[str, Showtime], news: News, *,
    detail: str | None = None,
) -> None:  # fmt: skip
    """End unpaid bookings. All are locked, and so are their `showtimes`, given by id.

    Raises IllegalMove, and MovedMeanwhile when one is no longer as it was read.
    """
    ids = [booking.id for booking in bookings]
    _move(session, bookings)
    _free(session, ids, showtimes, news)
    reached("booking.after_seats_freed")
    session.execute(update(Ticket).where(Ticket.booking_id.in_(ids)).values(state="VOID"))
    at = utc_now(session)
    step = {"step": "expire", "attempt": 1, "outcome": "EXPIRED", "detail": cut(detail), "at": at}
    session.execute(insert(BookingStep), [{"booking_id": booking_id, **step} for booking_id in ids])
    publish(session, *map(booking_expired, bookings))
    news.bookings.extend((booking.cinema_id, booking.id) for booking in bookings)


def _move(session: Session, bookings: Sequence[Booking]) -> None:
    """One guarded update for all: each still in the state and version that was read."""
    for booking in bookings:
        check_move(State(booking.state), State.EXPIRED)
    as_read = tuple_(Booking.id, Booking.state, Booking.version).in_(
        [(booking.id, booking.state, booking.version) for booking in bookings]
    )
    ids = Booking.id.in_([booking.id for booking in bookings])
    ended = update(Booking).where(ids, as_read).values(
        state=State.EXPIRED.value, version=Booking.version + 1, expires_at=None, paying_since=None
    )  # fmt: skip
    if rows_changed(session, ended) != len(bookings):
        raise MovedMeanwhile
    session.scalars(select(Booking).where(ids).execution_options(populate_existing=True)).all()


def _free(session: Session, ids: Sequence[str], showtimes: Mapping[str, Showtime], news: News) -> None:
    claimed = select(Claim.showtime_id, Claim.seat_id, Claim.booking_id).where(Claim.booking_id.in_(ids))
    freed = sorted(session.execute(claimed), key=lambda row: (row.showtime_id, in_the_room(row.seat_id)))
    session.execute(delete(Claim).where(Claim.booking_id.in_(ids)))
    for row in freed:
        note_free(showtimes[row.showtime_id], row.seat_id, row.booking_id, news)
    session.flush()


def _tell_waiting_lists(session: Session, showtimes: Iterable[Showtime]) -> None:
    here = {showtime.id: showtime for showtime in showtimes}
    waited_for = select(WaitingListEntry.showtime_id).where(WaitingListEntry.showtime_id.in_(here))
    for showtime_id in sorted(set(session.scalars(waited_for.distinct()))):
        tell_waiting_list(session, here[showtime_id])
