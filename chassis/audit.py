"""Who changed what: an entry written with the change itself, collected elsewhere through the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.events import Event
from chassis.identity import Caller
from chassis.outbox import publish
from chassis.request_scope import current_request_id

AUDIT_EVENT = "audit.recorded"


def record(
    session: Session,
    caller: Caller | None,
    action: str,
    object_type: str,
    object_id: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Store one audit entry in the caller's transaction; `before` and `after` hold only what differs.

    `action` is dotted, e.g. "session.revoke". No caller: the system itself.
    """
    publish(
        session,
        Event(
            AUDIT_EVENT,
            {
                "actorId": caller.user_id if caller else None,
                "action": action,
                "objectType": object_type,
                "objectId": object_id,
                "before": _text(before),
                "after": _text(after),
                "requestId": current_request_id(),
                "at": utc_now(session).isoformat(),
            },
        ),
    )


def _text(values: Mapping[str, Any] | None) -> str | None:
    return (
        None
        if values is None
        else orjson.dumps(dict(values), default=str, option=orjson.OPT_SORT_KEYS).decode()
    )
