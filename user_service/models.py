"""Tables of user_service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import sql_now
from chassis.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """Tables of this service, with the frame's own."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class UserRow(Base):
    """A person. Addresses are kept in their normal form; erased people keep their row without personal data."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_created_at_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    pending_email: Mapped[str | None] = mapped_column(String(254))
    email_verified: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(35))
    role: Mapped[str] = mapped_column(String(16), index=True)
    cinema_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    password_hash: Mapped[str | None] = mapped_column(String(100))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_enabled: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(default=sql_now())
    erased_at: Mapped[datetime | None]


class SessionRow(Base):
    """A sign-in on one device. `told_at`: when every room was told that it has ended."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_told_at_ended_at", "told_at", "ended_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    user_agent: Mapped[str | None]
    ip_address: Mapped[str | None] = mapped_column(String(45))
    created_at: Mapped[datetime] = mapped_column(default=sql_now())
    last_seen_at: Mapped[datetime] = mapped_column(default=sql_now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))
    told_at: Mapped[datetime | None]


class RefreshTokenRow(Base):
    """A refresh token, known by its hash; used once."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime] = mapped_column(default=sql_now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class LinkRow(Base):
    """A single-use link that was sent by mail, known by the hash of its token."""

    __tablename__ = "links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=sql_now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AttemptRow(Base):
    """Failed sign-ins of one account or one source, known by a hash."""

    __tablename__ = "attempts"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime]


class AuditRow(Base):
    """One change by one person, in whichever service; the id is the event's."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at_id", "at", "id"),
        Index("ix_audit_entries_object_type_object_id", "object_type", "object_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    actor_id: Mapped[str | None] = mapped_column(String(36), index=True)
    action: Mapped[str] = mapped_column(String(80), index=True)
    object_type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(Text(16_000_000))
    after: Mapped[str | None] = mapped_column(Text(16_000_000))
    request_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class ExportRow(Base):
    """What all services hold about a person, kept for an hour."""

    __tablename__ = "personal_data_exports"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    content: Mapped[str] = mapped_column(Text(16_000_000))
    created_at: Mapped[datetime] = mapped_column(default=sql_now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
