"""A guest in front of a house that is hurt at one known place."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from random import Random
from typing import Any

from sqlalchemy import create_engine, text

from tools.chaos.crowd import CANCEL, HOLD, PAY, Guest, Hall
from tools.chaos.door import Answer, Door, crowded_showtimes, register
from tools.chaos.house import House, wait_until
from tools.check_invariants.check import check
from tools.check_invariants.journal import Journal, read_journal
from tools.check_invariants.loading import load
from tools.check_invariants.quiet import wait_for_quiet

PATIENCE_SECONDS = 90.0
STATE = "query State($id: ID!) { booking(id: $id) { id status } }"


class Scene:
    """Asks as one guest, arms kill points, looks into the databases."""

    def __init__(self, house: House) -> None:
        self.house = house
        assert house.become_well()
        self.user_id, self.token = register(house, "Ana Costa")
        self.door = Door(house.url, self.token)
        # So early that a cancellation gives everything back.
        found = crowded_showtimes(house, Random(), showtimes=1, seats=40, hours_ahead=25)
        [(self.showtime_id, seats)] = found.items()
        self._seats = iter(seats)
        self._journal_file = house.home.parent / f"journal-{secrets.token_hex(4)}"
        self._crowd: list[threading.Thread] = []
        self._stop = threading.Event()

    def seat(self) -> str:
        """A seat that no test has touched."""
        return next(self._seats)

    def arm(self, point: str) -> None:
        """The next process to come by `point` dies there."""
        (self.house.kill_folder / f"{point}.reached").unlink(missing_ok=True)
        (self.house.kill_folder / point).touch()

    def was_hit(self, point: str) -> bool:
        """Whether a process died at `point` since it was armed."""
        return (self.house.kill_folder / f"{point}.reached").exists()

    def hold(self, seat: str, door: Door | None = None) -> Answer:
        """Ask to hold one seat."""
        choice = {"showtimeId": self.showtime_id, "seats": [{"seatId": seat}], "idempotencyKey": _key()}
        return (door or self.door).ask(HOLD, {"input": choice})

    def held(self, seat: str) -> str:
        """Hold one seat; the booking's id."""
        answer = self.hold(seat).field("holdSeats")
        assert answer, "no answer"
        assert answer["booking"], answer
        booking_id: str = answer["booking"]["id"]
        return booking_id

    def pay(self, booking_id: str, card: str = "pm_success", key: str | None = None) -> Answer:
        """Ask to pay."""
        wish = {
            "bookingId": booking_id,
            "method": "CARD",
            "paymentToken": card,
            "idempotencyKey": key or _key(),
        }
        return self.door.ask(PAY, {"input": wish})

    def cancel(self, booking_id: str) -> Answer:
        """Ask to cancel."""
        return self.door.ask(CANCEL, {"id": booking_id})

    def is_(self, booking_id: str, state: str) -> bool:
        """Whether the booking is in `state`, as its guest sees it."""
        booking = self.door.ask(STATE, {"id": booking_id}).field("booking")
        return booking is not None and booking["status"] == state

    def rows(self, service: str, query: str, **values: Any) -> Sequence[Any]:
        """What a database answers."""
        engine = create_engine(self.house.copy.databases[service])
        with engine.connect() as connection:
            found = connection.execute(text(query), values).all()
        engine.dispose()
        return found

    def crowd(self, guests: int) -> Journal:
        """Let people buy in the background until `end`."""
        hall = Hall(crowded_showtimes(self.house, Random(3), showtimes=3, seats=40))
        journal = Journal(self._journal_file)
        for number in range(guests):
            user_id, token = register(self.house, f"Guest {number}")
            guest = Guest(Door(self.house.url, token), user_id, hall, journal, Random(number))
            self._crowd.append(threading.Thread(target=guest.keep_buying, args=(self._stop,)))
        for thread in self._crowd:
            thread.start()
        return journal

    def sold(self) -> int:
        """How many bookings the crowd knows to be paid."""
        if not self._journal_file.exists():
            return 0
        return sum(
            line.operation == "pay" and line.outcome == "ok" for line in read_journal(self._journal_file)
        )

    def end(self) -> None:
        """Send the crowd home, wait for quiet, check every invariant."""
        self._stop.set()
        for thread in self._crowd:
            thread.join()
        for point in self.house.kill_folder.glob("*"):
            point.unlink()
        assert self.house.become_well()
        journal = list(read_journal(self._journal_file)) if self._journal_file.exists() else None
        facts, rest = wait_for_quiet(lambda: load(self.house.copy, journal=journal), seconds=PATIENCE_SECONDS)
        broken = {name: found for name, found in check(facts).items() if found}
        assert (rest, broken) == ({}, {}), f"unsettled: {rest}; violations: {broken}"


def eventually(is_so: Any, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition, generously. Raises AssertionError naming it."""
    assert wait_until(is_so, seconds), f"not within {seconds} s: {what}"


def _key() -> str:
    return secrets.token_hex(16)
