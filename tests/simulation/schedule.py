"""One schedule: chance decides for a while, then everything heals and runs dry, then the invariants are asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.simulation.calm import run_dry
from tests.simulation.counting import count
from tests.simulation.guests import guests
from tests.simulation.house import RELAYS, TIMERS, House
from tests.simulation.invariants import violations
from tests.simulation.mornings import MORNINGS
from tests.simulation.scheduler import Task
from tests.simulation.world import BOOKING, World, later
from tools.check_invariants.journal import Asked

STEPS = (8, 12, 16, 24, 60)  # long ones reach far, short ones are many
STRIDES = (1, 1, 2, 4)
JUMPS = (1, 21, 45, 130, 320, 700, 700)
STARTS_IN_HOURS = (48.0, 48.0, 18.0, 6.0, 1.5)
_TIMERS = tuple(name for name, weight in TIMERS.items() for _ in range(weight))


@dataclass
class Outcome:
    """What a schedule came to."""

    seed: int
    faults: list[str]
    trace: list[str]
    deeds: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    strikes: dict[str, int] = field(default_factory=dict)


class Schedule:
    """Draws who goes next; `Random(seed)` is the only source of chance."""

    def __init__(self, world: World, seed: int, steps: int | None = None) -> None:
        self.world, self.seed, self.steps = world, seed, steps
        self.journal: list[Asked] = []
        self.crashes = 0

    def run(self) -> Outcome:
        """Run to the end; the outcome."""
        world = self.world
        world.begin(self.seed, Random(-1 - self.seed).choice(MORNINGS))
        draw = world.sim.random
        self.journal.extend(world.morning.journal)
        self._set_the_scene(draw)
        self.guests = guests(world, self.journal, draw.choice((1, 2, 2, 3)))
        self.house = House(world)
        world.sim.is_calm = False
        drawn = draw.choice(STEPS)
        for _ in range(self.steps or drawn):
            self._step(draw)
        self._end_of_chance(draw)
        # Sending letters costs much and says little: now and then is enough.
        quiet = run_dry(world, self.house, letters=self.seed % 8 == 0, before_round=self._before_round)
        faults = [*world.bugs, *([] if quiet else ["I10 something never comes to an end"])]
        faults += violations(world, self.journal, self.house)
        deeds = count(world)
        deeds.subtract(world.morning.deeds)
        return Outcome(self.seed, faults, world.sim.trace, +deeds, self.crashes, world.weather.strikes)

    def _set_the_scene(self, draw: Random) -> None:
        """Each schedule has its own kinds of bad luck, so that rare ones are not drowned by common ones."""
        weather = self.world.weather
        self._crash_rate = draw.choice((0, 0, 15, 40))
        self._silence_rate = draw.choice((0, 15, 40, 120))
        weather.commits_that_look_failed = draw.choice((0, 0, 0, 30))
        weather.confirms_lost = draw.choice((0, 0, 200))
        weather.silences = draw.choice((0, 0, 80))
        self._may_lose_redis = draw.randrange(2) == 0
        starts = later(draw.choice(STARTS_IN_HOURS))
        raw = self.world.databases[BOOKING].raw
        raw.execute("UPDATE showtimes SET starts_at = ?, sales_close_at = ?", (starts, starts))
        raw.execute("UPDATE bookings SET starts_at = ?", (starts,))
        raw.commit()

    def _step(self, draw: Random) -> None:
        sim = self.world.sim
        dice = draw.randrange(1000)
        ready = [task for task in sim.tasks if task.can_go_on]
        waiting = [task for task in sim.tasks if task.waits_for is not None and not task.waits_for.is_done]
        if ready and dice < self._crash_rate:
            self._crash(draw.choice(ready))
        elif waiting and dice < self._crash_rate + self._silence_rate:
            sim.give_up(draw.choice(waiting), is_late=draw.randrange(2) == 0)
        elif ready and (dice < 780 or len(sim.tasks) > 5):
            self._goes_on(draw, draw.choice(ready))
        else:
            self._something_new(draw)

    def _goes_on(self, draw: Random, task: Task) -> None:
        """A few ports at once: what matters is where a task is overtaken, not that it is everywhere."""
        for _ in range(draw.choice(STRIDES)):
            if task.is_done or not task.can_go_on:
                return
            self.world.sim.go_on(task)

    def _crash(self, task: Task) -> None:
        self.crashes += 1
        self.world.sim.crash(task)

    def _something_new(self, draw: Random) -> None:
        dice = draw.randrange(100)
        idle = [guest for guest in self.guests if not guest.is_busy]
        if idle and dice < 50:
            draw.choice(idle).act()
        elif dice < 57:
            self.house.timer(*draw.choice(_TIMERS))
        elif dice < 64:
            self.house.relay(draw.choice(RELAYS))
        elif dice < 72 and self.world.broker.waiting:
            self.house.deliver(draw.choice(self.world.broker.waiting))
        elif dice < 77:
            self._time_passes(draw, draw.choice(JUMPS))
        elif dice < 84:
            self.house.staff()
        elif dice < 92:
            self.house.door()
        elif dice < 96:
            self.house.bank()
        elif dice < 97:
            self._late_questions_arrive()
        else:
            self._weather_turns(draw)

    def _time_passes(self, draw: Random, seconds: float) -> None:
        """After a long while the sweepers of several processes wake up, often at once."""
        self.world.sim.note(f"… {seconds} s")
        self.world.clock.advance(seconds=seconds)
        if seconds > 600:
            for _ in range(draw.choice((0, 0, 2))):
                self.house.timer(BOOKING, "sweep")

    def _weather_turns(self, draw: Random) -> None:
        weather = self.world.weather
        what = draw.choice(("flush", "redis", "broker"))
        self.world.sim.note(f"! {what}")
        if what == "flush" and self._may_lose_redis:
            self.world.redis.forget_everything()
        elif what == "redis" and self._may_lose_redis:
            weather.redis_is_down = not weather.redis_is_down
        elif what == "broker":
            weather.broker_is_down = not weather.broker_is_down

    def _end_of_chance(self, draw: Random) -> None:
        """Half of the time all processes stop where they are; else what was begun comes to its end.

        What got lost on its way arrives even later, when nobody waits for it any more.
        """
        sim = self.world.sim
        stops = draw.randrange(2) == 0
        self._late_in_round = draw.randrange(6)
        sim.note("processes stop" if stops else "no new work")
        for task in sim.tasks:
            if stops and task.name.startswith("provider.") and task.at == "begin":
                task.is_late = draw.randrange(2) == 0  # out of our hands already
        while any(not task.is_late for task in sim.tasks):
            ready = [task for task in sim.tasks if task.can_go_on]
            if stops or not ready:
                self._crash(next(task for task in sim.tasks if not task.is_late))
            else:
                sim.go_on(draw.choice(ready))
        sim.is_calm = True

    def _late_questions_arrive(self) -> None:
        late = [task for task in self.world.sim.tasks if task.is_late]
        for task in late:
            task.is_late = False
        while late and self.world.sim.is_calm:  # who was asked answers before the one who asked goes on
            task = next(each for each in late if each.can_go_on)
            late.remove(task)
            self.world.sim.go_on(task)

    def _before_round(self, number: int) -> bool:
        if number == self._late_in_round:
            self._late_questions_arrive()
        return number < self._late_in_round
