"""The programme: schedule what the house wants to show. Cinema and film are asked once and copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.moves import Running
from booking_service.errors import AuditoriumBusy, ScheduleInvalid, ServiceAway
from booking_service.events import showtime_scheduled
from booking_service.models import AuditoriumCopy, CinemaCopy, MovieCopy, Plan, PriceRow, Showtime
from booking_service.queries.policies import policy_of
from booking_service.queries.seat_maps import write_plan
from booking_service.rules.inputs import LARGEST_AMOUNT, LONGEST_WORD, check_payable
from booking_service.rules.schedule import Slot, clashes, local_times, slot_of
from chassis import audit
from chassis.database import utc_now
from chassis.errors import Refusal, Refusals, Unavailable
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.money import Money
from chassis.outbox import publish

MOST_AT_ONCE = 500
FURTHEST_AHEAD = timedelta(days=3 * 366)
LONGEST_SHOWTIME = timedelta(hours=14)


@dataclass(frozen=True)
class Price:
    """A price of the programme entry; the currency has to be the cinema's."""

    category: str
    ticket_type: str
    amount: int
    currency: str


@dataclass(frozen=True)
class Entry:
    """What the house wants to show. None for format or language: as the room and the film have it."""

    movie_id: str
    auditorium_id: str
    starts_at: datetime
    prices: tuple[Price, ...]
    format: str | None = None
    audio_language: str | None = None
    subtitle_language: str | None = None
    sales_open_at: datetime | None = None
    publish: bool = False


@dataclass(frozen=True)
class Asked:
    """What the siblings said about the rooms and films of entries, by id."""

    rooms: dict[str, peers.Room]
    films: dict[str, peers.Film]


def schedule(
    runtime: Running, caller: Caller, entries: Sequence[Entry], *, dry_run: bool = False,
    most: int = MOST_AT_ONCE,
) -> list[Showtime]:  # fmt: skip
    """Schedule all entries or none; the showtimes, by start.

    With `dry_run` everything is checked and nothing kept. Raises AuditoriumBusy and ScheduleInvalid (several at
    once), Forbidden outside the caller's cinemas, ServiceAway.
    """
    caller.require_role(Role.MANAGER)
    if not entries:
        raise ScheduleInvalid("Name at least one time and one auditorium.", field=("input", "startsAt"))
    if len(entries) > most:
        raise ScheduleInvalid(f"At most {most} showtimes at once.", field=("input", "startsAt"))
    asked = ask(runtime, caller, entries)
    made: list[Showtime] = []

    def work(session: Session) -> list[Showtime]:
        faults: list[Refusal] = []
        fresh: list[Showtime] = []
        for entry in sorted(entries, key=lambda entry: (entry.auditorium_id, entry.starts_at)):
            try:
                fresh.append(_add(session, runtime, caller, entry, asked))
            except Refusal as refusal:
                faults.append(refusal)
        if faults:
            raise Refusals(faults)
        made[:] = sorted(fresh, key=lambda showtime: (showtime.starts_at, showtime.auditorium_name))
        if dry_run:
            raise _DryRun
        return made

    try:
        return runtime.database.transact(work)
    except _DryRun:
        return made


class _DryRun(Exception):
    """Undoes the transaction of a rehearsal."""


def ask(runtime: Running, caller: Caller, entries: Sequence[Entry]) -> Asked:
    """Rooms and films of the entries, from their owners. Raises ScheduleInvalid, Forbidden, ServiceAway."""
    try:
        rooms = {}
        for auditorium_id in sorted({entry.auditorium_id for entry in entries}):
            room = peers.auditorium(runtime, auditorium_id, caller)
            if room is None:
                raise ScheduleInvalid("There is no such auditorium.", field=("input", "auditoriumId"))
            caller.require_role(Role.MANAGER, scope=room.cinema_id)
            rooms[auditorium_id] = room
        films = {}
        for movie_id in sorted({entry.movie_id for entry in entries}):
            film = peers.movie(runtime, movie_id, caller)
            if film is None:
                raise ScheduleInvalid("There is no such film.", field=("input", "movieId"))
            films[movie_id] = film
    except Unavailable:
        raise ServiceAway(
            "The catalogue or the seating plans can't be asked right now. Nothing was scheduled."
        ) from None
    return Asked(rooms, films)


