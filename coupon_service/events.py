"""Facts that this service publishes (contracts/events)."""

from __future__ import annotations

from datetime import datetime

from chassis.events import Event


def coupon_granted(
    *, coupon_id: str, code: str, user_id: str, percent: int, expires_at: datetime | None
) -> Event:
    """A person was given a coupon."""
    return Event(
        "coupon.granted",
        {
            "couponId": coupon_id,
            "code": code,
            "userId": user_id,
            "percent": percent,
            "expiresAt": expires_at.isoformat() if expires_at else None,
        },
    )
