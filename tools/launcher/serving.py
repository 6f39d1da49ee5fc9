"""What a forked child does: serve one WSGI application with gunicorn, or run the workers of all services."""

from __future__ import annotations

import importlib
import json
import logging
import logging.config
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from tools.launcher.fleet import SERVICES, Fleet
from tools.launcher.preparation import settings_of

KEEP_ALIVE_SECONDS = (
    75  # longer than the pools of gateway and peers keep a connection, so that they close it first
)
STOP_SECONDS = 4
PARENT_CHECK_SECONDS = 1.0
GUNICORN_FAILED = 1
MEMORY_FOLDER = "/dev/shm"  # noqa: S108  # heartbeats of gunicorn: unlinked at once, never read by name


class JsonLines(logging.Formatter):
    """Lines of libraries that use the standard logging, in the shape of our own."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "service": self._part,
            "logger": record.name,
        }
        line["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def standard_logging(part: str) -> dict[str, Any]:
    """Configuration that sends warnings of all libraries to standard error as JSON lines."""
    quiet = {"handlers": ["lines"], "level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines, "part": part}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": quiet,
        "loggers": {"gunicorn.error": {**quiet, "propagate": False}},
    }


class OneLifeArbiter(Arbiter):  # type: ignore[misc]  # gunicorn ships no types
    """Ends with its worker instead of starting another, and with the launcher instead of outliving it.

    The launcher restarts the pair as a whole: then the port is closed while nothing can answer, and callers
    are refused at once instead of waiting in a backlog.
    """

    def __init__(self, app: BaseApplication) -> None:
        super().__init__(app)
        self.launcher = os.getppid()

    def manage_workers(self) -> None:
        """Start the worker once; leave when it, or the launcher, is gone."""
        if os.getppid() != self.launcher:
            raise StopIteration
        if self.worker_age and not self.WORKERS:
            self.stop(graceful=False)
            sys.exit(GUNICORN_FAILED)
        super().manage_workers()


class Served(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """A gunicorn application object for one WSGI factory; the factory is called in the worker."""

    def __init__(self, options: Mapping[str, object], factory: Callable[[], Any]) -> None:
        self._options = options
        self._factory = factory
        super().__init__()

    def load_config(self) -> None:
        """Apply the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application."""
        return self._factory()


def serve(module: str, name: str, port: int, threads: int, environment: Mapping[str, str]) -> None:
    """Serve `module`.create_app() on loopback until told to stop; called in a forked child."""
    os.environ.update(environment)
    options = {
        "bind": f"127.0.0.1:{port}",
        "workers": 1,
        "worker_class": "chassis.gunicorn_worker.StayingWorker",
        "threads": threads,
        "worker_connections": 2000,
        "backlog": 512,
        "keepalive": KEEP_ALIVE_SECONDS,
        "timeout": 60,
        "graceful_timeout": STOP_SECONDS,
        "proc_name": name,
        "loglevel": "warning",
        "logconfig_dict": standard_logging(name),
        # One default path per user: eight servers would fight over it.
        "control_socket_disable": True,
        "worker_tmp_dir": MEMORY_FOLDER if os.access(MEMORY_FOLDER, os.W_OK) else None,
    }
    OneLifeArbiter(Served(options, lambda: importlib.import_module(module).create_app())).run()


def run_workers(fleet: Fleet, secrets: Mapping[str, str]) -> None:
    """Run the workers of all services as threads until told to stop; called in a forked child."""
    from chassis import logs
    from chassis.runtime import Runtime

    logging.config.dictConfig(standard_logging("workers"))
    launcher = os.getppid()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    logs.configure("workers", os.environ.get("LOG_LEVEL", "INFO"))
    workers = []
    for service in SERVICES:
        # Settings are read from the environment alone, so each service is built under its own.
        os.environ.update(fleet.service_environment(service, secrets))
        runtime = Runtime.start(service.name, settings_of(service.name))
        workers.append(importlib.import_module(f"{service.name}.worker").build_worker(runtime))
    _declare_queues(workers)
    for worker in workers:
        worker.start()
    _tell_figures(fleet.figures_port, workers)
    while not stopping.wait(PARENT_CHECK_SECONDS) and os.getppid() == launcher:
        pass
    # Each waits for its threads to come to the end of a step: side by side, so that the waits do not add up.
    endings = [threading.Thread(target=worker.stop) for worker in workers]
    for ending in endings:
        ending.start()
    for ending in endings:
        ending.join()


def _tell_figures(port: int, workers: list[Any]) -> None:
    """Tell the workers' figures to this machine; without them the work goes on."""
    from chassis import metrics

    try:
        metrics.serve_workers(
            port, metrics.Backlog(*(worker.told() for worker in workers)), address="127.0.0.1"
        )
    except OSError as reason:
        logging.getLogger("launcher").warning(
            "figures of the workers are not told at port %s: %s", port, reason
        )


def _declare_queues(workers: list[Any]) -> None:
    """Make every queue before any worker publishes: so no early event is lost."""
    from chassis.broker import BrokerDown
    from chassis.worker import declare_queues

    for worker in workers:
        try:
            declare_queues(worker.runtime, worker.reactions)
        except BrokerDown as reason:
            logging.getLogger("launcher").warning(
                "queues of %s are not made yet: %s", worker.runtime.name, reason
            )
