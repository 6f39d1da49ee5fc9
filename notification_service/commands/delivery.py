"""Sending what is queued. A message is claimed before it is sent, so that two workers don't send it twice.

A worker that dies between sending and noting it leaves the message claimed until its next attempt is due; then
it goes out a second time with the same message id. That is the price of never losing one.
"""

from __future__ import annotations

from datetime import timedelta

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.logs import log
from notification_service import rules
from notification_service.channels import Channel, DeliveryFailed, Parcel
from notification_service.channels.choice import channels
from notification_service.models import MailRow, NotificationRow
from notification_service.settings import NotificationRuntime

AT_ONCE = 100
MAILBOX_KEPT_DAYS = 14


def deliver_due(runtime: NotificationRuntime) -> int:
    """Send everything that is due, oldest first; how many were attempted."""
    ways = channels(runtime)
    due = runtime.database.read(_due)
    for notification_id in due:
        _deliver(runtime, ways, notification_id)
    return len(due)


def tidy_mailbox(runtime: NotificationRuntime) -> None:
    """Drop old messages of the dev mailbox."""

    def drop(session: Session) -> None:
        oldest = utc_now(session) - timedelta(days=MAILBOX_KEPT_DAYS)
        session.execute(delete(MailRow).where(MailRow.received_at < oldest))

    runtime.database.transact(drop)


def _due(session: Session) -> list[str]:
    waiting = select(NotificationRow.id).where(
        NotificationRow.status == rules.QUEUED, NotificationRow.next_attempt_at <= utc_now(session)
    )
    return list(
        session.scalars(waiting.order_by(NotificationRow.next_attempt_at, NotificationRow.id).limit(AT_ONCE))
    )


def _deliver(runtime: NotificationRuntime, ways: dict[str, Channel], notification_id: str) -> None:
    parcel = runtime.database.transact(lambda session: _claim(session, notification_id))
    if parcel is None:
        return
    try:
        ways[parcel.channel].send(parcel)
    except DeliveryFailed as error:
        failure = error
        log().warning(
            "delivery failed", notification_id=notification_id, channel=parcel.channel, error=str(error)
        )
        most = runtime.settings.delivery_attempts
        runtime.database.transact(lambda session: _note_failure(session, notification_id, failure, most))
    else:
        runtime.database.transact(lambda session: _note_sent(session, notification_id))


def _claim(session: Session, notification_id: str) -> Parcel | None:
    """The message, with its next attempt put off; None when another worker has it."""
    row = session.get(NotificationRow, notification_id, with_for_update=True)
    now = utc_now(session)
    if row is None or row.status != rules.QUEUED or row.next_attempt_at > now:
        return None
    row.attempts += 1
    row.next_attempt_at = now + rules.wait_after(row.attempts)
    sealed = orjson.loads(row.sealed) if row.sealed else {}
    return Parcel(
        notification_id=row.id,
        user_id=row.user_id,
        channel=row.channel,
        recipient=row.recipient,
        subject=row.subject,
        text=sealed.get("text", row.body),
        html=sealed.get("html", row.html),
        link=row.link,
    )


def _note_sent(session: Session, notification_id: str) -> None:
    row = session.get(NotificationRow, notification_id, with_for_update=True)
    if row is not None:
        row.status, row.sent_at, row.last_error, row.sealed = rules.SENT, utc_now(session), None, None


def _note_failure(session: Session, notification_id: str, failure: DeliveryFailed, most: int) -> None:
    row = session.get(NotificationRow, notification_id, with_for_update=True)
    if row is not None:
        row.last_error = str(failure)[:500]
        if failure.is_final or row.attempts >= most:
            row.status = rules.FAILED
