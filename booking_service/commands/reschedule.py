"""The programme, once it stands: change, move, publish, copy a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.moves import Running, lock_showtime
from booking_service.commands.schedule import (
    MOST_AT_ONCE,
    Entry,
    Price,
    ask,
    check_entry,
    check_free,
    check_prices,
    check_start,
    check_terms,
    keep_copies,
    keep_plan,
    schedule,
    set_times,
    write_prices,
)
from booking_service.errors import ScheduleInvalid, ServiceAway, ShowtimeHasSales, ShowtimeUnknown
from booking_service.events import showtime_rescheduled, showtime_scheduled
from booking_service.lifecycle import ALIVE, State
from booking_service.models import Booking, MovieCopy, PriceRow, Showtime
from booking_service.queries.policies import policy_of
from booking_service.queries.seat_maps import plan_of
from booking_service.rules.refunds import is_moved_far
from booking_service.rules.schedule import Slot, slot_of
from chassis import audit
from chassis.database import utc_now
from chassis.errors import Forbidden, Invalid, Unavailable
from chassis.identity import Caller, Role
from chassis.outbox import publish

FURTHEST_COPY_DAYS = 366
MOST_OF_A_WEEK = 5000


def _scoped(session: Session, caller: Caller, showtime_id: str) -> Showtime:
    showtime = lock_showtime(session, showtime_id)
    if not caller.has_role(Role.MANAGER, scope=showtime.cinema_id):
        raise Forbidden if showtime.state != "DRAFT" else ShowtimeUnknown
    return showtime


def _is_sold(showtime: Showtime) -> bool:
    return showtime.seats_taken > showtime.seats_blocked


def update_showtime(runtime: Running, caller: Caller, showtime_id: str, entry: Entry) -> str:
    """Change prices, format and languages; film and room only while nothing is held or sold; the showtime's id.

    The start stays: rescheduling is a move of its own. Raises ShowtimeHasSales, ScheduleInvalid, AuditoriumBusy, …
    """
    caller.require_role(Role.MANAGER)
    asked = ask(runtime, caller, [entry])
    room, film = asked.rooms[entry.auditorium_id], asked.films[entry.movie_id]

    def work(session: Session) -> str:
        showtime = _scoped(session, caller, showtime_id)
        if showtime.state == "CANCELLED":
            raise ScheduleInvalid("This showtime was cancelled.", field=("id",))
        moves = (entry.movie_id, entry.auditorium_id) != (showtime.movie_id, showtime.auditorium_id)
        if moves and _is_sold(showtime):
            raise ShowtimeHasSales(field=("input", "movieId"))
        if entry.starts_at != showtime.starts_at:
            raise ScheduleInvalid("To move a showtime, reschedule it.", field=("input", "startsAt"))
        before = _told(showtime)
        if moves:
            check_entry(session, entry, room)
            _move_into(session, runtime, showtime, room, film)
        check_terms(entry, room)
        check_prices(entry.prices, {seat.category for seat in plan_of(session, showtime)}, showtime.currency)
        write_prices(session, showtime_id, entry.prices)
        showtime.format = entry.format or showtime.format
        showtime.audio_language = entry.audio_language or showtime.audio_language
        showtime.subtitle_language = entry.subtitle_language
        showtime.sales_open_at = entry.sales_open_at
        if entry.publish and showtime.state == "DRAFT":
            showtime.state = "PUBLISHED"
        audit.record(
            session, caller, "showtime.update", "Showtime", showtime_id, before=before, after=_told(showtime)
        )
        publish(
            session, showtime_scheduled(showtime, "SCHEDULED" if showtime.state == "PUBLISHED" else "DRAFT")
        )
        return showtime_id

    return runtime.database.transact(work)


def _told(showtime: Showtime) -> dict[str, str]:
    return {"format": showtime.format, "movieId": showtime.movie_id, "auditoriumId": showtime.auditorium_id}


def _move_into(
    session: Session, runtime: Running, showtime: Showtime, room: peers.Room, film: peers.Film
) -> None:
    """Another film or room for an unsold showtime."""
    keep_copies(session, room, film)
    slot = slot_of(
        showtime.starts_at,
        duration_minutes=film.duration_minutes,
        pre_show_minutes=runtime.settings.pre_show_minutes,
    )
    turnaround = policy_of(session, runtime.settings, room.cinema_id, room.currency).turnaround_minutes
    check_free(
        session, room.id, slot, turnaround_minutes=turnaround, time_zone=room.time_zone, but=showtime.id
    )
    if showtime.seats_blocked and room.id != showtime.auditorium_id:
        raise ShowtimeHasSales(
            "Unblock the seats first: another auditorium has others.", field=("input", "auditoriumId")
        )
    showtime.movie_id, showtime.movie_title = film.id, film.title
    showtime.auditorium_id, showtime.auditorium_name = room.id, room.name
    showtime.cinema_id, showtime.cinema_name, showtime.city = room.cinema_id, room.cinema_name, room.city
    showtime.time_zone, showtime.currency = room.time_zone, room.currency
    if not showtime.seats_blocked:
        showtime.plan_id, showtime.seats_total = keep_plan(session, room), len(room.seats)
    set_times(session, runtime, showtime, slot)


def reschedule(
    runtime: Running, caller: Caller, showtime_id: str, starts_at: datetime, auditorium_id: str | None
) -> str:
    """Move a showtime to another time, and while unsold to another room; guests are told; the showtime's id.

    Raises AuditoriumBusy, ScheduleInvalid, ShowtimeHasSales, Forbidden, ServiceAway.
    """
    caller.require_role(Role.MANAGER)
    room = None
    if auditorium_id is not None:
        try:
            room = peers.auditorium(runtime, auditorium_id, caller)
        except Unavailable:
            raise ServiceAway("The seating plans can't be asked right now. Nothing was changed.") from None
        if room is None:
            raise ScheduleInvalid("There is no such auditorium.", field=("auditoriumId",))
        caller.require_role(Role.MANAGER, scope=room.cinema_id)

    def work(session: Session) -> str:
        showtime = _scoped(session, caller, showtime_id)
        if showtime.state == "CANCELLED" or showtime.starts_at <= utc_now(session):
            raise ScheduleInvalid("This showtime can no longer be moved.", field=("id",))
        check_start(session, starts_at, ("startsAt",))
        previous = showtime.starts_at
        _move_to(session, runtime, showtime, starts_at, room)
        bookings = _moved(session, showtime, previous)
        minutes = runtime.settings.full_refund_when_moved_minutes
        in_full = {
            booking.id
            for booking in bookings
            if is_moved_far(booking.promised_starts_at, showtime.starts_at, minutes=minutes)
        }
        status = "SCHEDULED" if showtime.state == "PUBLISHED" else "DRAFT"
        publish(session, showtime_rescheduled(showtime, status, previous.isoformat(), bookings, in_full))
        audit.record(
            session, caller, "showtime.reschedule", "Showtime", showtime_id, before={"startsAt": previous},
            after={"startsAt": showtime.starts_at, "auditoriumId": showtime.auditorium_id},
        )  # fmt: skip
        return showtime_id

    return runtime.database.transact(work)


def _moved(session: Session, showtime: Showtime, previous: datetime) -> list[Booking]:
    """Tell the showtime's bookings their new start; those that are paid. Each keeps the start it was made for."""
    paid = []
    for booking in session.scalars(select(Booking).where(Booking.showtime_id == showtime.id)):
        booking.starts_at = showtime.starts_at
        if booking.state in ALIVE and booking.promised_starts_at is None and previous != showtime.starts_at:
            booking.promised_starts_at = previous
        if booking.state == State.CONFIRMED:
            paid.append(booking)
    return paid


