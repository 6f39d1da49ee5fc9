"""The crowd's side of a seat map, in Redis: advisory locks before the database, changes to those who watch.

Redis advises, the database decides. Every function here may fail without harm: a lost lock costs a database
round trip, a lost message leaves a gap in the versions that watchers notice. Keys of one showtime share a hash
tag, so that the script is legal on a cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import redis

from chassis.kill_points import reached
from chassis.logs import log

# A lock this young is believed: its owner's transaction may not have ended yet. An older one is checked.
FRESH_SECONDS = 3.0
ASKED_SECONDS = 30
# So long a change waits for one before it that has not come yet.
HELD_BACK_SECONDS = 0.25

# KEYS: one a seat; ARGV: owner, milliseconds. Locks all seats or none; answers the others' locks as pairs of
# position and milliseconds left.
_LOCK = """
local refused = {}
for i, key in ipairs(KEYS) do
  local owner = redis.call('GET', key)
  if owner and owner ~= ARGV[1] then refused[#refused + 1] = {i - 1, redis.call('PTTL', key)} end
end
if #refused == 0 then
  for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
end
return refused
"""
# ARGV: the owner of each key. Frees only what that owner holds: a late release never frees the next owner's lock.
_UNLOCK = """
for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[i] then redis.call('DEL', key) end
end
return 1
"""


@dataclass(frozen=True)
class SeatFact:
    """A change of one seat as the live map tells it; `version` grows by one with each."""

    seat_id: str
    status: str
    version: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A seat that somebody else has locked; `is_fresh` when the lock is too young to be stale."""

    seat_id: str
    is_fresh: bool


class InOrder:
    """Puts changes that overtook each other on their way back in order.

    Two transactions commit one after the other, but may tell of it the other way round. A change that came early
    waits for those before it; after HELD_BACK_SECONDS they count as lost, and the watcher sees the gap.
    """

    def __init__(self, version: int) -> None:
        """`version`: of the map that the watcher knows."""
        self.told = version
        self._early: dict[int, SeatFact] = {}
        self._waits_since = 0.0

    def take(self, fact: SeatFact, *, now: float) -> list[SeatFact]:
        """What can be told after `fact` came; `now` in seconds. One that is known is not told again."""
        if fact.version > self.told:
            self._waits_since = self._waits_since if self._early else now
            self._early[fact.version] = fact
        return self._next(now)

    def overdue(self, *, now: float) -> list[SeatFact]:
        """What has waited long enough for changes that do not come."""
        if self._early and now - self._waits_since >= HELD_BACK_SECONDS:
            self.told = min(self._early) - 1
        return self._next(now)

    def _next(self, now: float) -> list[SeatFact]:
        ready = []
        while (fact := self._early.pop(self.told + 1, None)) is not None:
            ready.append(fact)
            self.told = fact.version
        if ready:
            self._waits_since = now
        return ready


def lock_seats(
    client: redis.Redis, showtime_id: str, seat_ids: Sequence[str], owner: str, *, seconds: float
) -> list[Refused]:
    """Lock all `seat_ids` for `owner` or none; those that somebody else holds.

    Empty when all are locked, or when Redis does not answer: then the database meets the crowd alone.
    """
    keys = [_lock_key(showtime_id, seat_id) for seat_id in seat_ids]
    try:
        refused: Any = client.eval(_LOCK, len(keys), *keys, owner, int(seconds * 1000))
    except redis.RedisError as error:
        log().warning("seat locks unavailable", error=repr(error))
        return []
    if not refused:
        reached("booking.after_lock")
    old = (seconds - FRESH_SECONDS) * 1000
    return [Refused(seat_ids[int(position)], int(left) > old) for position, left in refused]


def unlock_seats(client: redis.Redis, showtime_id: str, owned: Iterable[tuple[str, str]]) -> None:
    """Give locks back, as pairs of seat and owner; they would end by themselves."""
    pairs = list(owned)
    if not pairs:
        return
    keys = [_lock_key(showtime_id, seat_id) for seat_id, _ in pairs]
    try:
        client.eval(_UNLOCK, len(keys), *keys, *[owner for _, owner in pairs])
    except redis.RedisError as error:
        log().warning("seat locks unavailable", error=repr(error))


def first_owner(client: redis.Redis, asked: str, owner: str) -> str:
    """The owner under whom the same request began a moment ago; `owner` when it is the first, or Redis is away."""
    try:
        if client.set(f"asked:{asked}", owner, nx=True, ex=ASKED_SECONDS):
            return owner
        before: Any = client.get(f"asked:{asked}")
    except redis.RedisError as error:
        log().warning("seat locks unavailable", error=repr(error))
        return owner
    return owner if before is None else before.decode() if isinstance(before, bytes) else str(before)


def forget_locks(client: redis.Redis, showtime_id: str, seat_ids: Iterable[str]) -> None:
    """Remove locks that the database has shown to be stale, whoever holds them."""
    try:
        client.delete(*[_lock_key(showtime_id, seat_id) for seat_id in seat_ids])
    except redis.RedisError as error:
        log().warning("seat locks unavailable", error=repr(error))


@dataclass(frozen=True, slots=True)
class Lock:
    """A seat's lock as it stands; `age` in seconds."""

    showtime_id: str
    seat_id: str
    owner: str
    age: float


def locks(client: redis.Redis, *, seconds: float) -> list[Lock]:
    """All locks of all showtimes, which are made to last `seconds`. Raises redis.RedisError."""
    names = [bytes(name).decode() for name in client.scan_iter(match="lock:{*}:*", count=1000)]
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.get(name)
            pipe.pttl(name)
        answers: list[Any] = pipe.execute()
    found = []
    for name, owner, left in zip(names, answers[::2], answers[1::2], strict=True):
        if owner is not None and left > 0:
            showtime_id, _, seat_id = name.removeprefix("lock:{").partition("}:")
            found.append(Lock(showtime_id, seat_id, owner.decode(), seconds - left / 1000))
    return found


def tell(
    client: redis.Redis, seats: Mapping[str, Sequence[SeatFact]], bookings: Iterable[tuple[str, str]]
) -> None:
    """Tell those who watch: changes of seats by showtime, and bookings that changed, with their cinema's id.

    All in one round trip, so that changes of one transaction arrive together and in order.
    """
    messages: list[tuple[str, dict[str, Any]]] = [
        (
            seat_channel(showtime_id),
            {
                "showtime_id": showtime_id,
                "seat_id": fact.seat_id,
                "status": fact.status,
                "version": fact.version,
            },
        )
        for showtime_id, facts in seats.items()
        for fact in facts
    ]
    for cinema_id, booking_id in bookings:
        messages += [(booking_channel(place), {"id": booking_id}) for place in (cinema_id, None)]
    if not messages:
        return
    try:
        with client.pipeline(transaction=False) as pipe:
            for channel, message in messages:
                pipe.publish(channel, orjson.dumps(message))
            pipe.execute()
    except redis.RedisError as error:
        log().warning("changes not told", count=len(messages), error=repr(error))


def seat_channel(showtime_id: str) -> str:
    """Where changes of a showtime's seats are told."""
    return f"seats:{{{showtime_id}}}"


def booking_channel(cinema_id: str | None) -> str:
    """Where changes of a cinema's bookings are told; None: of all."""
    return f"bookings:{cinema_id or 'all'}"


def _lock_key(showtime_id: str, seat_id: str) -> str:
    return f"lock:{{{showtime_id}}}:{seat_id}"
