"""One id for all that a request causes, the headers every answer carries, and one line in the log for each request.

It stands around the application rather than inside it: Flask's own hooks for the same cost three times as much.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from chassis import request_scope
from gateway.doorway.visit import KEY, Visit

QUIET_PATHS = frozenset({"/live", "/ready", "/health", "/metrics"})
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Correlation:
    """A WSGI application around another."""

    def __init__(self, application: Application, *, trusted_proxies: int, access_log: bool) -> None:
        self._application = application
        self._trusted_proxies = trusted_proxies
        self._access_log = access_log

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request_id = request_scope.begin(environ.get("HTTP_X_REQUEST_ID"))
        visit = environ[KEY] = Visit(environ, request_id, self._address(environ))

        def start(status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
            headers.append((request_scope.REQUEST_ID_HEADER, request_id))
            headers.append(("X-Content-Type-Options", "nosniff"))
            if self._access_log and environ["PATH_INFO"] not in QUIET_PATHS:
                _write_line(visit, status)
            return start_response(status, headers, failure) if failure else start_response(status, headers)

        return self._application(environ, start)

    def _address(self, environ: dict[str, Any]) -> str:
        """Where the client is: the peer of the connection, or what the proxies that we trust say of it."""
        peer = str(environ.get("REMOTE_ADDR") or "")
        if not self._trusted_proxies:
            return peer
        told = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        return told[-self._trusted_proxies] if len(told) >= self._trusted_proxies else peer


def _write_line(visit: Visit, status: str) -> None:
    line = {
        "event": "request",
        "level": "info",
        "service": "gateway",
        "timestamp": datetime.now(UTC).isoformat(),
        "request_id": visit.request_id,
        "method": visit.environ["REQUEST_METHOD"],
        "path": visit.environ["PATH_INFO"],
        "status": int(status[:3]),
        "milliseconds": round((time.perf_counter() - visit.started) * 1000, 2),
        "address": visit.address,
        **visit.told,
    }
    # One write a line: many threads share the stream, and a buffered one would mix or hold back their lines.
    try:
        os.write(sys.stdout.fileno(), orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    except (OSError, ValueError):
        return  # no standard output: nothing to tell it to
