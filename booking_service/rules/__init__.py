"""Pure decisions of booking_service, on plain values; time comes in as `now`."""
