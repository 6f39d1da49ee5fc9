"""Sending what is queued. A message is claimed before it is sent, so that two workers don't send it twice.

A worker that dies between sending and noting it leaves the message claimed for a while; then it goes out a
second time with the same message id. That is the price of never losing one. One that fails comes again later
and later, and is given up after the last attempt: it stays as FAILED, for staff to see and to send again.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import orjson
from sqlalchemy import delete, select, update
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
SEALED_KEPT_DAYS = 1
# Longer than a send takes: until then another worker leaves a claimed message alone.
CLAIMED = timedelta(seconds=30)


def deliver_due(runtime: NotificationRuntime, channel: str | None = None) -> int:
    """Send everything that is due, on one channel or all, oldest first; how many were attempted."""
    ways = channels(runtime)
    attempted = 0
    while due := runtime.database.read(partial(_due, channel)):
        for notification_id in due:
            _deliver(runtime, ways, notification_id)
        attempted += len(due)
        if len(due) < AT_ONCE:
            break
    return attempted


def tidy(runtime: NotificationRuntime) -> None:
    """Drop old messages of the dev mailbox, and links that were never sent and have long expired."""

    def drop(session: Session) -> None:
        now = utc_now(session)
        session.execute(delete(MailRow).where(MailRow.received_at < now - timedelta(days=MAILBOX_KEPT_DAYS)))
        unsent = (NotificationRow.sealed.is_not(None), NotificationRow.status == rules.FAILED)
        old = NotificationRow.created_at < now - timedelta(days=SEALED_KEPT_DAYS)
        session.execute(update(NotificationRow).where(*unsent, old).values(sealed=None))

    runtime.database.transact(drop)


def _due(channel: str | None, session: Session) -> list[str]:
    waiting = select(NotificationRow.id).where(
        NotificationRow.status == rules.QUEUED, NotificationRow.next_attempt_at <= utc_now(session)
    )
    if channel is not None:
        waiting = waiting.where(NotificationRow.channel == channel)
    return list(
        session.scalars(waiting.order_by(NotificationRow.next_attempt_at, NotificationRow.id).limit(AT_ONCE))
    )


def _deliver(runtime: NotificationRuntime, ways: dict[str, Channel], notification_id: str) -> None:
    most = runtime.settings.delivery_attempts
    parcel = runtime.database.transact(lambda session: _claim(session, notification_id, most))
    if parcel is None:
        return
    try:
        ways[parcel.channel].send(parcel)
    except DeliveryFailed as error:
        failure = error
        log().warning(
            "delivery failed", notification_id=notification_id, channel=parcel.channel, error=str(error)
        )
        runtime.database.transact(lambda session: _note_failure(session, notification_id, failure, most))
    else:
        runtime.database.transact(lambda session: _note_sent(session, notification_id))


def _claim(session: Session, notification_id: str, most: int) -> Parcel | None:
    """The message, with its next attempt put off; None when another worker has it, or all attempts are used up."""
    row = session.get(NotificationRow, notification_id, with_for_update=True)
    now = utc_now(session)
    if row is None or row.status != rules.QUEUED or row.next_attempt_at > now:
        return None
    if row.attempts >= most:  # no worker lived to note how the last attempt went
        _give_up(row, row.last_error or "the worker ended while sending")
        return None
    row.attempts += 1
    row.next_attempt_at = now + CLAIMED
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
    if row is None or row.status != rules.QUEUED:
        return
    row.last_error = str(failure)[:500]
    row.next_attempt_at = utc_now(session) + rules.wait_after(row.attempts)
    if failure.is_final or row.attempts >= most:
        _give_up(row, row.last_error)


def _give_up(row: NotificationRow, reason: str) -> None:
    row.status, row.last_error = rules.FAILED, reason
    log().error("message given up", notification_id=row.id, channel=row.channel, kind=row.kind, error=reason)
