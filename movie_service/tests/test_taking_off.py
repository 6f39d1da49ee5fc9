"""A film does not go away from people who have tickets for it."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.testing import NOON, ServiceClient
from movie_service.commands.catalogue import MovieRuntime
from movie_service.tests.builders import (
    MANAGER,
    a_movie,
    booking_payload,
    happened,
    movie_input,
    showtime_payload,
)

ARCHIVE = """mutation($ids: [ID!]!) { setMovieStatus(ids: $ids, status: ARCHIVED) {
  movies { id status } userErrors { code message field } } }"""
UPDATE = """mutation($id: ID!, $input: MovieInput!) { updateMovie(id: $id, input: $input) {
  movie { status } userErrors { code field } } }"""


@pytest.fixture
def planned(runtime: MovieRuntime) -> str:
    """A film with a showtime this evening."""
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    return movie.id


def archive(service: ServiceClient, *ids: str) -> dict[str, Any]:
    payload: dict[str, Any] = service.data(ARCHIVE, {"ids": list(ids)}, caller=MANAGER)["setMovieStatus"]
    return payload


def test_with_sold_tickets_it_stays_and_the_refusal_says_when(
    service: ServiceClient, runtime: MovieRuntime, planned: str
) -> None:
    happened(runtime, "booking.confirmed", booking_payload(planned))
    other = a_movie(runtime, title="Wings").id

    refused = archive(service, other, planned)
    by_form = service.data(UPDATE, {"id": planned, "input": movie_input(status="ARCHIVED")}, caller=MANAGER)[
        "updateMovie"
    ]

    (error,) = refused["userErrors"]
    assert (error["code"], error["field"]) == ("MOVIE_HAS_TICKETS", ["ids", "1"])
    assert f"{NOON:%Y-%m-%d}" in error["message"]
    assert by_form == {
        "movie": None,
        "userErrors": [{"code": "MOVIE_HAS_TICKETS", "field": ["input", "status"]}],
    }
    status = service.data("query($id: ID!) { movie(id: $id) { status } }", {"id": other})
    assert status["movie"]["status"] != "ARCHIVED"  # all or none


def test_without_them_or_with_the_showtime_cancelled_it_goes(
    service: ServiceClient, runtime: MovieRuntime, planned: str
) -> None:
    assert archive(service, planned)["userErrors"] == []
    sold = a_movie(runtime, title="Wings").id
    happened(runtime, "showtime.scheduled", showtime_payload(sold, showtimeId="show-2"))
    happened(runtime, "booking.confirmed", booking_payload(sold, bookingId="booking-2", showtimeId="show-2"))
    assert [error["code"] for error in archive(service, sold)["userErrors"]] == ["MOVIE_HAS_TICKETS"]

    cancelled = booking_payload(sold, bookingId="booking-2", showtimeId="show-2")
    happened(
        runtime,
        "booking.cancelled",
        {**cancelled, "refund": {"amount": 0, "currency": "EUR"}, "reason": None},
    )

    assert archive(service, sold)["userErrors"] == []
