"""Inbox: act once per event, however often it arrives. The id is stored in the transaction of the effect."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import Database, utc_now
from chassis.events import Envelope
from chassis.tables import INBOX

KEPT = timedelta(days=30)


def first_time(session: Session, envelope: Envelope) -> bool:
    """Record the event in the caller's transaction; False when it was acted on before."""
    if session.execute(select(INBOX.c.event_id).where(INBOX.c.event_id == envelope.id)).first() is not None:
        return False
    try:
        with session.begin_nested():
            session.execute(insert(INBOX).values(event_id=envelope.id, name=envelope.name))
    except IntegrityError:
        return False
    return True


def purge(database: Database) -> None:
    """Forget ids so old that no broker still holds their messages."""

    def forget(session: Session) -> None:
        session.execute(delete(INBOX).where(INBOX.c.received_at < utc_now(session) - KEPT))

    database.transact(forget)
