"""The protocol holds in every order of events, and without any of its guards it does not."""

from __future__ import annotations

import pytest

from tools.check_model import DESIGNS, MUTANTS, break_without, explore, missing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(missing() is not None, reason=missing() or ""),
]


@pytest.mark.parametrize(("words", "names", "crashes"), DESIGNS)
def test_no_order_of_events_breaks_the_protocol_with(words, names, crashes):
    found = explore(*names, crashes=crashes)

    assert (found.errors, found.broken) == (0, None)
    assert found.is_exhaustive
    assert found.states > 2_000_000


def test_three_people_do_not_break_it_either_as_far_as_memory_reaches():
    found = explore(guests=3, crashes=1, bits=28)

    assert (found.errors, found.broken) == (0, None)
    assert found.states > 5_000_000


@pytest.mark.parametrize("guard", MUTANTS)
def test_the_protocol_breaks_with(guard):
    found = break_without(guard)

    assert found.broken is not None, f"{guard} survives"
