"""Tables of booking_db. No behaviour.

`claims` is the only truth about a seat: its primary key (showtime, seat) is why a seat is sold once.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import BigId
from chassis.tables import COLUMN_TYPES, service_metadata

Id = String(36)
Code = String(16)


class Base(DeclarativeBase):
    """Declarative base of this service's tables."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class CinemaCopy(Base):
    """What showtimes need to know of a cinema; fed by events and by scheduling."""

    __tablename__ = "cinemas"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    city: Mapped[str]
    time_zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))


class AuditoriumCopy(Base):
    """A room that has showtimes; its row is locked while its schedule changes."""

    __tablename__ = "auditoriums"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    cinema_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str]
    changes: Mapped[int] = mapped_column(Integer, default=0)


class MovieCopy(Base):
    """What the programme needs to know of a film."""

    __tablename__ = "movies"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    title: Mapped[str]
    duration_minutes: Mapped[int] = mapped_column(Integer)
    genres: Mapped[str] = mapped_column(String(500), default="|", doc="|Drama|Comedy|")


class UserCopy(Base):
    """How to reach a guest; fed by events."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200), default="")


class Plan(Base):
    """A seating plan as it was when showtimes were scheduled with it; never changed."""

    __tablename__ = "plans"
    id: Mapped[str] = mapped_column(String(80), primary_key=True, doc="auditorium id : layout version")
    seats: Mapped[str] = mapped_column(Text(16_000_000), doc="JSON list of seats, front row first")
    seats_total: Mapped[int] = mapped_column(Integer)


class Showtime(Base):
    """A film in a room at a time, with copies of the names it needs."""

    __tablename__ = "showtimes"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    movie_id: Mapped[str] = mapped_column(Id)
    movie_title: Mapped[str]
    cinema_id: Mapped[str] = mapped_column(Id)
    cinema_name: Mapped[str]
    city: Mapped[str]
    auditorium_id: Mapped[str] = mapped_column(Id)
    auditorium_name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    business_day: Mapped[date] = mapped_column(Date, doc="the cinema's day, which ends at 05:00")
    local_weekday: Mapped[int] = mapped_column(Integer, doc="1 Monday to 7 Sunday")
    local_hour: Mapped[int] = mapped_column(Integer)
    sales_open_at: Mapped[datetime | None]
    sales_close_at: Mapped[datetime]
    format: Mapped[str] = mapped_column(String(16))
    audio_language: Mapped[str] = mapped_column(String(16))
    subtitle_language: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(Code, doc="DRAFT, PUBLISHED, CANCELLED")
    seats_total: Mapped[int] = mapped_column(Integer)
    seats_taken: Mapped[int] = mapped_column(Integer, default=0, doc="claims: held, sold or blocked")
    seats_blocked: Mapped[int] = mapped_column(Integer, default=0)
    seat_map_version: Mapped[int] = mapped_column(Integer, default=0)
    checked_in: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (
        Index("ix_showtimes_starts_at_id", "starts_at", "id"),
        Index("ix_showtimes_cinema_id_business_day", "cinema_id", "business_day"),
        Index("ix_showtimes_movie_id_starts_at", "movie_id", "starts_at"),
        Index("ix_showtimes_auditorium_id_starts_at", "auditorium_id", "starts_at"),
        Index("ix_showtimes_business_day", "business_day"),
    )


class PriceRow(Base):
    """Price of a seat category for a ticket type, in minor units of the showtime's currency."""

    __tablename__ = "prices"
    showtime_id: Mapped[str] = mapped_column(ForeignKey("showtimes.id"), primary_key=True)
    category: Mapped[str] = mapped_column(Code, primary_key=True)
    ticket_type: Mapped[str] = mapped_column(Code, primary_key=True)
    amount: Mapped[int] = mapped_column(Integer)


class Claim(Base):
    """A seat that is held, sold or blocked; no row: the seat is free."""

    __tablename__ = "claims"
    showtime_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seat_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(Code, doc="HELD, SOLD, BLOCKED")
    booking_id: Mapped[str | None] = mapped_column(Id, index=True)
    user_id: Mapped[str | None] = mapped_column(Id)
    expires_at: Mapped[datetime | None]


