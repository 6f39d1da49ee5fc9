"""Verbs of booking_service: load, ask the rules, save, publish; one transaction each."""
