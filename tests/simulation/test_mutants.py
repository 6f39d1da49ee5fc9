"""The control: with a guard taken away, the same schedules must find the harm."""

from __future__ import annotations

import pytest

from tests.contracts import watch
from tests.simulation.mutants import MUTANTS, Change
from tests.simulation.running import run_schedules, the_world

# Within so many schedules of so many steps each of them is found, most of them within ten.
ENOUGH, FAR = 250, 60


@pytest.fixture(autouse=True)
def _spoilt_code_may_publish_anything(_published_events_suit_their_contracts):
    the_world()  # its mornings are made by sound code
    yield
    watch.forgive()


def test_at_least_ten_guards_are_taken_away():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_harm_is_found_when(mutant):
    with mutant.made():
        total = run_schedules(range(1, ENOUGH + 1), stop_at_first=True, steps=FAR)

    assert total.failed, f"survived {total.schedules} schedules: {mutant.name}"


def test_after_a_mutant_the_code_is_as_before():
    with MUTANTS[0].made():
        pass

    assert not run_schedules(range(1, 21)).failed


def test_a_guard_that_was_rewritten_is_asked_for_by_name():
    moved = Change("booking_service.lifecycle:check_move", "words that are not there", "")

    with pytest.raises(ValueError, match="no longer says: words that are not there"), moved.made():
        pass
