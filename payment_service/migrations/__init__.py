"""Schema changes of payment_db."""
