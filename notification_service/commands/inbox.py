"""What people do with their messages, and staff with other people's."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import NotFound, Refusal, Refusals
from chassis.identity import Caller, Role
from chassis.nudges import after_commit
from notification_service import errors, rules
from notification_service.commands.telling import delivery_topic
from notification_service.models import DeviceRow, NotificationRow, PreferenceRow
from notification_service.settings import NotificationRuntime

MOST_DEVICES = 10


@dataclass(frozen=True)
class Choice:
    """The channels chosen for one kind of message."""

    kind: str
    channels: list[str]


def mark_read(runtime: NotificationRuntime, caller: Caller, ids: Sequence[str]) -> None:
    """Note that the caller has read messages of theirs. Raises NotFound, and marks none, if one is not theirs."""
    user_id = caller.require_user()
    wanted = set(ids)

    def mark(session: Session) -> None:
        own = select(NotificationRow).where(
            NotificationRow.id.in_(wanted), NotificationRow.user_id == user_id
        )
        rows = list(session.scalars(own.with_for_update()))
        if len(rows) < len(wanted):
            raise NotFound
        for row in rows:
            row.read_at = row.read_at or utc_now(session)
            if row.status == rules.SENT:
                row.status = rules.READ
        audit.record(session, caller, "notification.read", "User", user_id, after={"ids": sorted(wanted)})

    runtime.database.transact(mark)


def choose(runtime: NotificationRuntime, caller: Caller, choices: Sequence[Choice]) -> None:
    """Keep the caller's choice of channels for some kinds. Raises Refusals with KindUnknown, ChannelNotOffered."""
    user_id = caller.require_user()
    refusals: list[Refusal] = []
    checked: dict[str, list[str]] = {}
    for index, choice in enumerate(choices):
        try:
            checked[choice.kind] = rules.check_choice(choice.kind, choice.channels, ("input", index))
        except Refusal as refusal:
            refusals.append(refusal)
    if refusals:
        raise Refusals(refusals)

    def keep(session: Session) -> None:
        for kind, channels in checked.items():
            row = session.get(PreferenceRow, (user_id, kind), with_for_update=True)
            if row is None:
                session.add(PreferenceRow(user_id=user_id, kind=kind, channels=channels))
            else:
                row.channels = channels
        if checked:
            audit.record(session, caller, "notification.choose_channels", "User", user_id, after=checked)

    runtime.database.transact(keep)


def register_device(
    runtime: NotificationRuntime, caller: Caller, endpoint: str, p256dh: str, auth: str
) -> None:
    """Keep a browser's push subscription for the caller; the same browser again replaces it.

    Raises PushEndpointInvalid, PushKeysInvalid.
    """
    user_id = caller.require_user()
    settings = runtime.settings
    rules.check_endpoint(endpoint, settings.push_hosts.split(",") if settings.web_push else None)
    rules.check_push_keys(p256dh, auth)
    device_id = hashlib.sha256(endpoint.encode()).hexdigest()

    def keep(session: Session) -> None:
        row = session.get(DeviceRow, device_id, with_for_update=True)
        if row is None:
            _make_room(session, user_id)
            row = DeviceRow(id=device_id, endpoint=endpoint)
            session.add(row)
        # Whoever is signed in at a browser gets its messages: the one before does not any more.
        row.user_id, row.p256dh, row.auth = user_id, p256dh, auth
        audit.record(
            session, caller, "notification.register_device", "User", user_id, after={"device": device_id}
        )

    runtime.database.transact(keep)


def resend(runtime: NotificationRuntime, caller: Caller, notification_id: str) -> NotificationRow:
    """One more try of the same message, at once.

    Raises Forbidden below STAFF, NotFound outside the caller's cinemas, NotResendable.
    """
    caller.require_role(Role.STAFF)

    def queue(session: Session) -> NotificationRow:
        row = session.get(NotificationRow, notification_id, with_for_update=True)
        if row is None or not may_handle(caller, row):
            raise NotFound
        if rules.KINDS[row.kind].is_secret and row.sealed is None:
            raise errors.NotResendable
        before = row.status
        row.earlier_attempts += row.attempts
        row.status, row.attempts, row.next_attempt_at = rules.QUEUED, 0, utc_now(session)
        after_commit(session, delivery_topic(row.channel))
        audit.record(
            session, caller, "notification.resend", "Notification", row.id,
            before={"status": before}, after={"status": rules.QUEUED},
        )  # fmt: skip
        return row

    return runtime.database.transact(queue)


def may_handle(caller: Caller, row: NotificationRow) -> bool:
    """Whether the message is of a booking at one of the caller's cinemas, or the caller sees all."""
    if caller.sees_all():
        return True
    return row.cinema_id is not None and caller.has_role(Role.STAFF, scope=row.cinema_id)


def _make_room(session: Session, user_id: str) -> None:
    """Drop the oldest browsers when somebody has very many."""
    mine = select(DeviceRow).where(DeviceRow.user_id == user_id).order_by(DeviceRow.created_at.desc())
    for row in list(session.scalars(mine))[MOST_DEVICES - 1 :]:
        session.delete(row)
