"""CORS: pages of other origins may read answers only where a setting lists them. By default none is listed.

The Fetch standard's protocol: a browser asks first (OPTIONS) before it sends JSON or a token for a foreign page,
and shows that page an answer only if the answer names its origin.
"""

from __future__ import annotations

from typing import Any

from gateway.doorway.reply import Reply

ORIGIN = "Access-Control-Allow-Origin"
METHODS = "GET, POST"
HEADERS = "Accept-Language, Authorization, Content-Type, X-Request-Id, X-Session, traceparent"
SHOWN = "X-Request-Id, Retry-After"
REMEMBERED_SECONDS = "600"


class CrossOrigin:
    """What browsers are told about pages of `origins`."""

    def __init__(self, origins: frozenset[str]) -> None:
        self.origins = origins

    def leave(self, environ: dict[str, Any]) -> Reply | None:
        """The answer to a browser that asks whether a page may; None to anything else, and for other origins."""
        is_question = (
            environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        )
        if not is_question or environ.get("HTTP_ORIGIN") not in self.origins:
            return None
        headers = [
            ("Access-Control-Allow-Methods", METHODS),
            ("Access-Control-Allow-Headers", HEADERS),
            ("Access-Control-Max-Age", REMEMBERED_SECONDS),
            ("Content-Length", "0"),
        ]
        return Reply(204, headers, b"")

    def headers(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        """What an answer says of who may read it. Credentials go with an origin by name only, never with all."""
        if not self.origins:
            return []
        origin = environ.get("HTTP_ORIGIN")
        if origin not in self.origins:
            return [("Vary", "Origin")]
        return [
            ("Vary", "Origin"),
            (ORIGIN, origin),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", SHOWN),
        ]
