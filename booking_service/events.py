"""Facts that booking_service publishes; schemas and examples in contracts/events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from chassis.events import Event


class ShowtimeFacts(Protocol):
    """What is told of a showtime."""

    @property
    def id(self) -> str: ...
    @property
    def movie_id(self) -> str: ...
    @property
    def movie_title(self) -> str: ...
    @property
    def cinema_id(self) -> str: ...
    @property
    def cinema_name(self) -> str: ...
    @property
    def auditorium_id(self) -> str: ...
    @property
    def auditorium_name(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def time_zone(self) -> str: ...


class BookingFacts(Protocol):
    """What is told of a booking."""

    @property
    def id(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def user_id(self) -> str | None: ...
    @property
    def showtime_id(self) -> str: ...
    @property
    def contact_email(self) -> str | None: ...
    @property
    def contact_phone(self) -> str | None: ...
    @property
    def total(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def coupon_code(self) -> str | None: ...
    @property
    def payment_id(self) -> str | None: ...


def _showtime_parts(showtime: ShowtimeFacts) -> dict[str, Any]:
    return {
        "showtimeId": showtime.id,
        "movieId": showtime.movie_id,
        "movieTitle": showtime.movie_title,
        "cinemaId": showtime.cinema_id,
        "cinemaName": showtime.cinema_name,
        "auditoriumName": showtime.auditorium_name,
        "startsAt": showtime.starts_at.isoformat(),
        "timeZone": showtime.time_zone,
    }


def _whole_showtime(showtime: ShowtimeFacts, status: str) -> dict[str, Any]:
    return {
        **_showtime_parts(showtime),
        "auditoriumId": showtime.auditorium_id,
        "endsAt": showtime.ends_at.isoformat(),
        "status": status,
    }


def _guests(bookings: Sequence[BookingFacts]) -> list[dict[str, Any]]:
    return [
        {
            "bookingId": booking.id,
            "reference": booking.reference,
            "userId": booking.user_id,
            "contactEmail": booking.contact_email,
            "contactPhone": booking.contact_phone,
        }
        for booking in bookings
    ]


def showtime_scheduled(showtime: ShowtimeFacts, status: str) -> Event:
    """A showtime entered the programme, as a draft or published."""
    return Event("showtime.scheduled", _whole_showtime(showtime, status))


def showtime_rescheduled(
    showtime: ShowtimeFacts, status: str, previous_starts_at: str, bookings: Sequence[BookingFacts],
    in_full: Collection[str] = (),
) -> Event:  # fmt: skip
    """A showtime moved; `bookings` are those whose guests have to know, `in_full` ids of those who may have all back."""
    return Event(
        "showtime.rescheduled",
        {
            **_whole_showtime(showtime, status),
            "previousStartsAt": previous_starts_at,
            "bookings": [
                {**guest, "fullRefund": guest["bookingId"] in in_full} for guest in _guests(bookings)
            ],
        },
    )


def showtime_cancelled(showtime: ShowtimeFacts, reason: str, bookings: Sequence[BookingFacts]) -> Event:
    """A showtime will not be; `bookings` get their money back."""
    return Event(
        "showtime.cancelled",
        {**_whole_showtime(showtime, "CANCELLED"), "reason": reason, "bookings": _guests(bookings)},
    )


def _booking_parts(booking: BookingFacts, showtime: ShowtimeFacts, seats: Sequence[str]) -> dict[str, Any]:
    return {
        **_showtime_parts(showtime),
        "bookingId": booking.id,
        "reference": booking.reference,
        "userId": booking.user_id,
        "contactEmail": booking.contact_email,
        "contactPhone": booking.contact_phone,
        "seats": list(seats),
        "total": {"amount": booking.total, "currency": booking.currency},
        "couponCode": booking.coupon_code,
        "paymentId": booking.payment_id,
    }


def booking_confirmed(
    booking: BookingFacts,
    showtime: ShowtimeFacts,
    seats: Sequence[str],
    *,
    tickets_url: str,
    calendar_url: str,
) -> Event:
    """Paid, with tickets; the signed addresses of their files go into the guest's mail."""
    files = {"ticketsUrl": tickets_url, "calendarUrl": calendar_url}
    return Event("booking.confirmed", {**_booking_parts(booking, showtime, seats), **files})


def booking_cancelled(
    booking: BookingFacts,
    showtime: ShowtimeFacts,
    seats: Sequence[str],
    *,
    refund: int,
    was_confirmed: bool,
    reason: str | None,
) -> Event:
    """Given up; `refund` in minor units goes back."""
    given_back = {"amount": refund, "currency": booking.currency} if was_confirmed else None
    parts = _booking_parts(booking, showtime, seats)
    return Event("booking.cancelled", {**parts, "refund": given_back, "reason": reason})


def booking_expired(booking: BookingFacts) -> Event:
    """Not paid in time."""
    return Event(
        "booking.expired",
        {
            "bookingId": booking.id,
            "reference": booking.reference,
            "userId": booking.user_id,
            "showtimeId": booking.showtime_id,
            "couponCode": booking.coupon_code,
        },
    )


def seats_free(showtime: ShowtimeFacts, *, user_id: str, contact_email: str | None, seats: int) -> Event:
    """As many seats as somebody waits for are free again."""
    return Event(
        "waiting_list.seats_free",
        {
            "showtimeId": showtime.id,
            "movieTitle": showtime.movie_title,
            "cinemaName": showtime.cinema_name,
            "startsAt": showtime.starts_at.isoformat(),
            "timeZone": showtime.time_zone,
            "userId": user_id,
            "contactEmail": contact_email,
            "seats": seats,
        },
    )
