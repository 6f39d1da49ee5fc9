"""What may happen is drawn from a seed, and every place to die is known."""

import re
from itertools import pairwise

from tests.architecture.sources import files, is_test
from tools.chaos.points import POINTS, WORKERS
from tools.chaos.schedule import CALM_FROM, EMBEDDED, LONG_COOL_DOWN, MINUTE, REAL, schedule

REACHED = re.compile(r'reached\("([a-z_.]+)"\)')


def test_every_kill_point_of_the_code_is_in_the_list_and_none_else():
    sources = [path for path in files(".", ".py") if not is_test(path) and "tools" not in path.parts]
    named = [name for path in sources for name in REACHED.findall(path.read_text(encoding="utf-8"))]

    assert sorted(set(named)) == sorted(POINTS)


def test_the_same_seed_gives_the_same_faults_and_another_gives_others():
    first = schedule(7, 60, EMBEDDED)

    assert schedule(7, 60, EMBEDDED) == first
    assert schedule(8, 60, EMBEDDED) != first
    assert [fault.at for fault in first] == sorted(fault.at for fault in first)


def test_a_long_run_comes_by_every_kill_point_and_every_kind_of_fault():
    faults = schedule(1, 600, REAL)

    assert {fault.target for fault in faults if fault.kind == "kill point"} == set(POINTS)
    assert {fault.kind for fault in faults} == set(REAL)


def test_the_end_of_each_minute_of_a_long_run_is_calm_so_that_something_is_sold():
    assert all(fault.at % MINUTE < CALM_FROM for fault in schedule(1, 600, REAL))
    assert any(fault.at >= CALM_FROM for fault in schedule(1, 60, REAL))  # a short one has no time for that


def test_a_part_that_died_is_given_time_to_recover_before_it_dies_again():
    deaths = ("kill point", "kill service", "kill workers", "kill one process")
    hit = [
        (POINTS.get(fault.target, fault.target), fault.at)
        for fault in schedule(1, 600, EMBEDDED)
        if fault.kind in deaths
    ]

    times = [at for part, at in hit if part == WORKERS]

    assert len(times) > 10
    assert all(later - earlier >= LONG_COOL_DOWN for earlier, later in pairwise(times))
