"""What belongs to the request in hand: its id and the person behind it, for logs, events and errors."""

from __future__ import annotations

import re
from contextvars import ContextVar

from chassis.ids import new_id

REQUEST_ID_HEADER = "X-Request-Id"
_ACCEPTED = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_actor_id: ContextVar[str | None] = ContextVar("actor_id", default=None)


def begin(request_id: str | None, actor_id: str | None = None) -> str:
    """Enter a request (or the handling of an event); its id, made anew when none or a malformed one is given."""
    accepted = request_id if request_id and _ACCEPTED.match(request_id) else new_id()
    _request_id.set(accepted)
    _actor_id.set(actor_id)
    return accepted


def current_request_id() -> str | None:
    """Id of the request in hand, None outside one."""
    return _request_id.get()


def current_actor_id() -> str | None:
    """The person on whose behalf this runs, None for the system itself."""
    return _actor_id.get()


def set_actor(actor_id: str | None) -> None:
    """Say who is behind the request once the caller is known."""
    _actor_id.set(actor_id)
