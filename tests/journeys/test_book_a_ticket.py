"""A guest buys two seats for a film: register, look, hold, pay, go."""

from tests.journeys.guests import a_guest, a_showtime, free_block

MOVIES = """{ movies(filter: {status: NOW_SHOWING}, first: 5) { totalCount nodes {
  id title releaseDate directors durationMinutes posterUrl showtimes(first: 3) { id startsAt cinemaName } } } }"""
BOOKING = """query Booking($id: ID!) { booking(id: $id) {
  status reference confirmedAt ticketsPdfUrl calendarUrl user { id name } total { amount currency }
  payment { status amount { amount currency } }
  tickets { code status qrPayload seat { id } } } }"""


def test_a_guest_registers_finds_a_film_and_leaves_with_two_valid_tickets(system):
    guest = a_guest(system)
    films = guest.ask(MOVIES).data["movies"]
    showtime_id = a_showtime(system)
    seats = free_block(system, showtime_id, 2)

    held = guest.hold(showtime_id, seats).data["holdSeats"]
    paid = guest.pay(held["booking"]["id"]).data["payBooking"]
    booking = guest.ask(BOOKING, {"id": held["booking"]["id"]}).data["booking"]

    assert films["totalCount"] >= 10
    assert held["userErrors"] == []
    assert held["booking"]["status"] == "HELD"
    assert paid["userErrors"] == []
    assert booking["status"] == "CONFIRMED"
    assert booking["user"] == {"id": guest.id, "name": "Ana Costa"}
    assert booking["payment"] == {"status": "SUCCEEDED", "amount": held["booking"]["total"]}
    assert [ticket["status"] for ticket in booking["tickets"]] == ["VALID", "VALID"]
    assert sorted(ticket["seat"]["id"] for ticket in booking["tickets"]) == sorted(seats)
    assert all(ticket["qrPayload"] and ticket["code"] for ticket in booking["tickets"])
    assert booking["ticketsPdfUrl"]
    assert booking["calendarUrl"]


def test_the_tickets_can_be_taken_home_as_a_file_and_into_a_calendar(system):
    guest = a_guest(system)
    showtime_id = a_showtime(system)
    booking_id = guest.buys(showtime_id, free_block(system, showtime_id, 2))

    links = guest.ask(BOOKING, {"id": booking_id}).data["booking"]
    pdf = system.get(_path(links["ticketsPdfUrl"]))
    calendar = system.get(_path(links["calendarUrl"]))

    assert pdf.status_code == 200
    assert pdf.content.startswith(b"%PDF-")
    assert calendar.status_code == 200
    assert "BEGIN:VEVENT" in calendar.text


def test_a_declined_card_leaves_the_hold_and_another_one_pays(system):
    guest = a_guest(system)
    showtime_id = a_showtime(system)
    booking_id = guest.hold(showtime_id, free_block(system, showtime_id, 1)).data["holdSeats"]["booking"][
        "id"
    ]

    declined = guest.pay(booking_id, "pm_declined")
    paid = guest.pay(booking_id)

    assert declined.refusals("payBooking") == ["PAYMENT_DECLINED"]
    assert declined.data["payBooking"]["booking"]["status"] == "HELD"
    assert paid.data["payBooking"]["booking"]["status"] == "CONFIRMED"


def test_nobody_else_sees_the_booking(system):
    guest, stranger = a_guest(system), a_guest(system, "Ben Stone")
    showtime_id = a_showtime(system)
    booking_id = guest.buys(showtime_id, free_block(system, showtime_id, 1))

    seen = stranger.ask(BOOKING, {"id": booking_id})
    by_a_visitor = system.gql(BOOKING, {"id": booking_id})

    assert seen.data == {"booking": None}
    assert seen.codes == ["NOT_FOUND"]
    assert by_a_visitor.data == {"booking": None}
    assert set(by_a_visitor.codes) <= {"UNAUTHENTICATED", "NOT_FOUND"}


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]