def _move_to(
    session: Session, runtime: Running, showtime: Showtime, starts_at: datetime, room: peers.Room | None
) -> None:
    moves = room is not None and room.id != showtime.auditorium_id
    if moves and showtime.seats_taken > 0:
        raise ShowtimeHasSales(field=("auditoriumId",))
    if moves and room is not None and room.currency != showtime.currency:
        raise ScheduleInvalid(
            "That cinema has another currency: schedule the showtime there anew.", field=("auditoriumId",)
        )
    length = showtime.ends_at - showtime.starts_at
    slot = Slot(starts_at, starts_at + length)
    policy = policy_of(session, runtime.settings, showtime.cinema_id, showtime.currency)
    target = room.id if moves and room is not None else showtime.auditorium_id
    if moves and room is not None:
        movie = session.get(MovieCopy, showtime.movie_id)
        if movie is not None:
            film = peers.Film(
                movie.id, movie.title, movie.duration_minutes, tuple(movie.genres.strip("|").split("|"))
            )
            keep_copies(session, room, film)
        showtime.auditorium_id, showtime.auditorium_name = room.id, room.name
        showtime.cinema_id, showtime.cinema_name, showtime.city = room.cinema_id, room.cinema_name, room.city
        showtime.time_zone = room.time_zone
        showtime.plan_id, showtime.seats_total = keep_plan(session, room), len(room.seats)
    check_free(
        session,
        target,
        slot,
        turnaround_minutes=policy.turnaround_minutes,
        time_zone=showtime.time_zone,
        but=showtime.id,
    )
    set_times(session, runtime, showtime, slot)


