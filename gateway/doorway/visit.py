"""One request in hand: its id, where it comes from, and what its line in the log will say."""

from __future__ import annotations

import time
from typing import Any

from flask import request

KEY = "gateway.visit"


class Visit:
    """What everybody on a request's way needs of it. `environ` is WSGI's; headers are under HTTP_ there."""

    __slots__ = ("address", "environ", "request_id", "started", "told")

    def __init__(self, environ: dict[str, Any], request_id: str, address: str) -> None:
        self.environ = environ
        self.request_id = request_id
        self.address = address
        self.started = time.perf_counter()
        self.told: dict[str, Any] = {}

    def tell(self, **facts: Any) -> None:
        """Add `facts` to the request's line in the log."""
        self.told.update(facts)


def current_visit() -> Visit:
    """The visit of the request that Flask is answering."""
    visit: Visit = request.environ[KEY]
    return visit
