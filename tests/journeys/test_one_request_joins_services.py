"""One request is answered from several services, each asked at most once a level."""

from collections import Counter

from tests.journeys.guests import a_guest, a_showtime, free_block
from tools.launcher.fleet import SERVICES

JOINED = """{ myBookings(first: 20) { totalCount nodes {
  reference status
  user { name }
  showtime { startsAt movieTitle movie { title durationMinutes directors } cinema { name city timeZone }
             auditorium { name capacity } }
  payment { status provider amount { amount currency } } } } }"""
SERVICES_JOINED = ("booking_service", "movie_service", "cinema_service", "payment_service", "user_service")


def requests_by_service(system, request_id):
    return Counter({service.name: len(system.requests_of(service.name, request_id)) for service in SERVICES})


def test_a_booking_comes_with_its_film_cinema_auditorium_and_payment(system):
    guest = a_guest(system)
    showtime_id = a_showtime(system)
    guest.buys(showtime_id, free_block(system, showtime_id, 2))

    answer = guest.ask(JOINED)
    [booking] = answer.data["myBookings"]["nodes"]

    assert answer.errors == []
    assert booking["user"]["name"] == "Ana Costa"
    assert booking["showtime"]["movie"]["title"] == booking["showtime"]["movieTitle"]
    assert booking["showtime"]["cinema"]["timeZone"]
    assert booking["showtime"]["auditorium"]["capacity"] > 0
    assert booking["payment"]["status"] == "SUCCEEDED"


def test_twenty_bookings_ask_each_service_no_more_often_than_one(system):
    guest = a_guest(system)
    showtime_id = a_showtime(system)
    guest.buys(showtime_id, free_block(system, showtime_id, 1))
    for_one = guest.ask(JOINED)
    for _ in range(19):
        guest.buys(showtime_id, free_block(system, showtime_id, 1))

    for_twenty = guest.ask(JOINED)

    assert for_twenty.data["myBookings"]["totalCount"] == 20
    assert len(for_twenty.data["myBookings"]["nodes"]) == 20
    counts = requests_by_service(system, for_twenty.request_id)
    assert counts == requests_by_service(system, for_one.request_id)
    # Booking and film, cinema, auditorium, payment, person: one level under the list, so one call each.
    assert all(counts[service] == 1 for service in SERVICES_JOINED), counts
