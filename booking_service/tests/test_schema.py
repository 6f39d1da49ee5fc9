"""What people and siblings may ask of the booking graph."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from booking_service.queries import reports
from booking_service.tests.builders import CINEMA, FILM, ROOM, House, Siblings
from chassis.clock import SetClock
from chassis.testing import ServiceClient, as_peer, as_user

STAFF = as_user("stan", "STAFF", (CINEMA,))
MANAGER = as_user("mona", "MANAGER", (CINEMA,))
STRANGER = as_user("sam", "MANAGER", ("elsewhere",))
HOLD = """mutation Hold($input: HoldSeatsInput!) { holdSeats(input: $input) {
  booking { id reference status total { amount currency } holdExpiresAt serverTime extensionsLeft
            tickets { seat { id row } ticketType price { amount } qrPayload } }
  userErrors { code message field } } }"""
PAY = """mutation Pay($input: PayBookingInput!) { payBooking(input: $input) {
  booking { status tickets { status qrPayload code } ticketsPdfUrl calendarUrl payment { id }
            refundQuote { percent amount { amount } } }
  action { clientSecret redirectUrl } userErrors { code } } }"""


def hold(client: ServiceClient, showtime: str, seats: list[str], by: str = "ana") -> str:
    wish = {"showtimeId": showtime, "seats": [{"seatId": seat} for seat in seats]}
    payload = client.data(HOLD, {"input": wish}, caller=as_user(by))["holdSeats"]
    assert payload["userErrors"] == []
    return str(payload["booking"]["id"])


def pay(client: ServiceClient, booking_id: str, by: str = "ana", token: str = "pm_success") -> dict[str, Any]:
    wish = {
        "bookingId": booking_id,
        "method": "CARD",
        "paymentToken": token,
        "idempotencyKey": f"k-{booking_id}-{token}",
    }
    payload: dict[str, Any] = client.data(PAY, {"input": wish}, caller=as_user(by))["payBooking"]
    return payload


def test_a_guest_holds_pays_and_gets_tickets_that_open_as_paper_and_calendar(
    house: House, client: ServiceClient, siblings: Siblings
) -> None:
    booking_id = hold(client, house.a_showtime(), ["A1", "A2"])
    siblings.answers["cinema_service", "auditorium"] = lambda variables: {
        "cinema": {"address": "1 Lamp Street", "city": "Berlin"}
    }

    paid = pay(client, booking_id)

    booking = paid["booking"]
    assert booking["status"] == "CONFIRMED"
    assert [ticket["status"] for ticket in booking["tickets"]] == ["VALID", "VALID"]
    assert all(ticket["qrPayload"].startswith("LC1.") for ticket in booking["tickets"])
    assert booking["refundQuote"] == {"percent": 100, "amount": {"amount": 2100}}
    paper = client.get(booking["ticketsPdfUrl"].removeprefix("http://localhost:5000"))
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    calendar = client.get(booking["calendarUrl"].removeprefix("http://localhost:5000"))
    assert b"TZID=Europe/Berlin" in calendar.data
    assert rb"1 Lamp Street\, Berlin" in calendar.data.replace(b"\r\n ", b"")


def test_a_calendar_entry_is_had_without_the_address_while_the_cinemas_do_not_answer(
    house: House, client: ServiceClient
) -> None:
    paid = pay(client, hold(client, house.a_showtime(), ["A1", "A2"]))["booking"]

    calendar = client.get(paid["calendarUrl"].removeprefix("http://localhost:5000"))

    assert b"BEGIN:VEVENT" in calendar.data


def test_a_link_that_was_altered_or_is_too_old_opens_nothing(
    house: House, client: ServiceClient, clock: SetClock
) -> None:
    booking_id = hold(client, house.a_showtime(), ["A1", "A2"])
    link = pay(client, booking_id)["booking"]["ticketsPdfUrl"].removeprefix("http://localhost:5000")

    assert client.get(link.replace("signature=", "signature=0")).status_code == 404
    clock.advance(hours=2)
    assert client.get(link).status_code == 404


def test_the_links_in_the_mail_open_until_the_show_is_over_and_not_for_ever(
    house: House, client: ServiceClient, clock: SetClock
) -> None:
    showtime_id = house.a_showtime()
    pay(client, hold(client, showtime_id, ["A1", "A2"]))
    [fact] = house.facts("booking.confirmed")
    links = [fact[name].removeprefix("http://localhost:5000") for name in ("ticketsUrl", "calendarUrl")]

    clock.set(house.showtime(showtime_id).ends_at)
    assert [client.get(link).mimetype for link in links] == ["application/pdf", "text/calendar"]
    clock.advance(days=30)
    assert [client.get(link).status_code for link in links] == [404, 404]


def test_a_visitor_may_look_but_not_hold(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime()
    wish = {"showtimeId": showtime, "seats": [{"seatId": "A1"}]}

    assert client.error_codes(HOLD, {"input": wish}) == ["UNAUTHENTICATED"]
    seen = client.data(
        "query($id: ID!) { showtime(id: $id) { status seatStatuses seatsAvailable } }", {"id": showtime}
    )
    assert seen["showtime"] == {"status": "ON_SALE", "seatStatuses": "a" * 21, "seatsAvailable": 21}


def test_each_viewer_sees_the_seats_from_their_side(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime()
    house.hold(showtime, ["A1", "A2"], by="ana")
    house.sold(showtime, ["C1", "C2"], by="ben")
    question = """query($id: ID!) { showtime(id: $id) {
        seatStatuses seatMap { status heldUntil seat { id } } seatMapVersion } }"""

    mine = client.data(question, {"id": showtime}, caller=as_user("ana"))["showtime"]
    visitors = client.data(question, {"id": showtime})["showtime"]
    staff = client.data(question, {"id": showtime}, caller=STAFF)["showtime"]

    assert mine["seatStatuses"][:3] == "mma"
    assert visitors["seatStatuses"][:3] == "hha"
    assert visitors["seatStatuses"].count("s") == 2
    assert visitors["seatMapVersion"] == 6  # two held, two held and sold
    assert visitors["seatMap"][0]["heldUntil"] is None
    assert staff["seatMap"][0]["heldUntil"] is not None


def test_another_persons_booking_is_not_found_by_any_path(house: House, client: ServiceClient) -> None:
    booking_id = hold(client, house.a_showtime(), ["A1", "A2"])
    eve = as_user("eve")

    assert client.error_codes(
        "query($id: ID!) { booking(id: $id) { id } }", {"id": booking_id}, caller=eve
    ) == ["NOT_FOUND"]
    reference = house.booking(booking_id).reference
    by_code = "query($r: String!) { bookingByReference(reference: $r) { id } }"
    assert client.error_codes(by_code, {"r": reference}, caller=eve) == ["NOT_FOUND"]
    entities = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Booking { id } } }"
    found = client.data(entities, {"r": [{"__typename": "Booking", "id": booking_id}]}, caller=eve)
    assert found["_entities"] == [None]


def test_staff_find_a_booking_of_their_cinema_by_code_mail_and_seat(
    house: House, client: ServiceClient
) -> None:
    house.a_guest("ana", "Ana.Müller@example.org")
    booking_id = hold(client, house.a_showtime(), ["A1", "A2"])
    reference = house.booking(booking_id).reference
    question = "query($s: String!) { bookings(filter: {search: $s}) { totalCount nodes { id timeline { step outcome } } } }"

    for search in (reference.lower().replace("-", " "), "ana.muller@example", "A1"):
        found = client.data(question, {"s": search}, caller=STAFF)["bookings"]
        assert [booking["id"] for booking in found["nodes"]] == [booking_id], search
    assert client.data(question, {"s": reference}, caller=STRANGER)["bookings"]["totalCount"] == 0
    assert client.error_codes(question, {"s": reference}, caller=as_user("ana")) == ["FORBIDDEN"]


def test_a_list_of_bookings_asks_the_database_a_fixed_number_of_times(
    house: House, client: ServiceClient
) -> None:
    question = """{ myBookings(first: 50) { nodes { id status total { amount } tickets { seat { id } price { amount } }
                   showtime { movieTitle status prices { category } movie { id } } } } }"""
    counts = []
    for seats in (["A1", "A2"], ["B1", "B2"], ["C1", "C2"]):
        hold(client, house.a_showtime(), seats)
        statements: list[str] = []
        listen = lambda *arguments, log=statements: log.append(arguments[2])  # noqa: E731
        event.listen(house.runtime.database.engine, "before_cursor_execute", listen)
        client.data(question, caller=as_user("ana"))
        event.remove(house.runtime.database.engine, "before_cursor_execute", listen)
        counts.append(len([line for line in statements if line.lstrip().upper().startswith("SELECT")]))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize(
    ("seats", "code"),
    [
        ([], "SEATS_REQUIRED"),
        (["Q99"], "SEAT_UNKNOWN"),
        (["A1", "A1"], "SEAT_REPEATED"),
        (["A2"], "SINGLE_SEAT_GAP"),
    ],
)
def test_impossible_choices_are_refused_with_a_code(
    house: House, client: ServiceClient, seats: list[str], code: str
) -> None:
    wish = {"showtimeId": house.a_showtime(), "seats": [{"seatId": seat} for seat in seats]}

    payload = client.data(HOLD, {"input": wish}, caller=as_user("ana"))["holdSeats"]

    assert [fault["code"] for fault in payload["userErrors"]] == [code]
    assert payload["booking"] is None


def test_an_unknown_showtime_is_a_refusal(house: House, client: ServiceClient) -> None:
    wish = {"showtimeId": "nowhere", "seats": [{"seatId": "A1"}]}

    payload = client.data(HOLD, {"input": wish}, caller=as_user("ana"))["holdSeats"]

    assert [fault["code"] for fault in payload["userErrors"]] == ["SHOWTIME_UNKNOWN"]


def test_the_payers_own_step_is_handed_on(house: House, client: ServiceClient, siblings: Siblings) -> None:
    booking_id = hold(client, house.a_showtime(), ["A1", "A2"])

    asked = pay(client, booking_id, token="pm_3ds")

    assert asked["action"] == {"clientSecret": "secret", "redirectUrl": "http://bank.example/3ds"}
    assert asked["booking"]["status"] == "PAYING"
    for payment in siblings.payments.values():
        payment["outcome"] = "SUCCEEDED"
    assert pay(client, booking_id, token="pm_3ds")["booking"]["status"] == "CONFIRMED"


CHECK_IN = """mutation In($q: String, $c: String, $s: ID) {
  checkInTicket(qrPayload: $q, code: $c, showtimeId: $s, door: "2") {
  ticket { status } booking { reference } userErrors { code message } } }"""


def codes(payload: dict[str, Any]) -> list[str]:
    return [fault["code"] for fault in payload["userErrors"]]


def test_a_ticket_is_let_in_once_and_only_where_it_belongs(house: House, client: ServiceClient) -> None:
    showtime, other = house.a_showtime(in_hours=1), house.a_showtime(in_hours=2)
    tickets = pay(client, hold(client, showtime, ["A1", "A2"]))["booking"]["tickets"]
    scan = {"q": tickets[0]["qrPayload"]}

    wrong = client.data(CHECK_IN, {**scan, "s": other}, caller=STAFF)["checkInTicket"]
    admitted = client.data(CHECK_IN, {**scan, "s": showtime}, caller=STAFF)["checkInTicket"]
    again = client.data(CHECK_IN, scan, caller=STAFF)["checkInTicket"]
    typed = client.data(CHECK_IN, {"c": tickets[1]["code"].lower()}, caller=STAFF)["checkInTicket"]
    forged = client.data(CHECK_IN, {"q": tickets[0]["qrPayload"][:-4] + "AAAA"}, caller=STAFF)[
        "checkInTicket"
    ]

    assert codes(wrong) == ["WRONG_SHOWTIME"]
    assert (codes(admitted), admitted["ticket"]["status"]) == ([], "USED")
    assert codes(again) == ["TICKET_ALREADY_USED"]
    assert codes(typed) == []
    assert codes(forged) == ["TICKET_INVALID"]
    counted = client.data(
        "query($id: ID!) { showtime(id: $id) { checkedIn } }", {"id": showtime}, caller=STAFF
    )
    assert counted["showtime"]["checkedIn"] == 2


def test_too_early_cancelled_and_other_cinemas_tickets_stay_outside(
    house: House, client: ServiceClient
) -> None:
    early = pay(client, hold(client, house.a_showtime(in_hours=30), ["A1", "A2"]))["booking"]["tickets"][0]
    booking_id = hold(client, house.a_showtime(in_hours=30), ["A1", "A2"])
    void = pay(client, booking_id)["booking"]["tickets"][0]
    client.data(
        "mutation($id: ID!) { cancelBooking(bookingId: $id) { userErrors { code } } }",
        {"id": booking_id},
        caller=as_user("ana"),
    )

    assert codes(client.data(CHECK_IN, {"q": early["qrPayload"]}, caller=STAFF)["checkInTicket"]) == [
        "TOO_EARLY"
    ]
    assert codes(client.data(CHECK_IN, {"q": void["qrPayload"]}, caller=STAFF)["checkInTicket"]) == [
        "TICKET_VOID"
    ]
    assert codes(client.data(CHECK_IN, {"q": early["qrPayload"]}, caller=STRANGER)["checkInTicket"]) == [
        "TICKET_INVALID"
    ]
    assert client.error_codes(CHECK_IN, {"q": early["qrPayload"]}, caller=as_user("ana")) == ["FORBIDDEN"]


SELL = """mutation Sell($input: HoldSeatsInput!, $method: PaymentMethod!, $tendered: MoneyInput, $reason: String) {
  sellAtBoxOffice(input: $input, method: $method, tendered: $tendered, reason: $reason) {
    booking { status total { amount } tickets { qrPayload } user { id } } userErrors { code } } }"""


def test_the_desk_sells_for_cash_and_gives_complimentary_tickets_with_a_reason(
    house: House, client: ServiceClient
) -> None:
    wish = {"showtimeId": house.a_showtime(), "seats": [{"seatId": "A2"}]}

    little = client.data(
        SELL, {"input": wish, "method": "CASH", "tendered": {"amount": 5, "currency": "EUR"}}, caller=STAFF
    )
    cash = client.data(
        SELL, {"input": wish, "method": "CASH", "tendered": {"amount": 2000, "currency": "EUR"}}, caller=STAFF
    )
    wish["seats"] = [{"seatId": "C3"}]
    no_reason = client.data(SELL, {"input": wish, "method": "COMP"}, caller=STAFF)
    gift = client.data(SELL, {"input": wish, "method": "COMP", "reason": "press"}, caller=STAFF)

    assert codes(little["sellAtBoxOffice"]) == ["TENDERED_TOO_LITTLE"]
    assert cash["sellAtBoxOffice"]["booking"]["status"] == "CONFIRMED"
    assert cash["sellAtBoxOffice"]["booking"]["total"] == {"amount": 1000}
    assert codes(no_reason["sellAtBoxOffice"]) == ["REASON_REQUIRED"]
    assert gift["sellAtBoxOffice"]["booking"]["total"] == {"amount": 0}
    assert client.error_codes(SELL, {"input": wish, "method": "CASH"}, caller=STRANGER) == ["FORBIDDEN"]


SCHEDULE = """mutation Plan($input: ShowtimeInput!) { scheduleShowtime(input: $input) {
  showtime { id status movieTitle endsAt seatsTotal prices { price { amount } } } userErrors { code field message } } }"""


@pytest.fixture
def catalogue(siblings: Siblings) -> None:
    seats = [{"id": "A1", "row": "A", "number": 1, "category": "STANDARD", "x": 0.0, "y": 0.0}]
    cinema = {
        "id": CINEMA,
        "name": "Lichtspiel",
        "city": "Berlin",
        "timeZone": "Europe/Berlin",
        "currency": "EUR",
    }
    siblings.answers["cinema_service", "auditorium"] = lambda variables: {
        "id": variables["id"], "name": "Saal 1", "layoutVersion": 7, "formats": ["2D"], "cinema": cinema, "seats": seats,
    }  # fmt: skip
    siblings.answers["movie_service", "movie"] = lambda variables: {
        "id": variables["id"], "title": "Nosferatu", "durationMinutes": 94, "genres": ["Horror"],
    }  # fmt: skip


def an_entry(starts_at: str, **changes: object) -> dict[str, Any]:
    prices = [{"category": "STANDARD", "ticketType": "ADULT", "price": {"amount": 1200, "currency": "EUR"}}]
    return {
        "movieId": FILM,
        "auditoriumId": ROOM,
        "startsAt": starts_at,
        "prices": prices,
        "publish": True,
        **changes,
    }


@pytest.mark.usefixtures("catalogue")
def test_a_manager_schedules_and_an_overlap_is_refused_with_what_is_in_the_way(
    house: House, client: ServiceClient
) -> None:
    made = client.data(SCHEDULE, {"input": an_entry("2026-11-25T18:00:00+00:00")}, caller=MANAGER)[
        "scheduleShowtime"
    ]
    clash = client.data(SCHEDULE, {"input": an_entry("2026-11-25T19:50:00+00:00")}, caller=MANAGER)[
        "scheduleShowtime"
    ]
    after = client.data(SCHEDULE, {"input": an_entry("2026-11-25T20:04:00+00:00")}, caller=MANAGER)[
        "scheduleShowtime"
    ]

    assert made["showtime"]["endsAt"] == "2026-11-25T19:44:00+00:00"
    assert (made["showtime"]["status"], made["showtime"]["seatsTotal"]) == ("ON_SALE", 1)
    assert codes(clash) == ["AUDITORIUM_BUSY"]
    assert "Nosferatu" in clash["userErrors"][0]["message"]
    assert codes(after) == []


@pytest.mark.usefixtures("catalogue")
def test_only_managers_of_the_cinema_schedule(house: House, client: ServiceClient) -> None:
    entry = {"input": an_entry("2026-11-25T18:00:00+00:00")}

    assert client.error_codes(SCHEDULE, entry, caller=STAFF) == ["FORBIDDEN"]
    assert client.error_codes(SCHEDULE, entry, caller=STRANGER) == ["FORBIDDEN"]
    assert client.error_codes(SCHEDULE, entry) == ["UNAUTHENTICATED"]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    "change",
    [
        {"startsAt": "2020-01-01T18:00:00+00:00"},
        {"format": "IMAX"},
        {"prices": []},
        {"salesOpenAt": "2026-12-01T00:00:00+00:00"},
        {
            "prices": [
                {"category": "STANDARD", "ticketType": "ADULT", "price": {"amount": 1, "currency": "USD"}}
            ]
        },
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(
    house: House, client: ServiceClient, change: dict[str, object]
) -> None:
    entry = an_entry("2026-11-25T18:00:00+00:00", **change)

    assert codes(client.data(SCHEDULE, {"input": entry}, caller=MANAGER)["scheduleShowtime"]) == [
        "SCHEDULE_INVALID"
    ]


def test_an_empty_id_of_a_room_is_asked_for_like_any_other(client: ServiceClient) -> None:
    bulk = "mutation($input: ScheduleShowtimesInput!) { scheduleShowtimes(input: $input) { userErrors { code } } }"
    wish = {"movieId": FILM, "auditoriumIds": [""], "prices": [], "startsAt": ["2026-11-25T14:00:00+00:00"]}

    assert "INTERNAL" not in str(client.gql(bulk, {"input": wish}, caller=MANAGER))


@pytest.mark.usefixtures("catalogue")
def test_a_bulk_plan_is_all_or_nothing_and_can_be_rehearsed(house: House, client: ServiceClient) -> None:
    bulk = """mutation($input: ScheduleShowtimesInput!, $dry: Boolean) { scheduleShowtimes(input: $input, dryRun: $dry) {
              showtimes { startsAt } userErrors { code } } }"""
    entry = an_entry("")
    wish = {"movieId": FILM, "auditoriumIds": [ROOM], "prices": entry["prices"],
            "startsAt": ["2026-11-25T14:00:00+00:00", "2026-11-25T18:00:00+00:00"]}  # fmt: skip
    question = "query { showtimes(filter: {status: DRAFT}) { totalCount } }"

    rehearsed = client.data(bulk, {"input": wish, "dry": True}, caller=MANAGER)["scheduleShowtimes"]
    none_yet = client.data(question, caller=MANAGER)["showtimes"]["totalCount"]
    made = client.data(bulk, {"input": wish}, caller=MANAGER)["scheduleShowtimes"]
    again = client.data(bulk, {"input": wish}, caller=MANAGER)["scheduleShowtimes"]

    assert (len(rehearsed["showtimes"]), none_yet) == (2, 0)
    assert len(made["showtimes"]) == 2
    assert codes(again) == ["AUDITORIUM_BUSY", "AUDITORIUM_BUSY"]
    assert client.data(question, caller=MANAGER)["showtimes"]["totalCount"] == 2
    assert client.data(question)["showtimes"]["totalCount"] == 0


def test_figures_equal_what_was_sold(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime(in_hours=3)
    house.sold(showtime, ["A1", "A2"], by="ana")
    house.sold(showtime, ["C1", "C2"], by="ben")
    report = """{ salesReport(from: "2026-11-20", to: "2026-11-22", currency: "EUR") { revenue { amount } bookings tickets
                occupancy byDay { day revenue { amount } tickets } byMovie { movieTitle revenue { amount } }
                byCinema { cinemaName tickets } byHour { hour tickets } occupancyByHour { weekday hour occupancy } } }"""

    seen = client.data(report, caller=MANAGER)["salesReport"]

    assert (seen["revenue"]["amount"], seen["bookings"], seen["tickets"]) == (5000, 2, 4)
    assert seen["occupancy"] == round(4 / 21, 4)
    assert seen["byDay"] == [{"day": "2026-11-21", "revenue": {"amount": 5000}, "tickets": 4}]
    assert seen["byMovie"] == [{"movieTitle": "Metropolis", "revenue": {"amount": 5000}}]
    assert seen["byHour"] == [{"hour": 13, "tickets": 4}]
    assert seen["occupancyByHour"] == [{"weekday": 6, "hour": 16, "occupancy": round(4 / 21, 4)}]
    assert client.error_codes(report, caller=STAFF) == ["FORBIDDEN"]


def test_a_sum_beyond_an_int_is_refused_by_its_name_and_the_other_figures_stay(
    client: ServiceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = reports.Figures(
        key="", name="", revenue=2**31, refunded=2**31 - 1, bookings=2, tickets=4, occupancy=0.1
    )
    monkeypatch.setattr(reports, "sold", lambda *_: sold)
    question = """{ large: salesReport(from: "2026-11-20", to: "2026-11-22", currency: "IDR") { revenue { amount } }
        small: salesReport(from: "2026-11-20", to: "2026-11-22", currency: "IDR") { refunded { amount } tickets } }"""

    answer = client.gql(question, caller=MANAGER)

    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["path"]) == (
        "AMOUNT_TOO_LARGE",
        ["large", "revenue", "amount"],
    )
    assert answer["data"] == {"large": None, "small": {"refunded": {"amount": 2**31 - 1}, "tickets": 4}}


def test_personal_data_is_told_to_the_user_service_alone(house: House, client: ServiceClient) -> None:
    hold(client, house.a_showtime(), ["A1", "A2"])
    question = '{ bookingPersonalData(userId: "ana") }'

    assert "Metropolis" in client.data(question, caller=as_peer("user_service"))["bookingPersonalData"]
    assert client.error_codes(question, caller=as_user("ana")) == ["NOT_FOUND"]
    assert client.error_codes(question, caller=as_peer("coupon_service")) == ["NOT_FOUND"]
