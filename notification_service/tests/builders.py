"""Events for tests, and what people were told about them."""

from __future__ import annotations

import base64
import os
import random
import socket
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from chassis.events import Envelope
from chassis.ids import new_id
from chassis.runtime import Runtime
from notification_service.commands.delivery import deliver_due
from notification_service.models import MailRow, NotificationRow
from notification_service.settings import NotificationRuntime
from notification_service.worker import build_worker

ANA = "01938f2e-7c00-7abc-8def-000000000001"
CINEMA = "01938f2e-7c00-7abc-8def-000000000004"
SHOWING: dict[str, Any] = {
    "showtimeId": "s1", "movieId": "m1", "movieTitle": "Metropolis", "cinemaId": CINEMA, "cinemaName": "Lobby Lisboa",
    "auditoriumName": "Auditorium 1", "startsAt": "2026-11-21T19:30:00+00:00", "timeZone": "Europe/Berlin",
}  # fmt: skip
BOOKING: dict[str, Any] = {
    **SHOWING, "bookingId": "b1", "reference": "K7QM-2ZPX", "userId": ANA, "contactEmail": "ana@example.org",
    "contactPhone": None, "seats": ["A1", "A2"], "total": {"amount": 2500, "currency": "EUR"}, "couponCode": None,
    "paymentId": "p1", "ticketsUrl": "http://localhost:5000/files/tickets/b1.pdf?expires=1&subject=&signature=s",
    "calendarUrl": "http://localhost:5000/files/calendar/b1.ics?expires=1&subject=&signature=c",
}  # fmt: skip
SHOWTIME: dict[str, Any] = {
    **SHOWING, "auditoriumId": "a1", "endsAt": "2026-11-21T22:00:00+00:00", "status": "CANCELLED",
    "reason": "The projector failed.",
}  # fmt: skip
P256DH = base64.urlsafe_b64encode(b"\x04" + bytes(64)).decode().rstrip("=")
AUTH = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
DEVICE = {"endpoint": "https://push.example.org/send/abc", "p256dh": P256DH, "auth": AUTH}
CHOOSE_CHANNELS = """
mutation ($input: [NotificationPreferenceInput!]!) {
  setNotificationPreferences(input: $input) { preferences { kind channels } userErrors { code field } }
}"""
REGISTER_DEVICE = """
mutation ($endpoint: String!, $p256dh: String!, $auth: String!) {
  registerPushDevice(endpoint: $endpoint, p256dh: $p256dh, auth: $auth) { done userErrors { code field } }
}"""


class Post:
    """Lets events happen, runs deliveries, reads what was told."""

    def __init__(self, runtime: NotificationRuntime) -> None:
        self.runtime = runtime
        self.worker = build_worker(runtime)

    def happen(self, name: str, payload: dict[str, Any], **changes: Any) -> Envelope:
        """An event arrives."""
        envelope = Envelope(name, {**payload, **changes}, id=new_id(), occurred_at=self.runtime.clock.now())
        assert self.worker.handle(envelope)
        return envelope

    def arrive_again(self, envelope: Envelope) -> bool:
        """The same event arrives once more; whether anything was done."""
        return self.worker.handle(envelope)

    def a_person(self, user_id: str = ANA, **changes: Any) -> None:
        """Somebody's contact becomes known."""
        contact = {
            "userId": user_id, "email": "ana@example.org", "name": "Ana Costa", "phone": "+351 21 000 0000",
            "locale": "en", **changes,
        }  # fmt: skip
        self.happen("user.updated", contact)

    def deliver(self, **settings: Any) -> int:
        """Send what is due, with other settings if any are given."""
        runtime = self.runtime
        if settings:
            changed = runtime.settings.model_copy(update=settings)
            runtime = replace(runtime, settings=changed)
        return deliver_due(runtime)

    def told(self, **wanted: Any) -> list[NotificationRow]:
        """Messages with these values, oldest first."""
        query = (
            select(NotificationRow)
            .filter_by(**wanted)
            .order_by(NotificationRow.created_at, NotificationRow.id)
        )
        return self.runtime.database.read(lambda session: list(session.scalars(query)))

    def channels(self, **wanted: Any) -> list[str]:
        """Channels of the messages with these values."""
        return sorted(row.channel for row in self.told(**wanted))

    def mailbox(self) -> list[MailRow]:
        """What would have been sent, oldest first."""
        query = select(MailRow).order_by(MailRow.received_at, MailRow.id)
        return self.runtime.database.read(lambda session: list(session.scalars(query)))


def a_free_port() -> int:
    """A port nobody listens on, below those that outgoing connections are given."""
    while True:
        with socket.socket() as probe:
            port = random.randint(20_000, 32_000)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def a_browser(
    endpoint: str = DEVICE["endpoint"], key: ec.EllipticCurvePrivateKey | None = None
) -> dict[str, str]:
    """A push subscription whose keys are real; `key` is the browser's private one."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {**DEVICE, "endpoint": endpoint, "p256dh": base64.urlsafe_b64encode(point).decode().rstrip("=")}


def runtime_with(runtime: Runtime[Any], **settings: Any) -> Runtime[Any]:
    """The same runtime under other settings."""
    return replace(runtime, settings=runtime.settings.model_copy(update=settings))
