"""Holding seats."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from booking_service.commands.keep import extend_hold
from booking_service.errors import (
    HoldExpired,
    HoldLimitReached,
    SalesClosed,
    SeatRepeated,
    SeatTaken,
    SeatUnknown,
    SingleSeatGap,
    TooManySeats,
)
from booking_service.tests.builders import House
from chassis.clock import SetClock
from chassis.errors import Refusals
from chassis.idempotency import IdempotencyKeyReused
from chassis.testing import as_user


def refused_codes(error: pytest.ExceptionInfo[Refusals]) -> list[tuple[str, tuple[str, ...] | None]]:
    return [(refusal.code, refusal.field) for refusal in error.value.refusals]


def test_a_guest_holds_two_seats_at_the_price_of_the_house(house: House) -> None:
    showtime = house.a_showtime()
    house.a_guest("ana", "ana@example.org")

    booking = house.booking(house.hold(showtime, ["A1", "A2"]))

    assert (booking.state, booking.subtotal, booking.fee, booking.total) == ("HELD", 2000, 100, 2100)
    assert booking.contact_email == "ana@example.org"
    assert house.claims(showtime) == {"A1": "HELD", "A2": "HELD"}
    assert house.showtime(showtime).seats_taken == 2
    assert house.showtime(showtime).seat_map_version == 2


def test_the_second_guest_is_refused_and_the_first_keeps_both_seats(house: House) -> None:
    showtime = house.a_showtime()
    house.hold(showtime, ["A1", "A2"], by="ana")

    with pytest.raises(Refusals) as refused:
        house.hold(showtime, ["A2", "A3"], by="ben")

    assert refused_codes(refused) == [("SEAT_TAKEN", ("input", "seats", "0"))]
    assert house.claims(showtime) == {"A1": "HELD", "A2": "HELD"}


def test_without_redis_locks_the_database_still_refuses_the_second_guest(house: House) -> None:
    showtime = house.a_showtime()
    house.hold(showtime, ["A1", "A2"], by="ana")
    house.runtime.redis.flushdb()

    with pytest.raises(Refusals) as refused:
        house.hold(showtime, ["A1", "A2"], by="ben")

    assert [code for code, _ in refused_codes(refused)] == [SeatTaken.code, SeatTaken.code]


def test_a_stale_redis_lock_does_not_keep_a_free_seat_from_sale(house: House) -> None:
    showtime = house.a_showtime()
    house.runtime.redis.set(f"lock:{{{showtime}}}:A1", "somebody long gone", px=60_000)

    booking_id = house.hold(showtime, ["A1", "A2"], by="ben")

    assert house.booking(booking_id).state == "HELD"


def test_of_twenty_guests_at_once_one_gets_the_seats_and_nineteen_are_told(house: House) -> None:
    showtime = house.a_showtime()
    outcomes: list[str] = []
    start = threading.Barrier(20)

    def buy(name: str) -> None:
        start.wait()
        try:
            house.hold(showtime, ["C3", "C4"], by=name)
            outcomes.append("held")
        except Refusals as refused:
            outcomes.append(refused.refusals[0].code)

    guests = [threading.Thread(target=buy, args=(f"guest-{number}",)) for number in range(20)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()

    assert sorted(outcomes) == ["SEAT_TAKEN"] * 19 + ["held"]
    assert house.claims(showtime) == {"C3": "HELD", "C4": "HELD"}


def test_unknown_and_repeated_seats_are_each_named(house: House) -> None:
    showtime = house.a_showtime()

    with pytest.raises(Refusals) as refused:
        house.hold(showtime, ["A1", "Z9", "A1"])

    assert refused_codes(refused) == [
        (SeatUnknown.code, ("input", "seats", "1")),
        (SeatRepeated.code, ("input", "seats", "2")),
    ]
    assert house.claims(showtime) == {}


def test_nobody_holds_more_seats_of_a_showtime_than_the_house_allows(house: House) -> None:
    showtime = house.a_showtime()
    house.hold(showtime, [f"A{number}" for number in range(1, 7)])

    with pytest.raises(TooManySeats):
        house.hold(showtime, [f"C{number}" for number in range(1, 7)])


def test_a_choice_that_strands_a_seat_is_refused_and_names_it(house: House) -> None:
    showtime = house.a_showtime()

    with pytest.raises(SingleSeatGap, match="A1"):
        house.hold(showtime, ["A2", "A3"])


def test_sales_are_closed_from_the_start_on(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime(in_hours=1)
    clock.advance(hours=1)

    with pytest.raises(SalesClosed):
        house.hold(showtime, ["A1", "A2"])


def test_a_draft_and_a_sale_not_yet_open_are_closed_to_guests(house: House) -> None:
    with pytest.raises(SalesClosed):
        house.hold(house.a_showtime(state="DRAFT"), ["A1"])


def test_an_expired_hold_gives_its_seats_to_the_next_guest_even_before_the_sweep(
    house: House, clock: SetClock
) -> None:
    showtime = house.a_showtime()
    first = house.hold(showtime, ["A1", "A2"], by="ana")
    clock.advance(minutes=11)
    house.locks_end()

    second = house.hold(showtime, ["A1", "A2"], by="ben")

    assert house.booking(first).state == "EXPIRED"
    assert house.booking(second).state == "HELD"
    assert house.showtime(showtime).seats_taken == 2


def test_the_sweeper_frees_what_was_not_paid_in_time(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    clock.advance(minutes=10, seconds=1)

    swept = house.sweep()

    assert swept == 1
    assert house.booking(booking_id).state == "EXPIRED"
    assert house.claims(showtime) == {}
    assert "booking.expired" in house.events()


def test_more_time_is_given_but_not_for_ever(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    before = house.booking(booking_id).expires_at

    for _ in range(10):
        extend_hold(house.runtime, as_user("ana"), booking_id)

    after = house.booking(booking_id).expires_at
    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() == 40 * 60
    with pytest.raises(HoldLimitReached):
        extend_hold(house.runtime, as_user("ana"), booking_id)


def test_an_expired_hold_can_not_be_extended(house: House, clock: SetClock) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    clock.advance(minutes=11)

    with pytest.raises(HoldExpired):
        extend_hold(house.runtime, as_user("ana"), booking_id)


def test_other_seats_replace_an_own_hold_and_the_deadline_stays(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    deadline = house.booking(booking_id).expires_at
    clock.advance(minutes=3)

    house.hold(showtime, ["A1", "A2", "A3"], booking_id=booking_id)

    booking = house.booking(booking_id)
    assert booking.expires_at == deadline
    assert (booking.ticket_count, booking.total) == (3, 3100)
    assert house.claims(showtime) == {"A1": "HELD", "A2": "HELD", "A3": "HELD"}


def test_the_same_key_gives_the_same_hold_and_another_wish_is_refused(house: House) -> None:
    showtime = house.a_showtime()
    first = house.hold(showtime, ["A1", "A2"], idempotency_key="one")

    again = house.hold(showtime, ["A1", "A2"], idempotency_key="one")

    assert again == first
    with pytest.raises(IdempotencyKeyReused):
        house.hold(showtime, ["C1", "C2"], idempotency_key="one")


def test_the_holds_of_many_guests_end_together(house: House, clock: SetClock) -> None:
    showtime, other = house.a_showtime(), house.a_showtime()
    pairs = [["A1", "A2"], ["A3", "A4"], ["A5", "A6"], ["B1", "B2"], ["B3", "B4"], ["C1", "C2"], ["C3", "C4"]]
    held = [house.hold(showtime, pair, by=f"guest-{number}") for number, pair in enumerate(pairs)]
    elsewhere = house.hold(other, ["A1", "A2"])
    clock.advance(minutes=5)
    kept = house.hold(showtime, ["C5", "C6"], by="late")
    clock.advance(minutes=6)

    assert house.sweep() == len(pairs) + 1

    assert {house.booking(key).state for key in (*held, elsewhere)} == {"EXPIRED"}
    assert house.booking(kept).state == "HELD"
    assert house.claims(showtime) == {"C5": "HELD", "C6": "HELD"}
    assert house.showtime(showtime).seats_taken == 2
    assert house.events().count("booking.expired") == len(pairs) + 1


def test_a_hold_that_can_not_be_ended_keeps_no_other_from_its_end(house: House, clock: SetClock) -> None:
    showtime = house.a_showtime()
    stuck, others = house.hold(showtime, ["A1", "A2"], by="ana"), ["ben", "cleo"]
    for name, pair in zip(others, (["A3", "A4"], ["A5", "A6"]), strict=True):
        house.hold(showtime, pair, by=name)
    clock.advance(minutes=11)

    with unchangeable(house, stuck):
        assert house.sweep() == 2
        assert house.claims(showtime) == {"A1": "HELD", "A2": "HELD"}

    assert house.sweep() == 1
    assert house.claims(showtime) == {}


@contextmanager
def unchangeable(house: House, booking_id: str) -> Iterator[None]:
    """Each change of the booking's row fails, as with a fault that nobody thought of."""
    bodies = {
        True: f"WHEN OLD.id = '{booking_id}' BEGIN SELECT RAISE(ABORT, 'stuck'); END",
        False: f"FOR EACH ROW IF OLD.id = '{booking_id}' THEN SIGNAL SQLSTATE '45000'; END IF",
    }
    database = house.runtime.database
    trigger = f"CREATE TRIGGER stuck BEFORE UPDATE ON bookings {bodies[database.is_sqlite]}"
    database.transact(lambda session: session.execute(text(trigger)))
    try:
        yield
    finally:
        database.transact(lambda session: session.execute(text("DROP TRIGGER stuck")))
