"""What waits at present, for the figures of the service."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking_service.lifecycle import State
from booking_service.models import Booking, RefundDue

OPEN = (State.HELD, State.PAYING)


def waiting(session: Session) -> dict[str, int]:
    """How many bookings are held or being paid, and how many refunds are still to be asked for."""
    open_ones = select(Booking.state, func.count()).where(Booking.state.in_(OPEN)).group_by(Booking.state)
    states: dict[str, int] = dict(session.execute(open_ones).tuples().all())
    due = select(func.count()).select_from(RefundDue).where(RefundDue.state == "DUE")
    return {
        **{f"bookings {state.lower()}": states.get(state, 0) for state in OPEN},
        "refunds due": session.execute(due).scalar_one(),
    }
