"""What the files hold, row by row: read in portions by key, so that memory stays flat however long the file is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.moves import Running
from booking_service.models import Booking, CinemaCopy, Showtime
from booking_service.queries import reports
from booking_service.queries.bookings import BookingFilter, filtered
from booking_service.sheets import Sheet
from chassis.identity import Caller, Role
from chassis.money import decimal_text

PORTION = 1000
BOOKING_HEADINGS = (
    "reference", "status", "created", "confirmed", "cinema", "auditorium", "film", "starts", "tickets", "subtotal",
    "discount", "fee", "total", "paid", "refunded", "currency", "coupon", "email", "phone", "channel",
)  # fmt: skip
SALES_HEADINGS = ("day", "revenue", "refunded", "currency", "bookings", "tickets", "occupancy")
PAYMENT_HEADINGS = (
    "day", "created", "settled", "cinema", "booking", "method", "provider", "provider_reference", "status", "amount",
    "captured", "refunded", "currency", "failure",
)  # fmt: skip
# As the line has them: only these are read, objects of the whole row would cost three times as much.
_BOOKING_COLUMNS = (
    Booking.id, Booking.reference, Booking.state, Booking.created_at, Booking.confirmed_at, Showtime.cinema_name,
    Showtime.auditorium_name, Showtime.movie_title, Showtime.starts_at, Booking.ticket_count, Booking.subtotal,
    Booking.discount, Booking.fee, Booking.total, Booking.paid, Booking.refunded, Booking.currency, Booking.coupon_code,
    Booking.contact_email, Booking.contact_phone, Booking.channel,
)  # fmt: skip
Tell = Callable[[float], None]
Writer = Callable[[Running, Mapping[str, Any], Sheet, Tell], int]


def write_bookings(
    runtime: Running, question: Mapping[str, Any], sheet: Sheet, tell: Tell, *, portion_size: int = PORTION
) -> int:
    """Bookings in the order of their ids, a line each; how many."""
    wanted = BookingFilter(**_with_instants(question["filter"]))
    caller = Caller("export", Role[question["role"]], frozenset(question["scope"] or ()))
    query = filtered(wanted, caller)
    counting = select(func.count()).select_from(query.with_only_columns(Booking.id).subquery())
    total = runtime.database.read(lambda session: session.scalar(counting) or 0)
    sheet.write(BOOKING_HEADINGS)
    count, last = 0, ""
    while portion := runtime.database.read(partial(_portion, query=query, after_id=last, size=portion_size)):
        for row in portion:
            sheet.write(_booking_line(row))
        count, last = count + len(portion), portion[-1].id
        tell(count / max(total, count))
    return count


def _portion(session: Session, query: Any, after_id: str, size: int) -> list[Any]:
    rows = query.join(Showtime, Showtime.id == Booking.showtime_id).with_only_columns(*_BOOKING_COLUMNS)
    return list(session.execute(rows.where(Booking.id > after_id).order_by(Booking.id).limit(size)))


def _booking_line(row: Any) -> Iterable[Any]:
    money = (row.subtotal, row.discount, row.fee, row.total, row.paid, row.refunded)
    return (
        row.reference, row.state, _text(row.created_at), _text(row.confirmed_at), row.cinema_name, row.auditorium_name,
        row.movie_title, _text(row.starts_at), row.ticket_count, *(_amount(minor, row.currency) for minor in money),
        row.currency, row.coupon_code or "", row.contact_email or "", row.contact_phone or "", row.channel,
    )  # fmt: skip


def write_sales(runtime: Running, question: Mapping[str, Any], sheet: Sheet, tell: Tell) -> int:
    """Sales by currency and day, a line each; how many."""
    sheet.write(SALES_HEADINGS)
    count = 0
    for line in _sales_lines(runtime, question):
        sheet.write(line)
        count += 1
    tell(0.9)
    return count


def _sales_lines(runtime: Running, question: Mapping[str, Any]) -> Iterator[Iterable[Any]]:
    cinemas = None if question["cinemas"] is None else tuple(question["cinemas"])
    first_day, last_day = (date.fromisoformat(question[name]) for name in ("from", "to"))
    for currency in runtime.database.read(lambda session: reports.currencies(session, cinemas)):
        scope = reports.Scope(first_day, last_day, currency, cinemas, None)
        for line in runtime.database.read(partial(reports.by_day, scope=scope)):
            yield (
                str(line.key), _amount(line.revenue, currency), _amount(line.refunded, currency), currency, line.bookings,
                line.tickets, line.occupancy,
            )  # fmt: skip


def write_payments(runtime: Running, question: Mapping[str, Any], sheet: Sheet, tell: Tell) -> int:
    """Payments in the order of their beginning, a line each, as payment_service has them; how many.

    Raises Unavailable when it does not answer.
    """
    sheet.write(PAYMENT_HEADINGS)
    count, after = 0, None
    while True:
        portion, after, share = peers.payment_rows(runtime, question, after=after, first=PORTION)
        names = runtime.database.read(partial(_names_of, rows=portion))
        for row in portion:
            sheet.write(_payment_line(row, names))
        count += len(portion)
        tell(share)
        if after is None:
            return count


def _names_of(session: Session, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Names of the rows' cinemas and references of their bookings, by id."""
    cinemas = select(CinemaCopy.id, CinemaCopy.name).where(
        CinemaCopy.id.in_({row["cinemaId"] for row in rows})
    )
    bookings = select(Booking.id, Booking.reference).where(Booking.id.in_({row["bookingId"] for row in rows}))
    return {found[0]: found[1] for query in (cinemas, bookings) for found in session.execute(query)}


def _payment_line(row: dict[str, Any], names: Mapping[str, str]) -> Iterable[Any]:
    currency = row["currency"]
    return (
        row["day"], row["createdAt"], row["settledAt"] or "", names.get(row["cinemaId"], row["cinemaId"]),
        names.get(row["bookingId"], row["bookingId"]), row["method"], row["provider"], row["providerReference"] or "",
        row["status"], *(_amount(row[name], currency) for name in ("amount", "captured", "refunded")), currency,
        row["failureCode"] or "",
    )  # fmt: skip


def _amount(minor: int, currency: str) -> float:
    return float(decimal_text(minor, currency))


def _with_instants(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in ("made_from", "made_before") else value
        for name, value in values.items()
    }


def _text(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat(timespec="seconds")


WRITERS: dict[str, Writer] = {"BOOKINGS": write_bookings, "SALES": write_sales, "PAYMENTS": write_payments}
