"""Schema changes of coupon_db."""
