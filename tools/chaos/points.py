"""The named kill points of the code, and the part of the system that comes by each of them."""

from __future__ import annotations

BOOKING, PAYMENT, COUPON, WORKERS = "booking_service", "payment_service", "coupon_service", "workers"
# A test holds this list against the code. Where two parts come by, the one that mostly does.
POINTS: dict[str, str] = {
    "booking.after_lock": BOOKING,
    "booking.before_claims": BOOKING,
    "booking.after_claims": BOOKING,
    "booking.before_hold_commit": BOOKING,
    "booking.after_hold_commit": BOOKING,
    "booking.before_charge": BOOKING,
    "booking.after_charge": BOOKING,
    "booking.before_confirm_commit": BOOKING,
    "booking.after_confirm_commit": BOOKING,
    "booking.before_refund_call": BOOKING,
    "booking.before_refund_mark": BOOKING,
    "booking.before_reconciled": WORKERS,
    "booking.after_seats_freed": WORKERS,
    "booking.before_expiry_commit": WORKERS,
    "booking.after_expiry_commit": WORKERS,
    "payment.before_provider": PAYMENT,
    "payment.after_provider": PAYMENT,
    "payment.after_record": PAYMENT,
    "payment.after_look_up": PAYMENT,
    "payment.before_webhook_commit": PAYMENT,
    "payment.after_provider_refund": PAYMENT,
    "coupon.before_reserve_commit": COUPON,
    "coupon.after_reserve_commit": COUPON,
    "coupon.before_redeem_commit": WORKERS,
    "coupon.before_release_commit": WORKERS,
    "outbox.before_publish": WORKERS,
    "broker.before_confirm": WORKERS,
    "outbox.before_mark": WORKERS,
    "inbox.after_insert": WORKERS,
    "inbox.before_ack": WORKERS,
}
