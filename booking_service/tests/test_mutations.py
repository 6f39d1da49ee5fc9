"""Each command of the graph, asked as the gateway asks: what it answers, and to whom."""

from __future__ import annotations

from typing import Any

import pytest

from booking_service.commands.exports import make_exports
from booking_service.commands.house import set_seats_blocked
from booking_service.tests.builders import CINEMA, FILM, ROOM, House, Siblings, a_plan
from booking_service.worker import build_worker
from chassis.testing import ServiceClient, as_user

ANA = as_user("ana")
STAFF = as_user("stan", "STAFF", (CINEMA,))
MANAGER = as_user("mona", "MANAGER", (CINEMA,))
STRANGER = as_user("sam", "MANAGER", ("elsewhere",))
ERRORS = "userErrors { code field message }"
PRICES = [
    {"category": category, "ticketType": "ADULT", "price": {"amount": 1500, "currency": "EUR"}}
    for category in ("STANDARD", "PREMIUM", "ACCESSIBLE", "COMPANION")
]


def ask(client: ServiceClient, caller: Any, field: str, variables: str = "", **values: Any) -> dict[str, Any]:
    """The payload of one mutation that must not fail at the top level."""
    head = f"({variables})" if variables else ""
    answer: dict[str, Any] = next(
        iter(client.data(f"mutation {head} {{ {field} }}", values, caller=caller).values())
    )
    return answer


def codes(payload: dict[str, Any]) -> list[str]:
    return [fault["code"] for fault in payload["userErrors"]]


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
        "id": variables["id"], "name": "Saal 1", "layoutVersion": 7, "formats": ["2D", "3D"], "cinema": cinema,
        "seats": seats,
    }  # fmt: skip
    siblings.answers["movie_service", "movie"] = lambda variables: {
        "id": variables["id"], "title": "Nosferatu", "durationMinutes": 94, "genres": ["Horror"],
    }  # fmt: skip


def test_a_coupon_is_applied_and_removed_and_time_is_added(
    house: House, client: ServiceClient, siblings: Siblings
) -> None:
    booking = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.coupons["TEN"] = 200
    fields = f"{{ booking {{ total {{ amount }} couponCode extensionsLeft }} {ERRORS} }}"

    applied = ask(client, ANA, f'applyCoupon(bookingId: $b, code: "ten") {fields}', "$b: ID!", b=booking)
    removed = ask(client, ANA, f"removeCoupon(bookingId: $b) {fields}", "$b: ID!", b=booking)
    longer = ask(client, ANA, f"extendHold(bookingId: $b) {fields}", "$b: ID!", b=booking)

    assert applied["booking"] == {"total": {"amount": 1900}, "couponCode": "TEN", "extensionsLeft": 10}
    assert removed["booking"] == {"total": {"amount": 2100}, "couponCode": None, "extensionsLeft": 10}
    assert longer["booking"]["extensionsLeft"] == 9
    released = [asked["id"] for _, operation, asked in siblings.calls if operation == "releaseCoupon"]
    assert released == [booking]


def test_seats_of_a_paid_booking_are_changed(house: House, client: ServiceClient) -> None:
    booking = house.sold(house.a_showtime(), ["A1", "A2"])
    field = (
        'changeSeats(bookingId: $b, seats: [{seatId: "C1"}, {seatId: "C2"}], paymentToken: "pm_success",'
        f' idempotencyKey: "k") {{ booking {{ tickets {{ seat {{ id }} status }} }} {ERRORS} }}'
    )

    changed = ask(client, ANA, field, "$b: ID!", b=booking)

    assert [ticket["seat"]["id"] for ticket in changed["booking"]["tickets"]] == ["C1", "C2"]


def test_a_guest_joins_and_leaves_the_waiting_list_of_a_full_showtime(
    house: House, client: ServiceClient
) -> None:
    showtime = house.a_showtime()
    everything = [seat.id for seat in a_plan()]
    set_seats_blocked(house.runtime, MANAGER, showtime, everything, blocked=True)
    join = f"joinWaitingList(showtimeId: $s, seats: 2) {{ done {ERRORS} }}"
    leave = f"leaveWaitingList(showtimeId: $s) {{ done {ERRORS} }}"
    question = "query($s: ID!) { showtime(id: $s) { onWaitingList } }"

    assert ask(client, ANA, join, "$s: ID!", s=showtime)["done"]
    assert client.data(question, {"s": showtime}, caller=ANA)["showtime"]["onWaitingList"] is True
    assert ask(client, ANA, leave, "$s: ID!", s=showtime)["done"]
    assert client.data(question, {"s": showtime}, caller=ANA)["showtime"]["onWaitingList"] is False
    assert codes(ask(client, ANA, join, "$s: ID!", s=house.a_showtime())) == ["SCHEDULE_INVALID"]


