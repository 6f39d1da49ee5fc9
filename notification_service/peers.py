"""What notification_service asks its siblings."""

from __future__ import annotations

from typing import Any

from chassis.errors import Unavailable
from chassis.peers import PeerError
from notification_service.settings import NotificationRuntime

CONTACT = "query Contact($id: ID!) { userContact(id: $id) { email phone name locale } }"
DEADLINE_SECONDS = 1.0


def contact(runtime: NotificationRuntime, user_id: str) -> dict[str, Any] | None:
    """How to reach somebody, as user_service knows it; None when it does not, or does not answer in time."""
    try:
        answer = runtime.peers.call(
            "user_service", CONTACT, {"id": user_id}, deadline_seconds=DEADLINE_SECONDS
        )
    except (Unavailable, PeerError):
        return None
    found: dict[str, Any] | None = answer["userContact"]
    return found
