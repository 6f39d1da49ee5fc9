"""Rules: pure decisions, by example and by property."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_service.errors import CompanionSeat, SingleSeatGap, TicketTypeNotSold
from booking_service.lifecycle import MOVES, IllegalMove, State, check_move
from booking_service.rules.prices import seat_prices, sum_up
from booking_service.rules.refunds import Tier, quote, read_tiers, write_tiers
from booking_service.rules.schedule import Slot, clashes, is_on_sale, local_times, status
from booking_service.rules.seats import (
    RESERVED_CATEGORIES,
    Seat,
    best_seats,
    check_choice,
    check_companions,
    check_gaps,
    in_the_room,
    kept_companions,
    runs,
)
from booking_service.rules.waiting_room import turn_of
from booking_service.tests.builders import a_plan, row_of
from booking_service.tickets.signing import TicketKeys, TicketText
from chassis.errors import Refusals
from chassis.money import Money

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TIERS = [Tier(24, 100), Tier(12, 50)]


@pytest.mark.parametrize(
    ("taken", "chosen", "is_refused"),
    [
        ((), ("A1", "A3"), True),
        ((), ("A1", "A2"), False),
        (("A2",), ("A4",), True),
        (("A2",), ("A3", "A4"), False),
        (("A4",), ("A1", "A2"), False),  # three free, two wanted: one stays alone whatever is chosen
        ((), ("A2", "A3", "A4", "A5", "A6"), False),  # five of six: unavoidable
        ((), ("A1", "A2", "A3", "A4", "A5", "A6"), False),
        ((), ("B1",), False),  # an aisle ends the run: one of two is unavoidable
    ],
)
def test_the_gap_rule_counts_sold_seats_and_exempts_the_unavoidable(
    taken: tuple[str, ...], chosen: tuple[str, ...], is_refused: bool
) -> None:
    if is_refused:
        with pytest.raises(SingleSeatGap):
            check_gaps(a_plan(), set(taken), set(chosen))
    else:
        check_gaps(a_plan(), set(taken), set(chosen))


def test_a_companion_seat_goes_with_the_wheelchair_place_until_shortly_before_the_start() -> None:
    def check(taken: set[str], chosen: set[str], hours: float) -> None:
        starts_at = NOW + timedelta(hours=hours)
        check_companions(a_plan(), taken, chosen, starts_at=starts_at, now=NOW, release_minutes=120)

    with pytest.raises(CompanionSeat):
        check(set(), {"D2"}, 5)
    check(set(), {"D1", "D2"}, 5)
    check({"D1"}, {"D2"}, 5)
    check(set(), {"D2"}, 2)


def test_companion_seats_are_offered_once_somebody_sits_beside_them_or_the_start_is_near() -> None:
    def offered(sold: set[str], hours: float) -> list[str]:
        kept = kept_companions(
            a_plan(), sold, starts_at=NOW + timedelta(hours=hours), now=NOW, release_minutes=120
        )
        return [seat.id for seat in best_seats(a_plan(), sold, count=1, category="COMPANION", kept=kept)]

    assert offered(set(), 5) == []
    assert offered({"D1"}, 5) == ["D2"]
    assert offered(set(), 2) == ["D2"]


PLANS = st.lists(st.text("SSSP_AC", min_size=4, max_size=14), min_size=1, max_size=6).map(
    lambda rows: [seat for y, places in enumerate(rows) for seat in row_of("ABCDEF"[y], places, float(y))]
)


def blocks(plan: list[Seat], taken: set[str], count: int) -> list[list[Seat]]:
    """All ways to sit together on free seats."""
    free = runs(plan, taken)
    return [run[start : start + count] for run in free for start in range(len(run) - count + 1)]


def strands(plan: list[Seat], taken: set[str], block: list[Seat]) -> bool:
    """Whether an ordinary seat is alone once the block is taken, and was not before."""
    ids = {seat.id for seat in block}
    before = {run[0].id for run in runs(plan, taken) if len(run) == 1}
    after = {run[0] for run in runs(plan, taken | ids) if len(run) == 1}
    return bool({seat.id for seat in after if seat.category not in RESERVED_CATEGORIES} - before)


@given(
    PLANS,
    st.integers(1, 5),
    st.sampled_from([None, "STANDARD", "PREMIUM", "ACCESSIBLE", "COMPANION"]),
    st.sampled_from([1, 5]),
    st.data(),
)
def test_the_best_seats_are_what_a_hold_would_accept_and_leave_nobody_alone(
    plan: list[Seat], count: int, category: str | None, hours: int, data: st.DataObject
) -> None:
    taken = {seat.id for seat in plan if data.draw(st.booleans())}
    sold = {seat_id for seat_id in taken if data.draw(st.booleans())}
    times: dict[str, Any] = {"starts_at": NOW + timedelta(hours=hours), "now": NOW, "release_minutes": 120}
    kept = kept_companions(plan, sold, **times)

    def is_accepted(block: list[Seat]) -> bool:
        ids = [seat.id for seat in block]
        try:
            check_choice(ids, {seat.id for seat in plan}, maximum=5)
            check_companions(plan, sold, ids, **times)
            check_gaps(plan, taken, ids)
        except (CompanionSeat, SingleSeatGap):
            return False
        return {seat.category for seat in block} <= asked_for and not strands(plan, taken, block)

    asked_for = {category} if category else {"STANDARD", "PREMIUM"}
    accepted = [block for block in blocks(plan, taken, count) if is_accepted(block)]

    best = best_seats(plan, taken, count=count, category=category, kept=kept)

    assert best in accepted if accepted else best == []


def test_a_single_guest_may_take_one_of_two_seats_but_is_not_offered_it() -> None:
    plan = row_of("A", "SS_SS", 0)

    check_gaps(plan, set(), {"A1"})
    assert best_seats(plan, set(), count=1) == []
    assert best_seats(plan, {"A1"}, count=1)[0].id == "A2"


def test_the_best_seats_lie_in_the_middle_towards_the_back() -> None:
    plan = [seat for y in range(9) for seat in row_of("ABCDEFGHJ"[y], "SSSSSSSSSSSS", float(y))]

    assert [seat.id for seat in best_seats(plan, set(), count=2)] == ["F6", "F7"]
    assert best_seats(plan, set(), count=2, category="ACCESSIBLE") == []


def test_prices_follow_category_and_ticket_type_and_an_unsold_kind_is_named() -> None:
    table = {("STANDARD", "ADULT"): 1000, ("PREMIUM", "ADULT"): 1400}

    assert seat_prices([("PREMIUM", "ADULT")], table, "EUR") == [Money(1400, "EUR")]
    with pytest.raises(Refusals) as refused:
        seat_prices([("STANDARD", "ADULT"), ("STANDARD", "CHILD")], table, "EUR")
    assert [(type(fault), fault.field) for fault in refused.value.refusals] == [
        (TicketTypeNotSold, ("input", "seats", "1"))
    ]


@given(st.lists(st.integers(0, 10**6), max_size=10), st.integers(0, 10**5), st.integers(0, 10**7))
def test_the_figures_of_a_booking_always_add_up(prices: list[int], fee: int, discount: int) -> None:
    figures = sum_up(
        [Money(price, "JPY") for price in prices], fee=Money(fee, "JPY"), discount=Money(discount, "JPY")
    )

    assert figures.subtotal - figures.discount + figures.fee == figures.total
    assert figures.discount.amount <= figures.subtotal.amount
    assert figures.total.amount >= figures.fee.amount


@pytest.mark.parametrize(
    ("before_start", "percent"),
    [
        (timedelta(hours=24), 100),
        (timedelta(hours=24) - timedelta(minutes=1), 50),
        (timedelta(hours=12), 50),
        (timedelta(hours=12) - timedelta(minutes=1), 0),
    ],
)
def test_the_refund_falls_in_steps(before_start: timedelta, percent: int) -> None:
    offer = quote(Money(1001, "EUR"), TIERS, starts_at=NOW + before_start, now=NOW)

    assert offer is not None
    assert offer.percent == percent
    assert offer.amount == Money({100: 1001, 50: 501, 0: 0}[percent], "EUR")


def test_nothing_is_offered_once_the_film_has_begun() -> None:
    assert quote(Money(1000, "EUR"), TIERS, starts_at=NOW, now=NOW) is None


def test_tiers_are_written_as_they_are_read() -> None:
    assert read_tiers(write_tiers(TIERS)) == TIERS


def test_a_film_after_midnight_belongs_to_the_evening_before() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # 00:30 in Berlin

    assert local_times(late, "Europe/Berlin").business_day.isoformat() == "2026-11-21"
    assert local_times(late, "Europe/Berlin").hour == 0


def test_two_films_need_the_time_to_clean_between_them() -> None:
    def slot(start: int, end: int) -> Slot:
        return Slot(NOW + timedelta(minutes=start), NOW + timedelta(minutes=end))

    assert clashes(slot(0, 100), [slot(119, 200)], turnaround_minutes=20)
    assert not clashes(slot(0, 100), [slot(120, 200)], turnaround_minutes=20)


@pytest.mark.parametrize(
    ("state", "opens", "closes", "free", "expected"),
    [
        ("DRAFT", None, 60, 5, "DRAFT"),
        ("CANCELLED", None, 60, 5, "CANCELLED"),
        ("PUBLISHED", 10, 60, 5, "SCHEDULED"),
        ("PUBLISHED", -10, 60, 5, "ON_SALE"),
        ("PUBLISHED", None, 60, 0, "SOLD_OUT"),
        ("PUBLISHED", None, 0, 5, "CLOSED"),
    ],
)
def test_the_status_people_see(state: str, opens: int | None, closes: int, free: int, expected: str) -> None:
    opens_at = None if opens is None else NOW + timedelta(minutes=opens)
    closes_at = NOW + timedelta(minutes=closes)

    seen = status(
        state=state, sales_open_at=opens_at, sales_close_at=closes_at, seats_available=free, now=NOW
    )

    assert seen == expected
    on_sale = is_on_sale(state=state, sales_open_at=opens_at, sales_close_at=closes_at, now=NOW)
    assert on_sale == (expected in ("ON_SALE", "SOLD_OUT"))


@given(st.sampled_from(list(State)), st.sampled_from(list(State)))
def test_only_moves_of_the_table_are_possible_and_nothing_leaves_an_end(before: State, after: State) -> None:
    if (before, after) in MOVES:
        check_move(before, after)
        assert before not in (State.CANCELLED, State.EXPIRED)
    else:
        with pytest.raises(IllegalMove):
            check_move(before, after)


def test_a_turn_follows_rank_and_rate_and_nobody_is_admitted_before_they_came() -> None:
    turn = turn_of(30, opens_at=NOW, joined_at=NOW, rate=60, turn_minutes=2)
    late = turn_of(0, opens_at=NOW, joined_at=NOW + timedelta(minutes=9), rate=60, turn_minutes=2)

    assert (turn.begins_at, turn.ends_at) == (NOW + timedelta(seconds=30), NOW + timedelta(seconds=150))
    assert late.begins_at == NOW + timedelta(minutes=9)


def test_a_ticket_of_a_replaced_key_still_verifies_and_an_altered_one_does_not() -> None:
    old = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    new = "new:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
    text = TicketText("t1", "K7QM-2ZPX", "s1", "A1", "ADULT")
    signed = TicketKeys(old).sign(text)

    assert TicketKeys(f"{new},{old}").read(signed) == text
    assert TicketKeys(new).read(signed) is None
    assert TicketKeys(old).read(signed.replace("LC1", "LC2")) is None
    assert TicketKeys(old).read(signed[:-2]) is None
    assert TicketKeys(old).read("nonsense") is None


def test_seats_are_told_as_the_room_has_them() -> None:
    assert sorted(["K10", "AA1", "K9", "B2"], key=in_the_room) == ["B2", "K9", "K10", "AA1"]
