"""Telling somebody: an event in words, queued in the transaction that notes the event, once a channel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.ids import new_id
from chassis.nudges import after_commit
from notification_service import letters, rules
from notification_service.channels.choice import is_open
from notification_service.commands.contacts import Addressee
from notification_service.models import ContactRow, DeviceRow, NotificationRow, PreferenceRow
from notification_service.settings import NotificationRuntime
from notification_service.templates import Words


@dataclass(frozen=True)
class Occasion:
    """What is told: the event, and where the message's button leads."""

    event_id: str
    kind: str
    payload: Mapping[str, Any]
    link: str | None = None
    booking_id: str | None = None
    cinema_id: str | None = None


def delivery_topic(channel: str) -> str:
    """What whoever delivers on `channel` is nudged with."""
    return f"deliver:{channel}"


def tell(runtime: NotificationRuntime, session: Session, occasion: Occasion, to: Addressee) -> int:
    """Queue the messages about `occasion` in the caller's transaction; how many were not queued before."""
    kind = rules.KINDS[occasion.kind]
    erased = to.user_id is not None and _is_erased(session, to.user_id)
    channels = [] if erased else rules.channels_for(kind, _chosen(session, to, kind), _reach(session, to))
    language = rules.language_of(to.locale)
    words = letters.write(kind.name, language, name=to.name, payload=occasion.payload, link=occasion.link)
    shown = words
    if kind.is_secret:
        shown = letters.write(
            kind.name, language, name=to.name, payload=occasion.payload, link=letters.HIDDEN_LINK
        )
    rows = [
        {
            **_about(occasion, to),
            **_content(channel, shown),
            "language": language,
            "sealed": _sealed(words) if kind.is_secret else None,
            "link": None if kind.is_secret else occasion.link,
            "recipient": _recipient(session, channel, to),
        }
        for channel in channels
        if is_open(runtime, channel)
    ]
    return sum(_queue(session, channel_row) for channel_row in rows)


def _about(occasion: Occasion, to: Addressee) -> dict[str, Any]:
    return {
        "event_id": occasion.event_id,
        "kind": occasion.kind,
        "person": to.user_id
        or hashlib.sha256(((to.email or "").lower() or to.phone or "").encode()).hexdigest(),
        "user_id": to.user_id,
        "booking_id": occasion.booking_id,
        "cinema_id": occasion.cinema_id,
    }


def _content(channel: str, words: Words) -> dict[str, Any]:
    bodies = {rules.EMAIL: words.text, rules.IN_APP: words.inside}
    return {
        "channel": channel,
        "subject": words.subject[:400],
        "body": bodies.get(channel, words.short),
        "html": words.html if channel == rules.EMAIL else None,
    }


def _sealed(words: Words) -> str:
    return orjson.dumps({"text": words.text, "html": words.html}).decode()


def _queue(session: Session, row: dict[str, Any]) -> int:
    try:
        with session.begin_nested():
            session.execute(
                insert(NotificationRow).values(id=new_id(), status=rules.QUEUED, attempts=0, **row)
            )
    except IntegrityError:
        return 0  # told before: the unique key on event, person and channel decides
    after_commit(session, delivery_topic(row["channel"]))
    return 1


def _is_erased(session: Session, user_id: str) -> bool:
    contact = session.get(ContactRow, user_id)
    return contact is not None and contact.is_erased


def _chosen(session: Session, to: Addressee, kind: rules.Kind) -> list[str] | None:
    choice = session.get(PreferenceRow, (to.user_id, kind.name)) if to.user_id else None
    return None if choice is None else choice.channels


def _reach(session: Session, to: Addressee) -> rules.Reach:
    has_device = to.user_id is not None and bool(_hosts(session, to.user_id))
    return rules.Reach(to.user_id is not None, bool(to.email), bool(to.phone), has_device)


def _recipient(session: Session, channel: str, to: Addressee) -> str:
    if channel == rules.EMAIL:
        return to.email or ""
    if channel == rules.SMS:
        return to.phone or ""
    if channel == rules.PUSH:
        return ", ".join(_hosts(session, to.user_id or ""))[:254]
    return "Lobbycard"


def _hosts(session: Session, user_id: str) -> list[str]:
    """Hosts of the push services of somebody's browsers."""
    endpoints = session.scalars(select(DeviceRow.endpoint).where(DeviceRow.user_id == user_id))
    return sorted({rules.check_endpoint(endpoint, None) for endpoint in endpoints})
