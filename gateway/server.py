"""Serving the application with gunicorn: one process, many threads, because a stream or a slow member holds one."""

from __future__ import annotations

import os
from typing import Any

from gunicorn.app.base import BaseApplication

from gateway.app import create_app
from gateway.settings import GatewaySettings

MEMORY_FOLDER = "/dev/shm"  # noqa: S108  # heartbeats of gunicorn: unlinked at once, never read by name
KEEP_ALIVE_SECONDS = 75


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
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "worker_connections": 2000,
            "backlog": 1024,
            "keepalive": KEEP_ALIVE_SECONDS,
            "timeout": 60,
            "graceful_timeout": 4,
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_tmp_dir": MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK) else None,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application, made in the worker."""
        return create_app(self._settings)
