"""Serving the application with gunicorn's threaded worker: many threads, because a stream or a slow member holds one.

One process: gunicorn's worker without the arbiter that would watch over it and hold everything in memory once more.
Whoever starts the gateway, the launcher, a container, systemd, starts it again when it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication
from gunicorn.sock import create_sockets

from chassis.gunicorn_worker import StayingWorker
from gateway.app import create_app
from gateway.settings import GatewaySettings

MEMORY_FOLDER = "/dev/shm"  # noqa: S108  # heartbeats of gunicorn: unlinked at once, never read by name
KEEP_ALIVE_SECONDS = 75
M_ARENA_MAX = -8  # from glibc's malloc.h


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """The gateway on one address."""

    def __init__(self, settings: GatewaySettings, host: str, port: int) -> None:
        self._settings = settings
        self._address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn needs to know."""
        options: dict[str, Any] = {
            "bind": self._address,
            "threads": self._settings.threads,
            "worker_connections": 2000,
            "backlog": 1024,
            "keepalive": KEEP_ALIVE_SECONDS,
            "graceful_timeout": 4,
            "loglevel": "warning",
            "worker_tmp_dir": MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK) else None,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application."""
        return create_app(self._settings)

    def run(self) -> NoReturn:
        """Serve until told to stop. What is wrong with the graph or the settings is raised before."""
        _share_one_heap()
        log = self.cfg.logger_class(self.cfg)
        worker = _OnlyWorker(1, os.getppid(), create_sockets(self.cfg, log), self, 0, self.cfg, log)
        worker.pid = os.getpid()
        try:
            worker.init_process()
            _leave(0)
        except SystemExit as ending:
            _leave(ending.code)


class _OnlyWorker(StayingWorker):
    """A worker without a parent that it would have to outlive or follow."""

    def is_parent_alive(self) -> bool:
        """Nobody to look after: a shell that ends must not take the gateway with it."""
        return True


def _share_one_heap() -> None:
    """Let all threads take memory from one heap, where the C library can be told so.

    A heap of its own for each thread keeps what the busiest moment of that thread took. They don't hinder each other:
    memory is taken while the interpreter is held, which one thread does at a time. Under 50 long answers at a time it
    saves an eighth of the process.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _leave(status: object) -> NoReturn:
    """End at once: the grace period is over, and threads that still hold a stream would keep the process for ever."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 0)
