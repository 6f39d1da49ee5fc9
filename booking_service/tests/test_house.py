"""What the house decides: policies, blocked seats, waiting lists and rooms, changed seats, files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from booking_service.commands import waiting_room
from booking_service.commands.cancel import cancel_booking
from booking_service.commands.change_seats import change_seats
from booking_service.commands.exports import export_bookings, file_of, make_exports
from booking_service.commands.hold import SeatChoice
from booking_service.commands.house import (
    PolicyWish,
    join_waiting_list,
    set_policy,
    set_seats_blocked,
)
from booking_service.commands.notes import add_note
from booking_service.errors import PaymentTokenMissing, SingleSeatGap, WaitingRoomNotYet, WaitingRoomTurnOver
from booking_service.models import Booking, BookingStep, ExportRow, WaitingRoomRow
from booking_service.queries.bookings import BookingFilter
from booking_service.rules.refunds import Tier
from booking_service.rules.waiting_room import seed_hash, shuffled
from booking_service.tests.builders import CINEMA, House, Siblings
from booking_service.worker import build_worker
from chassis.clock import SetClock
from chassis.errors import Forbidden, Refusals
from chassis.events import Envelope
from chassis.table_text import guarded
from chassis.tables import OUTBOX
from chassis.testing import NOON, as_user

MANAGER = as_user("mona", "MANAGER", (CINEMA,))


def test_a_cinema_may_switch_the_gap_rule_off_and_take_a_fee(house: House) -> None:
    showtime = house.a_showtime()
    with pytest.raises(SingleSeatGap):
        house.hold(showtime, ["A2"])

    wish = PolicyWish(gap_rule=False, hold_minutes=5, refund_tiers=(Tier(1, 80),))
    set_policy(house.runtime, MANAGER, CINEMA, wish)

    booking = house.booking(house.hold(showtime, ["A2"]))
    assert booking.expires_at == NOON + timedelta(minutes=5)


def test_a_policy_out_of_range_is_refused_with_each_fault(house: House) -> None:
    with pytest.raises(Refusals) as refused:
        set_policy(house.runtime, MANAGER, CINEMA, PolicyWish(hold_minutes=0, maximum_seats=500))

    assert [fault.field for fault in refused.value.refusals] == [
        ("input", "holdMinutes"),
        ("input", "maximumSeats"),
    ]
    with pytest.raises(Forbidden):
        set_policy(house.runtime, as_user("sam", "MANAGER", ("other",)), CINEMA, PolicyWish(gap_rule=False))


def test_blocked_seats_are_not_sold_until_they_are_given_back(house: House) -> None:
    showtime = house.a_showtime()
    set_seats_blocked(house.runtime, MANAGER, showtime, ["A1", "A2"], blocked=True)

    with pytest.raises(Refusals):
        house.hold(showtime, ["A1", "A2"])
    set_seats_blocked(house.runtime, MANAGER, showtime, ["A1", "A2"], blocked=False)

    assert house.booking(house.hold(showtime, ["A1", "A2"])).state == "HELD"
    assert house.showtime(showtime).seats_taken == 2


def test_a_sold_seat_can_not_be_blocked(house: House) -> None:
    showtime = house.a_showtime()
    house.sold(showtime, ["A1", "A2"])

    with pytest.raises(Refusals) as refused:
        set_seats_blocked(house.runtime, MANAGER, showtime, ["A2", "A3"], blocked=True)

    assert [fault.field for fault in refused.value.refusals] == [("seatIds", "0")]


def test_who_waits_is_told_once_when_seats_come_free(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    house.a_guest("wim", "wim@example.org")
    everything = [seat for row in ("A", "B", "C", "D") for seat in _row(row)]
    set_seats_blocked(
        house.runtime,
        MANAGER,
        showtime,
        [seat for seat in everything if seat not in ("A1", "A2")],
        blocked=True,
    )
    house.hold(showtime, ["A1", "A2"])
    join_waiting_list(house.runtime, as_user("wim"), showtime, 2)

    clock.advance(minutes=11)
    house.sweep()
    house.locks_end()
    house.hold(showtime, ["A1", "A2"], by="ben")
    clock.advance(minutes=11)
    house.sweep()

    assert house.events().count("waiting_list.seats_free") == 1


def test_as_many_are_told_as_the_free_seats_serve_and_the_others_keep_their_place(
    house: House, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    others = [seat for row in ("A", "B", "C", "D") for seat in _row(row) if seat not in ("A1", "A2", "A3")]
    set_seats_blocked(house.runtime, MANAGER, showtime, others, blocked=True)
    mine = house.sold(showtime, ["A1", "A2", "A3"])
    for name, seats in (("wim", 2), ("zoe", 2), ("kim", 1), ("lou", 1)):
        join_waiting_list(house.runtime, as_user(name), showtime, seats)
        clock.advance(seconds=1)

    cancel_booking(house.runtime, as_user("ana"), mine, reason=None, expected=None)
    assert [fact["userId"] for fact in house.facts("waiting_list.seats_free")] == ["wim", "kim"]

    theirs = house.sold(showtime, ["A1", "A2", "A3"], by="ben")
    cancel_booking(house.runtime, as_user("ben"), theirs, reason=None, expected=None)
    assert [fact["userId"] for fact in house.facts("waiting_list.seats_free")][2:] == ["zoe", "lou"]


def test_places_beside_wheelchairs_are_no_free_seats_for_those_who_wait(house: House) -> None:
    """Else nobody could join a list while only those are left, and everybody would be told of them."""
    showtime = house.a_showtime()
    others = [seat for row in ("A", "B", "C", "D") for seat in _row(row) if seat not in ("D1", "D2", "D3")]
    set_seats_blocked(house.runtime, MANAGER, showtime, others, blocked=True)
    place = house.sold(showtime, ["D1", "D2"], by="ben")
    house.sold(showtime, ["D3"], by="cleo")
    join_waiting_list(house.runtime, as_user("wim"), showtime, 2)

    cancel_booking(house.runtime, as_user("ben"), place, reason=None, expected=None)
    assert "waiting_list.seats_free" not in house.events()
    join_waiting_list(house.runtime, as_user("zoe"), showtime, 2)

    set_seats_blocked(house.runtime, MANAGER, showtime, ["A1", "A2", "A3", "A4"], blocked=False)
    assert house.events().count("waiting_list.seats_free") == 2


def _row(letter: str) -> list[str]:
    return [f"{letter}{number}" for number in range(1, {"A": 6, "B": 4, "C": 6, "D": 5}[letter] + 1)]


def test_before_opening_nobody_chooses_and_the_shuffle_can_be_checked(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    waiting_room.steer(
        house.runtime, MANAGER, showtime, opens_at=NOON + timedelta(minutes=10), rate=1, is_open=True
    )
    places = {
        name: waiting_room.join(house.runtime, as_user(name), showtime, None).token
        for name in ("ana", "ben", "cleo")
    }
    with pytest.raises(WaitingRoomNotYet):
        house.hold(showtime, ["A1", "A2"], by="ana", place_token=places["ana"])

    clock.advance(minutes=10)
    seen = {
        name: waiting_room.join(house.runtime, as_user(name), showtime, token)
        for name, token in places.items()
    }

    assert sorted(place.position for place in seen.values()) == [0, 1, 2]
    first = next(name for name, place in seen.items() if place.admitted)
    assert (
        house.booking(house.hold(showtime, ["A1", "A2"], by=first, place_token=places[first])).state == "HELD"
    )
    room = house.runtime.database.read(lambda session: session.get(WaitingRoomRow, showtime))
    assert room is not None
    assert len(seed_hash(room.seed)) == 64
    assert shuffled(["a", "b", "c"], room.seed) == shuffled(["c", "b", "a"], room.seed)
    clock.advance(minutes=30)
    with pytest.raises(WaitingRoomTurnOver):
        house.hold(showtime, ["C1", "C2"], by=first, place_token=places[first])


def test_without_a_place_or_with_another_guests_nobody_comes_in(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    waiting_room.steer(house.runtime, MANAGER, showtime, opens_at=NOON, rate=60, is_open=True)
    place = waiting_room.join(house.runtime, as_user("ana"), showtime, None)

    for token, who in ((None, "ana"), ("forged", "ana"), (place.token, "eve")):
        with pytest.raises(WaitingRoomNotYet):
            house.hold(showtime, ["A1", "A2"], by=who, place_token=token)


def choices(*seats: str) -> list[SeatChoice]:
    return [SeatChoice(seat, "ADULT") for seat in seats]


def test_dearer_seats_cost_the_difference_and_the_old_ones_come_free(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    with pytest.raises(PaymentTokenMissing):
        change_seats(
            house.runtime, as_user("ana"), booking_id, choices("C1", "C2"), payment_token=None, key="c1"
        )

    done = change_seats(
        house.runtime, as_user("ana"), booking_id, choices("C1", "C2"), payment_token="pm_success", key="c1"
    )

    assert done.refusal is None
    assert house.claims(showtime) == {"C1": "SOLD", "C2": "SOLD"}
    assert (house.booking(booking_id).total, house.booking(booking_id).paid) == (2900, 2900)
    assert sorted(payment["amount"]["amount"] for payment in siblings.payments.values()) == [800, 2100]


def test_cheaper_seats_give_the_difference_back_once(house: House, siblings: Siblings) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["C1", "C2"])

    for _ in range(2):
        change_seats(
            house.runtime, as_user("ana"), booking_id, choices("A1", "A2"), payment_token=None, key="c1"
        )

    assert list(siblings.refunds.values()) == [800]
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}
    assert house.booking(booking_id).paid == house.booking(booking_id).total == 2100


def test_a_declined_difference_keeps_the_old_seats(house: House) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])

    done = change_seats(
        house.runtime, as_user("ana"), booking_id, choices("C1", "C2"), payment_token="pm_declined", key="c1"
    )

    assert done.refusal is not None
    assert done.refusal.code == "PAYMENT_DECLINED"
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}


@pytest.mark.parametrize("format_", ["CSV", "XLSX"])
def test_an_export_holds_every_booking_and_no_formula(house: House, format_: str) -> None:
    house.a_guest("ana", "=1+1@example.org")
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])
    export_id = export_bookings(house.runtime, MANAGER, BookingFilter(), format_)

    assert make_exports(house.runtime) == 1

    row = house.runtime.database.read(lambda session: session.get(ExportRow, export_id))
    assert row is not None
    assert (row.state, row.row_count, row.progress) == ("READY", 1, 1.0)
    lines = _lines(file_of(house.runtime, row).read_bytes(), format_)
    mail = lines[1][lines[0].index("email")]
    assert lines[1][0] == house.booking(booking_id).reference
    assert mail == ("'=1+1@example.org" if format_ == "CSV" else "=1+1@example.org")
    assert float(lines[1][lines[0].index("total")]) == 21.0


def _lines(content: bytes, format_: str) -> list[list[str]]:
    if format_ == "CSV":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    return [[str(cell.value) for cell in line] for line in sheet.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_begins_like_a_formula_is_kept_text(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(-5) == -5


def test_a_payment_told_by_event_confirms_once_however_often_it_is_told(
    house: House, siblings: Siblings
) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    siblings.silent = True
    house.pay(booking_id)
    payload = {
        "paymentId": "p1", "bookingId": booking_id, "idempotencyKey": f"{booking_id}:1", "outcome": "SUCCEEDED",
        "amount": {"amount": 2100, "currency": "EUR"}, "failureCode": None,
    }  # fmt: skip
    worker = build_worker(house.runtime)
    envelope = Envelope("payment.settled", payload)

    assert [worker.handle(envelope), worker.handle(envelope)] == [True, False]
    worker.handle(Envelope("payment.settled", payload))

    assert house.booking(booking_id).state == "CONFIRMED"
    assert house.events().count("booking.confirmed") == 1


def test_an_erased_guest_leaves_bookings_without_a_name(house: House) -> None:
    house.a_guest("ana", "ana@example.org")
    booking_id = house.sold(house.a_showtime(), ["A1", "A2"])

    build_worker(house.runtime).handle(Envelope("user.erased", {"userId": "ana"}))

    booking: Booking = house.booking(booking_id)
    assert (booking.contact_email, booking.state) == (None, "CONFIRMED")
    assert "ana" not in booking.search_text


def test_what_staff_wrote_down_of_a_guest_goes_with_the_guest(house: House) -> None:
    """That something was noted, when and by whom stays; the trail never had the words."""
    house.a_guest("ana", "ana@example.org")
    house.a_guest("ben", "ben@example.org")
    showtime = house.a_showtime()
    booking_id, other = house.sold(showtime, ["A1", "A2"]), house.sold(showtime, ["B1", "B2"], by="ben")
    for noted in (booking_id, other):
        add_note(house.runtime, as_user("root", "ADMIN"), noted, "Mother of Ana, on crutches, 0171 555.")

    build_worker(house.runtime).handle(Envelope("user.erased", {"userId": "ana"}))

    assert [step.detail for step in steps_of(house, booking_id) if step.step == "note"] == [None]
    assert [step.detail for step in steps_of(house, other) if step.step == "note"] != [None]
    payloads = select(OUTBOX.c.payload)
    told = house.runtime.database.read(lambda session: list(session.scalars(payloads)))
    assert any("booking.note" in payload for payload in told)
    assert not any("crutches" in payload for payload in told)


def steps_of(house: House, booking_id: str) -> list[BookingStep]:
    wanted = select(BookingStep).where(BookingStep.booking_id == booking_id)
    return house.runtime.database.read(lambda session: list(session.scalars(wanted)))