class Booking(Base):
    """Seats of one showtime for one guest, from the hold to the end."""

    __tablename__ = "bookings"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    user_id: Mapped[str | None] = mapped_column(Id)
    showtime_id: Mapped[str] = mapped_column(ForeignKey("showtimes.id"))
    cinema_id: Mapped[str] = mapped_column(Id)
    movie_id: Mapped[str] = mapped_column(Id)
    starts_at: Mapped[datetime]
    promised_starts_at: Mapped[datetime | None] = mapped_column(
        doc="the start when it was booked, once the showtime was moved; null: as it is"
    )
    state: Mapped[str] = mapped_column(Code)
    version: Mapped[int] = mapped_column(Integer, default=1)
    expires_at: Mapped[datetime | None]
    extensions_left: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(Code, default="WEB", doc="WEB, DESK")
    currency: Mapped[str] = mapped_column(String(3))
    subtotal: Mapped[int] = mapped_column(Integer)
    discount: Mapped[int] = mapped_column(Integer, default=0)
    fee: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer)
    paid: Mapped[int] = mapped_column(Integer, default=0, doc="captured less given back")
    refunded: Mapped[int] = mapped_column(Integer, default=0)
    coupon_code: Mapped[str | None] = mapped_column(String(64))
    coupon_terms: Mapped[str | None] = mapped_column(String(200), doc="JSON; what it promised when reserved")
    payment_id: Mapped[str | None] = mapped_column(Id)
    paying_since: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    contact_email: Mapped[str | None] = mapped_column(String(320))
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str] = mapped_column(String(500), default="")
    sold_on: Mapped[date | None] = mapped_column(Date, doc="day of the sale where the cinema is")
    sold_hour: Mapped[int | None] = mapped_column(Integer)
    ticket_count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        Index("ix_bookings_user_id_starts_at", "user_id", "starts_at"),
        Index("ix_bookings_showtime_id_state_ticket_count", "showtime_id", "state", "ticket_count"),
        Index("ix_bookings_state_expires_at", "state", "expires_at"),
        Index("ix_bookings_cinema_id_created_at", "cinema_id", "created_at"),
        Index("ix_bookings_created_at_id", "created_at", "id"),
        # All that a report sums and groups by, so that the rows themselves stay unread.
        Index(
            "ix_bookings_figures",
            "currency",
            "sold_on",
            "cinema_id",
            "movie_id",
            "sold_hour",
            "state",
            "paid",
            "refunded",
            "ticket_count",
        ),
        # All that a search by words looks at, newest last.
        Index("ix_bookings_search", "created_at", "id", "cinema_id", "search_text"),
        Index("ix_bookings_contact_phone", "contact_phone"),
        Index("ix_bookings_contact_email", "contact_email"),
    )


class Ticket(Base):
    """One seat of one booking; what is scanned at the door."""

    __tablename__ = "tickets"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    booking_id: Mapped[str] = mapped_column(ForeignKey("bookings.id"), index=True)
    showtime_id: Mapped[str] = mapped_column(Id, index=True)
    seat_id: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(Code)
    ticket_type: Mapped[str] = mapped_column(Code)
    price: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Code, default="VALID", doc="VALID, USED, VOID")
    qr_payload: Mapped[str | None] = mapped_column(String(500))
    used_at: Mapped[datetime | None]
    used_door: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (Index("ix_tickets_seat_id_state_booking_id", "seat_id", "state", "booking_id"),)


