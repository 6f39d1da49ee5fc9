"""Many schedules one after the other, and what they came to together."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from tests.simulation.counting import QUESTIONS
from tests.simulation.mornings import prepare
from tests.simulation.schedule import Outcome, Schedule
from tests.simulation.world import World

TIDY_EVERY = 50


@dataclass
class Sum:
    """What schedules came to; `failed` are those with faults."""

    schedules: int = 0
    crashes: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    strikes: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one schedule."""
        faults = [outcome] if outcome.faults else []
        self.add_sum(Sum(1, outcome.crashes, outcome.deeds, Counter(outcome.strikes), faults))

    def add_sum(self, other: Sum) -> None:
        """Count many."""
        self.schedules += other.schedules
        self.crashes += other.crashes
        self.deeds += other.deeds
        self.strikes += other.strikes
        self.failed += other.failed

    def as_text(self) -> str:
        """One line for people."""
        done = [
            f"{self.deeds[name]} {name}" for name in ("bookings sold", "refunds", "seat changes", "check-ins")
        ]
        return (
            f"{self.schedules} schedules: {', '.join(done)}, {self.crashes} crashes, "
            f"{sum(self.strikes.values())} lost answers, {len(self.failed)} with violations"
        )

    def in_full(self) -> str:
        """Every sum, a line each."""
        sums = [
            *((self.deeds[name], name) for name in QUESTIONS),
            *((n, what) for what, n in sorted(self.strikes.items())),
        ]
        return "\n".join(f"  {number:>8} × {what}" for number, what in sums)


@cache
def the_world() -> World:
    """The services of this process; made once, for that costs as much as some schedules."""
    world = World()
    with world.installed():
        prepare(world)
    return world


@contextmanager
def simulated() -> Iterator[World]:
    """The world with its ports in place. The collector of garbage waits: it cost a tenth of the time."""
    world = the_world()
    was_on = gc.isenabled()
    gc.disable()
    try:
        with world.installed():
            yield world
    finally:
        if was_on:
            gc.enable()


def run_schedules(seeds: Iterable[int], *, stop_at_first: bool = False, steps: int | None = None) -> Sum:
    """Run a schedule for each seed, of so many `steps` or as the seed draws; `stop_at_first`: none after a failure."""
    total = Sum()
    with simulated() as world:
        for seed in seeds:
            total.add(Schedule(world, seed, steps).run())
            if total.failed and stop_at_first:
                break
            if total.schedules % TIDY_EVERY == 0:
                gc.collect()
    return total


def told(outcome: Outcome) -> str:
    """A failed schedule for people: what is wrong, how to see it again, what had happened."""
    faults = "\n".join(f"  {fault}" for fault in outcome.faults)
    trace = "\n".join(outcome.trace)
    again = f"make simulate SEED={outcome.seed} SCHEDULES=1"
    return f"seed {outcome.seed} violates:\n{faults}\nagain: {again}\ntrace:\n{trace}"
