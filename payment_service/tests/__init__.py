"""payment_service, told in sentences."""
