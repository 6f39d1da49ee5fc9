"""What careless and hostile callers try: wrong roles, odd input, two things at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking_service.commands import waiting_room
from booking_service.commands.cancel import cancel_bookings
from booking_service.commands.house import join_waiting_list, set_seats_blocked
from booking_service.commands.keep import apply_coupon, remove_coupon
from booking_service.commands.moves import MovedMeanwhile
from booking_service.commands.reschedule import publish_showtimes
from booking_service.models import Showtime, WaitingRoomPlaceRow
from booking_service.tests.builders import CINEMA, FILM, ROOM, House, Siblings, a_plan
from chassis.clock import SetClock
from chassis.errors import Invalid
from chassis.peers import PeerError
from chassis.testing import NOON, ServiceClient, as_user

ANA = as_user("ana")
STAFF = as_user("stan", "STAFF", (CINEMA,))
MANAGER = as_user("mona", "MANAGER", (CINEMA,))
BLANK = "userErrors { code }"
FAR = "9999-12-31T23:59:59Z"
PRICE = '{category: STANDARD, ticketType: ADULT, price: {amount: 1200, currency: "EUR"}}'
FOR_MANAGERS = (
    f'cancelBookings(ids: [], reason: "x") {{ {BLANK} }}',
    f"exportBookings {{ {BLANK} }}",
    f'exportSales(from: "2026-11-01", to: "2026-11-30") {{ {BLANK} }}',
    f"publishShowtimes(ids: []) {{ {BLANK} }}",
    f'copyProgramme(cinemaId: "{CINEMA}", from: "2026-11-01", to: "2026-11-30") {{ {BLANK} }}',
    f'setBookingPolicy(cinemaId: "{CINEMA}", input: {{gapRule: true}}) {{ {BLANK} }}',
    f'cancelShowtime(id: "x", reason: "x") {{ {BLANK} }}',
    f'setSeatsBlocked(showtimeId: "x", seatIds: [], blocked: true) {{ {BLANK} }}',
    f'setWaitingRoom(input: {{showtimeId: "x", opensAt: "2026-11-22T12:00:00Z", rate: 1, open: true}}) {{ {BLANK} }}',
)


@pytest.mark.parametrize("field", FOR_MANAGERS)
def test_what_is_for_managers_is_refused_to_staff_of_the_same_cinema(
    house: House, client: ServiceClient, field: str
) -> None:
    assert client.error_codes(f"mutation {{ {field} }}", caller=STAFF) == ["FORBIDDEN"]


@pytest.fixture
def catalogue(siblings: Siblings) -> None:
    cinema = {
        "id": CINEMA, "name": "Lichtspiel", "city": "Berlin", "timeZone": "Europe/Berlin", "currency": "EUR",
    }  # fmt: skip
    seats = [{"id": "A1", "row": "A", "number": 1, "category": "STANDARD", "x": 0.0, "y": 0.0}]
    siblings.answers["cinema_service", "auditorium"] = lambda variables: {
        "id": variables["id"], "name": "Saal 1", "layoutVersion": 7, "formats": ["2D"], "cinema": cinema, "seats": seats,
    }  # fmt: skip
    # The second film has grown longer since the week was made.
    siblings.answers["movie_service", "movie"] = lambda variables: {
        "id": variables["id"], "title": variables["id"], "genres": [],
        "durationMinutes": 94 if variables["id"] == FILM else 200,
    }  # fmt: skip


LONG, EVE = "x" * 300, "2026-12-24T20:00:00Z"
ENTRY = f'movieId: "m", auditoriumId: "a", prices: [{PRICE}]'


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    "field",
    [
        f"exportBookings(format: null, filter: null) {{ {BLANK} }}",
        f'exportSales(from: "2026-11-01", to: "2026-11-30", format: null) {{ {BLANK} }}',
        'salesReport(from: "2026-11-01", to: "2026-11-30", currency: "euro") { currency }',
        'salesReport(from: "2026-11-01", to: "2026-11-30", currency: "") { currency }',
        f'holdSeats(input: {{showtimeId: "SHOW", seats: [{{seatId: "A1"}}], idempotencyKey: "{LONG}"}}) {{ {BLANK} }}',
        f'payBooking(input: {{bookingId: "x", method: CARD, paymentToken: "{LONG}", idempotencyKey: "k"}}) {{ {BLANK} }}',
        f'payBooking(input: {{bookingId: "x", method: CARD, idempotencyKey: "{LONG}"}}) {{ {BLANK} }}',
        f'changeSeats(bookingId: "x", seats: [], idempotencyKey: "{LONG}") {{ {BLANK} }}',
        f'copyProgramme(cinemaId: "{CINEMA}", from: "2026-11-16", to: "9999-12-31") {{ {BLANK} }}',
        f'copyProgramme(cinemaId: "{CINEMA}", from: "9999-12-25", to: "9999-12-31") {{ {BLANK} }}',
        f'scheduleShowtime(input: {{{ENTRY}, startsAt: "{FAR}"}}) {{ {BLANK} }}',
        f'scheduleShowtime(input: {{{ENTRY}, startsAt: "{EVE}", audioLanguage: "{LONG}"}}) {{ {BLANK} }}',
        f'rescheduleShowtime(id: "SHOW", startsAt: "9999-12-31T23:59:59Z") {{ {BLANK} }}',
        f'setWaitingRoom(input: {{showtimeId: "SHOW", opensAt: "9999-12-31T23:59:59Z", rate: 1, open: true}}) {{ {BLANK} }}',
        f'setWaitingRoom(input: {{showtimeId: "SHOW", opensAt: "0001-01-01T00:00:00Z", rate: 0, open: true}}) {{ {BLANK} }}',
        f'cancelShowtime(id: "SHOW", reason: "{LONG * 2}") {{ {BLANK} }}',
        f'setSeatsBlocked(showtimeId: "SHOW", seatIds: ["{LONG}"], blocked: true) {{ {BLANK} }}',
        f'checkInTicket(qrPayload: "LC1.first.e30.AAAA", code: "{LONG}") {{ {BLANK} }}',
        f'joinWaitingList(showtimeId: "SHOW", seats: -1) {{ {BLANK} }}',
        f'joinWaitingRoom(showtimeId: "SHOW", token: "{LONG}") {{ {BLANK} }}',
        'bookings(filter: {search: "%_\\\\%"}, after: "bad", first: 1) { totalCount }',
        'bookings(filter: {search: "%"}, first: 1) { totalCount }',
        "myBookings(first: null) { totalCount }",
        'showtime(id: "SHOW") { bestSeats(count: -5) { id } }',
    ],
)
def test_odd_input_is_refused_in_words_and_never_breaks_the_service(
    house: House, client: ServiceClient, field: str
) -> None:
    showtime = house.a_showtime()
    root = "mutation" if "userErrors" in field else "query"

    codes = client.error_codes(f"{root} {{ {field.replace('SHOW', showtime)} }}", caller=MANAGER)

    assert "INTERNAL" not in codes


def test_a_search_for_a_wildcard_finds_only_what_has_one(house: House, client: ServiceClient) -> None:
    house.a_guest("ana", "ana@example.org")
    house.sold(house.a_showtime(), ["A1", "A2"])
    query = "query($q: String) { bookings(filter: {search: $q}) { totalCount } }"

    counts = [
        client.data(query, {"q": text}, caller=STAFF)["bookings"]["totalCount"] for text in ("ana@", "%", "_")
    ]

    assert counts == [1, 0, 0]


def test_more_at_once_than_can_be_done_is_refused_and_not_half_done(house: House) -> None:
    drafts = [house.a_showtime(state="DRAFT")] * 501

    with pytest.raises(Invalid):
        publish_showtimes(house.runtime, MANAGER, drafts)
    with pytest.raises(Invalid):
        cancel_bookings(house.runtime, MANAGER, ["nowhere"] * 501, "flood")

    assert house.showtime(drafts[0]).state == "DRAFT"


@pytest.mark.usefixtures("catalogue")
def test_a_week_is_copied_whole_or_not_at_all(house: House, client: ServiceClient) -> None:
    house.a_showtime(in_hours=30, movie_id=FILM)
    house.a_showtime(in_hours=27, movie_id="grown")
    field = f'copyProgramme(cinemaId: "{CINEMA}", from: "2026-11-21", to: "2026-11-28") {{ showtimes {{ id }} {BLANK} }}'

    payload = client.data(f"mutation {{ {field} }}", caller=MANAGER)["copyProgramme"]

    assert [fault["code"] for fault in payload["userErrors"]] == ["AUDITORIUM_BUSY"]
    kept = house.runtime.database.read(lambda session: list(session.scalars(select(Showtime.id))))
    assert len(kept) == 2


@pytest.mark.usefixtures("catalogue")
def test_a_format_that_the_room_does_not_have_is_refused_in_a_change_too(
    house: House, client: ServiceClient
) -> None:
    showtime = house.a_showtime()
    starts = house.showtime(showtime).starts_at.isoformat()
    prices = ", ".join(
        f'{{category: {kind}, ticketType: ADULT, price: {{amount: 1, currency: "EUR"}}}}'
        for kind in ("STANDARD", "PREMIUM", "ACCESSIBLE", "COMPANION")
    )

    def change(extra: str) -> Any:
        entry = (
            f'movieId: "{FILM}", auditoriumId: "{ROOM}", startsAt: "{starts}", prices: [{prices}], {extra}'
        )
        field = f'updateShowtime(id: "{showtime}", input: {{{entry}}}) {{ {BLANK} }}'
        return client.data(f"mutation {{ {field} }}", caller=MANAGER)["updateShowtime"]["userErrors"]

    assert change('format: "IMAX"') == [{"code": "SCHEDULE_INVALID"}]
    assert change(f'salesOpenAt: "{starts}"') == [{"code": "SCHEDULE_INVALID"}]
    assert change('format: "2D"') == []


def test_a_discount_for_many_seats_does_not_stay_when_there_are_few(house: House, siblings: Siblings) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2", "A3", "A4"])
    siblings.coupons["BIG"] = 2000
    honest = siblings.answers["coupon_service", "reserveCoupon"]

    def replaced_meanwhile(variables: dict[str, Any]) -> Any:
        siblings.answers["coupon_service", "reserveCoupon"] = honest
        house.hold(showtime, ["A1", "A2"], booking_id=booking_id)
        return honest(variables)

    siblings.answers["coupon_service", "reserveCoupon"] = replaced_meanwhile
    with pytest.raises(MovedMeanwhile):
        apply_coupon(house.runtime, ANA, booking_id, "big")

    assert (house.booking(booking_id).discount, house.booking(booking_id).total) == (0, 2100)


def test_a_coupon_follows_the_hold_to_its_new_seats(house: House, siblings: Siblings) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    siblings.coupons["TEN"] = 200
    apply_coupon(house.runtime, ANA, booking_id, "ten")

    house.hold(showtime, ["A1", "A2", "A3"], booking_id=booking_id)

    booking = house.booking(booking_id)
    assert (booking.coupon_code, booking.total) == ("TEN", 2900)
    siblings.coupons.clear()
    house.hold(showtime, ["A1", "A2"], booking_id=booking_id)
    assert (house.booking(booking_id).coupon_code, house.booking(booking_id).total) == (None, 2100)
    assert siblings.calls[-1][1] == "releaseCoupon"


def test_a_coupon_is_taken_off_the_price_before_it_is_given_back(house: House, siblings: Siblings) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.coupons["TEN"] = 200
    apply_coupon(house.runtime, ANA, booking_id, "ten")
    totals: list[int] = []
    siblings.answers["coupon_service", "releaseCoupon"] = lambda _: totals.append(
        house.booking(booking_id).total
    )

    remove_coupon(house.runtime, ANA, booking_id)

    assert totals == [2100]


def test_an_unknown_second_coupon_leaves_the_first_one(house: House, siblings: Siblings) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.coupons["TEN"] = 200
    apply_coupon(house.runtime, ANA, booking_id, "ten")

    with pytest.raises(Exception, match="no such coupon"):
        apply_coupon(house.runtime, ANA, booking_id, "typo")

    assert house.booking(booking_id).coupon_code == "TEN"


def test_a_guest_whose_contact_can_not_be_told_holds_seats_all_the_same(
    house: House, siblings: Siblings
) -> None:
    siblings.answers["user_service", "userContact"] = lambda _: PeerError(
        "user_service", [{"message": "boom"}]
    )

    assert house.booking(house.hold(house.a_showtime(), ["A1", "A2"])).contact_email is None


def test_the_same_wish_sent_twice_at_once_is_one_hold(house: House) -> None:
    showtime = house.a_showtime()
    house.a_guest("ana")
    held: list[str] = []
    start = threading.Barrier(6)

    def press() -> None:
        start.wait()
        held.append(house.hold(showtime, ["A1", "A2"], idempotency_key="one"))

    presses = [threading.Thread(target=press) for _ in range(6)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()

    assert len(held) == 6
    assert len(set(held)) == 1


def test_each_change_of_a_seat_is_one_version_however_many_buy_at_once(house: House) -> None:
    showtime = house.a_showtime()
    pairs = [["A1", "A2"], ["A3", "A4"], ["A5", "A6"], ["B1", "B2"], ["B3", "B4"], ["C1", "C2"]]
    buyers = [
        threading.Thread(target=house.sold, args=(showtime, pair), kwargs={"by": f"guest-{number}"})
        for number, pair in enumerate(pairs)
    ]
    for thread in buyers:
        thread.start()
    for thread in buyers:
        thread.join()

    row = house.showtime(showtime)
    assert (row.seats_taken, row.seat_map_version) == (12, 24)
    assert set(house.claims(showtime).values()) == {"SOLD"}


def test_seats_that_go_straight_to_the_next_guest_are_not_announced(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    house.hold(showtime, ["A1", "A2"])
    rest = [seat.id for seat in a_plan() if seat.id not in ("A1", "A2")]
    set_seats_blocked(house.runtime, MANAGER, showtime, rest, blocked=True)
    join_waiting_list(house.runtime, as_user("wim"), showtime, 1)
    clock.advance(minutes=11)
    house.locks_end()

    house.hold(showtime, ["A1", "A2"], by="ben")

    assert "waiting_list.seats_free" not in house.events()


def test_a_person_has_one_place_in_the_queue_however_often_they_join(house: House) -> None:
    showtime = house.a_showtime()
    opens = NOON + timedelta(minutes=5)
    waiting_room.steer(house.runtime, MANAGER, showtime, opens_at=opens, rate=1, is_open=True)

    for _ in range(5):
        waiting_room.join(house.runtime, ANA, showtime, None)

    places = house.runtime.database.read(lambda session: list(session.scalars(select(WaitingRoomPlaceRow))))
    assert len(places) == 1


def test_a_faster_rate_takes_nobodys_turn_away(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    waiting_room.steer(house.runtime, MANAGER, showtime, opens_at=NOON, rate=1, is_open=True)
    places = {
        name: waiting_room.join(house.runtime, as_user(name), showtime, None)
        for name in (f"guest-{number}" for number in range(30))
    }
    clock.advance(minutes=20)
    waiting = [name for number, name in enumerate(places) if number > 20]

    waiting_room.steer(house.runtime, MANAGER, showtime, opens_at=NOON, rate=60, is_open=True)
    seen = [waiting_room.join(house.runtime, as_user(name), showtime, places[name].token) for name in waiting]

    assert [place.admitted for place in seen] == [False] * 9
    assert [place.position for place in seen] == list(range(1, 10))


def test_turns_that_nobody_came_for_are_not_kept_for_a_later_crowd(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    waiting_room.steer(house.runtime, MANAGER, showtime, opens_at=NOON, rate=2, is_open=True)
    clock.advance(minutes=60)

    seen = [waiting_room.join(house.runtime, as_user(f"g{number}"), showtime, None) for number in range(5)]

    assert [place.admitted for place in seen] == [True, False, False, False, False]
