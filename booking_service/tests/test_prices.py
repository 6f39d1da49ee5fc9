"""What was agreed is what is paid: prices of a hold and of a change stand, in every currency."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from booking_service.commands.change_seats import change_seats
from booking_service.commands.hold import SeatChoice
from booking_service.commands.house import PolicyWish, _check_policy
from booking_service.commands.schedule import Price, check_prices
from booking_service.commands.settle import settle
from booking_service.models import PriceRow, Ticket
from booking_service.peers import Charge
from booking_service.rules.prices import sum_up
from booking_service.rules.refunds import Tier, quote
from booking_service.tests.builders import House, Siblings
from chassis.errors import Refusal, Refusals
from chassis.money import Money, decimal_text, payable_step
from chassis.testing import NOON, as_user


def costs(house: House, showtime: str, category: str, amount: int) -> None:
    """From now on adults pay that."""

    def work(session: Session) -> None:
        rows = (PriceRow.showtime_id == showtime, PriceRow.category == category)
        session.execute(update(PriceRow).where(*rows, PriceRow.ticket_type == "ADULT").values(amount=amount))

    house.runtime.database.transact(work)


def is_no_longer_sold(house: House, showtime: str, category: str) -> None:
    """The house has taken the kind of ticket off its list."""

    def work(session: Session) -> None:
        row = session.get(PriceRow, (showtime, category, "ADULT"))
        session.delete(row)

    house.runtime.database.transact(work)


def adults(*seats: str) -> list[SeatChoice]:
    return [SeatChoice(seat, "ADULT") for seat in seats]


def test_a_held_price_is_charged_although_the_showtime_has_become_dearer(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    costs(house, showtime, "STANDARD", 1900)

    assert house.pay(booking_id).refusal is None

    assert [payment["amount"]["amount"] for payment in siblings.payments.values()] == [2 * 1000 + 100]


def test_a_seat_that_stays_in_a_changed_hold_keeps_its_price_and_a_new_one_has_the_new_price(
    house: House,
) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A3", "A4"])
    costs(house, showtime, "STANDARD", 1900)

    house.hold(showtime, ["A4", "A5", "A6"], booking_id=booking_id)

    booking = house.booking(booking_id)
    assert (booking.subtotal, booking.total) == (1000 + 2 * 1900, 1000 + 2 * 1900 + 100)
    assert house.claims(showtime) == {"A4": "HELD", "A5": "HELD", "A6": "HELD"}


def test_seats_that_stay_are_never_shown_as_free_while_a_hold_is_changed(house: House) -> None:
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])
    before = house.showtime(showtime).seat_map_version

    house.hold(showtime, ["A1", "A2", "A3"], booking_id=booking_id)

    assert house.showtime(showtime).seat_map_version == before + 1  # A3, nothing else


def test_a_paid_seat_that_stays_in_a_change_of_seats_keeps_its_price(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    costs(house, showtime, "STANDARD", 1900)

    done = change_seats(
        house.runtime,
        as_user("ana"),
        booking_id,
        adults("A1", "A2", "A3"),
        payment_token="pm_success",
        key="k",
    )

    assert done.refusal is None
    assert sorted(payment["amount"]["amount"] for payment in siblings.payments.values()) == [1900, 2100]
    assert house.booking(booking_id).total == 2 * 1000 + 1900 + 100
    assert house.booking(booking_id).paid == 2 * 1000 + 1900 + 100


def test_the_difference_that_was_agreed_stands_although_prices_change_before_it_is_paid(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    booking_id = house.sold(showtime, ["A1", "A2"])
    begun = change_seats(
        house.runtime, as_user("ana"), booking_id, adults("C1", "C2"), payment_token="pm_3ds", key="k"
    )
    assert begun.redirect_url is not None
    costs(house, showtime, "PREMIUM", 5000)
    is_no_longer_sold(house, showtime, "PREMIUM")

    settle(house.runtime, f"{booking_id}:2", Charge("SUCCEEDED", "payment-2", amount=Money(800, "EUR")))

    booking = house.booking(booking_id)
    assert house.claims(showtime) == {"C1": "SOLD", "C2": "SOLD"}
    assert (booking.subtotal, booking.total, booking.paid) == (2800, 2900, 2900)
    assert sorted(ticket.price for ticket in valid_tickets(house, booking_id)) == [1400, 1400]


def valid_tickets(house: House, booking_id: str) -> list[Ticket]:
    def work(session: Session) -> list[Ticket]:
        return list(session.query(Ticket).filter_by(booking_id=booking_id, state="VALID"))

    return house.runtime.database.read(work)


CURRENCIES = st.sampled_from(["JPY", "KRW", "EUR", "USD", "GBP", "KWD", "BHD", "TND"])
AMOUNTS = st.integers(0, 10_000_000)


@given(CURRENCIES, st.lists(AMOUNTS, max_size=10), AMOUNTS, AMOUNTS, st.integers(0, 100))
def test_sums_are_equal_and_shares_are_rounded_half_up_in_every_currency(
    currency: str, prices: list[int], fee: int, discount: int, percent: int
) -> None:
    seats = [Money(price, currency) for price in prices]

    figures = sum_up(seats, fee=Money(fee, currency), discount=Money(discount, currency))
    offer = quote(figures.total, [Tier(24, percent)], starts_at=NOON.replace(day=30), now=NOON)

    assert figures.subtotal.amount == sum(prices)
    assert figures.subtotal - figures.discount + figures.fee == figures.total
    assert figures.total.amount >= 0
    assert offer is not None
    step = payable_step(currency)
    exact = Fraction(figures.total.amount * percent, 100 * step)
    rounded = (exact + Fraction(1, 2)).__floor__() * step
    assert offer.amount.amount == min(rounded, figures.total.amount)
    assert 0 <= offer.amount.amount <= figures.total.amount
    assert {figures.subtotal.currency, figures.total.currency, offer.amount.currency} == {currency}


def test_amounts_are_told_with_the_digits_of_their_currency() -> None:
    told = [decimal_text(1250, "JPY"), decimal_text(1250, "EUR"), decimal_text(1250, "KWD")]

    assert told == ["1250", "12.50", "1.250"]


def test_a_booking_in_yen_and_one_in_dinar_are_charged_in_their_own_minor_units(
    house: House, siblings: Siblings
) -> None:
    for currency in ("JPY", "KWD"):
        showtime = house.a_showtime(currency=currency)
        assert house.pay(house.hold(showtime, ["A1", "A2"])).refusal is None

    charged = [payment["amount"] for payment in siblings.payments.values()]
    assert charged == [{"amount": 2100, "currency": "JPY"}, {"amount": 2100, "currency": "KWD"}]


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [(2275, "KWD", "AMOUNT_NOT_PAYABLE"), (150, "MGA", "AMOUNT_NOT_PAYABLE"), (200_000_001, "IDR", "SCHEDULE_INVALID")],
)  # fmt: skip
def test_a_price_that_nobody_can_pay_is_refused(amount: int, currency: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_prices([Price("STANDARD", "ADULT", amount, currency)], {"STANDARD"}, currency)

    assert (refused.value.code, refused.value.field) == (code, ("input", "prices", "0"))


def test_a_fee_that_nobody_can_pay_is_refused() -> None:
    with pytest.raises(Refusals) as refused:
        _check_policy(PolicyWish(fee=Money(105, "KWD")), "KWD")

    assert [fault.code for fault in refused.value.refusals] == ["AMOUNT_NOT_PAYABLE"]


def test_prices_of_ten_fils_and_of_150000_rupiahs_can_be_entered() -> None:
    check_prices([Price("STANDARD", "ADULT", 2280, "KWD")], {"STANDARD"}, "KWD")
    check_prices([Price("STANDARD", "ADULT", 15_000_000, "IDR")], {"STANDARD"}, "IDR")
