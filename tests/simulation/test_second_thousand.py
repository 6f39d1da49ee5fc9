"""The shipped code under another thousand schedules."""

from __future__ import annotations

import pytest

from tests.simulation.counting import too_few
from tests.simulation.running import run_schedules, told


@pytest.mark.parametrize("first", range(1001, 2001, 200))
def test_seats_and_money_are_right_after_whatever_happened(first):
    total = run_schedules(range(first, first + 200), stop_at_first=True)

    assert not total.failed, told(total.failed[0])
    assert not too_few(total.schedules, total.deeds)
    assert total.crashes > 100