def _add(session: Session, runtime: Running, caller: Caller, entry: Entry, asked: Asked) -> Showtime:
    room, film = asked.rooms[entry.auditorium_id], asked.films[entry.movie_id]
    check_entry(session, entry, room)
    slot = slot_of(
        entry.starts_at,
        duration_minutes=film.duration_minutes,
        pre_show_minutes=runtime.settings.pre_show_minutes,
    )
    keep_copies(session, room, film)
    turnaround = policy_of(session, runtime.settings, room.cinema_id, room.currency).turnaround_minutes
    check_free(session, room.id, slot, turnaround_minutes=turnaround, time_zone=room.time_zone)
    showtime = Showtime(
        id=new_id(), movie_id=film.id, movie_title=film.title, cinema_id=room.cinema_id,
        cinema_name=room.cinema_name, city=room.city, auditorium_id=room.id, auditorium_name=room.name,
        time_zone=room.time_zone, currency=room.currency, plan_id=keep_plan(session, room),
        sales_open_at=entry.sales_open_at, format=entry.format or (room.formats[0] if room.formats else "2D"),
        audio_language=entry.audio_language or "en", subtitle_language=entry.subtitle_language,
        state="PUBLISHED" if entry.publish else "DRAFT", seats_total=len(room.seats), seats_taken=0, seats_blocked=0,
        seat_map_version=0, checked_in=0,
    )  # fmt: skip
    set_times(session, runtime, showtime, slot)
    session.add(showtime)
    session.flush()
    write_prices(session, showtime.id, entry.prices)
    publish(session, showtime_scheduled(showtime, "SCHEDULED" if entry.publish else "DRAFT"))
    after = {"movieId": showtime.movie_id, "auditoriumId": room.id, "startsAt": showtime.starts_at}
    audit.record(session, caller, "showtime.schedule", "Showtime", showtime.id, after=after)
    return showtime


def check_entry(session: Session, entry: Entry, room: peers.Room) -> None:
    """Raises ScheduleInvalid when the entry contradicts itself or the room."""
    check_start(session, entry.starts_at, ("input", "startsAt"))
    check_terms(entry, room)
    check_prices(entry.prices, {seat.category for seat in room.seats}, room.currency)


def check_start(session: Session, starts_at: datetime, place: tuple[str, ...]) -> None:
    """Raises ScheduleInvalid for a start in the past or years ahead."""
    now = utc_now(session)
    if starts_at <= now:
        raise ScheduleInvalid("The start lies in the past.", field=place)
    if starts_at > now + FURTHEST_AHEAD:
        raise ScheduleInvalid("The start lies too far ahead.", field=place)


def check_terms(entry: Entry, room: peers.Room) -> None:
    """Raises ScheduleInvalid for a format, language or opening of sales that can't be."""
    words = (entry.format, entry.audio_language, entry.subtitle_language)
    if any(word is not None and len(word) > LONGEST_WORD for word in words):
        raise ScheduleInvalid(f"Formats and languages have at most {LONGEST_WORD} letters.", field=("input",))
    if entry.format is not None and room.formats and entry.format not in room.formats:
        raise ScheduleInvalid(f"{room.name} can't show {entry.format}.", field=("input", "format"))
    if entry.sales_open_at is not None and entry.sales_open_at >= entry.starts_at:
        raise ScheduleInvalid("Sales have to open before the start.", field=("input", "salesOpenAt"))


def check_prices(prices: Sequence[Price], categories: set[str], currency: str) -> None:
    """Raises ScheduleInvalid unless every category of the room has a price for adults, none is negative or foreign."""
    seen = set()
    for index, price in enumerate(prices):
        place = ("input", "prices", index)
        if price.currency != currency:
            raise ScheduleInvalid(f"Prices of this cinema are in {currency}.", field=place)
        if price.amount < 0:
            raise ScheduleInvalid("A price can't be negative.", field=place)
        if price.amount > LARGEST_AMOUNT:
            raise ScheduleInvalid("This price is too high.", field=place)
        check_payable(Money(price.amount, price.currency), field=place)
        if (price.category, price.ticket_type) in seen:
            raise ScheduleInvalid("This price is in the list twice.", field=place)
        seen.add((price.category, price.ticket_type))
    missing = sorted(category for category in categories if (category, "ADULT") not in seen)
    if missing:
        raise ScheduleInvalid(f"There is no price for {', '.join(missing)}.", field=("input", "prices"))


