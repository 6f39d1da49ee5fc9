"""Reads of notification_service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.identity import Caller
from chassis.paging import Page, first_pages, page_of
from notification_service import rules
from notification_service.models import ContactRow, DeviceRow, MailRow, NotificationRow, PreferenceRow

NEWEST_FIRST = [(NotificationRow.created_at, "desc"), (NotificationRow.id, "desc")]
MAILS_SHOWN = 200


@dataclass(frozen=True)
class Wanted:
    """Which messages to show; None: all of them."""

    booking_id: str | None = None
    kind: str | None = None
    channel: str | None = None
    status: str | None = None
    user_id: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def waiting(session: Session) -> dict[str, int]:
    """How many messages are still to be sent, and how many were given up and not sent again."""
    states = (rules.QUEUED, rules.FAILED)
    counted = (
        select(NotificationRow.status, func.count())
        .where(NotificationRow.status.in_(states))
        .group_by(NotificationRow.status)
    )
    found: dict[str, int] = dict(session.execute(counted).tuples().all())
    return {f"messages {state.lower()}": found.get(state, 0) for state in states}


def inbox(
    session: Session, user_id: str, *, unread_only: bool, first: int | None, after: str | None
) -> Page[NotificationRow]:
    """A page of somebody's inbox, newest first: the messages told inside the application."""
    own = _told_to(user_id, unread_only).where(NotificationRow.channel == rules.IN_APP)
    return page_of(session, own, NEWEST_FIRST, first, after)


def told_to(
    session: Session, user_id: str, *, unread_only: bool, first: int | None, after: str | None
) -> Page[NotificationRow]:
    """A page of everything somebody was told on any channel, newest first."""
    return page_of(session, _told_to(user_id, unread_only), NEWEST_FIRST, first, after)


def told_to_each(
    session: Session, user_ids: Sequence[str], *, unread_only: bool, first: int | None
) -> dict[str, Page[NotificationRow]]:
    """The first page of everything told to each of several people."""
    query = select(NotificationRow)
    if unread_only:
        query = _unread(query)
    return first_pages(session, query, NEWEST_FIRST, first, by=NotificationRow.user_id, keys=user_ids)


def notifications(
    session: Session, caller: Caller, wanted: Wanted, first: int | None, after: str | None
) -> Page[NotificationRow]:
    """A page of all messages the caller may handle, newest first: those of their cinemas' bookings, or all."""
    query = select(NotificationRow)
    if not caller.sees_all():
        query = query.where(NotificationRow.cinema_id.in_(caller.scope))
    equal = {
        NotificationRow.booking_id: wanted.booking_id,
        NotificationRow.kind: wanted.kind,
        NotificationRow.channel: wanted.channel,
        NotificationRow.status: wanted.status,
        NotificationRow.user_id: wanted.user_id,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.earliest is not None:
        query = query.where(NotificationRow.created_at >= wanted.earliest)
    if wanted.latest is not None:
        query = query.where(NotificationRow.created_at <= wanted.latest)
    return page_of(session, query, NEWEST_FIRST, first, after)


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, NotificationRow]:
    """Messages by id; unknown ids are left out."""
    found = session.scalars(select(NotificationRow).where(NotificationRow.id.in_(set(ids))))
    return {row.id: row for row in found}


def preferences(session: Session, user_id: str) -> list[tuple[str, list[str]]]:
    """For every kind one can choose about: the channels it travels on for this person."""
    own = session.scalars(select(PreferenceRow).where(PreferenceRow.user_id == user_id))
    chosen = {row.kind: row.channels for row in own}
    return [(kind.name, chosen.get(kind.name, list(kind.usual))) for kind in rules.CHOSEN_KINDS]


def mails(session: Session, recipient: str | None) -> list[MailRow]:
    """The newest messages of the dev mailbox, all or those for one recipient."""
    query = select(MailRow)
    if recipient is not None:
        query = query.where(MailRow.recipient == recipient)
    return list(
        session.scalars(query.order_by(MailRow.received_at.desc(), MailRow.id.desc()).limit(MAILS_SHOWN))
    )


@dataclass(frozen=True)
class Backlog:
    """What waits to be delivered, since when, and what was given up; for alarms."""

    queued: int
    oldest_seconds: float
    failed: int


def backlog(session: Session) -> Backlog:
    """How far behind deliveries are now."""
    counted = select(NotificationRow.status, func.count(), func.min(NotificationRow.created_at))
    found = {
        status: (count, oldest)
        for status, count, oldest in session.execute(counted.group_by(NotificationRow.status))
    }
    queued, oldest = found.get(rules.QUEUED, (0, None))
    age = (utc_now(session) - oldest).total_seconds() if oldest else 0.0
    return Backlog(queued, max(0.0, age), found.get(rules.FAILED, (0, None))[0])


def personal_data(session: Session, user_id: str) -> dict[str, Any]:
    """What this service holds about somebody, as plain values."""
    contact = session.get(ContactRow, user_id)
    told = (
        select(NotificationRow).where(NotificationRow.user_id == user_id).order_by(NotificationRow.created_at)
    )
    devices = select(DeviceRow).where(DeviceRow.user_id == user_id)
    return {
        "contact": None
        if contact is None
        else {"email": contact.email, "phone": contact.phone, "name": contact.name, "locale": contact.locale},
        "notifications": [
            {
                "kind": row.kind,
                "channel": row.channel,
                "recipient": row.recipient,
                "subject": row.subject,
                "body": row.body,
                "status": row.status,
                "createdAt": row.created_at.isoformat(),
            }
            for row in session.scalars(told)
        ],
        "preferences": dict(preferences(session, user_id)),
        "pushDevices": [row.endpoint for row in session.scalars(devices)],
    }


def _told_to(user_id: str, unread_only: bool) -> Select[NotificationRow]:
    query = select(NotificationRow).where(NotificationRow.user_id == user_id)
    return _unread(query) if unread_only else query


def _unread(query: Select[NotificationRow]) -> Select[NotificationRow]:
    """Only the inbox can be read or not: what went out by mail is none of our knowing."""
    return query.where(NotificationRow.channel == rules.IN_APP, NotificationRow.read_at.is_(None))
