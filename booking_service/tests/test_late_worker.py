"""A worker that was paused comes back late: it changes nothing, and money that came too late goes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from booking_service.commands.moves import MovedMeanwhile, move
from booking_service.commands.refunds import pay_refunds_due
from booking_service.commands.settle import reconcile
from booking_service.lifecycle import State
from booking_service.models import Claim
from booking_service.tests.builders import House, Siblings
from chassis.clock import SetClock

PATIENCE = 30


class Paused:
    """payment_service as a worker meets it that is stopped on the way there, or on the way back."""

    def __init__(self, siblings: Siblings, where: str) -> None:
        self._take: Callable[[dict[str, Any]], Any] = siblings.answers["payment_service", "takePayment"]
        self._where = where
        self.stopped, self.goes_on = threading.Event(), threading.Event()
        self._first = True
        siblings.answers["payment_service", "takePayment"] = self

    def __call__(self, question: dict[str, Any]) -> Any:
        if not self._first:
            return self._take(question)
        self._first = False
        answer = self._take(question) if self._where == "after the charge" else None
        self.stopped.set()
        assert self.goes_on.wait(PATIENCE)
        return answer or self._take(question)


def paying(house: House, booking_id: str, paused: Paused) -> tuple[threading.Thread, list[Any]]:
    """A worker that pays and is stopped on the way."""
    told: list[Any] = []
    worker = threading.Thread(target=lambda: told.append(house.pay(booking_id)))
    worker.start()
    assert paused.stopped.wait(PATIENCE)
    return worker, told


def resumed(paused: Paused, worker: threading.Thread) -> None:
    paused.goes_on.set()
    worker.join(PATIENCE)
    assert not worker.is_alive()


def row(house: House, booking_id: str) -> dict[str, Any]:
    return {name: value for name, value in vars(house.booking(booking_id)).items() if name[0] != "_"}


def owners(house: House, showtime: str) -> set[str | None]:
    query = select(Claim.booking_id).where(Claim.showtime_id == showtime)
    return set(house.runtime.database.read(lambda session: list(session.scalars(query))))


def test_resumed_after_the_seats_went_to_somebody_else_it_changes_nothing_and_the_money_goes_back(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    """F11: stopped for longer than the hold lasts, between the intent and the charge."""
    showtime = house.a_showtime()
    late = house.hold(showtime, ["A1", "A2"])
    paused = Paused(siblings, "before the charge")
    worker, told = paying(house, late, paused)
    clock.advance(minutes=11)
    house.locks_end()
    reconcile(house.runtime)
    new_owner = house.sold(showtime, ["A1", "A2"], by="ben")
    before = (row(house, late), row(house, new_owner), house.showtime(showtime).seat_map_version)

    resumed(paused, worker)

    after = (row(house, late), row(house, new_owner), house.showtime(showtime).seat_map_version)
    assert after == before
    assert before[0]["state"] == State.EXPIRED
    assert owners(house, showtime) == {new_owner}
    assert "goes back" in told[0].refusal.message
    pay_refunds_due(house.runtime)
    assert list(siblings.refunds.values()) == [siblings.payments[f"{late}:1"]["amount"]["amount"]]
    assert house.events().count("booking.confirmed") == 1


def test_resumed_after_the_reconciler_has_confirmed_it_confirms_nothing_a_second_time(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    """F11: stopped between the charge and the confirmation."""
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    paused = Paused(siblings, "after the charge")
    worker, told = paying(house, booking_id, paused)
    clock.advance(minutes=11)
    house.sweep()
    reconcile(house.runtime)
    before = row(house, booking_id)

    resumed(paused, worker)

    assert row(house, booking_id) == before
    assert before["state"] == State.CONFIRMED
    assert told[0].refusal is None
    assert house.events().count("booking.confirmed") == 1
    assert siblings.refunds == {}


def test_a_step_from_what_was_read_before_somebody_else_moved_changes_no_row(house: House) -> None:
    """F11: the guard itself, state and version as they were read."""
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    as_read = house.booking(booking_id)
    assert house.pay(booking_id).refusal is None
    before = row(house, booking_id)

    def late_step(session: Any) -> None:
        session.add(as_read)
        move(session, as_read, State.EXPIRED)

    with pytest.raises(MovedMeanwhile):
        house.runtime.database.transact(late_step)

    assert row(house, booking_id) == before
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}


def test_a_guest_who_comes_back_with_the_same_key_finds_the_hold_or_its_clean_end(
    house: House, clock: SetClock
) -> None:
    """F02: the answer was lost; the hold runs on, with the time that is left."""
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"], idempotency_key="one")
    until = house.booking(booking_id).expires_at
    clock.advance(minutes=4)

    assert house.hold(showtime, ["A1", "A2"], idempotency_key="one") == booking_id
    assert house.booking(booking_id).expires_at == until

    clock.advance(minutes=7)
    house.sweep()
    assert house.hold(showtime, ["A1", "A2"], idempotency_key="one") == booking_id
    assert house.booking(booking_id).state == State.EXPIRED
    assert house.claims(showtime) == {}
    assert house.hold(showtime, ["A1", "A2"], idempotency_key="two") != booking_id
