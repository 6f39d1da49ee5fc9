"""Steps that several commands share: guarded moves of a booking, claims with their versions, what to tell after.

Order of locks, everywhere: the showtime's row, then the booking, then claims. So two commands on one showtime
wait for each other instead of meeting in a deadlock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking_service.errors import BookingUnknown, ShowtimeUnknown
from booking_service.events import seats_free
from booking_service.lifecycle import State, check_move
from booking_service.live import SeatFact, tell, unlock_seats
from booking_service.models import Booking, BookingStep, Claim, Showtime, Ticket, UserCopy, WaitingListEntry
from booking_service.queries.seat_maps import free_for_anyone
from booking_service.rules.seats import in_the_room
from booking_service.settings import BookingSettings
from chassis import audit
from chassis.database import rows_changed, utc_now
from chassis.errors import Conflict
from chassis.identity import Caller
from chassis.kill_points import reached
from chassis.outbox import publish
from chassis.runtime import Runtime

Running = Runtime[BookingSettings]
LONGEST_DETAIL = 500  # as wide as the column; MySQL refuses what SQLite would take
T = TypeVar("T")


class MovedMeanwhile(Conflict):
    """Somebody else moved the booking between our look and our step."""

    message = "This booking has just changed. Please look at it again."


@dataclass
class News:
    """What people who watch are told once the transaction has committed."""

    seats: dict[str, list[SeatFact]] = field(default_factory=dict)
    bookings: list[tuple[str, str]] = field(default_factory=list)
    unlocked: list[tuple[str, str, str]] = field(default_factory=list)

    def tell(self, runtime: Running) -> None:
        """Tell it; a failure costs nobody more than a moment of staleness."""
        last = {
            (showtime_id, fact.seat_id): fact.status
            for showtime_id, facts in self.seats.items()
            for fact in facts
        }
        free: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for showtime_id, seat_id, owner in self.unlocked:
            if last.get((showtime_id, seat_id)) == "AVAILABLE":
                free[showtime_id].append((seat_id, owner))
        for showtime_id, owned in free.items():
            unlock_seats(runtime.redis, showtime_id, owned)
        tell(runtime.redis, self.seats, self.bookings)


def run(runtime: Running, work: Callable[[Session, News], T]) -> T:
    """Run a command in one transaction and tell its news after the commit; its result.

    A deadlock's victim begins anew, with fresh news.
    """

    def attempt(session: Session) -> tuple[T, News]:
        news = News()
        return work(session, news), news

    result, news = runtime.database.transact(attempt)
    news.tell(runtime)
    return result


def lock_showtime(session: Session, showtime_id: str) -> Showtime:
    """The showtime, kept from other commands until the transaction ends. Raises ShowtimeUnknown."""
    showtime = session.scalar(
        select(Showtime)
        .where(Showtime.id == showtime_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if showtime is None:
        raise ShowtimeUnknown
    return showtime


def lock_showtimes(session: Session, ids: Iterable[str]) -> dict[str, Showtime]:
    """Showtimes by id, each kept as by lock_showtime; in order, so that two who lock several can't deadlock."""
    query = select(Showtime).where(Showtime.id.in_(sorted(ids))).order_by(Showtime.id).with_for_update()
    return {one.id: one for one in session.scalars(query.execution_options(populate_existing=True))}


