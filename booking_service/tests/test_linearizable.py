"""Many threads at few seats on a real server: for each seat there is an order in which all answers are true."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from math import inf
from typing import Any

import pytest
from sqlalchemy import text

from booking_service.commands.cancel import cancel_booking
from booking_service.commands.pay import Paid
from booking_service.settings import BookingSettings
from booking_service.tests.builders import House
from booking_service.tests.conftest import TICKET_KEYS
from booking_service.tests.linear import (
    CONFIRM,
    DONE,
    HOLD,
    REFUSED,
    RELEASE,
    UNKNOWN,
    Operation,
    is_linearizable,
)
from chassis.errors import Conflict, Refusals, Unavailable
from chassis.testing import as_user, make_runtime
from tests.simulation.mutants import Change

SEATS = ("A1", "A3", "A5", "C1", "C3", "C5")
THREADS = 8
CHECK_THEN_INSERT = (
    Change("booking_service.live:lock_seats", "keys = [", "return []\n    keys = ["),
    Change("booking_service.commands.moves:lock_showtime", ".with_for_update()", ""),
    # As long as a busy machine takes anyway now and then; without it the two would meet more seldom.
    Change(
        "booking_service.commands.hold:_others",
        "return others",
        "__import__('time').sleep(0.03)\n    return others",
    ),
)
AT_MOST = 1500


class Crowd:
    """Threads that hold, buy and give back single seats, and write down what they were told."""

    def __init__(self, house: House, showtime_id: str) -> None:
        self.house, self.showtime_id = house, showtime_id
        self.history: dict[str, list[Operation]] = defaultdict(list)
        self.faults: list[BaseException] = []
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """Operations so far."""
        return sum(map(len, self.history.values()))

    def run(self, operations: int) -> None:
        """Let the crowd loose until so many operations are done."""
        threads = [
            threading.Thread(target=self._guarded, args=(f"guest-{n}", operations)) for n in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _guarded(self, name: str, operations: int) -> None:
        draw = random.Random(name)
        try:
            while self.count < operations and not self.faults:
                self._visit(name, draw)
        except BaseException as fault:
            self.faults.append(fault)

    def _visit(self, name: str, draw: random.Random) -> None:
        seat, called = draw.choice(SEATS), time.perf_counter()
        try:
            booking = self.house.hold(self.showtime_id, [seat], by=name)
        except (Refusals, Conflict, Unavailable) as refusal:
            outcome = UNKNOWN if isinstance(refusal, Unavailable) else REFUSED
            self._note(seat, HOLD, f"nobody knows {name} {called}", outcome, called)
            return
        self._note(seat, HOLD, booking, DONE, called)
        if draw.random() < 0.4:
            self._told(seat, CONFIRM, booking, lambda: self.house.pay(booking, by=name), draw)
        give_back = partial(
            cancel_booking, self.house.runtime, as_user(name), booking, reason=None, expected=None
        )
        self._told(seat, RELEASE, booking, give_back, draw)

    def _told(self, seat: str, kind: str, booking: str, ask: Callable[[], Any], draw: random.Random) -> None:
        """Ask; now and then the connection is gone before the answer comes."""
        called, outcome = time.perf_counter(), UNKNOWN
        with suppress(Unavailable):
            answer = ask()
            is_refused = isinstance(answer, Paid) and answer.refusal is not None
            outcome = REFUSED if is_refused else UNKNOWN if draw.random() < 0.1 else DONE
        self._note(seat, kind, booking, outcome, called)

    def _note(self, seat: str, kind: str, who: str, outcome: str, called: float) -> None:
        returned = inf if outcome == UNKNOWN else time.perf_counter()
        with self._lock:
            self.history[seat].append(Operation(kind, who, outcome, called, returned))


@pytest.fixture
def crowd(database_url, clock, siblings, redis_client):
    runtime = make_runtime(
        "booking_service", BookingSettings, database_url, clock, siblings, TICKET_SIGNING_KEYS=TICKET_KEYS, GAP_RULE=False
    )  # fmt: skip
    house = House(runtime)
    yield Crowd(house, house.a_showtime())
    runtime.close()


@pytest.mark.timeout(600)
def test_what_everybody_was_told_of_a_seat_could_have_happened_in_some_order(crowd):
    is_real = not crowd.house.runtime.database.is_sqlite

    crowd.run(2000 if is_real else 150)

    assert crowd.faults == []
    told = [operation.outcome for history in crowd.history.values() for operation in history]
    assert broken_seats(crowd) == []
    assert told.count(UNKNOWN) > 0
    assert told.count(REFUSED) > 0


@pytest.mark.real
@pytest.mark.parametrize(
    "database_url", ["mysql"], indirect=True
)  # SQLite has one writer: nothing to race against
def test_a_hold_that_checks_and_then_inserts_is_found_out(crowd):
    database = crowd.house.runtime.database
    with ExitStack() as stack:
        for change in CHECK_THEN_INSERT:
            stack.enter_context(change.made())
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE claims DROP PRIMARY KEY"))
        try:
            while not broken_seats(crowd) and crowd.count < AT_MOST:
                crowd.run(crowd.count + 60)
        finally:
            with database.engine.begin() as connection:
                connection.execute(text("DELETE FROM claims"))
                connection.execute(text("ALTER TABLE claims ADD PRIMARY KEY (showtime_id, seat_id)"))

    assert broken_seats(crowd)


def broken_seats(crowd: Crowd) -> list[str]:
    """Seats whose story could not have happened in any order."""
    return [seat for seat, history in crowd.history.items() if not is_linearizable(history)]


def story(*steps: tuple[str, str, str, float, float]) -> list[Operation]:
    return [Operation(*step) for step in steps]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (story((HOLD, "a", DONE, 1, 2), (HOLD, "b", REFUSED, 3, 4)), True),
        (story((HOLD, "a", DONE, 1, 4), (HOLD, "b", REFUSED, 2, 3)), True),
        (story((HOLD, "a", DONE, 1, 2), (HOLD, "b", DONE, 3, 4)), False),
        (story((HOLD, "a", DONE, 1, 4), (HOLD, "b", DONE, 2, 3)), False),
        (story((HOLD, "a", REFUSED, 1, 2), (HOLD, "b", DONE, 3, 4)), False),
        (story((HOLD, "a", DONE, 1, 2), (RELEASE, "a", DONE, 3, 6), (HOLD, "b", DONE, 4, 5)), True),
        (story((HOLD, "a", DONE, 1, 2), (RELEASE, "a", UNKNOWN, 3, inf), (HOLD, "b", DONE, 8, 9)), True),
        (story((HOLD, "a", DONE, 1, 2), (RELEASE, "a", UNKNOWN, 3, inf), (HOLD, "b", REFUSED, 8, 9)), True),
        (story((HOLD, "a", DONE, 1, 2), (CONFIRM, "a", DONE, 3, 4), (CONFIRM, "a", DONE, 5, 6)), False),
        (story((HOLD, "a", UNKNOWN, 1, inf), (CONFIRM, "a", DONE, 3, 4), (HOLD, "b", REFUSED, 5, 6)), True),
    ],
)
def test_the_search_tells_possible_stories_from_impossible_ones(history, expected):
    assert is_linearizable(history) is expected
