"""Seating plans: rows of letters, as a manager writes them, and the seats that they stand for.

A row is one character a place, left to right as seen from the seats towards the screen. Seats are numbered along
the row, gaps are not; a seat's id is its row's letters and its number. Positions count in seat widths from the
front left corner: x by place, y by row, so gaps and empty rows become aisles in the drawing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinema_service.errors import BadSeatingPlan

CATEGORIES = {
    "S": "STANDARD",
    "P": "PREMIUM",
    "R": "RECLINER",
    "L": "LOVESEAT",
    "A": "ACCESSIBLE",
    "C": "COMPANION",
}
GAP = "_"
MOST_SEATS = 600
MOST_ROWS = 60
MOST_PLACES = 80
HIGHEST_NUMBER = 999

_ROW_NAME = re.compile(r"[A-Z]{1,2}")


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One row as written; `right_to_left` numbers it from its right end."""

    row: str
    places: str
    number_from: int = 1
    right_to_left: bool = False

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> SeatRow:
        """Read what `as_json` wrote."""
        return cls(line["row"], line["places"], line["numberFrom"], line["rightToLeft"])

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "row": self.row,
            "places": self.places,
            "numberFrom": self.number_from,
            "rightToLeft": self.right_to_left,
        }

    @property
    def seat_count(self) -> int:
        """Places that are not gaps."""
        return len(self.places) - self.places.count(GAP)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place to sit: its label, kind and position in seat widths from the front left corner."""

    id: str
    row: str
    number: int
    category: str
    x: float
    y: float


def tidy(rows: Sequence[SeatRow]) -> tuple[SeatRow, ...]:
    """The rows with their names in capitals and without blanks around them."""
    return tuple(
        SeatRow(line.row.strip().upper(), line.places.strip(), line.number_from, line.right_to_left)
        for line in rows
    )


def expand(rows: Sequence[SeatRow]) -> tuple[Seat, ...]:
    """The seats of a valid plan, front to back and left to right."""
    return tuple(seat for y, line in enumerate(rows) for seat in _seats_of(line, y))


def capacity(rows: Sequence[SeatRow]) -> int:
    """How many seats the plan has."""
    return sum(line.seat_count for line in rows)


def faults(rows: Sequence[SeatRow]) -> list[BadSeatingPlan]:
    """Everything that is wrong with a plan, each with the input field it is about; none for a valid one."""
    if capacity(rows) == 0:
        return [
            BadSeatingPlan(
                "A seating plan needs at least one seat.", field=("input", "rows"), code="LAYOUT_EMPTY"
            )
        ]
    found = [fault for index, line in enumerate(rows) for fault in _row_faults(index, line)]
    found += _repeated_names(rows)
    if capacity(rows) > MOST_SEATS:
        words = f"An auditorium has at most {MOST_SEATS} seats; this plan has {capacity(rows)}."
        found.append(BadSeatingPlan(words, field=("input", "rows"), code="TOO_MANY_SEATS"))
    if len(rows) > MOST_ROWS:
        words = f"A plan has at most {MOST_ROWS} rows."
        found.append(BadSeatingPlan(words, field=("input", "rows"), code="TOO_MANY_ROWS"))
    return found


def _seats_of(line: SeatRow, y: int) -> list[Seat]:
    positions = [x for x, place in enumerate(line.places) if place != GAP]
    numbers = range(line.number_from, line.number_from + len(positions))
    numbered = zip(positions, reversed(numbers) if line.right_to_left else numbers, strict=True)
    return [
        Seat(f"{line.row}{number}", line.row, number, CATEGORIES[line.places[x]], float(x), float(y))
        for x, number in numbered
    ]


def _row_faults(index: int, line: SeatRow) -> list[BadSeatingPlan]:
    at = ("input", "rows", index)
    found = []
    strangers = sorted(set(line.places) - set(CATEGORIES) - {GAP})
    if strangers:
        words = (
            f"Row {line.row or index + 1} has places that no letter stands for: {' '.join(strangers)[:40]}"
        )
        found.append(BadSeatingPlan(words, field=(*at, "places"), code="PLACE_UNKNOWN"))
    if not line.places or len(line.places) > MOST_PLACES:
        words = f"A row has 1 to {MOST_PLACES} places, gaps included."
        found.append(BadSeatingPlan(words, field=(*at, "places"), code="ROW_LENGTH"))
    # A row of gaps alone is an aisle across the room; it needs no name.
    if (line.row or line.seat_count) and not _ROW_NAME.fullmatch(line.row):
        found.append(
            BadSeatingPlan(
                "A row is named by one or two letters A to Z.", field=(*at, "row"), code="ROW_NAME"
            )
        )
    if not 1 <= line.number_from <= HIGHEST_NUMBER - max(line.seat_count - 1, 0):
        words = f"Seats are numbered from 1 to {HIGHEST_NUMBER}."
        found.append(BadSeatingPlan(words, field=(*at, "numberFrom"), code="SEAT_NUMBER"))
    return found


def _repeated_names(rows: Sequence[SeatRow]) -> list[BadSeatingPlan]:
    seen: set[str] = set()
    found = []
    for index, line in enumerate(rows):
        if line.row and line.row in seen:
            words = f"Row {line.row[:4]} appears twice."
            found.append(BadSeatingPlan(words, field=("input", "rows", index, "row"), code="ROW_REPEATED"))
        seen.add(line.row)
    return found