def set_times(session: Session, runtime: Running, showtime: Showtime, slot: Slot) -> None:
    """Set a showtime's start and all that follows from it."""
    local = local_times(slot.starts_at, showtime.time_zone)
    policy = policy_of(session, runtime.settings, showtime.cinema_id, showtime.currency)
    showtime.starts_at, showtime.ends_at = slot.starts_at, slot.ends_at
    showtime.business_day, showtime.local_weekday, showtime.local_hour = (
        local.business_day,
        local.weekday,
        local.hour,
    )
    showtime.sales_close_at = slot.starts_at - timedelta(minutes=policy.sales_close_minutes)


def write_prices(session: Session, showtime_id: str, prices: Sequence[Price]) -> None:
    """Replace the showtime's prices; tickets already held keep theirs."""
    session.execute(delete(PriceRow).where(PriceRow.showtime_id == showtime_id))
    for price in prices:
        session.add(
            PriceRow(
                showtime_id=showtime_id,
                category=price.category,
                ticket_type=price.ticket_type,
                amount=price.amount,
            )
        )
    session.flush()


def check_free(
    session: Session,
    auditorium_id: str,
    slot: Slot,
    *,
    turnaround_minutes: int,
    time_zone: str,
    but: str | None = None,
) -> None:
    """Raises AuditoriumBusy, naming what is in the way, when the slot leaves less than the turnaround time.

    The auditorium's row is locked, so that two people can't fill the same gap at once.
    """
    row = session.scalar(select(AuditoriumCopy).where(AuditoriumCopy.id == auditorium_id).with_for_update())
    if row is not None:
        row.changes += 1
        session.flush()
    near = session.scalars(
        select(Showtime).where(
            Showtime.auditorium_id == auditorium_id,
            Showtime.state != "CANCELLED",
            Showtime.starts_at.between(slot.starts_at - LONGEST_SHOWTIME, slot.ends_at + LONGEST_SHOWTIME),
        )
    )
    for other in near:
        if other.id != but and clashes(
            slot, [Slot(other.starts_at, other.ends_at)], turnaround_minutes=turnaround_minutes
        ):
            zone = ZoneInfo(time_zone)
            span = f"{other.starts_at.astimezone(zone):%H:%M} to {other.ends_at.astimezone(zone):%H:%M}"
            raise AuditoriumBusy(
                f"{other.auditorium_name} is busy: {other.movie_title}, {span}, and {turnaround_minutes} minutes to clean.",
                field=("input", "startsAt"),
            )


def keep_copies(session: Session, room: peers.Room, film: peers.Film) -> None:
    """Store what showtimes need to know of the room, its cinema and the film."""
    cinema = session.get(CinemaCopy, room.cinema_id) or CinemaCopy(id=room.cinema_id)
    cinema.name, cinema.city, cinema.time_zone, cinema.currency = (
        room.cinema_name,
        room.city,
        room.time_zone,
        room.currency,
    )
    auditorium = session.get(AuditoriumCopy, room.id) or AuditoriumCopy(id=room.id, changes=0)
    auditorium.cinema_id, auditorium.name = room.cinema_id, room.name
    movie = session.get(MovieCopy, film.id) or MovieCopy(id=film.id)
    movie.title, movie.duration_minutes, movie.genres = (
        film.title,
        film.duration_minutes,
        f"|{'|'.join(film.genres)}|",
    )
    session.add_all([cinema, auditorium, movie])
    session.flush()


def keep_plan(session: Session, room: peers.Room) -> str:
    """Store the seating plan if this version is new; its id."""
    plan_id = f"{room.id}:{room.layout_version}"
    if session.get(Plan, plan_id) is None:
        session.add(Plan(id=plan_id, seats=write_plan(room.seats), seats_total=len(room.seats)))
        session.flush()
    return plan_id
