"""Giving back: by the cinema's own steps, in full when the showtime falls out, and those who wait are told."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.cancel import cancel_booking, cancel_showtime
from booking_service.commands.change_seats import change_seats
from booking_service.commands.door import check_in
from booking_service.commands.hold import SeatChoice
from booking_service.commands.house import PolicyWish, join_waiting_list, set_policy, set_seats_blocked
from booking_service.commands.keep import apply_coupon
from booking_service.commands.refunds import pay_refunds_due
from booking_service.commands.settle import settle
from booking_service.errors import CompanionSeat, NotCancellable, QuoteChanged
from booking_service.models import Ticket
from booking_service.peers import Charge
from booking_service.rules.refunds import Tier
from booking_service.tests.builders import CINEMA, House, Siblings
from chassis.clock import SetClock
from chassis.money import Money
from chassis.tables import OUTBOX
from chassis.testing import ServiceClient, as_user

ANA = as_user("ana")
STAFF = as_user("stan", "STAFF", (CINEMA,))
MANAGER = as_user("mia", "MANAGER", (CINEMA,))
QUOTE = """query Q($id: ID!) { booking(id: $id) {
  refundQuote { percent amount { amount currency } untilNextStep } } }"""
CANCEL = """mutation C($id: ID!, $seen: MoneyInput) { cancelBooking(bookingId: $id, expectedRefund: $seen) {
  booking { status } userErrors { code } } }"""


@pytest.mark.parametrize(
    ("in_hours", "percent", "amount"),
    [(73, 80, 1680), (71, 33, 693), (2.5, 33, 693), (1.5, 0, 0)],
)
def test_a_cinema_has_steps_of_its_own_and_what_was_quoted_is_what_is_paid(
    house: House, client: ServiceClient, siblings: Siblings, in_hours: float, percent: int, amount: int
) -> None:
    steps = (Tier(72, 80), Tier(2, 33))
    set_policy(house.runtime, MANAGER, CINEMA, PolicyWish(refund_tiers=steps))
    booking_id = house.sold(house.a_showtime(in_hours=in_hours), ["A1", "A2"])

    quote = client.data(QUOTE, {"id": booking_id}, caller=ANA)["booking"]["refundQuote"]
    done = client.data(CANCEL, {"id": booking_id, "seen": quote["amount"]}, caller=ANA)["cancelBooking"]

    assert (quote["percent"], quote["amount"]["amount"]) == (percent, amount)
    assert done == {"booking": {"status": "CANCELLED"}, "userErrors": []}
    assert sum(siblings.refunds.values()) == amount


def test_a_quote_that_a_step_has_overtaken_is_refused_and_nothing_is_cancelled(
    house: House, siblings: Siblings, clock: SetClock
) -> None:
    booking_id = house.sold(house.a_showtime(in_hours=24.5), ["A1", "A2"])
    clock.advance(hours=1)

    with pytest.raises(QuoteChanged):
        cancel_booking(house.runtime, ANA, booking_id, reason=None, expected=Money(2100, "EUR"))

    assert house.booking(booking_id).state == "CONFIRMED"
    assert siblings.refunds == {}


def test_what_is_being_paid_when_the_showtime_falls_out_goes_back_too(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime()
    paying = house.hold(showtime, ["A1", "A2"])
    house.pay(paying, token="pm_3ds")
    cancel_showtime(house.runtime, MANAGER, showtime, "The projector broke")

    settle(house.runtime, f"{paying}:1", Charge("SUCCEEDED", "payment-1", amount=Money(2100, "EUR")))
    pay_refunds_due(house.runtime)

    assert list(siblings.refunds.values()) == [2100]
    assert house.booking(paying).state == "CANCELLED"
    assert house.claims(showtime) == {}


def test_everybody_with_a_ticket_is_named_when_the_showtime_falls_out(house: House) -> None:
    showtime = house.a_showtime()
    for name, seats in (("ana", ["A1", "A2"]), ("ben", ["C1", "C2"])):
        house.a_guest(name, f"{name}@example.org")
        house.sold(showtime, seats, by=name)

    cancel_showtime(house.runtime, MANAGER, showtime, "The projector broke")

    [told] = payloads(house, "showtime.cancelled")
    assert {guest["contactEmail"] for guest in told["bookings"]} == {"ana@example.org", "ben@example.org"}
    assert [part["refund"]["amount"] for part in payloads(house, "booking.cancelled")] == [2100, 2900]


def payloads(house: House, name: str) -> list[dict]:
    def work(session: Session) -> list[dict]:
        rows = session.scalars(select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq))
        return [orjson.loads(row) for row in rows]

    return house.runtime.database.read(work)


def seats_are_sold_out(house: House) -> tuple[str, str]:
    """A showtime whose only seats are ana's, and her booking."""
    showtime = house.a_showtime()
    mine = house.sold(showtime, ["A3", "A4"])
    rows = {"A": 6, "B": 4, "C": 6, "D": 5}
    rest = [f"{row}{number}" for row, count in rows.items() for number in range(1, count + 1)]
    rest = [seat for seat in rest if seat not in ("A3", "A4")]
    set_seats_blocked(house.runtime, MANAGER, showtime, rest, blocked=True)
    return showtime, mine


def ana_cancels(house: House, _showtime: str, mine: str, _clock: SetClock) -> None:
    cancel_booking(house.runtime, ANA, mine, reason=None, expected=None)


