"""What other services tell: showtimes, bookings, people who left. Facts come twice, late or out of order."""

from datetime import timedelta

import pytest

from chassis.events import Envelope
from chassis.testing import NOON
from movie_service import queries
from movie_service.commands.ratings import rate_movie
from movie_service.errors import NotSeen
from movie_service.models import Movie
from movie_service.tests.builders import (
    VIEWER,
    a_movie,
    booking_payload,
    happened,
    saw,
    showtime_payload,
)
from movie_service.worker import build_worker


def sold(runtime, movie_id):
    return runtime.database.read(lambda session: session.get(Movie, movie_id).tickets_sold)


def is_planned(runtime, movie_id):
    return runtime.database.read(lambda session: queries.has_future_showtimes(session, movie_id))


def test_a_scheduled_showtime_is_known_until_it_is_cancelled(runtime):
    movie = a_movie(runtime)

    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    assert is_planned(runtime, movie.id)

    happened(
        runtime,
        "showtime.cancelled",
        showtime_payload(movie.id, status="CANCELLED", reason="Projector", bookings=[]),
        at=NOON + timedelta(minutes=1),
    )
    assert not is_planned(runtime, movie.id)


def test_a_late_fact_does_not_bring_a_cancelled_showtime_back(runtime):
    movie = a_movie(runtime)
    happened(runtime, "showtime.cancelled", showtime_payload(movie.id), at=NOON + timedelta(minutes=1))

    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))

    assert not is_planned(runtime, movie.id)


def test_a_moved_showtime_ends_at_its_new_time(runtime, clock):
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    happened(
        runtime,
        "showtime.rescheduled",
        showtime_payload(movie.id, endsAt="2026-11-23T22:00:00+00:00"),
        at=NOON + timedelta(minutes=1),
    )

    clock.advance(days=2)

    assert is_planned(runtime, movie.id)


def test_a_confirmed_booking_counts_its_seats_once(runtime):
    movie = a_movie(runtime)
    fact = Envelope("booking.confirmed", booking_payload(movie.id), occurred_at=NOON)

    assert build_worker(runtime).handle(fact)
    assert not build_worker(runtime).handle(fact)

    assert sold(runtime, movie.id) == 2


def test_a_cancelled_booking_gives_its_seats_back_and_the_right_to_rate(runtime):
    movie = a_movie(runtime)
    saw(runtime, movie.id)
    payload = booking_payload(movie.id, startsAt="2026-11-20T12:00:00+00:00", refund=None, reason=None)

    happened(runtime, "booking.cancelled", payload, at=NOON + timedelta(minutes=1))

    assert sold(runtime, movie.id) == 0
    with pytest.raises(NotSeen):
        rate_movie(runtime, VIEWER, movie.id, 5, None)


def test_a_cancellation_that_overtakes_its_booking_stands(runtime):
    movie = a_movie(runtime)
    payload = booking_payload(movie.id)

    happened(
        runtime,
        "booking.cancelled",
        {**payload, "refund": None, "reason": None},
        at=NOON + timedelta(minutes=1),
    )
    happened(runtime, "booking.confirmed", payload)

    assert sold(runtime, movie.id) == 0


def test_changed_seats_count_as_they_are_now(runtime):
    movie = a_movie(runtime)
    happened(runtime, "booking.confirmed", booking_payload(movie.id))

    happened(
        runtime,
        "booking.confirmed",
        booking_payload(movie.id, seats=["B1", "B2", "B3"]),
        at=NOON + timedelta(minutes=1),
    )

    assert sold(runtime, movie.id) == 3


def test_a_booking_of_a_film_that_is_gone_is_taken_quietly(runtime):
    assert happened(runtime, "booking.confirmed", booking_payload("gone"))


def test_nothing_leads_to_an_erased_person_and_the_stars_stay(runtime):
    movie = a_movie(runtime)
    saw(runtime, movie.id)
    rate_movie(runtime, VIEWER, movie.id, 5, "I, Ana, was there.")

    happened(runtime, "user.erased", {"userId": "ana"})

    held = runtime.database.read(lambda session: queries.personal_data(session, "ana"))
    reviews = runtime.database.read(
        lambda session: queries.reviews_of(session, [movie.id], first=10, after=None)[movie.id].nodes
    )
    assert held == {"reviews": [], "visits": [], "wishes": []}
    assert [(review.stars, review.comment, review.author_id) for review in reviews] == [(5, None, None)]
    assert sold(runtime, movie.id) == 2
