"""What happens in one room is heard in the others, over both transports."""

import pytest

from tests.journeys.guests import a_guest, a_showtime, free_block, signed_in
from tests.system import wait_until

MINE = "{ myNotifications(first: 50) { nodes { kind channel subject body status booking { reference } } } }"
FILM_OF = """query Film($id: ID!) { showtime(id: $id) { movieTitle movie {
  id title synopsis durationMinutes genres directors releaseDate originalLanguage ageRating status } } }"""
RENAME = """mutation Rename($id: ID!, $input: MovieInput!) {
  updateMovie(id: $id, input: $input) { movie { title } userErrors { code message } } }"""


def the_administrator(running):
    from user_service.seed import DEMO_PEOPLE

    [person] = [person for person in DEMO_PEOPLE if person.role == "ADMIN"]
    return signed_in(running, person.email, person.password)


@pytest.mark.parametrize("engines", ["system", pytest.param("real_system", marks=pytest.mark.real)])
def test_a_guest_who_paid_is_told_once_on_each_channel(engines, request):
    running = request.getfixturevalue(engines)
    guest = a_guest(running)
    showtime_id = a_showtime(running)
    booking_id = guest.buys(showtime_id, free_block(running, showtime_id, 1))
    [booking] = guest.ask("{ myBookings { nodes { id reference } } }").data["myBookings"]["nodes"]

    def confirmations():
        nodes = guest.ask(MINE).data["myNotifications"]["nodes"]
        return [node for node in nodes if node["kind"] == "booking.confirmed"]

    wait_until(confirmations, "the confirmation arrives")
    channels = [message["channel"] for message in confirmations()]
    assert booking["id"] == booking_id
    assert len(channels) == len(set(channels))
    assert all(message["booking"]["reference"] == booking["reference"] for message in confirmations())


@pytest.mark.parametrize("engines", ["system", pytest.param("real_system", marks=pytest.mark.real)])
def test_a_film_that_was_renamed_is_renamed_in_the_programme(engines, request):
    running = request.getfixturevalue(engines)
    manager = the_administrator(running)
    showtime_id = a_showtime(running)
    film = manager.ask(FILM_OF, {"id": showtime_id}).data["showtime"]["movie"]
    wanted = {**film, "title": film["title"] + " (restored)"}
    film_id = wanted.pop("id")

    changed = manager.ask(RENAME, {"id": film_id, "input": wanted})
    assert changed.data["updateMovie"]["userErrors"] == [], changed.body

    def title_in_the_programme():
        return manager.ask(FILM_OF, {"id": showtime_id}).data["showtime"]["movieTitle"]

    wait_until(lambda: title_in_the_programme() == wanted["title"], "the programme shows the new title")