def test_a_manager_opens_a_waiting_room_and_guests_take_places(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime()
    steer = f"setWaitingRoom(input: $i) {{ waitingRoom {{ rate waiting seedHash seed }} {ERRORS} }}"
    wish = {"showtimeId": showtime, "opensAt": "2026-11-21T13:00:00+00:00", "rate": 30, "open": True}
    join = f"joinWaitingRoom(showtimeId: $s) {{ place {{ token admitted position minutesTo }} {ERRORS} }}"

    none_yet = ask(client, ANA, join, "$s: ID!", s=showtime)
    opened = ask(client, MANAGER, steer, "$i: WaitingRoomInput!", i=wish)
    place = ask(client, ANA, join, "$s: ID!", s=showtime)

    assert codes(none_yet) == ["WAITING_ROOM_CLOSED"]
    assert opened["waitingRoom"]["seed"] is None
    assert place["place"]["admitted"] is False
    assert client.error_codes(
        "mutation($i: WaitingRoomInput!) { setWaitingRoom(input: $i) { userErrors { code } } }",
        {"i": wish},
        caller=STAFF,
    ) == ["FORBIDDEN"]


def test_an_admission_by_mistake_is_taken_back_with_a_reason(house: House, client: ServiceClient) -> None:
    house.sold(house.a_showtime(in_hours=1), ["A1", "A2"])
    code = client.data("{ myBookings { nodes { tickets { id code } } } }", caller=ANA)
    ticket = code["myBookings"]["nodes"][0]["tickets"][0]
    check_in = f"checkInTicket(code: $c) {{ ticket {{ status }} {ERRORS} }}"
    ask(client, STAFF, check_in, "$c: String!", c=ticket["code"])

    undo = f"undoCheckIn(ticketId: $t, reason: $r) {{ ticket {{ status usedAt }} {ERRORS} }}"
    no_reason = ask(client, STAFF, undo, "$t: ID!, $r: String!", t=ticket["id"], r=" ")
    undone = ask(client, STAFF, undo, "$t: ID!, $r: String!", t=ticket["id"], r="wrong door")
    twice = ask(client, STAFF, undo, "$t: ID!, $r: String!", t=ticket["id"], r="wrong door")

    assert codes(no_reason) == ["REASON_REQUIRED"]
    assert undone["ticket"] == {"status": "VALID", "usedAt": None}
    assert codes(twice) == ["TICKET_INVALID"]


def an_entry(starts_at: str, **changes: Any) -> dict[str, Any]:
    return {"movieId": FILM, "auditoriumId": ROOM, "startsAt": starts_at, "prices": PRICES, **changes}


@pytest.mark.usefixtures("catalogue")
def test_a_showtime_is_drafted_published_changed_and_moved(house: House, client: ServiceClient) -> None:
    fields = f"{{ showtime {{ id status startsAt format prices {{ price {{ amount }} }} }} {ERRORS} }}"
    entry = "$i: ShowtimeInput!"
    drafted = ask(
        client,
        MANAGER,
        f"scheduleShowtime(input: $i) {fields}",
        entry,
        i=an_entry("2026-11-25T18:00:00+00:00"),
    )
    showtime = drafted["showtime"]["id"]

    published = ask(
        client,
        MANAGER,
        f"publishShowtimes(ids: $ids) {{ showtimes {{ status }} {ERRORS} }}",
        "$ids: [ID!]!",
        ids=[showtime],
    )
    update = f"updateShowtime(id: $s, input: $i) {fields}"
    changed = ask(
        client,
        MANAGER,
        update,
        f"$s: ID!, {entry}",
        s=showtime,
        i=an_entry("2026-11-25T18:00:00+00:00", format="3D"),
    )
    moved = ask(
        client, MANAGER, f"rescheduleShowtime(id: $s, startsAt: $t) {fields}", "$s: ID!, $t: DateTime!", s=showtime,
        t="2026-11-25T20:00:00+00:00",
    )  # fmt: skip

    assert drafted["showtime"]["status"] == "DRAFT"
    assert published["showtimes"] == [{"status": "ON_SALE"}]
    assert changed["showtime"]["format"] == "3D"
    assert moved["showtime"]["startsAt"] == "2026-11-25T20:00:00+00:00"
    assert house.events().count("showtime.rescheduled") == 1


@pytest.mark.usefixtures("catalogue")
def test_film_and_room_stay_once_a_seat_is_sold_but_prices_may_change(
    house: House, client: ServiceClient
) -> None:
    showtime = house.a_showtime()
    booking = house.hold(showtime, ["A1", "A2"])
    starts_at = house.showtime(showtime).starts_at.isoformat()
    update = f"updateShowtime(id: $s, input: $i) {{ showtime {{ id }} {ERRORS} }}"
    variables = "$s: ID!, $i: ShowtimeInput!"

    other_film = ask(client, MANAGER, update, variables, s=showtime, i=an_entry(starts_at, movieId="movie-2"))
    dearer = ask(client, MANAGER, update, variables, s=showtime, i=an_entry(starts_at))

    assert codes(other_film) == ["SHOWTIME_HAS_SALES"]
    assert codes(dearer) == []
    assert house.booking(booking).total == 2100  # the held price stands
    assert house.booking(house.hold(showtime, ["A3", "A4"], by="ben")).subtotal == 3000


@pytest.mark.usefixtures("catalogue")
def test_a_week_is_copied_as_drafts_at_the_same_local_times(house: House, client: ServiceClient) -> None:
    house.a_showtime(in_hours=6)  # 18:00 UTC, 19:00 in Berlin
    field = (
        'copyProgramme(cinemaId: $c, from: "2026-11-16", to: "2026-11-23", dryRun: $dry)'
        f" {{ showtimes {{ startsAt status }} {ERRORS} }}"
    )

    rehearsed = ask(client, MANAGER, field, "$c: ID!, $dry: Boolean", c=CINEMA, dry=True)
    copied = ask(client, MANAGER, field, "$c: ID!, $dry: Boolean", c=CINEMA, dry=False)

    assert rehearsed["showtimes"] == copied["showtimes"]
    assert copied["showtimes"] == [{"startsAt": "2026-11-28T18:00:00+00:00", "status": "DRAFT"}]


def test_a_policy_is_set_and_seen_on_the_cinema(house: House, client: ServiceClient) -> None:
    tiers = "refundTiers { hoursBefore percent }"
    field = f"setBookingPolicy(cinemaId: $c, input: $i) {{ bookingPolicy {{ gapRule {tiers} }} {ERRORS} }}"
    wish = {"gapRule": False, "refundTiers": [{"hoursBefore": 2, "percent": 75}]}

    done = ask(client, MANAGER, field, "$c: ID!, $i: BookingPolicyInput!", c=CINEMA, i=wish)
    entity = client.data(
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on Cinema { bookingPolicy { gapRule } } } }",
        {"r": [{"__typename": "Cinema", "id": CINEMA}]},
    )

    assert done["bookingPolicy"] == {"gapRule": False, "refundTiers": [{"hoursBefore": 2.0, "percent": 75}]}
    assert entity["_entities"] == [{"bookingPolicy": {"gapRule": False}}]


