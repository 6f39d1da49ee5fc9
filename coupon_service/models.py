"""Tables of coupon_db: coupons, their uses, and the counters that keep the limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.money import Money
from chassis.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """Tables of this service."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class Coupon(Base):
    """A promise of a discount. `times_used` counts reserved and redeemed uses; `currency` is that of its amounts."""

    __tablename__ = "coupons"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("user_id", "milestone"),
        Index("ix_coupons_created_at_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    description: Mapped[str | None] = mapped_column(String(500))
    kind: Mapped[str] = mapped_column(String(16))
    percent: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    amount_off_value: Mapped[int | None]
    minimum_subtotal_value: Mapped[int | None]
    maximum_discount_value: Mapped[int | None]
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    usage_limit: Mapped[int | None]
    usage_limit_per_user: Mapped[int | None]
    times_used: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool]
    user_id: Mapped[str | None] = mapped_column(String(36))
    milestone: Mapped[int | None]
    search_text: Mapped[str] = mapped_column(String(1200))
    created_at: Mapped[datetime]

    movie_links: Mapped[list[CouponMovie]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    cinema_links: Mapped[list[CouponCinema]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def amount_off(self) -> Money | None:
        """What a FIXED_AMOUNT takes off."""
        return self._money(self.amount_off_value)

    @property
    def minimum_subtotal(self) -> Money | None:
        """The smallest order it is for."""
        return self._money(self.minimum_subtotal_value)

    @property
    def maximum_discount(self) -> Money | None:
        """The most it takes off."""
        return self._money(self.maximum_discount_value)

    def _money(self, amount: int | None) -> Money | None:
        return None if amount is None or self.currency is None else Money(amount, self.currency)


class CouponMovie(Base):
    """A film that a coupon is for."""

    __tablename__ = "coupon_movies"

    coupon_id: Mapped[str] = mapped_column(String(36), ForeignKey("coupons.id"), primary_key=True)
    movie_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class CouponCinema(Base):
    """A cinema that a coupon is for."""

    __tablename__ = "coupon_cinemas"

    coupon_id: Mapped[str] = mapped_column(String(36), ForeignKey("coupons.id"), primary_key=True)
    cinema_id: Mapped[str] = mapped_column(String(36), primary_key=True)


class CouponUse(Base):
    """A booking's use of a coupon.

    `live_booking_id` repeats the booking while the use counts, and is null otherwise: being unique, it lets a
    booking have one coupon at a time. A use from before this system has no booking. `as_of`: the booking's version
    at which it was last asked for; what was asked at an earlier one comes too late.
    """

    __tablename__ = "coupon_uses"
    __table_args__ = (
        UniqueConstraint("coupon_id", "booking_id"),
        UniqueConstraint("live_booking_id"),
        Index("ix_coupon_uses_coupon_id_state_redeemed_at_id", "coupon_id", "state", "redeemed_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    coupon_id: Mapped[str] = mapped_column(String(36), ForeignKey("coupons.id"))
    booking_id: Mapped[str | None] = mapped_column(String(36), index=True)
    live_booking_id: Mapped[str | None] = mapped_column(String(36))
    user_id: Mapped[str | None] = mapped_column(String(36), index=True)
    discount_value: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(16))
    reserved_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    as_of: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def discount(self) -> Money:
        """What it takes off the booking."""
        return Money(self.discount_value, self.currency)


class UserCount(Base):
    """How many uses of a coupon count for one person."""

    __tablename__ = "coupon_user_counts"

    coupon_id: Mapped[str] = mapped_column(String(36), ForeignKey("coupons.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    used: Mapped[int] = mapped_column(default=0)


class Member(Base):
    """A person's paid bookings, for loyalty coupons."""

    __tablename__ = "members"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    paid_bookings: Mapped[int] = mapped_column(default=0)


class CountedBooking(Base):
    """A booking that is over: it counts, cost nothing (`user_id` is null), or was cancelled before it could."""

    __tablename__ = "counted_bookings"

    booking_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(String(36), index=True)
    cancelled: Mapped[bool]
