"""coupon_service, told in sentences."""
