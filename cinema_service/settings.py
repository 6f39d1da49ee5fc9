"""Settings of cinema_service: those that every service has, and no others."""

from __future__ import annotations

from chassis.settings import ServiceSettings


class CinemaSettings(ServiceSettings):
    """What cinema_service needs to know."""
