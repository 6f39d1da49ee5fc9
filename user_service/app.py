"""The application of user_service: wiring only."""

from __future__ import annotations

from flask import Flask

from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load
from user_service import files
from user_service.schema import SCHEMA
from user_service.settings import UserRuntime, UserSettings


def create_app(settings: UserSettings | None = None, *, runtime: UserRuntime | None = None) -> Flask:
    """The Flask application; from the environment unless settings or a whole runtime are given."""
    if runtime is None:
        runtime = Runtime.start("user_service", settings or load(UserSettings))
    return build_service(runtime, SCHEMA, [files.routes(runtime)], files.PUBLIC_PATHS)