def publish_showtimes(runtime: Running, caller: Caller, ids: Sequence[str]) -> list[str]:
    """Publish drafts, all or none; ids in the order given. Those published before stay so. Raises as _scoped."""
    caller.require_role(Role.MANAGER)

    if len(ids) > MOST_AT_ONCE:
        raise Invalid(f"At most {MOST_AT_ONCE} showtimes at once.")

    def work(session: Session) -> list[str]:
        for index, showtime_id in enumerate(ids):
            try:
                showtime = _scoped(session, caller, showtime_id)
            except ShowtimeUnknown:
                raise ShowtimeUnknown(field=("ids", index)) from None
            if showtime.state == "CANCELLED":
                raise ScheduleInvalid("A cancelled showtime can't be published.", field=("ids", index))
            if showtime.state == "DRAFT":
                showtime.state = "PUBLISHED"
                publish(session, showtime_scheduled(showtime, "SCHEDULED"))
                audit.record(session, caller, "showtime.publish", "Showtime", showtime_id)
        return list(ids)

    return runtime.database.transact(work)


def copy_programme(
    runtime: Running, caller: Caller, cinema_id: str, from_day: date, to_day: date, *, dry_run: bool = False
) -> list[Showtime]:
    """The cinema's week that begins on `from_day`, as drafts in the week of `to_day`; the new showtimes.

    Local times stay the same across a change of summer time. Raises as schedule.
    """
    caller.require_role(Role.MANAGER, scope=cinema_id)
    shift = to_day - from_day
    if not 7 <= shift.days <= FURTHEST_COPY_DAYS:
        raise ScheduleInvalid("Copy to a week that begins seven days to a year later.", field=("to",))

    def week(session: Session) -> list[tuple[Showtime, tuple[Price, ...]]]:
        rows = session.scalars(
            select(Showtime).where(
                Showtime.cinema_id == cinema_id,
                Showtime.business_day.between(from_day, from_day + timedelta(days=6)),
                Showtime.state != "CANCELLED",
            )
        )
        return [(row, _prices_of(session, row)) for row in rows]

    entries = [
        Entry(
            movie_id=row.movie_id, auditorium_id=row.auditorium_id, starts_at=_shifted(row, shift), prices=prices,
            format=row.format, audio_language=row.audio_language, subtitle_language=row.subtitle_language,
        )
        for row, prices in runtime.database.read(week)
    ]  # fmt: skip
    if not entries:
        raise ScheduleInvalid("That week has no showtimes.", field=("from",))
    return schedule(runtime, caller, entries, dry_run=dry_run, most=MOST_OF_A_WEEK)


def _prices_of(session: Session, showtime: Showtime) -> tuple[Price, ...]:
    rows = session.scalars(select(PriceRow).where(PriceRow.showtime_id == showtime.id))
    return tuple(Price(row.category, row.ticket_type, row.amount, showtime.currency) for row in rows)


def _shifted(showtime: Showtime, shift: timedelta) -> datetime:
    zone = ZoneInfo(showtime.time_zone)
    local = showtime.starts_at.astimezone(zone).replace(tzinfo=None) + shift
    return local.replace(tzinfo=zone).astimezone(UTC)
