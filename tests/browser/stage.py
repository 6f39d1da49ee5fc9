"""A cinema, a film and showtimes of a test's own, for what no showtime of the sample programme can show."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.house import House
from tests.system import wait_until

CINEMA = """mutation($input: CinemaInput!) {
  it: createCinema(input: $input) { cinema { id } userErrors { code message } } }"""
ROOM = """mutation($input: AuditoriumInput!) {
  it: createAuditorium(input: $input) { auditorium { id } userErrors { code message } } }"""
FILM = """mutation($input: MovieInput!) {
  it: createMovie(input: $input) { movie { id } userErrors { code message } } }"""
SHOWTIME = """mutation($input: ShowtimeInput!) {
  it: scheduleShowtime(input: $input) { showtime { id } userErrors { code message } } }"""
POLICY = """mutation($id: ID!, $input: BookingPolicyInput!) {
  it: setBookingPolicy(cinemaId: $id, input: $input) { userErrors { code message } } }"""


class Stage:
    """Makes things as an administrator; each call makes a new one."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._token = house.staff("admin").token

    def do(self, mutation: str, **variables: Any) -> dict[str, Any]:
        """Carry out a mutation whose field is called `it`; its payload. It has to succeed."""
        answer = self.house.system.gql(mutation, variables, token=self._token)
        assert answer.errors == [], answer.body
        payload: dict[str, Any] = answer.data["it"]
        assert payload["userErrors"] == [], payload
        return payload

    def film(self, **changes: Any) -> dict[str, Any]:
        """A film in the catalogue with a title nobody else has: id and title."""
        title = f"The Lamp {secrets.token_hex(3)}"
        given = {
            "title": title,
            "synopsis": "Somebody waits for the light to go out.",
            "durationMinutes": 95,
            "genres": ["Drama"],
            "directors": ["Ana Costa"],
            "cast": [{"name": "Ben Silva", "character": "The projectionist"}],
            "releaseDate": "2026-11-01",
            "originalLanguage": "en",
            "ageRating": "PG",
            "status": "NOW_SHOWING",
        }
        return {"id": self.do(FILM, input={**given, **changes})["movie"]["id"], "title": title}

    def room(self, plan: Sequence[str], zone: str = "Europe/Vienna", **policy: Any) -> dict[str, str]:
        """A cinema with one room of rows A, B, …; `policy`: of BookingPolicyInput. Its id, the room's, its name."""
        mark = secrets.token_hex(3)
        place = {
            "name": f"House {mark}", "address": "1 Lamp Street", "city": "Vienna", "countryCode": "AT",
            "timeZone": zone, "currency": "EUR", "location": {"latitude": 48.2, "longitude": 16.4},
        }  # fmt: skip
        cinema = self.do(CINEMA, input=place)["cinema"]["id"]
        rows = [{"row": chr(65 + index), "places": places} for index, places in enumerate(plan)]
        room = self.do(ROOM, input={"cinemaId": cinema, "name": "One", "rows": rows})["auditorium"]["id"]
        if policy:
            self.set_policy(cinema, **policy)
        return {"cinema": cinema, "room": room, "name": place["name"]}

    def set_policy(self, cinema: str, **policy: Any) -> None:
        """Change BookingPolicyInput's fields of a cinema, as soon as the bookings have heard of it."""

        def is_set() -> bool:
            answer = self.house.system.gql(POLICY, {"id": cinema, "input": policy}, token=self._token)
            return bool(answer.data["it"]["userErrors"] == [])

        wait_until(is_set, "the cinema's policy is set")

    def showtime(self, film: str, room: str, *, hours: float = 48, price: int = 1000) -> str:
        """A showtime on sale that begins in so many hours, all seats of one price in euro cents; its id."""
        categories = ("STANDARD", "PREMIUM", "ACCESSIBLE", "COMPANION")
        given = {
            "movieId": film,
            "auditoriumId": room,
            "startsAt": (datetime.now(UTC) + timedelta(hours=hours)).replace(microsecond=0).isoformat(),
            "prices": [
                {
                    "category": category,
                    "ticketType": "ADULT",
                    "price": {"amount": price, "currency": "EUR"},
                }
                for category in categories
            ],
            "publish": True,
        }
        return str(self.do(SHOWTIME, input=given)["showtime"]["id"])
