"""Tables of notification_service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import sql_now
from chassis.tables import COLUMN_TYPES, service_metadata

LONG_TEXT = Text(16_000_000)


class Base(DeclarativeBase):
    """Tables of this service, with the frame's own."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class NotificationRow(Base):
    """One message to one person on one channel. `person` is who it is for: a user id, or a guest's hashed address.

    `sealed`: the words with the link that works once, as JSON, until they are sent.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        # However often an event arrives: one message per event, person and channel.
        UniqueConstraint("event_id", "person", "channel"),
        Index("ix_notifications_status_next_attempt_at", "status", "next_attempt_at"),
        Index("ix_notifications_user_id_channel_created_at", "user_id", "channel", "created_at", "id"),
        Index("ix_notifications_cinema_id_created_at", "cinema_id", "created_at", "id"),
        Index("ix_notifications_created_at_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36))
    person: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(String(36))
    booking_id: Mapped[str | None] = mapped_column(String(36), index=True)
    cinema_id: Mapped[str | None] = mapped_column(String(36))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(400))
    body: Mapped[str] = mapped_column(LONG_TEXT)
    html: Mapped[str | None] = mapped_column(LONG_TEXT)
    sealed: Mapped[str | None] = mapped_column(LONG_TEXT)
    link: Mapped[str | None] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(8), default="QUEUED")
    # Of the present sending; those of earlier ones, before somebody sent it again, are kept beside it.
    attempts: Mapped[int] = mapped_column(default=0)
    earlier_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str | None] = mapped_column(String(500))
    next_attempt_at: Mapped[datetime] = mapped_column(default=sql_now())
    created_at: Mapped[datetime] = mapped_column(default=sql_now())
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class ContactRow(Base):
    """How to reach a person and in which language; a copy fed by events. Erased people leave a blank row."""

    __tablename__ = "contacts"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(35), default="en")
    is_erased: Mapped[bool] = mapped_column(default=False)
    # When this was so: what is older and comes later changes nothing.
    as_of: Mapped[datetime | None]


class BookingRow(Base):
    """What is needed to speak of a booking when another event names only its id."""

    __tablename__ = "bookings"

    booking_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str | None] = mapped_column(String(36), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    cinema_id: Mapped[str] = mapped_column(String(36))
    movie_title: Mapped[str] = mapped_column(String(300))


class PreferenceRow(Base):
    """The channels somebody chose for one kind of message."""

    __tablename__ = "preferences"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64), primary_key=True)
    channels: Mapped[list[str]] = mapped_column(JSON)


class DeviceRow(Base):
    """A browser's Web Push subscription; the id is the hash of its endpoint."""

    __tablename__ = "push_devices"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), index=True)
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(default=sql_now())


class MailRow(Base):
    """What would have been sent, in the dev mailbox."""

    __tablename__ = "mailbox"
    __table_args__ = (Index("ix_mailbox_received_at_id", "received_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    notification_id: Mapped[str] = mapped_column(String(36), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(LONG_TEXT)
    html: Mapped[str | None] = mapped_column(LONG_TEXT)
    received_at: Mapped[datetime] = mapped_column(default=sql_now())
