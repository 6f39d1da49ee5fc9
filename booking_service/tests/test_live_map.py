"""The live map: each change once, in order, with a version that grows by exactly one."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import update

from booking_service.commands.cancel import cancel_booking
from booking_service.live import HELD_BACK_SECONDS, InOrder, SeatFact
from booking_service.models import Showtime
from booking_service.queries.seat_changes import seat_changes
from booking_service.tests.builders import House
from chassis.clock import SetClock
from chassis.errors import Refusals
from chassis.redis_client import redis_client
from chassis.testing import ServiceClient, as_user

SEAT_CHANGED = "subscription S($id: ID!) { seatChanged(showtimeId: $id) { seatId status version } }"


def fact(version: int) -> SeatFact:
    return SeatFact(f"A{version}", "HELD", version)


def versions(facts: list[SeatFact]) -> list[int]:
    return [told.version for told in facts]


def watched(house: House, showtime: str) -> Iterator[SeatFact | None]:
    """A stream that stands: what changes from now on comes."""
    stream = seat_changes(house.runtime, showtime)
    assert next(stream) is None
    return stream


def changes(stream: Iterator[SeatFact | None], count: int) -> list[SeatFact]:
    return list(itertools.islice((told for told in stream if told is not None), count))


def test_changes_that_overtook_each_other_are_put_in_order() -> None:
    order = InOrder(4)

    assert versions(order.take(fact(6), now=0)) == []
    assert versions(order.take(fact(7), now=0.1)) == []
    assert versions(order.take(fact(5), now=0.2)) == [5, 6, 7]
    assert versions(order.take(fact(8), now=0.3)) == [8]


def test_a_change_that_is_known_is_not_told_again() -> None:
    order = InOrder(4)

    assert versions(order.take(fact(4), now=0)) == []
    assert versions(order.take(fact(5), now=0)) == [5]
    assert versions(order.take(fact(5), now=0)) == []


def test_a_lost_change_is_waited_for_a_moment_and_then_shows_as_a_gap() -> None:
    order = InOrder(4)
    order.take(fact(6), now=10)
    order.take(fact(7), now=10.1)

    assert order.overdue(now=10 + HELD_BACK_SECONDS / 2) == []
    assert versions(order.overdue(now=10 + HELD_BACK_SECONDS)) == [6, 7]
    assert versions(order.take(fact(8), now=11)) == [8]


def test_every_change_of_a_crowd_is_told_once_and_the_version_grows_by_one(house: House) -> None:
    showtime = house.a_showtime()
    stream = watched(house, showtime)
    pairs = [["A1", "A2"], ["A3", "A4"], ["A5", "A6"], ["B1", "B2"], ["B3", "B4"], ["C1", "C2"]]

    def buy_and_give_back(name: str, pair: list[str]) -> None:
        booking_id = house.sold(showtime, pair, by=name)
        cancel_booking(house.runtime, as_user(name), booking_id, reason=None, expected=None)

    crowd = [
        threading.Thread(target=buy_and_give_back, args=(f"guest-{number}", pair))
        for number, pair in enumerate(pairs)
    ]
    for guest in crowd:
        guest.start()
    told = changes(stream, 36)
    for guest in crowd:
        guest.join()

    assert versions(told) == list(range(1, 37))
    assert house.showtime(showtime).seat_map_version == 36
    for seat in itertools.chain.from_iterable(pairs):
        assert [each.status for each in told if each.seat_id == seat] == ["HELD", "SOLD", "AVAILABLE"]


@pytest.mark.parametrize("how", ["given up", "run out"])
def test_an_ended_hold_is_told_as_free_seats(house: House, clock: SetClock, how: str) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["C3", "C4"])
    stream = watched(house, showtime)

    if how == "given up":
        cancel_booking(house.runtime, as_user("ana"), booking_id, reason=None, expected=None)
    else:
        clock.advance(minutes=10)
        house.sweep()

    assert changes(stream, 2) == [SeatFact("C3", "AVAILABLE", 3), SeatFact("C4", "AVAILABLE", 4)]


def test_a_change_that_nobody_told_of_is_noticed_in_a_quiet_moment(house: House) -> None:
    showtime = house.a_showtime()
    seconds = itertools.count(step=1)
    stream = seat_changes(house.runtime, showtime, clock=lambda: float(next(seconds)))
    assert next(stream) is None

    # As when the process dies between its commit and the telling of it.
    house.runtime.database.transact(
        lambda session: session.execute(
            update(Showtime).where(Showtime.id == showtime).values(seat_map_version=3)
        )
    )

    assert changes(stream, 1) == [SeatFact("A1", "AVAILABLE", 3)]


def test_a_watcher_is_told_over_the_stream_what_the_map_says(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime()
    answer = client.post(
        "/graphql",
        json={"query": SEAT_CHANGED, "variables": {"id": showtime}},
        headers={**client.headers(), "Accept": "text/event-stream"},
        buffered=False,
    )
    lines = iter(answer.response)
    assert next(lines) == b":\n\n"  # it stands

    house.hold(showtime, ["A1", "A2"])

    told = (orjson.loads(line.split(b"data: ")[1]) for line in lines if b"data: " in line)
    assert [each["data"]["seatChanged"] for each in itertools.islice(told, 2)] == [
        {"seatId": "A1", "status": "HELD", "version": 1},
        {"seatId": "A2", "status": "HELD", "version": 2},
    ]
    answer.close()


@pytest.mark.parametrize("redis_is", ["gone", "silent"])
def test_without_redis_seats_are_held_and_sold_all_the_same(house: House, redis_is: str) -> None:
    """F08: a Redis that is not there, or accepts and says nothing. Nobody waits for it twice."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if redis_is == "gone":
            server.close()
        url = f"redis://127.0.0.1:{port}/0"
        without = house.seen_by(replace(house.runtime, redis=redis_client(url)))
        showtime = house.a_showtime()

        booking_id = without.sold(showtime, ["A1", "A2"])
        with pytest.raises(Refusals):
            without.hold(showtime, ["A2", "A3"], by="ben")

    assert house.booking(booking_id).state == "CONFIRMED"
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}