class PaymentAttempt(Base):
    """One try to take money for a booking; its provider key is stored before the provider is asked."""

    __tablename__ = "payment_attempts"
    provider_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    booking_id: Mapped[str] = mapped_column(Id, index=True)
    client_key: Mapped[str] = mapped_column(String(255))
    owner: Mapped[str] = mapped_column(Id, doc="who pays: the guest, or the person at the desk")
    purpose: Mapped[str] = mapped_column(Code, doc="BOOKING, SEAT_CHANGE")
    method: Mapped[str] = mapped_column(Code)
    payment_token: Mapped[str | None] = mapped_column(String(255))
    amount: Mapped[int] = mapped_column(Integer)
    seats: Mapped[str | None] = mapped_column(Text, doc="SEAT_CHANGE: JSON of the seats wanted")
    outcome: Mapped[str] = mapped_column(Code, default="OPEN", doc="OPEN, SUCCEEDED, DECLINED, RETURNED")
    failure_code: Mapped[str | None] = mapped_column(String(64))
    payment_id: Mapped[str | None] = mapped_column(Id)
    client_secret: Mapped[str | None] = mapped_column(String(255))
    redirect_url: Mapped[str | None] = mapped_column(String(1000))
    asks: Mapped[int] = mapped_column(
        Integer, default=1, server_default="1", doc="requests that may have asked for the money"
    )
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("owner", "client_key"),
        Index("ix_payment_attempts_outcome_at", "outcome", "at"),
    )


class RefundDue(Base):
    """Money that has to go back; kept until it has."""

    __tablename__ = "refunds_due"
    key: Mapped[str] = mapped_column(String(80), primary_key=True, doc="idempotency key at payment_service")
    booking_id: Mapped[str] = mapped_column(Id, index=True)
    payment_id: Mapped[str] = mapped_column(Id)
    amount: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(Code, default="DUE", doc="DUE, DONE")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime]
    __table_args__ = (Index("ix_refunds_due_state_next_try_at", "state", "next_try_at"),)


NOTE = "note"  # the step of what staff wrote down: free text, erased with the guest


class BookingStep(Base):
    """One line of a booking's timeline."""

    __tablename__ = "booking_steps"
    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    booking_id: Mapped[str] = mapped_column(Id, index=True)
    step: Mapped[str] = mapped_column(String(32))
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    outcome: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(String(500))
    actor_id: Mapped[str | None] = mapped_column(Id, doc="who of the staff; null: the guest or the system")
    at: Mapped[datetime]


class PolicyRow(Base):
    """Settings of one cinema; null: the installation's default."""

    __tablename__ = "booking_policies"
    cinema_id: Mapped[str] = mapped_column(Id, primary_key=True)
    gap_rule: Mapped[bool | None] = mapped_column(Boolean)
    hold_minutes: Mapped[int | None] = mapped_column(Integer)
    maximum_seats: Mapped[int | None] = mapped_column(Integer)
    sales_close_minutes: Mapped[int | None] = mapped_column(Integer)
    turnaround_minutes: Mapped[int | None] = mapped_column(Integer)
    fee: Mapped[int | None] = mapped_column(Integer)
    refund_tiers: Mapped[str | None] = mapped_column(String(500), doc="hours:percent, latest first")


class WaitingListEntry(Base):
    """A guest who wants to be told when seats of a full showtime come free."""

    __tablename__ = "waiting_list"
    showtime_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seats: Mapped[int] = mapped_column(Integer)
    joined_at: Mapped[datetime]


class WaitingRoomRow(Base):
    """A queue before an on-sale."""

    __tablename__ = "waiting_rooms"
    showtime_id: Mapped[str] = mapped_column(Id, primary_key=True)
    is_open: Mapped[bool] = mapped_column(Boolean)
    opens_at: Mapped[datetime]
    rate: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(String(64))
    next_rank: Mapped[int] = mapped_column(Integer, default=0)
    shuffled_at: Mapped[datetime | None]


class WaitingRoomPlaceRow(Base):
    """A guest's place; `rank` is null until the shuffle."""

    __tablename__ = "waiting_room_places"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    showtime_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str | None] = mapped_column(Id)
    joined_at: Mapped[datetime]
    rank: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (Index("ix_waiting_room_places_showtime_id_rank", "showtime_id", "rank"),)


class ExportRow(Base):
    """A file that is made in the background for the person who asked."""

    __tablename__ = "exports"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(Code, doc="BOOKINGS, SALES, PAYMENTS")
    format: Mapped[str] = mapped_column(String(4))
    question: Mapped[str] = mapped_column(Text, doc="JSON of filter and scope")
    state: Mapped[str] = mapped_column(Code, default="RUNNING")
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    row_count: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_exports_user_id_created_at", "user_id", "created_at"),)
