"""Holds that end: many at once, each seat told once, and nothing half done whatever fails."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from booking_service.commands import expiry
from booking_service.lifecycle import State
from booking_service.models import BookingStep, Plan, Ticket, WaitingListEntry
from booking_service.queries.seat_changes import seat_changes
from booking_service.queries.seat_maps import write_plan
from booking_service.tests.builders import House, row_of
from chassis import kill_points
from chassis.clock import SetClock
from chassis.database import utc_now

HOLDS = 200
ROWS = [f"{first}{second}" for first in "ABCD" for second in "ABCDEFGHIJ"]


def a_large_showtime(house: House) -> str:
    """Of forty rows of ten."""

    def plan(session: Session) -> None:
        if session.get(Plan, "large:1") is None:
            seats = [seat for y, row in enumerate(ROWS) for seat in row_of(row, "S" * 10, y)]
            session.add(Plan(id="large:1", seats=write_plan(seats), seats_total=len(seats)))

    house.runtime.database.transact(plan)
    return house.a_showtime(plan_id="large:1", seats_total=400)


def held_by_many(house: House, showtimes: list[str], count: int) -> list[str]:
    """Pairs of seats of the showtimes in turn, each for a guest of its own; ids of the bookings."""
    pairs = list(itertools.product(ROWS, (1, 3, 5, 7, 9)))
    held = []
    for number in range(count):
        showtime = showtimes[number % len(showtimes)]
        row, first = pairs[number // len(showtimes)]
        held.append(house.hold(showtime, [f"{row}{first}", f"{row}{first + 1}"], by=f"guest-{number}"))
    return held


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """What the database is asked meanwhile; one that is sent with many rows counts once."""
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = house.runtime.database.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("places", [1, 20, HOLDS])
def test_two_hundred_holds_end_in_one_round_of_a_few_statements(
    house: House, clock: SetClock, places: int
) -> None:
    """Time is told in docs/reliability.md; what makes it short is asserted: no statement for each hold."""
    showtimes = [a_large_showtime(house) for _ in range(places)]
    held = held_by_many(house, showtimes, HOLDS)
    clock.advance(minutes=11)

    with statements(house) as asked:
        assert house.sweep() == HOLDS

    assert len(asked) <= 20 * HOLDS / expiry.TOGETHER + 1
    assert {house.booking(booking_id).state for booking_id in held} == {State.EXPIRED}
    assert house.events().count("booking.expired") == HOLDS
    for showtime in showtimes:
        assert house.claims(showtime) == {}
        assert house.showtime(showtime).seats_taken == 0
        assert house.showtime(showtime).seat_map_version == 4 * HOLDS / places


def test_each_seat_of_many_ended_holds_is_told_once_with_a_version_that_grows_by_one(
    house: House, clock: SetClock
) -> None:
    showtimes = [a_large_showtime(house) for _ in range(3)]
    held_by_many(house, showtimes, 90)
    clock.advance(minutes=11)
    streams = [seat_changes(house.runtime, showtime) for showtime in showtimes]
    for stream in streams:
        assert next(stream) is None

    house.sweep()

    for stream in streams:
        told = list(itertools.islice((fact for fact in stream if fact is not None), 60))
        assert [fact.version for fact in told] == list(range(61, 121))
        assert {fact.status for fact in told} == {"AVAILABLE"}
        assert len({fact.seat_id for fact in told}) == 60


def test_every_ended_hold_has_its_line_and_void_tickets_and_gives_its_locks_back(
    house: House, clock: SetClock
) -> None:
    showtimes = [house.a_showtime(), house.a_showtime()]
    held = [house.hold(showtime, ["A1", "A2"], by=f"at {showtime[-8:]}") for showtime in showtimes]
    clock.advance(minutes=11)

    house.sweep()

    def work(session: Session) -> tuple[list[tuple[str, str, int]], set[str]]:
        lines = select(BookingStep).where(BookingStep.booking_id.in_(held)).order_by(BookingStep.seq)
        ended = [(line.booking_id, line.outcome, line.attempt) for line in session.scalars(lines)]
        states = select(Ticket.state).where(Ticket.booking_id.in_(held))
        return [line for line in ended if line[1] == "EXPIRED"], set(session.scalars(states))

    ended, states = house.runtime.database.read(work)
    assert sorted(ended) == sorted((booking_id, "EXPIRED", 1) for booking_id in held)
    assert states == {"VOID"}
    assert [house.booking(booking_id).version for booking_id in held] == [2, 2]
    assert list(house.runtime.redis.scan_iter(match="lock:*")) == []


def test_holds_beyond_one_look_end_in_the_same_round(house: House, clock: SetClock) -> None:
    showtime = a_large_showtime(house)
    held_by_many(house, [showtime], 10)
    clock.advance(minutes=11)

    assert expiry.sweep(house.runtime, looked_at=3) == 10


def test_guests_who_wait_for_any_of_the_showtimes_are_told(house: House, clock: SetClock) -> None:
    showtimes = [house.a_showtime(seats_total=2), house.a_showtime(seats_total=2), house.a_showtime()]
    for showtime in showtimes:
        house.hold(showtime, ["A1", "A2"], by=f"at {showtime[-8:]}")
    clock.advance(minutes=11)

    def wait(session: Session) -> None:
        for showtime in showtimes[:2]:
            entry = WaitingListEntry(showtime_id=showtime, user_id="ben", seats=2, joined_at=utc_now(session))
            session.add(entry)

    house.runtime.database.transact(wait)

    house.sweep()

    assert {fact["showtimeId"] for fact in house.facts("waiting_list.seats_free")} == set(showtimes[:2])
    left = select(func.count()).select_from(WaitingListEntry)
    assert house.runtime.database.read(lambda session: session.scalar(left)) == 0


def end_of_a_sweeper_at(house: House, point: str, folder: Path) -> int:
    """How a process of its own that sweeps ends, which is to die at `point`: 0 when it lived, else minus the signal."""
    (folder / point).touch()
    house.runtime.database.close()  # no connection in both processes
    pid = os.fork()
    if pid == 0:
        kill_points.watch(folder)
        house.sweep()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("point", ["booking.after_seats_freed", "booking.before_expiry_commit"])
def test_a_death_inside_leaves_nothing_half_done_and_the_next_round_ends_all(
    house: House, clock: SetClock, tmp_path: Path, point: str
) -> None:
    showtimes = [house.a_showtime(), house.a_showtime()]
    held = [house.hold(showtime, ["A1", "A2"], by=f"at {showtime[-8:]}") for showtime in showtimes]
    clock.advance(minutes=11)

    assert end_of_a_sweeper_at(house, point, tmp_path) == -signal.SIGKILL

    assert {house.booking(booking_id).state for booking_id in held} == {State.HELD}
    assert [house.showtime(showtime).seat_map_version for showtime in showtimes] == [2, 2]
    assert "booking.expired" not in house.events()
    assert house.sweep() == 2
    assert [house.showtime(showtime).seat_map_version for showtime in showtimes] == [4, 4]
    assert house.events().count("booking.expired") == 2
