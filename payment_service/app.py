"""Wiring of payment_service: settings, runtime, schema, endpoint, and the paths that guard themselves."""

from __future__ import annotations

from flask import Flask

from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load
from payment_service import queries
from payment_service.callbacks import webhooks_blueprint
from payment_service.payer_pages import payer_pages_blueprint
from payment_service.receipts import receipts_blueprint
from payment_service.schema import SCHEMA
from payment_service.settings import PaymentSettings

PUBLIC_PATHS = ("/webhooks/", "/receipts/", "/payments/3ds/")


def create_app(
    settings: PaymentSettings | None = None, runtime: Runtime[PaymentSettings] | None = None
) -> Flask:
    """The application; settings come from the environment unless given."""
    runtime = runtime or Runtime.start("payment_service", settings or load(PaymentSettings))
    rooms = (webhooks_blueprint(runtime), payer_pages_blueprint(runtime), receipts_blueprint(runtime))
    return build_service(runtime, SCHEMA, rooms, PUBLIC_PATHS, queries.waiting)
