"""Tables that every service keeps beside its own: outbox, inbox, stored answers."""

from __future__ import annotations

from datetime import datetime
from types import ModuleType
from typing import Any

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

from chassis.database import BigId, UtcDateTime, sql_now

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
COLUMN_TYPES: dict[Any, Any] = {datetime: UtcDateTime(), str: String(255)}

_FRAME = MetaData(naming_convention=NAMING)

OUTBOX = Table(
    "outbox",
    _FRAME,
    Column("seq", BigId, primary_key=True, autoincrement=True),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("payload", Text(16_000_000), nullable=False),
    Column("occurred_at", UtcDateTime(), nullable=False, default=sql_now()),
    Column("request_id", String(64)),
    Column("actor_id", String(36)),
    Column("sent_at", UtcDateTime()),
    Index("ix_outbox_sent_at_seq", "sent_at", "seq"),
)
INBOX = Table(
    "inbox",
    _FRAME,
    Column("event_id", String(36), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("received_at", UtcDateTime(), nullable=False, default=sql_now(), index=True),
)
STORED_ANSWERS = Table(
    "stored_answers",
    _FRAME,
    Column("owner", String(64), primary_key=True),
    Column("operation", String(64), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text(), nullable=False),
    Column("stored_at", UtcDateTime(), nullable=False, default=sql_now(), index=True),
)


def service_metadata() -> MetaData:
    """Fresh metadata for one service's tables, with the frame's own tables in it.

    Use: `class Base(DeclarativeBase): metadata = service_metadata(); type_annotation_map = COLUMN_TYPES`.
    """
    metadata = MetaData(naming_convention=NAMING)
    for table in _FRAME.sorted_tables:
        table.to_metadata(metadata)
    return metadata


def create_frame_tables(op: ModuleType) -> None:
    """Create the frame's tables inside a service's first revision (`op` is alembic.op)."""
    for table in _FRAME.sorted_tables:
        table.create(op.get_bind())


def drop_frame_tables(op: ModuleType) -> None:
    """Undo `create_frame_tables`."""
    for table in reversed(_FRAME.sorted_tables):
        table.drop(op.get_bind())
