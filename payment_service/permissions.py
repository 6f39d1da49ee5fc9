"""Who may do what with payments: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least, siblings

MANAGER = at_least(Role.MANAGER, "their cinemas; ADMIN all")
BOOKING = siblings("booking_service")

PERMISSIONS = Permissions(
    operations={
        "paymentOptions": anybody("at the desk: STAFF"),
        "payment": at_least(Role.CUSTOMER, "their own; MANAGER those of their cinemas; ADMIN all"),
        "myPayments": at_least(Role.CUSTOMER, "their own"),
        "payments": MANAGER,
        "dailyClose": MANAGER,
        "paymentRows": BOOKING,
        "paymentPersonalData": siblings("user_service"),
        "refundPayment": MANAGER,
        "approveRefund": MANAGER,
        "rejectRefund": MANAGER,
        "takePayment": BOOKING,
        "settlePayment": BOOKING,
        "refundForBooking": BOOKING,
    },
    entities={"Payment": at_least(Role.CUSTOMER, "their own; STAFF those of their cinemas; ADMIN all")},
)
