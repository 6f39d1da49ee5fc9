"""Who may do what with coupons: asked at the door before any resolver runs."""

from __future__ import annotations

from chassis.identity import Role
from chassis.permissions import Permissions, anybody, at_least, siblings

MANAGER = at_least(Role.MANAGER)
BOOKING = siblings("booking_service")

PERMISSIONS = Permissions(
    operations={
        "quoteCoupon": anybody("who knows the code"),
        "previewCoupon": MANAGER,
        "myCoupons": at_least(Role.CUSTOMER, "their own"),
        "coupons": MANAGER,
        "coupon": MANAGER,
        "couponPersonalData": siblings("user_service"),
        "createCoupon": MANAGER,
        "updateCoupon": MANAGER,
        "deleteCoupon": MANAGER,
        "createCouponBatch": MANAGER,
        "setCouponsActive": MANAGER,
        "reserveCoupon": BOOKING,
        "releaseCoupon": BOOKING,
        "redeemCoupon": BOOKING,
    },
    entities={"Coupon": anybody("by its code; by its id to the owner and to STAFF")},
    fields={
        "Coupon.redemptions": at_least(Role.STAFF),
        "Coupon.timesUsed": at_least(Role.STAFF),
        "Coupon.user": anybody("the owner; STAFF"),
    },
)
