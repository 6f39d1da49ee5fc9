"""Wiring of coupon_service: settings, runtime, schema, endpoint."""

from __future__ import annotations

from flask import Flask

from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import load
from coupon_service.schema import SCHEMA
from coupon_service.settings import CouponSettings


def create_app(
    settings: CouponSettings | None = None, runtime: Runtime[CouponSettings] | None = None
) -> Flask:
    """The application; settings come from the environment unless given."""
    runtime = runtime or Runtime.start("coupon_service", settings or load(CouponSettings))
    return build_service(runtime, SCHEMA)
