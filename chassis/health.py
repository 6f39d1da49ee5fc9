"""Health of a service: alive, ready (its own database only), and the state of its parts."""

from __future__ import annotations

from typing import Any

import redis
from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from chassis.endpoint import json_response
from chassis.errors import Unavailable
from chassis.lag import lag_of
from chassis.pulse import PULSE
from chassis.runtime import Runtime


def add_routes(app: Flask, runtime: Runtime[Any]) -> None:
    """Add /live, /ready and /health to `app`.

    /ready asks nothing but the own database: were it to ask the neighbours, one failure would empty the fleet.
    """

    @app.get("/live")
    def _live() -> Response:
        return json_response({"status": "ok"})

    @app.get("/ready")
    def _ready() -> Response:
        ready = runtime.database.answers()
        return json_response({"status": "ok" if ready else "unavailable"}, 200 if ready else 503)

    @app.get("/health")
    def _health() -> Response:
        return json_response(health_of(runtime))


def health_of(runtime: Runtime[Any]) -> dict[str, Any]:
    """How this process is: its parts, its latest requests, its outbox (None: no database), its siblings' breakers."""
    checks = {"database": runtime.database.answers(), "redis": _redis_answers(runtime.redis)}
    reading = PULSE.read()
    return {
        "status": "ok" if all(checks.values()) else "degraded",
        "service": runtime.name,
        "checks": {name: "ok" if good else "unavailable" for name, good in checks.items()},
        "breakers": runtime.peers.states(),
        "requests": reading.requests,
        "p95Milliseconds": reading.p95_milliseconds,
        "errorRate": reading.error_rate,
        "outbox": _outbox(runtime) if checks["database"] else None,
        "peers": runtime.peers.told(),
    }


def _outbox(runtime: Runtime[Any]) -> dict[str, float] | None:
    try:
        lag = lag_of(runtime, has_queue=False)
    except (Unavailable, SQLAlchemyError):  # it went away a moment ago, or is being made
        return None
    return {"waiting": lag.outbox_waiting, "ageSeconds": round(lag.outbox_age_seconds, 1)}


def _redis_answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
