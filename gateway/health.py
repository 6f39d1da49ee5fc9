"""How the system feels: the gateway and each member, in one answer."""

from __future__ import annotations

import threading
import time
from typing import Any

import orjson
from flask import Flask, Response

from gateway.members import Members
from gateway.registry import Registry

FRESH_SECONDS = 0.3


class Health:
    """Asks the members side by side; many askers within FRESH_SECONDS share one round."""

    def __init__(self, members: Members, registry: Registry) -> None:
        self._members = members
        self._registry = registry
        self._lock = threading.Lock()
        self._known: dict[str, Any] = {}
        self._known_at = float("-inf")

    def report(self) -> dict[str, Any]:
        """{"status", "services": {name: {"status"}}}; "degraded" as soon as one part is not well."""
        with self._lock:
            if time.monotonic() - self._known_at > FRESH_SECONDS:
                self._known = self._ask()
                self._known_at = time.monotonic()
            return self._known

    def _ask(self) -> dict[str, Any]:
        own = "ok" if self._registry.current is not None else "starting"
        states = {"gateway": own, **self._members.all_health()}
        well = all(state == "ok" for state in states.values())
        services = {name: {"status": state} for name, state in states.items()}
        return {"status": "ok" if well else "degraded", "services": services}


def add_routes(app: Flask, health: Health, registry: Registry) -> None:
    """Add /live (the process), /ready (there is a graph to serve) and /health (everything; 200 in any state)."""

    @app.get("/live")
    def _live() -> Response:
        return _answer({"status": "ok"})

    @app.get("/ready")
    def _ready() -> Response:
        ready = registry.current is not None
        report: dict[str, Any] = {"status": "ok" if ready else "starting"}
        if registry.faults:
            report["faults"] = list(registry.faults)
        return _answer(report, 200 if ready else 503)

    @app.get("/health")
    def _health() -> Response:
        return _answer(health.report())


def _answer(report: dict[str, Any], status: int = 200) -> Response:
    response = Response(orjson.dumps(report), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
