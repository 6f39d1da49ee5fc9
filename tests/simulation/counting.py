"""What schedules did, so that nobody takes an empty simulation for a sound system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.simulation.world import BOOKING, COUPON, World

_DONE = "SELECT count(*) FROM refunds_due WHERE state = 'DONE' AND amount > 0 AND "
_STEPS = "SELECT count(*) FROM booking_steps WHERE step = "
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "bookings sold": (BOOKING, "SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL"),
    "of these at the desk": (
        BOOKING, "SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL AND channel = 'DESK'"
    ),
    "bookings cancelled": (
        BOOKING, "SELECT count(*) FROM bookings WHERE cancelled_at IS NOT NULL AND confirmed_at IS NOT NULL"
    ),
    "showtimes cancelled": (BOOKING, "SELECT count(*) FROM showtimes WHERE state = 'CANCELLED'"),
    "refunds": (BOOKING, _DONE + "true"),
    "refunds of cheaper seats": (BOOKING, _DONE + "key LIKE '%:difference:%'"),
    "refunds of money that fits no seats": (BOOKING, _DONE + "key LIKE '%:return'"),
    "refunds by hand": (BOOKING, _DONE + "key NOT LIKE '%:%'"),
    "seat changes": (BOOKING, _STEPS + "'change_seats' AND outcome = 'DONE'"),
    "seat changes paid for": (
        BOOKING,
        "SELECT count(*) FROM payment_attempts WHERE purpose = 'SEAT_CHANGE' AND outcome = 'SUCCEEDED' AND amount > 0",
    ),
    "check-ins": (BOOKING, _STEPS + "'check_in' AND outcome = 'USED'"),
    "check-ins taken back": (BOOKING, _STEPS + "'check_in' AND outcome = 'UNDONE'"),
    "coupons applied": (BOOKING, _STEPS + "'coupon' AND outcome = 'APPLIED'"),
    "coupons taken off": (BOOKING, _STEPS + "'coupon' AND outcome = 'REMOVED'"),
    "coupons spent": (COUPON, "SELECT count(*) FROM coupon_uses WHERE redeemed_at IS NOT NULL"),
}  # fmt: skip

# At least so many in a thousand schedules. A change that makes the simulation do less has to say so here.
FLOORS: Mapping[str, int] = {
    "bookings sold": 150, "of these at the desk": 25, "bookings cancelled": 150, "showtimes cancelled": 5,
    "refunds": 250, "refunds of cheaper seats": 30, "refunds of money that fits no seats": 3, "refunds by hand": 25,
    "seat changes": 100, "seat changes paid for": 8, "check-ins": 100, "check-ins taken back": 10,
    "coupons applied": 50, "coupons taken off": 8, "coupons spent": 20,
}  # fmt: skip
ENOUGH = 200  # fewer schedules may lack what is rare


def count(world: World) -> Counter[str]:
    """What the databases tell was done, by name."""
    return Counter(
        {name: next(iter(world.rows(*question)[0].values())) for name, question in QUESTIONS.items()}
    )


def too_few(schedules: int, deeds: Mapping[str, int]) -> list[str]:
    """What fell below its floor in so many schedules, in words; nothing is asked of fewer than ENOUGH.

    Of what is rare a small batch has to have its whole share only: with a second one or not is chance.
    """
    if schedules < ENOUGH:
        return []
    return [
        f"only {deeds.get(name, 0)} {name} in {schedules} schedules, at least {floor} in a thousand are due"
        for name, floor in FLOORS.items()
        if deeds.get(name, 0) < max(1, floor * schedules // 1000)
    ]
