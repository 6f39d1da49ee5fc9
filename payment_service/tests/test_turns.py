"""Places before the provider: a crowd queues for a moment, and stands before nobody who is silent."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from payment_service.commands.turns import NoTurn, Places


def test_a_crowd_before_a_provider_that_answers_comes_through_whole():
    """Forty at two places: whoever finds them taken waits for a moment."""
    places = Places(2, clock=lambda: 0.0, turn_seconds=60)
    inside, most = [], []

    def pay(number):
        with places.turn():
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(40) as threads:
        list(threads.map(pay, range(40)))

    assert len(most) == 40
    assert max(most) <= 2


def test_before_a_provider_that_is_silent_nobody_else_stands():
    """F13: half of those inside came more than a second ago, so the next is sent away without a wait."""
    now = [0.0]
    places = Places(3, clock=lambda: now[0], turn_seconds=60)

    with ExitStack() as inside:
        for moment in (0.0, 0.0, 1.4):
            now[0] = moment
            inside.enter_context(places.turn())
        now[0] = 2.0
        with pytest.raises(NoTurn):
            _at_once(places)
        now[0] = 1.0
        waits = threading.Thread(target=_swallow, args=(places,))
        waits.start()
        inside.close()
        waits.join(10)

    with places.turn():
        assert not waits.is_alive()


def _at_once(places: Places) -> None:
    with places.turn():
        raise AssertionError("three were inside")


def _swallow(places: Places) -> None:
    with places.turn():
        pass
