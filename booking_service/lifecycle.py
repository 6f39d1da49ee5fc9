"""How bookings move: a table of permitted moves. A move that is not in it is a bug, and raises."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a booking stands."""

    HELD = "HELD"
    PAYING = "PAYING"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


MOVES: frozenset[tuple[State, State]] = frozenset(
    {
        (State.HELD, State.PAYING),
        (State.HELD, State.CONFIRMED),  # nothing to pay, or sold at the desk
        (State.HELD, State.CANCELLED),
        (State.HELD, State.EXPIRED),
        (State.PAYING, State.HELD),  # declined, with time left
        (State.PAYING, State.CONFIRMED),
        (State.PAYING, State.EXPIRED),  # declined, too late
        (State.PAYING, State.CANCELLED),  # the showtime was cancelled meanwhile
        (State.CONFIRMED, State.CANCELLED),
    }
)
ALIVE = (State.HELD, State.PAYING, State.CONFIRMED)
OPEN = (State.HELD, State.PAYING)


class IllegalMove(Exception):
    """Somebody asked for a move that the table does not have."""


def check_move(before: State, after: State) -> None:
    """Raises IllegalMove unless the table permits it."""
    if (before, after) not in MOVES:
        raise IllegalMove(f"{before} → {after}")
