"""What user_service does when something has happened elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis.audit import AUDIT_EVENT
from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.worker import Reaction
from user_service.models import AuditRow, UserRow


def collect_audit_entry(
    _runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], envelope: Envelope
) -> None:
    """Keep an entry of the audit trail; nothing that describes a person who was erased meanwhile."""
    describes_erased = payload["objectType"] == "User" and _is_erased(session, payload["objectId"])
    session.execute(
        insert(AuditRow).values(
            id=envelope.id,
            actor_id=payload["actorId"],
            action=payload["action"][:80],
            object_type=payload["objectType"][:80],
            object_id=payload["objectId"][:80],
            before=None if describes_erased else payload["before"],
            after=None if describes_erased else payload["after"],
            request_id=payload["requestId"],
            at=datetime.fromisoformat(payload["at"]),
        )
    )


def _is_erased(session: Session, user_id: str) -> bool:
    user = session.get(UserRow, user_id)
    return user is not None and user.erased_at is not None


REACTIONS: dict[str, Reaction] = {AUDIT_EVENT: collect_audit_entry}
