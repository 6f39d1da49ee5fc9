"""What booking_service tells of showtimes. Facts come twice, late or out of order."""

from datetime import timedelta

import pytest

from chassis.events import Envelope
from chassis.testing import NOON
from cinema_service import queries
from cinema_service.tests.builders import showtime_payload
from cinema_service.worker import build_worker


def happened(runtime, name, minutes=0, **changes):
    fact = Envelope(
        name, showtime_payload("cinema", "room", **changes), occurred_at=NOON + timedelta(minutes=minutes)
    )
    return build_worker(runtime).handle(fact)


def planned(runtime):
    return runtime.database.read(
        lambda session: (
            queries.has_future_showtimes(session, cinema_id="cinema"),
            queries.has_future_showtimes(session, auditorium_id="room"),
        )
    )


@pytest.mark.parametrize("name", ["showtime.scheduled", "showtime.rescheduled"])
def test_a_planned_showtime_is_known_until_it_is_over(runtime, clock, name):
    happened(runtime, name)
    assert planned(runtime) == (True, True)

    clock.advance(hours=9.9)  # the film runs
    assert planned(runtime) == (True, True)
    clock.advance(hours=0.1)
    assert planned(runtime) == (False, False)


def test_a_cancelled_showtime_keeps_no_place(runtime):
    happened(runtime, "showtime.scheduled")
    happened(runtime, "showtime.cancelled", 1, status="CANCELLED")

    assert planned(runtime) == (False, False)


def test_a_late_fact_does_not_bring_a_cancelled_showtime_back(runtime):
    happened(runtime, "showtime.cancelled", 1, status="CANCELLED")
    happened(runtime, "showtime.scheduled")

    assert planned(runtime) == (False, False)


def test_a_showtime_that_moved_to_another_auditorium_frees_the_first(runtime):
    happened(runtime, "showtime.scheduled")
    happened(runtime, "showtime.rescheduled", 1, auditoriumId="another")

    assert planned(runtime) == (True, False)


def test_the_same_fact_twice_is_one(runtime):
    fact = Envelope("showtime.scheduled", showtime_payload("cinema", "room"))

    assert build_worker(runtime).handle(fact)
    assert not build_worker(runtime).handle(fact)


def test_other_facts_concern_nobody_here(runtime):
    assert not build_worker(runtime).handle(Envelope("user.erased", {"userId": "ana"}))
