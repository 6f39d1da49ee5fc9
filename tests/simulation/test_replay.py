"""A seed is the whole story: the same one tells it again, to the letter, in any process."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.architecture.sources import ROOT
from tests.simulation.mutants import MUTANTS
from tests.simulation.running import run_schedules, simulated, the_world
from tests.simulation.schedule import Schedule


def test_a_schedule_happens_again_exactly():
    with simulated() as world:
        first, other, again = (Schedule(world, seed).run() for seed in (7, 8, 7))

    assert first == again
    assert first.trace != other.trace


def test_another_process_with_other_hashes_tells_the_same_story():
    with simulated() as world:
        here = Schedule(world, 11).run()

    there = subprocess.run(
        [sys.executable, "-m", "tools.simulate", "--seed", "11", "--schedules", "1"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert there.stdout.splitlines() == [*here.trace, "seed 11 violates nothing"]
    assert there.returncode == 0


def test_a_failure_comes_back_under_its_seed():
    the_world()  # made by sound code
    mutant = next(mutant for mutant in MUTANTS if mutant.name == "a hold that ends keeps its seats")
    with mutant.made():
        found = run_schedules(range(1, 100), stop_at_first=True).failed[0]

        again = run_schedules([found.seed]).failed[0]

    assert again == found
