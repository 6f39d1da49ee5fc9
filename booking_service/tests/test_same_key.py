"""The same key with another content is refused; the same content has the same answer. And one of many that fails."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from booking_service.commands import cancel, pay
from booking_service.commands import change_seats as change_seats_module
from booking_service.commands.cancel import cancel_bookings
from booking_service.commands.change_seats import change_seats
from booking_service.commands.desk import sell_at_box_office
from booking_service.commands.hold import HoldWish, SeatChoice
from booking_service.commands.pay import PayWish, pay_booking
from booking_service.errors import CardNumberGiven
from booking_service.models import RefundDue
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.errors import Invalid, Unavailable
from chassis.idempotency import IdempotencyKeyReused
from chassis.money import Money
from chassis.testing import as_user

ANA = as_user("ana")
STAFF = as_user("stan", "STAFF", (CINEMA,))
MANAGER = as_user("mia", "MANAGER", (CINEMA,))
CASH: dict[str, Any] = {"method": "CASH", "tendered": Money(5000, "EUR"), "reason": None}


def _wish(showtime: str, *seats: str) -> HoldWish:
    return HoldWish(showtime, tuple(SeatChoice(seat, "ADULT") for seat in seats), idempotency_key="till-1")


@pytest.mark.parametrize(
    "other",
    [
        {"tendered": Money(6000, "EUR")},
        {"tendered": Money(5000, "CHF")},
        {"tendered": None},
        {"method": "CARD"},
        {"reason": "regular guest"},
        {"receipt": "T-1"},
    ],
)
def test_a_sale_under_a_key_that_sold_otherwise_is_refused(house: House, other: dict[str, Any]) -> None:
    wish = _wish(house.a_showtime(), "A1", "A2")
    sold = sell_at_box_office(house.runtime, STAFF, wish, **CASH)

    with pytest.raises(IdempotencyKeyReused):
        sell_at_box_office(house.runtime, STAFF, wish, **{**CASH, **other})

    assert sell_at_box_office(house.runtime, STAFF, wish, **CASH) == sold
    assert house.booking(sold).state == "CONFIRMED"


def test_two_sales_under_one_key_at_once_are_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way of paying is begun between the first one's hold and its sale."""
    wish = _wish(house.a_showtime(), "A1", "A2")
    sold: list[str] = []
    hold = sell_at_box_office.__globals__["hold_seats"]

    def held_and_sold_by_another(*given: Any) -> str:
        booking_id: str = hold(*given)
        if not sold:
            sold.append(booking_id)
            sell_at_box_office(house.runtime, STAFF, wish, **{**CASH, "method": "CARD", "tendered": None})
        return booking_id

    monkeypatch.setitem(sell_at_box_office.__globals__, "hold_seats", held_and_sold_by_another)
    with pytest.raises(IdempotencyKeyReused):
        sell_at_box_office(house.runtime, STAFF, wish, **CASH)

    assert house.booking(sold[0]).state == "CONFIRMED"