def lock_booking(session: Session, booking_id: str) -> tuple[Booking, Showtime]:
    """The booking as it stands, with its showtime locked. Raises BookingUnknown."""
    showtime_id = session.scalar(select(Booking.showtime_id).where(Booking.id == booking_id))
    if showtime_id is None:
        raise BookingUnknown
    showtime = lock_showtime(session, showtime_id)
    booking = session.scalar(
        select(Booking)
        .where(Booking.id == booking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if booking is None:
        raise BookingUnknown
    return booking, showtime


def move(session: Session, booking: Booking, to: State, **values: Any) -> None:
    """One permitted move as a guarded update; `values` are set with it.

    Raises IllegalMove for one that the table lacks, MovedMeanwhile when the row is no longer as it was read.
    """
    check_move(State(booking.state), to)
    change(session, booking, state=to.value, **values)


def change(session: Session, booking: Booking, **values: Any) -> None:
    """Set `values`, only if the booking still is in the state and version that was read. Raises MovedMeanwhile."""
    as_read = update(Booking).where(
        Booking.id == booking.id, Booking.state == booking.state, Booking.version == booking.version
    )
    if rows_changed(session, as_read.values(version=Booking.version + 1, **values)) != 1:
        raise MovedMeanwhile
    session.refresh(booking)


def cut(text: str | None) -> str | None:
    """Free text as long as a line of the timeline may be."""
    return None if text is None else text[:LONGEST_DETAIL]


def note(
    session: Session, booking_id: str, step: str, outcome: str, *, attempt: int = 1, detail: str | None = None,
    actor_id: str | None = None,
) -> None:  # fmt: skip
    """Write a line of the booking's timeline; `actor_id`: who of the staff did it."""
    session.add(
        BookingStep(
            booking_id=booking_id,
            step=step,
            attempt=attempt,
            outcome=outcome,
            detail=cut(detail),
            actor_id=actor_id,
            at=utc_now(session),
        )
    )


def record_change(
    session: Session, user_id: str, action: str, booking_id: str, *, before: Any = None, after: Any = None
) -> None:
    """What a person did with a booking, for the audit trail; `before` and `after` hold what differs."""
    audit.record(session, Caller(user_id), action, "Booking", booking_id, before=before, after=after)


def note_again(
    session: Session, booking_id: str, step: str, outcome: str, *, detail: str | None = None
) -> None:
    """As note, for what may happen many times in a row: it stays one line, whose `attempt` counts and whose time is
    the last.
    """
    lines = select(BookingStep).where(BookingStep.booking_id == booking_id)
    last = session.scalar(lines.order_by(BookingStep.seq.desc()).limit(1))
    if last is None or (last.step, last.outcome) != (step, outcome):
        note(session, booking_id, step, outcome, detail=detail)
        return
    last.attempt, last.detail, last.at = last.attempt + 1, cut(detail), utc_now(session)


def take_seats(
    session: Session,
    showtime: Showtime,
    seat_ids: Iterable[str],
    *,
    state: str,
    booking_id: str | None,
    user_id: str | None,
    expires_at: datetime | None,
    news: News,
) -> None:
    """Claim seats, in order so that two buyers can't deadlock. The primary key refuses what is taken (IntegrityError)."""
    facts = []
    reached("booking.before_claims")
    for seat_id in sorted(seat_ids):
        session.add(
            Claim(
                showtime_id=showtime.id,
                seat_id=seat_id,
                state=state,
                booking_id=booking_id,
                user_id=user_id,
                expires_at=expires_at,
            )
        )
        showtime.seats_taken += 1
        showtime.seat_map_version += 1
        facts.append(SeatFact(seat_id, state, showtime.seat_map_version))
    session.flush()
    reached("booking.after_claims")
    news.seats.setdefault(showtime.id, []).extend(facts)


def keep_claims(session: Session, booking_id: str, until: datetime | None) -> None:
    """Keep the booking's seats until then; None: until its payment is settled, however long that takes."""
    session.execute(update(Claim).where(Claim.booking_id == booking_id).values(expires_at=until))


def free_seats(
    session: Session, showtime: Showtime, booking_id: str, news: News, *, only: Sequence[str] | None = None
) -> int:
    """Give the booking's seats (or `only` these of them) back; how many there were."""
    query = select(Claim.seat_id).where(Claim.showtime_id == showtime.id, Claim.booking_id == booking_id)
    if only is not None:
        query = query.where(Claim.seat_id.in_(list(only)))
    freed = sorted(session.scalars(query))
    if not freed:
        return 0
    session.execute(
        delete(Claim).where(
            Claim.showtime_id == showtime.id, Claim.booking_id == booking_id, Claim.seat_id.in_(freed)
        )
    )
    for seat_id in freed:
        note_free(showtime, seat_id, booking_id, news)
    session.flush()
    return len(freed)


def note_free(showtime: Showtime, seat_id: str, owner: str, news: News) -> None:
    """The claim on a seat is gone: count it, and tell of it once the transaction has committed."""
    showtime.seats_taken -= 1
    showtime.seat_map_version += 1
    fact = SeatFact(seat_id, "AVAILABLE", showtime.seat_map_version)
    news.seats.setdefault(showtime.id, []).append(fact)
    news.unlocked.append((showtime.id, seat_id, owner))


def mark_seats(
    session: Session, showtime: Showtime, booking_id: str, state: str, expires_at: datetime | None, news: News
) -> int:
    """Change the state of the booking's claims, e.g. to SOLD; how many there are."""
    claims = list(
        session.scalars(
            select(Claim)
            .where(Claim.showtime_id == showtime.id, Claim.booking_id == booking_id)
            .order_by(Claim.seat_id)
        )
    )
    for claim in claims:
        if claim.state != state:
            showtime.seat_map_version += 1
            fact = SeatFact(claim.seat_id, state, showtime.seat_map_version)
            news.seats.setdefault(showtime.id, []).append(fact)
        claim.state = state
        claim.expires_at = expires_at
    session.flush()
    return len(claims)


def tell_waiting_list(session: Session, showtime: Showtime) -> None:
    """Tell those who wait, in the order they came, of the free seats; each is told once and leaves the list.

    Each wish takes its seats off what the next ones are told of: who would find nothing left keeps the place.
    Nobody is told of seats that can't be bought: of a cancelled showtime, or after the close of sales.
    """
    if showtime.state != "PUBLISHED" or showtime.sales_close_at <= utc_now(session):
        return
    here = select(WaitingListEntry).where(WaitingListEntry.showtime_id == showtime.id)
    at_most = showtime.seats_total - showtime.seats_taken
    if session.scalar(here.where(WaitingListEntry.seats <= at_most).limit(1)) is None:
        return
    left = free_for_anyone(session, showtime)
    fitting = here.where(WaitingListEntry.seats <= left)
    for entry in session.scalars(fitting.order_by(WaitingListEntry.joined_at, WaitingListEntry.user_id)):
        if entry.seats > left:
            continue
        left -= entry.seats
        contact = session.get(UserCopy, entry.user_id)
        email = contact.email if contact else None
        publish(session, seats_free(showtime, user_id=entry.user_id, contact_email=email, seats=entry.seats))
        session.delete(entry)


def seat_ids_of(session: Session, booking_id: str) -> list[str]:
    """Seats of the booking's live tickets, as the room has them."""
    live = select(Ticket.seat_id).where(Ticket.booking_id == booking_id, Ticket.state != "VOID")
    return sorted(session.scalars(live), key=in_the_room)
