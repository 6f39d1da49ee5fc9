"""Tables of cinema_db."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """Tables of this service."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class Cinema(Base):
    """A place with auditoriums. `search_text` and `city_key` are folded: no capitals, no accents."""

    __tablename__ = "cinemas"
    __table_args__ = (
        Index("ix_cinemas_name_key_id", "name_key", "id"),
        Index("ix_cinemas_latitude", "latitude", "longitude"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300))
    city: Mapped[str] = mapped_column(String(120))
    country_code: Mapped[str] = mapped_column(String(2))
    time_zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    latitude: Mapped[float] = mapped_column(Float(53))
    longitude: Mapped[float] = mapped_column(Float(53))
    phone: Mapped[str | None] = mapped_column(String(40))
    facilities: Mapped[list[str]] = mapped_column(JSON)
    name_key: Mapped[str] = mapped_column(String(160))
    city_key: Mapped[str] = mapped_column(String(160), index=True)
    search_text: Mapped[str] = mapped_column(String(800))
    changed_at: Mapped[datetime]


class Auditorium(Base):
    """A room of a cinema. `plan` is a list of rows as seating.SeatRow has them."""

    __tablename__ = "auditoriums"
    __table_args__ = (UniqueConstraint("cinema_id", "name_key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    cinema_id: Mapped[str] = mapped_column(String(36), ForeignKey("cinemas.id"))
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(120))
    formats: Mapped[list[str]] = mapped_column(JSON)
    plan: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    capacity: Mapped[int]
    layout_version: Mapped[int]


class PlannedShowtime(Base):
    """What booking_service told of a showtime; kept so that its place is not taken away.

    `told_at` is when the latest fact happened: an older one that arrives late changes nothing.
    """

    __tablename__ = "planned_showtimes"
    __table_args__ = (
        Index("ix_planned_showtimes_cinema_id_ends_at", "cinema_id", "ends_at"),
        Index("ix_planned_showtimes_auditorium_id_ends_at", "auditorium_id", "ends_at"),
    )

    showtime_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    cinema_id: Mapped[str] = mapped_column(String(36))
    auditorium_id: Mapped[str] = mapped_column(String(36))
    ends_at: Mapped[datetime]
    cancelled: Mapped[bool]
    told_at: Mapped[datetime]
