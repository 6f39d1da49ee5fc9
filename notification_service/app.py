"""The application of notification_service: wiring only."""

from __future__ import annotations

from flask import Flask

from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load
from notification_service import mailbox, queries
from notification_service.schema import SCHEMA
from notification_service.settings import NotificationRuntime, NotificationSettings


def create_app(
    settings: NotificationSettings | None = None, *, runtime: NotificationRuntime | None = None
) -> Flask:
    """The Flask application; from the environment unless settings or a whole runtime are given."""
    if runtime is None:
        runtime = Runtime.start("notification_service", settings or load(NotificationSettings))
    return build_service(runtime, SCHEMA, [mailbox.routes(runtime)], (mailbox.PATH,), queries.waiting)
