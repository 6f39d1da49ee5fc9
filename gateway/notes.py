"""Lays in Redis what the gateway notices of itself and of the members, for the page that shows how the system is."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

import redis

from chassis import gateway_notes
from chassis.logs import log
from chassis.pulse import Pulse
from gateway.breaker import Breakers


class NoteWriter:
    """Writes a note every few seconds, in the background; without Redis it does nothing."""

    def __init__(self, client: redis.Redis | None, pulse: Pulse, breakers: Breakers) -> None:
        self._client = client
        self._pulse = pulse
        self._breakers = breakers
        self._who = f"{socket.gethostname()}:{os.getpid()}"
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin, in the background."""
        if self._client is not None:
            threading.Thread(target=self._run, name="notes", daemon=True).start()

    def stop(self) -> None:
        """End it; the last note ends by itself."""
        self._stopping.set()

    def note(self) -> dict[str, Any]:
        """What there is to tell now."""
        reading = self._pulse.read()
        return {
            "requests": reading.requests,
            "p95Milliseconds": reading.p95_milliseconds,
            "errorRate": reading.error_rate,
            "breakers": self._breakers.told(),
        }

    def write(self) -> None:
        """Lay the note once. Raises redis.RedisError."""
        if self._client is not None:
            gateway_notes.leave(self._client, self._who, self.note())

    def _run(self) -> None:
        while not self._stopping.wait(gateway_notes.EVERY_SECONDS):
            try:
                self.write()
            except redis.RedisError as error:
                log().debug("note not laid", error=repr(error))
