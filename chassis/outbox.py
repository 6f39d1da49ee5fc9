"""Transactional outbox: a fact is stored with the change it tells of, and sent afterwards, at least once.

Pattern: microservices.io "Transactional outbox". A crash between sending and marking sends again; consumers
recognise the event's id (inbox). Nothing is sent for a transaction that rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from chassis.broker import Broker, Publisher, Unroutable
from chassis.database import Database, rows_changed, sql_now, utc_now
from chassis.events import Envelope, Event
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.logs import log
from chassis.nudges import OUTBOX as TOPIC
from chassis.nudges import after_commit
from chassis.request_scope import current_actor_id, current_request_id
from chassis.tables import OUTBOX

BATCH = 100
KEPT = timedelta(days=7)
# How long an event without a subscriber waits for one that starts late.
UNASKED = timedelta(seconds=30)


def publish(session: Session, *events: Event) -> None:
    """Store `events` in the caller's transaction, to be sent once it has committed."""
    if not events:
        return
    after_commit(session, TOPIC)
    now, request_id, actor_id = utc_now(session), current_request_id(), current_actor_id()
    rows = [
        {
            "event_id": new_id(),
            "name": event.name,
            "version": event.version,
            "payload": orjson.dumps(event.payload).decode(),
            "occurred_at": now,
            "request_id": request_id,
            "actor_id": actor_id,
        }
        for event in events
    ]
    session.execute(insert(OUTBOX), rows)


def relay(database: Database, broker: Publisher, tell: Callable[[str], object] = lambda _name: None) -> int:
    """Send what is waiting, oldest first, and mark it once the broker has confirmed; how many were sent.

    `tell` hears the name of each.

    What nobody has asked for waits UNASKED, for a subscriber that starts late, and doesn't hold up the others.
    No transaction is open while the broker works: a slow broker must not hold the database's write lock.
    Raises BrokerDown.
    """
    sent, after = 0, 0
    while rows := database.read(partial(_waiting, after)):
        after = rows[-1][0]
        reached("outbox.before_publish")
        done = _handed_over(database, broker, rows)
        reached("outbox.before_mark")
        if done:
            database.transact(partial(_mark, done))
        for seq, envelope in rows:
            if seq in done:
                tell(envelope.name)
        sent += len(done)
        if len(rows) < BATCH:
            break
    return sent


def _handed_over(database: Database, broker: Publisher, rows: Sequence[tuple[int, Envelope]]) -> list[int]:
    """Those of `rows` that are settled: confirmed, or asked for by nobody for long enough."""
    try:
        broker.publish([envelope for _, envelope in rows])
    except Unroutable as error:
        latest = database.read(utc_now) - UNASKED
        settled = []
        for seq, envelope in rows:
            is_late = envelope.occurred_at < latest
            if envelope.id in error.event_ids and is_late:
                log().warning("nobody asked for an event", name=envelope.name, event_id=envelope.id)
            if is_late or envelope.id not in error.event_ids:
                settled.append(seq)
        return settled
    return [seq for seq, _ in rows]


def _waiting(after: int, session: Session) -> list[tuple[int, Envelope]]:
    unsent = (
        select(OUTBOX)
        .where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.seq > after)
        .order_by(OUTBOX.c.seq)
        .limit(BATCH)
    )
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


def _mark(sent: list[int], session: Session) -> None:
    session.execute(update(OUTBOX).where(OUTBOX.c.seq.in_(sent)).values(sent_at=sql_now()))


def waiting_count(session: Session) -> int:
    """How many events have not been sent yet."""
    return session.execute(
        select(func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))
    ).scalar_one()


def oldest_age_seconds(session: Session) -> float:
    """For how long the oldest event that was not sent yet has waited; 0 when there is none."""
    oldest = session.execute(
        select(func.min(OUTBOX.c.occurred_at)).where(OUTBOX.c.sent_at.is_(None))
    ).scalar_one()
    return 0.0 if oldest is None else max(0.0, (utc_now(session) - oldest).total_seconds())


def send_again(database: Database, since: datetime) -> int:
    """Send once more what was sent since then, e.g. to a broker that lost its data; how many events.

    Harmless within the days for which inboxes remember: a consumer acts once per event.
    """

    def unmark(session: Session) -> int:
        after_commit(session, TOPIC)
        return rows_changed(session, update(OUTBOX).where(OUTBOX.c.sent_at >= since).values(sent_at=None))

    return database.transact(unmark)


def make_up_for_losses(database: Database, broker: Broker, sender: str) -> int:
    """Send again what a broker has lost, if it lost anything; how many events. Raises BrokerDown."""
    mark = broker.lost_since(sender)
    if mark is None:
        return 0
    count = send_again(database, database.read(utc_now) - KEPT)
    broker.sent_again(sender, mark)  # only now: a crash before it does the same once more
    if count:
        log().warning("broker lost its memory, events are sent again", sender=sender, count=count)
    return count


def purge(database: Database) -> None:
    """Forget events that were sent long ago."""

    def forget(session: Session) -> None:
        session.execute(delete(OUTBOX).where(OUTBOX.c.sent_at < utc_now(session) - KEPT))

    database.transact(forget)
