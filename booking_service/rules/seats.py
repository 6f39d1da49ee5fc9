"""Which seats may be chosen together: known ones, no lone seat left behind, companions beside wheelchairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking_service.errors import (
    CompanionSeat,
    NoSeats,
    SeatRepeated,
    SeatUnknown,
    SingleSeatGap,
    TooManySeats,
)
from chassis.errors import Refusal, Refusals

ACCESSIBLE = "ACCESSIBLE"
COMPANION = "COMPANION"
RESERVED_CATEGORIES = frozenset({ACCESSIBLE, COMPANION})
# Two seats are neighbours when no aisle lies between them: at most this far apart, in seat widths.
NEIGHBOUR_DISTANCE = 1.01


@dataclass(frozen=True, slots=True)
class Seat:
    """A place of a seating plan; `x` and `y` in seat widths from the front left corner."""

    id: str
    row: str
    number: int
    category: str
    x: float
    y: float


def in_the_room(seat_id: str) -> tuple[int, str, int]:
    """Sorts seat ids as the room has them: A2 before A10, Z1 before AA1."""
    row = seat_id.rstrip("0123456789")
    return len(row), row, int(seat_id[len(row) :] or 0)


def check_choice(seat_ids: Sequence[str], plan: Collection[str], *, maximum: int) -> None:
    """Raises Refusals, one a seat with its place in the input, unless the seats make a possible choice.

    `plan`: ids of all seats of the room; `maximum`: seats one booking may have.
    """
    if not seat_ids:
        raise NoSeats(field=("input", "seats"))
    if len(seat_ids) > maximum:
        raise TooManySeats(f"One booking may have at most {maximum} seats.", field=("input", "seats"))
    faults: list[Refusal] = []
    for index, seat_id in enumerate(seat_ids):
        place = ("input", "seats", index)
        if seat_id not in plan:
            faults.append(SeatUnknown(f"There is no seat {seat_id[:16]} in this auditorium.", field=place))
        elif seat_id in seat_ids[:index]:
            faults.append(SeatRepeated(f"Seat {seat_id} is in the list twice.", field=place))
    if faults:
        raise Refusals(faults)


def runs(seats: Iterable[Seat], taken: Collection[str]) -> list[list[Seat]]:
    """Free seats that lie side by side, as lists from left to right; an aisle or a taken seat ends a run."""
    rows: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        rows[seat.row].append(seat)
    found: list[list[Seat]] = []
    for row in rows.values():
        row.sort(key=lambda seat: seat.x)
        run: list[Seat] = []
        for seat in row:
            if seat.id in taken:
                run = []
                continue
            if not run or seat.x - run[-1].x > NEIGHBOUR_DISTANCE:
                run = []
                found.append(run)
            run.append(seat)
    return [run for run in found if run]


def check_gaps(plan: Sequence[Seat], taken: Collection[str], chosen: Collection[str]) -> None:
    """Raises SingleSeatGap when the choice strands one free seat that another choice would not have.

    `taken`: seats held, sold or blocked by others. Per run of free seats: a choice of n in a run of n + 1 cannot
    help it and is allowed; so is a lone wheelchair or companion place.
    """
    for run in runs(plan, taken):
        mine = sum(seat.id in chosen for seat in run)
        if mine == 0 or len(run) == mine + 1:  # one seat is left however they are chosen
            continue
        for left in runs(run, chosen):
            if len(left) == 1 and left[0].category not in RESERVED_CATEGORIES:
                raise SingleSeatGap(f"This choice leaves seat {left[0].id} alone. Please move one seat over.")


def check_companions(
    plan: Sequence[Seat],
    sold: Collection[str],
    chosen: Collection[str],
    *,
    starts_at: datetime,
    now: datetime,
    release_minutes: int,
) -> None:
    """Raises CompanionSeat for a companion seat without the wheelchair place beside it, until its release.

    The place beside it is part of the choice, or was sold before: one that is only held may come free again.
    """
    kept = kept_companions(
        plan, {*sold, *chosen}, starts_at=starts_at, now=now, release_minutes=release_minutes
    )
    for seat in plan:
        if seat.id in chosen and seat.id in kept:
            raise CompanionSeat(
                f"Seat {seat.id} is kept for the companion of a wheelchair user until shortly before the start."
            )


def kept_companions(
    plan: Sequence[Seat],
    wheelchairs: Collection[str],
    *,
    starts_at: datetime,
    now: datetime,
    release_minutes: int,
) -> set[str]:
    """Companion seats that wait for the wheelchair place beside them; `wheelchairs`: places that have somebody.

    Within `release_minutes` of the start companion seats are sold to anyone.
    """
    if now >= starts_at - timedelta(minutes=release_minutes):
        return set()
    beside: dict[str, list[Seat]] = defaultdict(list)
    for seat in plan:
        if seat.category == ACCESSIBLE:
            beside[seat.row].append(seat)
    kept = set()
    for seat in plan:
        if seat.category == COMPANION:
            near = [other for other in beside[seat.row] if abs(other.x - seat.x) <= NEIGHBOUR_DISTANCE]
            if near and not any(other.id in wheelchairs for other in near):
                kept.add(seat.id)
    return kept


def best_seats(
    plan: Sequence[Seat],
    taken: Collection[str],
    *,
    count: int,
    category: str | None = None,
    kept: Collection[str] = (),
) -> list[Seat]:
    """The best `count` free seats side by side, left to right; empty when no block leaves no lone seat.

    Best: nearest to the middle of the row, two thirds of the way back. A hold may leave a lone seat where that can't
    be helped; an offer never does, as the contract says. Wheelchair and companion places are offered only when
    `category` asks for them; seats in `kept` to nobody.
    """
    if count < 1 or not plan:
        return []
    cost = _distance(plan)

    def is_offered(seat: Seat) -> bool:
        if seat.id in kept:
            return False
        return seat.category == category if category else seat.category not in RESERVED_CATEGORIES

    best: list[Seat] = []
    lowest = float("inf")
    for run in runs(plan, taken):
        for start in range(len(run) - count + 1):
            block = run[start : start + count]
            if _strands(run, start, count) or not all(is_offered(seat) for seat in block):
                continue
            far = sum(cost(seat) for seat in block)
            if far < lowest:
                best, lowest = block, far
    return best


def _distance(plan: Sequence[Seat]) -> Callable[[Seat], float]:
    """How far a seat is from the middle of its row and from two thirds of the way back."""
    columns, rows = [seat.x for seat in plan], [seat.y for seat in plan]
    middle = (min(columns) + max(columns)) / 2
    depth = min(rows) + (max(rows) - min(rows)) * 2 / 3
    return lambda seat: abs(seat.x - middle) + 1.5 * abs(seat.y - depth)


def _strands(run: Sequence[Seat], start: int, count: int) -> bool:
    """Whether the block leaves exactly one ordinary seat on either side."""
    left, right = run[:start], run[start + count :]
    return any(len(side) == 1 and side[0].category not in RESERVED_CATEGORIES for side in (left, right))
