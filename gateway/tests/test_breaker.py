"""Breakers: five failures within a minute open, a probe or half a minute closes."""

from __future__ import annotations

import pytest

from gateway.breaker import OPEN_SECONDS, WINDOW_SECONDS, Breakers, Prober, State
from gateway.tests.conftest import OpenGateway


class SetClock:
    """Seconds that stand still until they are moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> SetClock:
    """The breakers' clock."""
    return SetClock()


def _fail(breakers: Breakers, times: int) -> None:
    for _ in range(times):
        breakers.record("a", succeeded=False)


def test_five_failures_within_a_minute_open_it(clock: SetClock):
    breakers = Breakers(["a", "b"], clock)

    _fail(breakers, 4)
    assert breakers.allows("a")
    _fail(breakers, 1)

    assert not breakers.allows("a")
    assert breakers.allows("b")
    assert breakers.state("a") is State.OPEN


def test_failures_spread_over_more_than_a_minute_do_not(clock: SetClock):
    breakers = Breakers(["a"], clock)

    for _ in range(10):
        _fail(breakers, 1)
        clock.seconds += WINDOW_SECONDS / 4 + 1

    assert breakers.allows("a")


def test_a_success_in_between_forgets_the_failures(clock: SetClock):
    breakers = Breakers(["a"], clock)

    _fail(breakers, 4)
    breakers.record("a", succeeded=True)
    _fail(breakers, 4)

    assert breakers.allows("a")


def test_after_its_time_one_request_tries_and_decides(clock: SetClock):
    breakers = Breakers(["a"], clock)
    _fail(breakers, 5)

    clock.seconds += OPEN_SECONDS
    assert breakers.state("a") is State.HALF_OPEN
    assert [breakers.allows("a"), breakers.allows("a")] == [True, False]
    breakers.record("a", succeeded=False)
    assert not breakers.allows("a")

    clock.seconds += OPEN_SECONDS
    assert breakers.allows("a")
    breakers.record("a", succeeded=True)
    assert breakers.state("a") is State.CLOSED


def test_a_probe_that_succeeds_closes_it_early(clock: SetClock):
    alive: set[str] = set()
    breakers = Breakers(["a"], clock)
    prober = Prober(breakers, lambda name: name in alive)
    _fail(breakers, 5)

    prober.probe_once()
    assert not breakers.allows("a")
    alive.add("a")
    prober.probe_once()

    assert breakers.allows("a")


def test_a_member_that_dies_is_left_alone_and_let_in_again_when_it_lives(open_small: OpenGateway, until):
    gateway = open_small()
    member = gateway.members["authors"]
    breakers = gateway.app.extensions["gateway"].breakers
    member.served.stop()
    for _ in range(5):
        gateway.ask("{ echo }")
    assert breakers.open_names() == ["authors"]

    member.served.start()

    until(lambda: gateway.ask("{ echo }") == {"data": {"echo": None}})
