"""Transactional outbox: a fact is stored with the change it tells of, and sent afterwards, at least once.

Pattern: microservices.io "Transactional outbox". A crash between sending and marking sends again; consumers
recognise the event's id (inbox). Nothing is sent for a transaction that rolled back.
"""

from __future__ import annotations

from datetime import timedelta

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from chassis.broker import Publisher
from chassis.database import Database, sql_now, utc_now
from chassis.events import Envelope, Event
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.request_scope import current_actor_id, current_request_id
from chassis.tables import OUTBOX

BATCH = 100
KEPT = timedelta(days=7)


def publish(session: Session, *events: Event) -> None:
    """Store `events` in the caller's transaction, to be sent once it has committed."""
    for event in events:
        session.execute(
            insert(OUTBOX).values(
                event_id=new_id(),
                name=event.name,
                version=event.version,
                payload=orjson.dumps(event.payload).decode(),
                occurred_at=utc_now(session),
                request_id=current_request_id(),
                actor_id=current_actor_id(),
            )
        )


def relay(database: Database, broker: Publisher) -> int:
    """Send what is waiting, oldest first, and mark it once the broker has confirmed; how many were sent.

    No transaction is open while the broker works: a slow broker must not hold the database's write lock.
    """
    rows = database.read(_waiting)
    if not rows:
        return 0
    reached("outbox.before_publish")
    broker.publish([envelope for _, envelope in rows])
    reached("outbox.before_mark")
    sent = [seq for seq, _ in rows]
    database.transact(lambda session: _mark(session, sent))
    return len(rows)


def _waiting(session: Session) -> list[tuple[int, Envelope]]:
    unsent = select(OUTBOX).where(OUTBOX.c.sent_at.is_(None)).order_by(OUTBOX.c.seq).limit(BATCH)
    return [
        (
            row.seq,
            Envelope(
                name=row.name,
                payload=orjson.loads(row.payload),
                version=row.version,
                id=row.event_id,
                occurred_at=row.occurred_at,
                request_id=row.request_id,
                actor_id=row.actor_id,
            ),
        )
        for row in session.execute(unsent)
    ]


def _mark(session: Session, sent: list[int]) -> None:
    session.execute(update(OUTBOX).where(OUTBOX.c.seq.in_(sent)).values(sent_at=sql_now()))


def waiting_count(session: Session) -> int:
    """How many events have not been sent yet."""
    return session.execute(
        select(func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))
    ).scalar_one()


def purge(database: Database) -> None:
    """Forget events that were sent long ago."""

    def forget(session: Session) -> None:
        session.execute(delete(OUTBOX).where(OUTBOX.c.sent_at < utc_now(session) - KEPT))

    database.transact(forget)
