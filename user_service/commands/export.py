"""Everything that all services hold about somebody, as one file behind a short-lived link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chassis import audit, links
from chassis.database import utc_now
from chassis.errors import Unavailable
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.logs import log
from chassis.peers import PeerError
from user_service import peers
from user_service.models import AuditRow, ExportRow, SessionRow, UserRow
from user_service.settings import UserRuntime

LIFETIME = timedelta(hours=1)
FOLDER = "/files/personal-data"


def export_own(runtime: UserRuntime, caller: Caller) -> str:
    """Address of a JSON file, good for an hour or until the session ends.

    Raises Unavailable when a sibling does not answer.
    """
    user_id = caller.require_user()
    own = runtime.database.read(lambda session: own_data(session, user_id))
    try:
        others = peers.personal_data(runtime, caller, user_id)
    except PeerError as error:
        log().error("personal data could not be collected", peer=error.peer, error=str(error))
        raise Unavailable from error
    content = {"userId": user_id, "services": {"user_service": own, **others}}

    def store(session: Session) -> str:
        now = utc_now(session)
        export_id, expires_at = new_id(), now + LIFETIME
        text = orjson.dumps({"madeAt": now.isoformat(), **content}, option=orjson.OPT_INDENT_2).decode()
        row = insert(ExportRow).values(id=export_id, user_id=user_id, content=text, expires_at=expires_at)
        session.execute(row)
        audit.record(session, caller, "user.export", "User", user_id)
        settings = runtime.settings
        path = f"{FOLDER}/{export_id}.json"
        return links.sign_own(
            settings.public_url, path, settings.internal_secret, caller,
            alone_until=expires_at, expires_at=expires_at,
        )  # fmt: skip

    return runtime.database.transact(store)


def purge(session: Session) -> None:
    """Drop files whose hour is over."""
    session.execute(delete(ExportRow).where(ExportRow.expires_at < utc_now(session)))


def own_data(session: Session, user_id: str) -> Mapping[str, Any]:
    """What this service holds about somebody, as plain values."""
    user = session.get(UserRow, user_id)
    if user is None:
        return {}
    own = select(AuditRow).where(AuditRow.actor_id == user_id).order_by(AuditRow.at)
    return {
        "account": {
            "id": user.id,
            "email": user.email,
            "emailVerified": user.email_verified,
            "name": user.name,
            "phone": user.phone,
            "locale": user.locale,
            "role": user.role,
            "cinemaIds": user.cinema_ids,
            "totpEnabled": user.totp_enabled,
            "active": user.active,
            "createdAt": user.created_at.isoformat(),
        },
        "sessions": [
            {
                "userAgent": row.user_agent,
                "ipAddress": row.ip_address,
                "createdAt": row.created_at.isoformat(),
                "lastSeenAt": row.last_seen_at.isoformat(),
                "endedAt": row.ended_at.isoformat() if row.ended_at else None,
            }
            for row in session.scalars(select(SessionRow).where(SessionRow.user_id == user_id))
        ],
        "changes": [
            {
                "action": row.action,
                "objectType": row.object_type,
                "objectId": row.object_id,
                "at": row.at.isoformat(),
            }
            for row in session.scalars(own)
        ],
    }
