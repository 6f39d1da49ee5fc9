"""One schedule: chance decides for a while, then everything heals and runs dry, then the invariants are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.simulation.actors import RELAYS, TIMERS, Guest, House, guests
from tests.simulation.invariants import violations
from tests.simulation.scheduler import Task
from tests.simulation.world import BOOKING, NOTIFICATION, PAYMENT, World, later
from tools.check_invariants.journal import Asked

STEPS = (20, 20, 40, 110)  # long ones reach far, short ones are many
LONG = 110
ROUNDS = 60
JUMPS = (1, 4, 21, 45, 130, 320, 700)
STARTS_IN_HOURS = (48.0, 48.0, 18.0, 6.0, 1.5)
_TIMERS = tuple(name for name, weight in TIMERS.items() for _ in range(weight))


@dataclass
class Outcome:
    """What a schedule came to."""

    seed: int
    faults: list[str]
    trace: list[str]
    confirmed: int = 0
    refunds: int = 0
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
        world.begin(self.seed)
        draw = world.sim.random
        self._set_the_scene(draw)
        self.guests = guests(world, self.journal)[: draw.choice((1, 2, 2, 3))]
        self.house = House(world)
        world.sim.is_calm = False
        drawn = draw.choice(STEPS)
        for _ in range(self.steps or drawn):
            self._step(draw)
        self._end_of_chance(draw)
        quiet = self._run_dry()
        faults = [*world.bugs, *([] if quiet else ["I10 something never comes to an end"])]
        faults += violations(world, self.journal)
        return Outcome(
            self.seed, faults, world.sim.trace, self._count("SELECT 1 FROM bookings WHERE confirmed_at IS NOT NULL"),
            self._count("SELECT 1 FROM refunds_due"), self.crashes, world.weather.strikes,
        )  # fmt: skip

    def _count(self, question: str) -> int:
        return len(self.world.rows(BOOKING, question))

    def _set_the_scene(self, draw: Random) -> None:
        """Each schedule has its own kinds of bad luck, so that rare ones are not drowned by common ones."""
        weather = self.world.weather
        self._crash_rate = draw.choice((0, 0, 15, 40))
        self._silence_rate = draw.choice((0, 15, 40))
        weather.commits_that_look_failed = draw.choice((0, 0, 0, 30))
        weather.confirms_lost = draw.choice((0, 0, 200))
        weather.silences = draw.choice((0, 0, 80))
        self._may_lose_redis = draw.randrange(2) == 0
        starts = later(draw.choice(STARTS_IN_HOURS))
        raw = self.world.databases[BOOKING].raw
        raw.execute("UPDATE showtimes SET starts_at = ?, sales_close_at = ?", (starts, starts))
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
            sim.go_on(draw.choice(ready))
        else:
            self._something_new(draw)

    def _crash(self, task: Task) -> None:
        self.crashes += 1
        self.world.sim.crash(task)

    def _something_new(self, draw: Random) -> None:
        dice = draw.randrange(100)
        idle = [guest for guest in self.guests if not guest.is_busy]
        if idle and dice < 55:
            _ask(draw.choice(idle))
        elif dice < 65:
            self.house.timer(*draw.choice(_TIMERS))
        elif dice < 73:
            self.house.relay(draw.choice(RELAYS))
        elif dice < 83 and self.world.broker.waiting:
            self.house.deliver(draw.choice(self.world.broker.waiting))
        elif dice < 90:
            self._time_passes(draw.choice(JUMPS))
        elif dice < 94:
            self.house.staff()
        elif dice < 96:
            self.house.bank()
        elif dice < 97:
            self._late_questions_arrive()
        else:
            self._weather_turns(draw)

    def _time_passes(self, seconds: float) -> None:
        self.world.sim.note(f"… {seconds} s")
        self.world.clock.advance(seconds=seconds)

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
            if self.world.sim.is_calm:
                self.world.sim.go_on(task)

    def _run_dry(self) -> bool:
        """Let relays, consumers and timers work until nothing is left to do; whether that came."""
        self._tells_all = (
            self.seed % 8 == 0
        )  # sending letters costs much and says little: now and then is enough
        for number, jump in enumerate((1, 25, 25, 60, 601, 700, *[310] * ROUNDS)):
            if number == self._late_in_round:
                self._late_questions_arrive()
            self._carry_events()
            for (service, name), question in _DUE.items():
                if self._has(service, question) and (service != NOTIFICATION or self._tells_all):
                    self.house.timer(service, name)
                    self._carry_events()
            is_open = any(self._has(service, question) for service, question in _OPEN)
            if not is_open and number >= self._late_in_round:
                return True
            self.world.clock.advance(seconds=jump)
        return False

    def _carry_events(self) -> None:
        waiting = self.world.broker.waiting
        while waiting or any(self._has(service, _UNSENT) for service in RELAYS):
            for service in RELAYS:
                if self._has(service, _UNSENT):
                    self.house.relay(service)
            for delivery in list(waiting):
                self.house.deliver(delivery)

    def _has(self, service: str, question: str) -> bool:
        return self.world.databases[service].raw.execute(f"SELECT EXISTS ({question})").fetchone()[0] == 1


_UNSENT = "SELECT 1 FROM outbox WHERE sent_at IS NULL"
# What each timer may find to do now. Wider than its own question, so that it alone decides; asked first, for
# a round that finds nothing costs as much as ten of these.
_DUE = {
    (BOOKING, "sweep"): "SELECT 1 FROM bookings WHERE state = 'HELD' AND expires_at <= utc_timestamp(6)",
    (BOOKING, "reconcile"): "SELECT 1 FROM payment_attempts WHERE outcome = 'OPEN'",
    (BOOKING, "abandon"): "SELECT 1 FROM payment_attempts WHERE outcome = 'OPEN'",
    (BOOKING, "refunds"): "SELECT 1 FROM refunds_due WHERE state = 'DUE' AND next_try_at <= utc_timestamp(6)",
    (PAYMENT, "reconcile payments"): "SELECT 1 FROM payments WHERE status = 'PENDING'",
    (PAYMENT, "retry refunds"): "SELECT 1 FROM refunds WHERE status = 'PENDING'",
    (PAYMENT, "deliver webhooks"):
        "SELECT 1 FROM simulated_deliveries WHERE delivered_at IS NULL AND due_at <= utc_timestamp(6)",
    (NOTIFICATION, "deliver EMAIL"): "SELECT 1 FROM notifications WHERE status = 'QUEUED' AND channel = 'EMAIL'",
    (NOTIFICATION, "deliver IN_APP"): "SELECT 1 FROM notifications WHERE status = 'QUEUED' AND channel = 'IN_APP'",
}  # fmt: skip
# While one of these is there, the system is not quiet.
_OPEN = (
    (BOOKING, "SELECT 1 FROM bookings WHERE state IN ('HELD', 'PAYING')"),
    (BOOKING, "SELECT 1 FROM payment_attempts WHERE outcome = 'OPEN'"),
    (BOOKING, "SELECT 1 FROM refunds_due WHERE state = 'DUE'"),
    (PAYMENT, "SELECT 1 FROM payments WHERE status = 'PENDING'"),
    (PAYMENT, "SELECT 1 FROM refunds WHERE status = 'PENDING'"),
    (PAYMENT, "SELECT 1 FROM simulated_deliveries WHERE delivered_at IS NULL AND attempts < 12"),
)


def _ask(guest: Guest) -> None:
    guest.act()