def test_no_guest_is_taken_for_a_card_at_the_desk_whatever_key_they_send(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    mine, refused = house.sold(showtime, ["A1", "A2"]), house.hold(showtime, ["B1", "B2"])

    declined = house.pay(refused, token="pm_declined", key=f"desk:{refused}")
    dearer = [SeatChoice("C1", "ADULT"), SeatChoice("C2", "ADULT")]
    change_seats(house.runtime, ANA, mine, dearer, payment_token="pm_declined", key="desk:")

    assert declined.refusal is not None
    asked = [given["input"] for _, operation, given in siblings.calls if operation == "takePayment"]
    assert [(one["atTerminal"], one["paymentToken"]) for one in asked] == [
        (False, "pm_success"),
        (False, "pm_declined"),
        (False, "pm_declined"),
    ]
    assert (house.booking(refused).state, house.booking(mine).paid) == ("HELD", 2100)


def test_a_card_at_the_desk_is_taken_at_the_terminal_with_its_receipt(
    house: House, siblings: Siblings
) -> None:
    asked: list[dict[str, Any]] = []
    take = siblings.answers["payment_service", "takePayment"]

    def heard(given: dict[str, Any]) -> Any:
        asked.append(given["input"])
        return take(given)

    siblings.answers["payment_service", "takePayment"] = heard
    wish = _wish(house.a_showtime(), "A1", "A2")

    sold = sell_at_box_office(
        house.runtime, STAFF, wish, method="CARD", tendered=None, reason=None, receipt=" T-0815 "
    )

    assert house.booking(sold).state == "CONFIRMED"
    assert [(one["paymentToken"], one["atTerminal"], one["terminalReceipt"]) for one in asked] == [
        (None, True, "T-0815")
    ]


@pytest.mark.parametrize(
    ("receipt", "refusal"), [("4242 4242 4242 4242", CardNumberGiven), ("x" * 65, Invalid)]
)
def test_a_receipt_is_short_and_no_card_number(house: House, receipt: str, refusal: type[Exception]) -> None:
    wish = _wish(house.a_showtime(), "A1", "A2")

    with pytest.raises(refusal):
        sell_at_box_office(
            house.runtime, STAFF, wish, method="CARD", tendered=None, reason=None, receipt=receipt
        )


def _not_seen_at_first(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """As for a transaction that began before the other's try under the same key was committed (MySQL)."""
    look, looks = module.known_try, []

    def known_try(*given: Any) -> Any:
        looks.append(given)
        return None if len(looks) == 1 else look(*given)

    monkeypatch.setattr(module, "known_try", known_try)


def test_one_key_for_two_showtimes_at_once_pays_for_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (house.hold(house.a_showtime(), ["A1", "A2"]) for _ in range(2))
    pay_booking(house.runtime, ANA, PayWish(first, "CARD", "pm_success", "k"))
    _not_seen_at_first(monkeypatch, pay)

    with pytest.raises(IdempotencyKeyReused):
        pay_booking(house.runtime, ANA, PayWish(second, "CARD", "pm_success", "k"))

    assert (house.booking(first).state, house.booking(second).state) == ("CONFIRMED", "HELD")


def test_one_key_for_two_changes_at_once_changes_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (house.sold(house.a_showtime(), ["A1", "A2"]) for _ in range(2))
    wanted = [SeatChoice(seat, "ADULT") for seat in ("C1", "C2")]
    change_seats(house.runtime, ANA, first, wanted, payment_token="pm_success", key="k")
    _not_seen_at_first(monkeypatch, change_seats_module)

    with pytest.raises(IdempotencyKeyReused):
        change_seats(house.runtime, ANA, second, wanted, payment_token="pm_success", key="k")

    assert (house.booking(first).paid, house.booking(second).paid) == (2900, 2100)


def test_a_payment_under_a_key_that_came_with_another_card_is_refused(house: House) -> None:
    mine = house.hold(house.a_showtime(), ["A1", "A2"])
    first = pay_booking(house.runtime, ANA, PayWish(mine, "CARD", "pm_3ds", "k"))

    with pytest.raises(IdempotencyKeyReused):
        pay_booking(house.runtime, ANA, PayWish(mine, "CARD", "pm_success", "k"))

    assert pay_booking(house.runtime, ANA, PayWish(mine, "CARD", "pm_3ds", "k")) == first


def test_a_change_of_seats_under_a_key_that_came_with_another_card_is_refused(house: House) -> None:
    mine = house.sold(house.a_showtime(), ["A1", "A2"])
    wanted = [SeatChoice(seat, "ADULT") for seat in ("C1", "C2")]
    first = change_seats(house.runtime, ANA, mine, wanted, payment_token="pm_3ds", key="dearer")

    with pytest.raises(IdempotencyKeyReused):
        change_seats(house.runtime, ANA, mine, wanted, payment_token="pm_success", key="dearer")

    assert change_seats(house.runtime, ANA, mine, wanted, payment_token="pm_3ds", key="dearer") == first


def test_one_booking_that_fails_in_any_way_does_not_keep_the_others_from_being_cancelled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    showtime = house.a_showtime()
    ids = [house.sold(showtime, [f"A{n}", f"A{n + 1}"], by=f"guest-{n}") for n in (1, 3, 5)]
    cancel_one = cancel._refund_and_end

    def sometimes(session: Any, booking: Any, *given: Any) -> None:
        if booking.id == ids[0]:
            raise RuntimeError("out of order")
        if booking.id == ids[1]:
            raise Unavailable
        cancel_one(session, booking, *given)

    monkeypatch.setattr(cancel, "_refund_and_end", sometimes)

    done, refused = cancel_bookings(house.runtime, MANAGER, ids, "the projector broke")

    assert done == [ids[2]]
    assert [(fault.code, fault.field) for fault in refused] == [
        ("INTERNAL", ("ids", "0")),
        ("SERVICE_UNAVAILABLE", ("ids", "1")),
    ]
    assert [house.booking(one).state for one in ids] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert "out of order" not in refused[0].message


def test_a_booking_that_is_cancelled_counts_as_such_though_its_refund_has_to_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = house.sold(house.a_showtime(), ["A1", "A2"])

    def away(*_: Any) -> int:
        raise Unavailable

    monkeypatch.setattr(cancel, "pay_refunds_due", away)

    assert cancel_bookings(house.runtime, MANAGER, [mine], "the projector broke") == ([mine], [])
    due = house.runtime.database.read(lambda session: session.scalars(select(RefundDue.state)).all())
    assert due == ["DUE"]
