"""Guards whose loss chance would find too seldom: the one order of events that each is there for, played by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from booking_service.commands import keep, pay
from chassis.errors import Failure
from chassis.testing import as_user
from tests.simulation.mutants import RARE
from tests.simulation.running import simulated
from tests.simulation.scheduler import Scheduler, Task
from tests.simulation.world import BOOKING, COUPON, World

ANA = as_user("ana")


def step(sim: Scheduler, task: Task) -> None:
    """Let `task`, or whom it waits for, come to the next port."""
    sim.go_on(task if task.can_go_on or task.waits_for is None else task.waits_for)


def until(sim: Scheduler, task: Task, is_there: Callable[[], bool]) -> None:
    """Let `task` come as far as that."""
    while not is_there():
        assert not task.is_done, f"{task.name} ended before: {task.error!r}"
        step(sim, task)


def begun(world: World, name: str, run: Callable[[], object]) -> tuple[Scheduler, Task]:
    """A task that others may overtake."""
    world.sim.is_calm = False
    return world.sim, world.sim.start(name, run)


def a_request_for_a_coupon_arrives_after_a_later_one(world: World) -> bool:
    """Whether the later one still stands."""
    booking_id = world.morning.owners["ana"].booking_id
    apply = partial(keep.apply_coupon, world.runtimes[BOOKING], ANA, booking_id)
    sim, early = begun(world, "ana applies ALLOFIT", lambda: apply("ALLOFIT"))
    until(sim, early, lambda: early.waits_for is not None)
    question = early.waits_for
    assert question is not None
    sim.give_up(early, is_late=True)
    sim.is_calm = True

    apply("TENTH")
    question.is_late = False
    sim.go_on(question)

    reserved = world.rows(
        COUPON,
        "SELECT coupon_id FROM coupon_uses WHERE state = 'RESERVED' AND booking_id = ?",
        booking_id,
    )
    return [row["coupon_id"] for row in reserved] == ["coupon-tenth"]


def a_coupon_is_changed_after_it_was_made_sure_of(world: World) -> bool:
    """Whether the payment is begun for a coupon that nobody has made sure of."""
    runtime, booking_id = world.runtimes[BOOKING], world.morning.owners["ana"].booking_id
    wish = pay.PayWish(booking_id, "CARD", "pm_success", "tab-1")
    sim, paying = begun(world, "ana pays", lambda: pay.pay_booking(runtime, ANA, wish))
    until(sim, paying, lambda: paying.at == "booking_service: before a transaction")
    sim.is_calm = True

    keep.apply_coupon(runtime, ANA, booking_id, "ALLOFIT")
    sim.go_on(paying)

    return isinstance(paying.error, Failure) and paying.error.code == "CONFLICT"


SCENES = {
    "a coupon is reserved for a request that was overtaken": a_request_for_a_coupon_arrives_after_a_later_one,
    "a coupon is paid with that was not made sure of": a_coupon_is_changed_after_it_was_made_sure_of,
}


def test_every_rare_guard_has_its_scene():
    assert {mutant.name for mutant in RARE} == set(SCENES)


@pytest.mark.parametrize("mutant", RARE, ids=lambda mutant: mutant.name)
def test_the_guard_holds_and_without_it_the_harm_is_done_when(mutant):
    is_sound = SCENES[mutant.name]
    with simulated() as world:
        world.begin(1, "held")
        assert is_sound(world)

        world.begin(1, "held")
        with mutant.made():
            assert not is_sound(world)
