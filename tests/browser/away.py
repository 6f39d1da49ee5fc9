"""A service that is away and stays away for a while, although the launcher starts it again and again."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator

from tests.system import RunningSystem, wait_until
from tools.launcher.fleet import SERVICES, fleet_from

PATIENCE_SECONDS = 90


@contextlib.contextmanager
def away(system: RunningSystem, name: str) -> Iterator[None]:
    """Kill the service `name` and keep its port, so that whoever asks is refused; afterwards it comes back by itself."""
    fleet = fleet_from({"PORT": str(system.port), "LOBBYCARD_HOME": str(system.home)})
    port = fleet.port_of(next(service for service in SERVICES if service.name == name))
    with socket.socket() as door:
        # Bound but never listening; shared with nobody once we have it.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        wait_until(lambda: _is_taken(door, port, system, name), f"{name} is away", PATIENCE_SECONDS)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        wait_until(lambda: system.health()["status"] == "degraded", "it is missed", PATIENCE_SECONDS)
        yield
    wait_until(lambda: system.health()["status"] == "ok", f"{name} is back", PATIENCE_SECONDS)


def _is_taken(door: socket.socket, port: int, system: RunningSystem, name: str) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):  # it is down already
        os.killpg(system.pid(name), signal.SIGKILL)
    try:
        door.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
