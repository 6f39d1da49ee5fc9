"""Reads of booking_service: batches by id, cursor pages, figures. No writes, no rules of their own."""
