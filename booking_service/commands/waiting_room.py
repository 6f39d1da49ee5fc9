"""The queue before an on-sale: join, steer, and the check at the seat map's door."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking_service.commands.moves import Running, lock_showtime
from booking_service.errors import ScheduleInvalid, WaitingRoomClosed, WaitingRoomNotYet, WaitingRoomTurnOver
from booking_service.models import Showtime, WaitingRoomPlaceRow, WaitingRoomRow
from booking_service.rules.waiting_room import Turn, shuffled, turn_of, waiting_range
from chassis import audit
from chassis.database import utc_now
from chassis.identity import Caller, Role
from chassis.ids import fixed_id, new_id

PLACE_DAYS = 2
OPENED_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """A place as its owner sees it; minutes are an honest range."""

    token: str
    position: int
    minutes_from: int
    minutes_to: int
    admitted: bool
    turn_ends_at: datetime | None


def join(runtime: Running, caller: Caller, showtime_id: str, token: str | None) -> Place:
    """A new place, or the state of the one that `token` stands for. Raises WaitingRoomClosed."""

    def work(session: Session) -> Place:
        room = _open_room(session, showtime_id)
        now = utc_now(session)
        _shuffle_when_due(session, room, now)
        # A person with an account has one place, however often they ask for another.
        own_id = fixed_id("place", f"{showtime_id}:{caller.user_id}") if caller.user_id else new_id()
        place = _known(session, runtime, showtime_id, token) or session.get(WaitingRoomPlaceRow, own_id)
        if place is None or _is_over(runtime, room, place, now):
            if place is None:
                place = WaitingRoomPlaceRow(id=own_id, showtime_id=showtime_id, user_id=caller.user_id)
                session.add(place)
            place.joined_at = now  # who missed the turn begins again at the end
            if room.shuffled_at is not None:
                # Turns that nobody came for are not kept for a later crowd.
                place.rank = max(
                    room.next_rank, int((now - room.opens_at) / timedelta(minutes=1) * room.rate)
                )
                room.next_rank = place.rank + 1
            session.flush()
        return _seen(session, runtime, room, place, now)

    return runtime.database.transact(work)


def steer(
    runtime: Running, caller: Caller, showtime_id: str, *, opens_at: datetime, rate: int, is_open: bool
) -> None:
    """Open, change or close the waiting room of a showtime. Raises Forbidden, ScheduleInvalid, ShowtimeUnknown."""

    caller.require_role(Role.MANAGER)

    def work(session: Session) -> None:
        showtime = lock_showtime(session, showtime_id)
        caller.require_role(Role.MANAGER, scope=showtime.cinema_id)
        if not 1 <= rate <= 100_000:
            raise ScheduleInvalid("The rate is 1 to 100000 admissions a minute.", field=("input", "rate"))
        room = _locked_room(session, showtime_id)
        now = utc_now(session)
        if (
            room is None or opens_at != room.opens_at
        ) and not now - OPENED_BEFORE <= opens_at < showtime.starts_at:
            raise ScheduleInvalid("The room opens before the showtime begins.", field=("input", "opensAt"))
        before = None if room is None else {"opensAt": room.opens_at, "rate": room.rate, "open": room.is_open}
        if room is None:
            room = WaitingRoomRow(showtime_id=showtime_id, seed=secrets.token_hex(16), next_rank=0)
            session.add(room)
        elif room.shuffled_at is not None and opens_at != room.opens_at:
            raise ScheduleInvalid(
                "The room has opened; its time can't be changed any more.", field=("input", "opensAt")
            )
        elif room.shuffled_at is not None and rate != room.rate:
            _renumber(session, room, rate, now)
        room.opens_at, room.rate, room.is_open = opens_at, rate, is_open
        after = {"opensAt": opens_at, "rate": rate, "open": is_open}
        audit.record(session, caller, "waiting_room.set", "Showtime", showtime_id, before=before, after=after)

    runtime.database.transact(work)


def check_admission(
    session: Session, runtime: Running, showtime_id: str, user_id: str, token: str | None, now: datetime
) -> None:
    """Raises WaitingRoomNotYet or WaitingRoomTurnOver unless there is no room open or the place has its turn."""
    room = session.get(WaitingRoomRow, showtime_id)
    if room is None or not room.is_open:
        return
    place = _known(session, runtime, showtime_id, token)
    if place is None or (place.user_id is not None and place.user_id != user_id):
        raise WaitingRoomNotYet(field=("input", "placeToken"))
    if room.shuffled_at is None and now >= room.opens_at:
        _shuffle_when_due(session, _locked_room(session, showtime_id) or room, now)
    turn = _turn(runtime, room, place)
    if turn is None or now < turn.begins_at:
        raise WaitingRoomNotYet(field=("input", "placeToken"))
    if now > turn.ends_at:
        raise WaitingRoomTurnOver(field=("input", "placeToken"))


def _locked_room(session: Session, showtime_id: str) -> WaitingRoomRow | None:
    query = select(WaitingRoomRow).where(WaitingRoomRow.showtime_id == showtime_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _renumber(session: Session, room: WaitingRoomRow, rate: int, now: datetime) -> None:
    """Another rate, from now on: turns that have begun stay where they were, the others follow in their order."""
    minutes = (now - room.opens_at) / timedelta(minutes=1)
    following = int(minutes * rate) + 1
    places = select(WaitingRoomPlaceRow).where(
        WaitingRoomPlaceRow.showtime_id == room.showtime_id, WaitingRoomPlaceRow.rank.is_not(None)
    )
    for place in session.scalars(places.order_by(WaitingRoomPlaceRow.rank)):
        if place.rank is not None and place.rank <= minutes * room.rate:
            place.rank = int(place.rank * rate / room.rate)
        else:
            place.rank, following = following, following + 1
    room.next_rank = following
    session.flush()


def _open_room(session: Session, showtime_id: str) -> WaitingRoomRow:
    room = _locked_room(session, showtime_id)
    showtime = session.get(Showtime, showtime_id)
    if room is None or not room.is_open or showtime is None or showtime.state != "PUBLISHED":
        raise WaitingRoomClosed(field=("showtimeId",))
    return room


def _shuffle_when_due(session: Session, room: WaitingRoomRow, now: datetime) -> None:
    """Give those who came before opening their ranks, once."""
    if room.shuffled_at is not None or now < room.opens_at:
        return
    places = {
        place.id: place
        for place in session.scalars(
            select(WaitingRoomPlaceRow).where(WaitingRoomPlaceRow.showtime_id == room.showtime_id)
        )
    }
    for rank, place_id in enumerate(shuffled(places, room.seed)):
        places[place_id].rank = rank
    room.next_rank = len(places)
    room.shuffled_at = now
    session.flush()


def _turn(runtime: Running, room: WaitingRoomRow, place: WaitingRoomPlaceRow) -> Turn | None:
    if place.rank is None:
        return None
    return turn_of(
        place.rank, opens_at=room.opens_at, joined_at=place.joined_at, rate=room.rate,
        turn_minutes=runtime.settings.turn_minutes,
    )  # fmt: skip


def _is_over(runtime: Running, room: WaitingRoomRow, place: WaitingRoomPlaceRow, now: datetime) -> bool:
    turn = _turn(runtime, room, place)
    return turn is not None and now > turn.ends_at


def _seen(
    session: Session, runtime: Running, room: WaitingRoomRow, place: WaitingRoomPlaceRow, now: datetime
) -> Place:
    token = _sign(runtime, place, now)
    turn = _turn(runtime, room, place)
    if turn is None:
        # Before the shuffle nobody has a position; the middle of the crowd is the honest guess.
        crowd = session.scalar(
            select(func.count()).select_from(WaitingRoomPlaceRow)
            .where(WaitingRoomPlaceRow.showtime_id == room.showtime_id)
        ) or 1  # fmt: skip
        until_opening = (room.opens_at - now) / timedelta(minutes=1)
        return Place(token, 0, int(until_opening), int(until_opening + crowd / room.rate) + 1, False, None)
    admitted = turn.begins_at <= now
    wait = 0.0 if admitted else (turn.begins_at - now) / timedelta(minutes=1)
    position = 0 if admitted else max(1, int(wait * room.rate + 0.999))
    low, high = (0, 0) if admitted else waiting_range(wait)
    return Place(token, position, low, high, admitted, turn.ends_at if admitted else None)


def _sign(runtime: Running, place: WaitingRoomPlaceRow, now: datetime) -> str:
    claims = {
        "aud": "waiting-room",
        "place": place.id,
        "showtime": place.showtime_id,
        "exp": now + timedelta(days=PLACE_DAYS),
    }
    return jwt.encode(claims, runtime.settings.internal_secret, algorithm="HS256")


def _known(
    session: Session, runtime: Running, showtime_id: str, token: str | None
) -> WaitingRoomPlaceRow | None:
    if token is None:
        return None
    try:
        claims = jwt.decode(
            token, runtime.settings.internal_secret, algorithms=["HS256"], audience="waiting-room",
            options={"require": ["exp", "place", "showtime"]},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return None
    place = session.get(WaitingRoomPlaceRow, claims["place"])
    return place if place is not None and place.showtime_id == showtime_id else None
