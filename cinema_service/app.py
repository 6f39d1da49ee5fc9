"""Wiring of cinema_service: settings, runtime, schema, endpoint."""

from __future__ import annotations

from flask import Flask

from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load
from cinema_service.imports import IMPORTS
from cinema_service.schema import SCHEMA
from cinema_service.settings import CinemaSettings


def create_app(
    settings: CinemaSettings | None = None, runtime: Runtime[CinemaSettings] | None = None
) -> Flask:
    """The application; settings come from the environment unless given."""
    runtime = runtime or Runtime.start("cinema_service", settings or load(CinemaSettings))
    return build_service(runtime, SCHEMA, blueprints=(IMPORTS,))
