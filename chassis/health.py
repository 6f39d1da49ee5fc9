"""Health of a service: alive, ready (its own database only), and the state of its parts."""

from __future__ import annotations

from typing import Any

import redis
from flask import Flask, Response

from chassis.endpoint import json_response
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
        checks = {"database": runtime.database.answers(), "redis": _redis_answers(runtime.redis)}
        status = "ok" if all(checks.values()) else "degraded"
        states = {name: "ok" if good else "unavailable" for name, good in checks.items()}
        return json_response(
            {"status": status, "service": runtime.name, "checks": states, "breakers": runtime.peers.states()}
        )


def _redis_answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
