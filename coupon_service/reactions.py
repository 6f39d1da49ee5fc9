"""Door 2, "something happened": event name → command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.worker import Reaction
from coupon_service.commands.forgetting import forget_person
from coupon_service.commands.rewarding import count_booking, note_over, uncount_booking
from coupon_service.commands.using import release_coupon, return_coupon, settle_uses

_Told = Mapping[str, Any]


def _confirmed(runtime: Runtime[Any], session: Session, told: _Told, _envelope: Envelope) -> None:
    # First what fences late reservations, then the uses, as _check_still_open needs it.
    if told["userId"] is not None and told["total"]["amount"] > 0:
        days = runtime.settings.loyalty_days
        count_booking(session, told["bookingId"], told["userId"], loyalty_days=days)
    else:
        note_over(session, told["bookingId"])
    settle_uses(session, told["bookingId"], told["couponCode"])


def _expired(_runtime: Runtime[Any], session: Session, told: _Told, _envelope: Envelope) -> None:
    uncount_booking(session, told["bookingId"])  # so that a reservation still on its way finds it ended
    release_coupon(session, told["bookingId"])


def _cancelled(_runtime: Runtime[Any], session: Session, told: _Told, _envelope: Envelope) -> None:
    uncount_booking(session, told["bookingId"])
    return_coupon(session, told["bookingId"])


def _erased(_runtime: Runtime[Any], session: Session, told: _Told, _envelope: Envelope) -> None:
    forget_person(session, told["userId"])


REACTIONS: dict[str, Reaction] = {
    "booking.confirmed": _confirmed,
    "booking.expired": _expired,
    "booking.cancelled": _cancelled,
    "user.erased": _erased,
}
