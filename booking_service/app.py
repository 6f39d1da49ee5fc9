"""Wiring of booking_service."""

from __future__ import annotations

from flask import Flask

from booking_service import files
from booking_service.queries.waiting import waiting
from booking_service.schema import SCHEMA
from booking_service.settings import BookingSettings
from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load


def create_app(
    settings: BookingSettings | None = None, runtime: Runtime[BookingSettings] | None = None
) -> Flask:
    """The application; settings come from the environment unless given."""
    running = runtime or Runtime.start("booking_service", settings or load(BookingSettings))
    return build_service(running, SCHEMA, [files.blueprint], files.PUBLIC_PATHS, waiting)