def test_a_showtime_is_cancelled_by_its_own_manager_alone(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime()
    field = f'cancelShowtime(id: $s, reason: "the projector broke") {{ showtime {{ status }} {ERRORS} }}'

    cancelled = ask(client, MANAGER, field, "$s: ID!", s=showtime)

    assert cancelled["showtime"]["status"] == "CANCELLED"
    text = 'mutation($s: ID!) { cancelShowtime(id: $s, reason: "x") { userErrors { code } } }'
    assert client.error_codes(text, {"s": house.a_showtime()}, caller=STRANGER) == ["FORBIDDEN"]


def test_bookings_are_cancelled_together_and_each_refusal_has_its_place(
    house: House, client: ServiceClient
) -> None:
    good = house.sold(house.a_showtime(), ["A1", "A2"])
    field = f'cancelBookings(ids: $ids, reason: "flood") {{ bookings {{ id status }} {ERRORS} }}'

    done = ask(client, MANAGER, field, "$ids: [ID!]!", ids=["nowhere", good])

    assert done["bookings"] == [{"id": good, "status": "CANCELLED"}]
    assert [(fault["code"], fault["field"]) for fault in done["userErrors"]] == [
        ("BOOKING_UNKNOWN", ["ids", "0"])
    ]


@pytest.mark.parametrize(
    ("field", "rows"),
    [("exportBookings(format: XLSX)", 1), ('exportSales(from: "2026-11-01", to: "2026-11-30")', 2)],
)
def test_a_file_is_made_for_the_person_who_asked_alone(
    house: House, client: ServiceClient, field: str, rows: int
) -> None:
    house.sold(house.a_showtime(), ["A1", "A2"])
    asked = ask(client, MANAGER, f"{field} {{ export {{ id status url }} {ERRORS} }}")["export"]
    make_exports(house.runtime)
    question = "query($e: ID!) { export(id: $e) { status progress rows url } }"

    ready = client.data(question, {"e": asked["id"]}, caller=MANAGER)["export"]

    assert (asked["status"], asked["url"]) == ("RUNNING", None)
    assert (ready["status"], ready["progress"], ready["rows"]) == ("READY", 1.0, rows)
    assert client.get(ready["url"].removeprefix("http://localhost:5000")).status_code == 200
    assert client.error_codes(question, {"e": asked["id"]}, caller=STAFF) == ["NOT_FOUND"]


def test_seats_are_taken_off_sale_by_the_manager(house: House, client: ServiceClient) -> None:
    showtime = house.a_showtime()
    field = (
        'setSeatsBlocked(showtimeId: $s, seatIds: ["A1"], blocked: true)'
        f" {{ showtime {{ seatStatuses seatsAvailable }} {ERRORS} }}"
    )

    blocked = ask(client, MANAGER, field, "$s: ID!", s=showtime)

    assert blocked["showtime"]["seatStatuses"][0] == "b"
    assert blocked["showtime"]["seatsAvailable"] == 20


def test_all_parts_of_the_worker_are_named(house: House) -> None:
    worker = build_worker(house.runtime)

    assert {timer.name for timer in worker.timers} >= {
        "sweep", "reconcile", "abandon", "locks", "refunds", "exports",
    }  # fmt: skip
    assert set(worker.reactions) == {
        "payment.settled", "payment.refunded", "user.registered", "user.updated", "user.erased", "cinema.changed",
        "movie.changed",
    }  # fmt: skip
