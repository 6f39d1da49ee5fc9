"""Coupons: no more uses than promised, and exactly those that bookings were paid with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tools.check_invariants.facts import Facts, Row, Violation, by
from tools.check_invariants.money import is_ours

COUNTED = ("RESERVED", "REDEEMED")


def coupons_are_used_as_promised(facts: Facts) -> Iterator[Violation]:
    """I5: uses stay within their limits, counts equal rows, and after settling only paid bookings use one."""
    counted = [use for use in facts.coupon_uses if use.state in COUNTED]
    yield from _wrong_counts(facts, counted)
    yield from _wrong_uses(facts, counted)


def _wrong_counts(facts: Facts, counted: list[Row]) -> Iterator[Violation]:
    uses = Counter(use.coupon_id for use in counted)
    own = Counter((use.coupon_id, use.user_id) for use in counted if use.user_id is not None)
    limits = {coupon.id: coupon.usage_limit_per_user for coupon in facts.coupons}
    for coupon in facts.coupons:
        if coupon.usage_limit is not None and uses[coupon.id] > coupon.usage_limit:
            words = f"used {uses[coupon.id]} times of {coupon.usage_limit}"
            yield Violation("doubled", coupon.code, words)
        if coupon.times_used != uses[coupon.id]:
            words = f"{coupon.times_used} uses are counted, {uses[coupon.id]} are written down"
            yield Violation("wrong", coupon.code, words)
    for count in facts.coupon_counts:
        if count.used != own[(count.coupon_id, count.user_id)]:
            words = f"{count.used} uses by {count.user_id} are counted"
            yield Violation("wrong", count.coupon_id, words)
    for (coupon_id, user_id), number in own.items():
        limit = limits.get(coupon_id)
        if limit is not None and number > limit:
            yield Violation("doubled", coupon_id, f"used {number} times of {limit} by {user_id}")


def _wrong_uses(facts: Facts, counted: list[Row]) -> Iterator[Violation]:
    codes = {coupon.id: coupon.code for coupon in facts.coupons}
    bookings = {booking.id: booking for booking in facts.bookings}
    spent = by((use for use in counted if use.state == "REDEEMED"), lambda use: use.booking_id)
    # For other seats the discount is reckoned anew, by the booking itself.
    changed = {attempt.booking_id for attempt in facts.attempts if attempt.purpose == "SEAT_CHANGE"}
    for use in counted:
        booking = bookings.get(use.booking_id) if use.booking_id else None
        if use.booking_id is None:
            continue  # from before this system
        if use.state == "RESERVED" and (booking is None or booking.state not in ("HELD", "PAYING")):
            state = booking.state if booking is not None else "unknown"
            yield Violation("late", use.booking_id, f"{codes.get(use.coupon_id)} is reserved, it is {state}")
        if use.state == "REDEEMED" and (
            booking is None or booking.state != "CONFIRMED" or booking.coupon_code != codes.get(use.coupon_id)
        ):
            yield Violation("wrong", use.booking_id, f"{codes.get(use.coupon_id)} is spent on it, unused")
    for booking in facts.bookings:
        # At the desk complimentary seats have one too.
        if (
            booking.coupon_code is None
            and booking.discount
            and booking.channel != "DESK"
            and is_ours(booking)
        ):
            yield Violation("doubled", booking.id, f"{booking.discount} off, and no coupon is used for it")
        if booking.state == "CONFIRMED" and booking.coupon_code is not None:
            uses = spent.get(booking.id, [])
            if len(uses) != 1:
                kind = "missing" if not uses else "doubled"
                yield Violation(kind, booking.id, f"{len(uses)} spent uses of {booking.coupon_code}")
            elif uses[0].discount_value < booking.discount and booking.id not in changed:
                yield Violation(
                    "wrong", booking.id, f"{uses[0].discount_value} off, {booking.discount} taken"
                )
