"""The live map: each change of a showtime's seats, in order, and what got lost on the way made good.

Problem: changes are told through Redis after the commit. Two may overtake each other, and one whose process died
between commit and telling never comes. Idea: put them in order by their versions, and after a quiet moment compare
with the database; a map that has moved on without telling is told as one change with the version it has now, so that
the watcher sees the gap and asks for the map. Price: one small query every few seconds a stream.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import orjson
from sqlalchemy.orm import Session

from booking_service.live import InOrder, SeatFact, seat_channel
from booking_service.models import Showtime
from booking_service.queries.seat_maps import seat_states
from chassis.errors import Unavailable
from chassis.runtime import Runtime
from chassis.streams import HEARTBEAT_SECONDS, subscribe

TICK_SECONDS = 0.1
QUIET_SECONDS = 2.0


def seat_changes(
    runtime: Runtime[Any], showtime_id: str, *, clock: Callable[[], float] = time.monotonic
) -> Generator[SeatFact | None, None, None]:
    """Changes as they happen; None once the stream stands, and as a heartbeat. Raises redis.RedisError, Unavailable."""
    order: InOrder | None = None
    last = compared = clock()
    for message in subscribe(runtime.redis, seat_channel(showtime_id), heartbeat_seconds=TICK_SECONDS):
        now = clock()
        if order is None:  # the subscription stands: what is committed from here on will come
            order = InOrder(runtime.database.read(lambda session: _version(session, showtime_id)))
            yield None
        if message is not None:
            facts = order.take(_fact(message), now=now)
        else:
            facts = order.overdue(now=now)
        if not facts and now - max(last, compared) >= QUIET_SECONDS:
            facts, compared = _untold(runtime, showtime_id, order), now
        yield from facts
        if facts:
            last = now
        elif now - last >= HEARTBEAT_SECONDS:
            yield None
            last = now


def _fact(message: bytes) -> SeatFact:
    told = orjson.loads(message)
    return SeatFact(told["seat_id"], told["status"], told["version"])


def _untold(runtime: Runtime[Any], showtime_id: str, order: InOrder) -> list[SeatFact]:
    """A change that stands for those that nobody told of; empty when the map is as told."""

    def work(session: Session) -> list[SeatFact]:
        version = _version(session, showtime_id)
        if version <= order.told:
            return []
        state = seat_states(session, session.get_one(Showtime, showtime_id), None)[0]
        return [SeatFact(state.seat.id, state.status, version)]

    try:
        facts = runtime.database.read(work)
    except Unavailable:
        return []  # compared again after the next quiet moment
    for fact in facts:
        order.told = fact.version
    return facts


def _version(session: Session, showtime_id: str) -> int:
    return session.get_one(Showtime, showtime_id).seat_map_version
