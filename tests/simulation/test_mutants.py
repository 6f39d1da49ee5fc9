"""The control: with a guard taken away, the same schedules must find the harm."""

from __future__ import annotations

import pytest

from tests.contracts import watch
from tests.simulation.mutants import MUTANTS, Change
from tests.simulation.running import run_schedules
from tests.simulation.schedule import LONG

ENOUGH = 600
# Found within so few schedules that every change can be held to them; the others take their time.
QUICK = 120
SLOW = {
    "the sweeper ends what it saw a moment ago",
    "an order that is given up is not closed at the provider",
    "a refund that is done is written down again",
    "a coupon's limit is not looked at",
}


@pytest.fixture(autouse=True)
def _spoilt_code_may_publish_anything(_published_events_suit_their_contracts):
    yield
    watch.forgive()


def test_at_least_ten_guards_are_taken_away():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10


def pace(mutant):
    """The mutant, as a case of every run or of the long one."""
    marks = [pytest.mark.slow, pytest.mark.timeout(900)] if mutant.name in SLOW else []
    return pytest.param(mutant, id=mutant.name, marks=marks)


def test_only_mutants_that_there_are_take_their_time():
    assert {mutant.name for mutant in MUTANTS} >= SLOW
    assert len(MUTANTS) - len(SLOW) >= 10


@pytest.mark.parametrize("mutant", [pace(mutant) for mutant in MUTANTS])
def test_the_harm_is_found_when(mutant):
    enough = ENOUGH if mutant.name in SLOW else QUICK
    with mutant.made():
        total = run_schedules(range(1, enough + 1), stop_at_first=True, steps=LONG)

    assert total.failed, f"survived {total.schedules} schedules: {mutant.name}"


def test_after_a_mutant_the_code_is_as_before():
    with MUTANTS[0].made():
        pass

    assert not run_schedules(range(1, 21)).failed


def test_a_guard_that_was_rewritten_is_asked_for_by_name():
    moved = Change("booking_service.lifecycle:check_move", "words that are not there", "")

    with pytest.raises(ValueError, match="no longer says: words that are not there"), moved.made():
        pass
