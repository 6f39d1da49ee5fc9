"""Locks in Redis spare the database the crowd; none of them may keep a free seat from sale."""

from __future__ import annotations

import threading

import pytest

from booking_service.commands.seat_locks import LOCK_SECONDS_OVER_HOLD, tidy_locks
from booking_service.live import FRESH_SECONDS, locks
from booking_service.tests.builders import House
from chassis.errors import Refusal, Refusals

SECONDS = 10 * 60 + LOCK_SECONDS_OVER_HOLD


def locked(house: House, showtime: str) -> dict[str, str]:
    """Owner by seat."""
    found = locks(house.runtime.redis, seconds=SECONDS)
    return {lock.seat_id: lock.owner for lock in found if lock.showtime_id == showtime}


def lock_by_hand(house: House, showtime: str, seat: str, owner: str, *, age: float) -> None:
    left = int((SECONDS - age) * 1000)
    house.runtime.redis.set(f"lock:{{{showtime}}}:{seat}", owner, px=left)


@pytest.mark.parametrize(
    "seats", [[], ["A1", "A1"], ["A1", "Z9"], [f"{row}{n}" for row in "AC" for n in range(1, 7)]]
)
def test_a_choice_that_can_not_be_locks_nothing(house: House, seats: list[str]) -> None:
    showtime = house.a_showtime()

    with pytest.raises((Refusal, Refusals)):
        house.hold(showtime, seats)

    assert locked(house, showtime) == {}


def test_a_choice_that_breaks_a_rule_frees_its_seats_for_the_next_guest_at_once(house: House) -> None:
    showtime = house.a_showtime()
    with pytest.raises(Refusal):
        house.hold(showtime, ["A2"])  # leaves A1 alone

    assert locked(house, showtime) == {}
    house.hold(showtime, ["A1", "A2"], by="ben")


def test_a_refused_change_of_a_hold_keeps_the_old_seats_and_frees_the_new_ones_at_once(house: House) -> None:
    showtime = house.a_showtime()
    mine = house.hold(showtime, ["A1", "A2"])
    house.hold(showtime, ["A5", "A6"], by="ben")
    house.locks_end()  # so that the database has to refuse
    with pytest.raises(Refusals):
        house.hold(showtime, ["A1", "A2", "C1", "C2", "A5"], booking_id=mine)

    assert "C1" not in locked(house, showtime)
    house.hold(showtime, ["C1", "C2"], by="cleo")
    assert house.claims(showtime).keys() == {"A1", "A2", "A5", "A6", "C1", "C2"}


def test_of_overlapping_choices_one_wins_and_the_loser_s_other_seats_are_free_at_once(house: House) -> None:
    for _ in range(10):
        showtime = house.a_showtime()
        outcome: dict[str, str] = {}
        start = threading.Barrier(2)

        def reach(name: str, seats: list[str], *, outcome=outcome, start=start, showtime=showtime) -> None:
            start.wait()
            try:
                outcome[name] = house.hold(showtime, seats, by=name)
            except Refusals:
                outcome[name] = ""

        sets = {"ana": ["A1", "A2", "A3"], "ben": ["A3", "A4", "A5", "A6"]}
        guests = [threading.Thread(target=reach, args=each) for each in sets.items()]
        for guest in guests:
            guest.start()
        for guest in guests:
            guest.join()
        [winner] = [name for name, booking in outcome.items() if booking]
        left = {"ana": ["A4", "A5", "A6"], "ben": ["A1", "A2"]}[winner]

        house.hold(showtime, left, by="cleo")

        assert house.claims(showtime) == dict.fromkeys([*sets[winner], *left], "HELD")


def test_locks_of_a_process_that_died_before_its_claims_are_removed(house: House) -> None:
    showtime = house.a_showtime()
    lock_by_hand(house, showtime, "A1", "died", age=FRESH_SECONDS + 1)

    assert tidy_locks(house.runtime) == 1

    assert locked(house, showtime) == {}


def test_a_lock_that_names_another_owner_than_the_claim_is_removed(house: House) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    house.locks_end()
    lock_by_hand(house, showtime, "A1", "refused, and died before it gave the lock back", age=60)
    lock_by_hand(house, showtime, "A2", booking_id, age=60)

    assert tidy_locks(house.runtime) == 1

    assert locked(house, showtime) == {"A2": booking_id}


def test_a_young_lock_is_let_be(house: House) -> None:
    showtime = house.a_showtime()
    lock_by_hand(house, showtime, "A1", "just about to claim it", age=0)

    assert tidy_locks(house.runtime) == 0
