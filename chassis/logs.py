"""Logs: one JSON line per event, with the request id, and no secrets."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from chassis.request_scope import current_request_id

_SECRET_PARTS = ("password", "token", "secret", "authorization", "cookie", "qrpayload")
MASK = "•••"


def configure(service: str, level: str = "INFO") -> None:
    """Send structured lines of `service` to standard output; safe to call again."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_room(service),
            _mask,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(),  # what is standard output when the line is written
        cache_logger_on_first_use=False,
    )
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def log() -> Any:
    """The process's structured logger."""
    return structlog.get_logger()


def _name_room(service: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        request_id = current_request_id()
        if request_id is not None:
            event.setdefault("request_id", request_id)
        return event

    return add


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        event[name] = _without_secrets(name, value)
    return event


def _without_secrets(name: str, value: Any) -> Any:
    """`value`, or the mask where its name says that it is secret; however deep it stands."""
    if any(part in name.lower() for part in _SECRET_PARTS):
        return MASK
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(str(key), inner) for key, inner in value.items()}
    return value
