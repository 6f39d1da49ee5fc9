"""Schema changes of booking_db."""