def the_house_unblocks(house: House, showtime: str, _mine: str, _clock: SetClock) -> None:
    set_seats_blocked(house.runtime, MANAGER, showtime, ["C1", "C2"], blocked=False)


def ana_takes_fewer(house: House, showtime: str, mine: str, clock: SetClock) -> None:
    set_seats_blocked(house.runtime, MANAGER, showtime, ["A5"], blocked=False)
    house.hold(showtime, ["A5"], by="cleo")  # one came free, which is too few for two
    assert "waiting_list.seats_free" not in house.events()
    clock.advance(minutes=11)
    house.sweep()  # again one
    change_seats(
        house.runtime, ANA, mine, [SeatChoice("A3", "ADULT")], payment_token=None, key="fewer"
    )  # and A4


@pytest.mark.parametrize("how", [ana_cancels, the_house_unblocks, ana_takes_fewer])
def test_whoever_waits_is_told_in_whatever_way_enough_seats_come_free(
    house: House, clock: SetClock, how: Callable[[House, str, str, SetClock], None]
) -> None:
    showtime, mine = seats_are_sold_out(house)
    house.a_guest("wim", "wim@example.org")
    join_waiting_list(house.runtime, as_user("wim"), showtime, 2)
    join_waiting_list(house.runtime, as_user("many"), showtime, 9)

    how(house, showtime, mine, clock)

    told = [
        (part["userId"], part["contactEmail"], part["seats"])
        for part in payloads(house, "waiting_list.seats_free")
    ]
    assert told == [("wim", "wim@example.org", 2)]


@pytest.mark.parametrize(("seats", "kind"), [(["A1"], "ADULT"), (["A1", "A2", "A3", "A4"], "CHILD")])
def test_a_part_of_a_booking_is_not_given_back_when_the_whole_would_not_be(
    house: House, clock: SetClock, seats: list[str], kind: str
) -> None:
    mine = house.sold(house.a_showtime(in_hours=25), ["A1", "A2", "A3", "A4"])
    wanted = [SeatChoice(seat, kind) for seat in seats]
    clock.advance(hours=2)  # now a cancellation gives half of it back

    with pytest.raises(NotCancellable, match="cancel the whole booking"):
        change_seats(house.runtime, ANA, mine, wanted, payment_token=None, key="less")

    assert house.booking(mine).paid == house.booking(mine).total == 4100
    clock.advance(hours=-2)
    change_seats(house.runtime, ANA, mine, wanted, payment_token=None, key="less")
    assert house.booking(mine).paid == house.booking(mine).total < 4100


def test_who_went_in_while_dearer_seats_were_being_paid_keeps_the_old_ones_and_gets_the_money_back(
    house: House, siblings: Siblings
) -> None:
    showtime = house.a_showtime(in_hours=2)
    mine = house.sold(showtime, ["A1", "A2"])
    dearer = [SeatChoice(seat, "ADULT") for seat in ("C1", "C2")]
    change_seats(house.runtime, ANA, mine, dearer, payment_token="pm_3ds", key="dearer")
    first = house.runtime.database.read(
        lambda session: session.scalar(select(Ticket.code).where(Ticket.seat_id == "A1"))
    )
    check_in(house.runtime, STAFF, qr_payload=None, code=first, showtime_id=showtime, door="1")

    settle(house.runtime, f"{mine}:2", Charge("SUCCEEDED", "late", amount=Money(800, "EUR")))
    pay_refunds_due(house.runtime)

    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}
    assert siblings.refunds == {f"{mine}:2:return": 800}
    assert house.booking(mine).paid == 2100


def test_the_seats_of_a_booking_that_cost_nothing_are_changed_like_others(
    house: House, siblings: Siblings
) -> None:
    set_policy(house.runtime, MANAGER, CINEMA, PolicyWish(fee=Money(0, "EUR")))
    siblings.coupons["ALLOFIT"] = 2000
    showtime = house.a_showtime(in_hours=48)
    mine = house.hold(showtime, ["A1", "A2"])
    apply_coupon(house.runtime, ANA, mine, "ALLOFIT")
    house.pay(mine, token=None)
    assert (house.booking(mine).state, house.booking(mine).total) == ("CONFIRMED", 0)

    seats = [SeatChoice("C1", "ADULT"), SeatChoice("C2", "ADULT")]
    done = change_seats(house.runtime, ANA, mine, seats, payment_token="pm_success", key="dearer")

    assert done.refusal is None
    assert (house.claims(showtime), house.booking(mine).paid) == ({"C1": "SOLD", "C2": "SOLD"}, 800)


def test_a_companion_seat_waits_for_the_wheelchair_place_to_be_sold_until_two_hours_before(
    house: House, clock: SetClock
) -> None:
    showtime = house.a_showtime(in_hours=5)
    with pytest.raises(CompanionSeat):
        house.hold(showtime, ["D2"], by="ben")
    beside = house.hold(showtime, ["D1"], by="ana")
    with pytest.raises(CompanionSeat):
        house.hold(showtime, ["D2"], by="ben")  # only held: it may come free again

    assert house.pay(beside).refusal is None
    house.hold(showtime, ["D2"], by="ben")

    other = house.a_showtime(in_hours=5)
    clock.advance(hours=3)
    house.hold(other, ["D2"], by="cleo")
