"""Files made in the background: asked for in a request, written by the worker, fetched by a signed link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking_service.commands.moves import Running
from booking_service.models import Booking, ExportRow, Showtime
from booking_service.queries import reports
from booking_service.queries.bookings import BookingFilter, filtered
from booking_service.sheets import Sheet, open_sheet
from chassis import audit
from chassis.database import sql_now, utc_now
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.logs import log
from chassis.money import decimal_text
from chassis.nudges import after_commit

KEPT = timedelta(days=7)
TOPIC = "exports"
PORTION = 1000
BOOKING_HEADINGS = (
    "reference", "status", "created", "confirmed", "cinema", "auditorium", "film", "starts", "tickets", "subtotal",
    "discount", "fee", "total", "paid", "refunded", "currency", "coupon", "email", "phone", "channel",
)  # fmt: skip
SALES_HEADINGS = ("day", "revenue", "refunded", "currency", "bookings", "tickets", "occupancy")


def export_bookings(runtime: Running, caller: Caller, wanted: BookingFilter, format_: str) -> str:
    """Ask for a file of the bookings that the filter finds; the export's id. Raises Forbidden below MANAGER."""
    caller.require_role(Role.MANAGER)
    filtered(wanted, caller)  # refuses here, not in the worker
    question = {
        "filter": {name: value for name, value in vars(wanted).items() if value is not None},
        "scope": None if caller.sees_all() else sorted(caller.scope),
        "role": caller.role.name if caller.role else None,
    }
    return _ask(runtime, caller, "BOOKINGS", format_, question)


def export_sales(runtime: Running, caller: Caller, scope: reports.Scope, format_: str) -> str:
    """Ask for a file of sales by day and currency; the scope's currency does not matter; the export's id."""
    caller.require_role(Role.MANAGER)
    question = {
        "from": scope.first_day,
        "to": scope.last_day,
        "cinemas": scope.cinema_ids,
    }
    return _ask(runtime, caller, "SALES", format_, question)


def _ask(runtime: Running, caller: Caller, kind: str, format_: str, question: dict[str, Any]) -> str:
    user_id = caller.require_user()

    def work(session: Session) -> str:
        row = ExportRow(
            id=new_id(), user_id=user_id, kind=kind, format=format_, question=orjson.dumps(question).decode(),
            state="RUNNING", progress=0.0, created_at=utc_now(session),
        )  # fmt: skip
        session.add(row)
        after_commit(session, TOPIC)
        audit.record(session, caller, "export.ask", "Export", row.id, after={"kind": kind})
        return row.id

    return runtime.database.transact(work)


def file_of(runtime: Running, row: ExportRow) -> Path:
    """Where the export's file lies."""
    return runtime.settings.files_dir / "exports" / f"{row.id}.{row.format.lower()}"


def make_exports(runtime: Running) -> int:
    """Write the files that were asked for; how many. One that a crash left behind is taken up again."""
    made = 0
    while (row := runtime.database.transact(_take)) is not None:
        _make(runtime, row)
        made += 1
    return made


def _take(session: Session) -> ExportRow | None:
    stale = utc_now(session) - timedelta(minutes=5)
    row = session.scalar(
        select(ExportRow)
        .where(ExportRow.state == "RUNNING", (ExportRow.taken_at.is_(None)) | (ExportRow.taken_at < stale))
        .order_by(ExportRow.created_at).limit(1).with_for_update(skip_locked=True)
    )  # fmt: skip
    if row is not None:
        row.taken_at = utc_now(session)
    return row


def _make(runtime: Running, row: ExportRow) -> None:
    path = file_of(runtime, row)
    path.parent.mkdir(parents=True, exist_ok=True)
    question = orjson.loads(row.question)

    def tell(progress: float) -> None:
        _record(runtime, row.id, progress=min(progress, 0.99), taken_at=sql_now())

    try:
        with open_sheet(path, row.format) as sheet:
            write = _write_bookings if row.kind == "BOOKINGS" else _write_sales
            count = write(runtime, question, sheet, tell)
    except Exception as error:  # noqa: BLE001  # the person who waits is told, the log has the cause
        log().error("export failed", export_id=row.id, error=repr(error), exc_info=error)
        _record(runtime, row.id, state="FAILED")
        return
    _record(runtime, row.id, state="READY", progress=1.0, row_count=count)


def _record(runtime: Running, export_id: str, **values: Any) -> None:
    runtime.database.transact(
        lambda session: session.execute(update(ExportRow).where(ExportRow.id == export_id).values(**values))
    )


def _write_bookings(
    runtime: Running, question: dict[str, Any], sheet: Sheet, tell: Callable[[float], None]
) -> int:
    wanted = BookingFilter(**_with_instants(question["filter"]))
    scope = question["scope"]
    caller = Caller("export", Role[question["role"]], frozenset(scope or ()))
    query = filtered(wanted, caller)
    sheet.write(BOOKING_HEADINGS)
    count, last = 0, ""
    while portion := runtime.database.read(partial(_portion, query=query, after_id=last)):
        for booking, showtime in portion:
            sheet.write(_booking_line(booking, showtime))
        count, last = count + len(portion), portion[-1][0].id
        tell(1 - 1 / (1 + count / PORTION))
    return count


def _portion(session: Session, query: Any, after_id: str) -> list[tuple[Booking, Showtime]]:
    rows = query.join(Showtime, Showtime.id == Booking.showtime_id).add_columns(Showtime)
    return [
        tuple(row)
        for row in session.execute(rows.where(Booking.id > after_id).order_by(Booking.id).limit(PORTION))
    ]


def _booking_line(booking: Booking, showtime: Showtime) -> Iterable[Any]:
    def amount(minor: int) -> float:
        return float(decimal_text(minor, booking.currency))

    return (
        booking.reference, booking.state, _text(booking.created_at), _text(booking.confirmed_at), showtime.cinema_name,
        showtime.auditorium_name, showtime.movie_title, _text(showtime.starts_at), booking.ticket_count,
        amount(booking.subtotal), amount(booking.discount), amount(booking.fee), amount(booking.total),
        amount(booking.paid), amount(booking.refunded), booking.currency, booking.coupon_code or "",
        booking.contact_email or "", booking.contact_phone or "", booking.channel,
    )  # fmt: skip


def _write_sales(
    runtime: Running, question: dict[str, Any], sheet: Sheet, tell: Callable[[float], None]
) -> int:
    sheet.write(SALES_HEADINGS)
    count = 0
    for line in _sales_lines(runtime, question):
        sheet.write(line)
        count += 1
    tell(0.9)
    return count


def _sales_lines(runtime: Running, question: dict[str, Any]) -> Iterator[Iterable[Any]]:
    cinemas = None if question["cinemas"] is None else tuple(question["cinemas"])
    first_day, last_day = _day(question["from"]), _day(question["to"])
    for currency in runtime.database.read(lambda session: reports.currencies(session, cinemas)):
        scope = reports.Scope(first_day, last_day, currency, cinemas, None)
        for line in runtime.database.read(partial(reports.by_day, scope=scope)):
            yield (
                str(line.key), float(decimal_text(line.revenue, currency)), float(decimal_text(line.refunded, currency)),
                currency, line.bookings, line.tickets, line.occupancy,
            )  # fmt: skip


def _with_instants(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in ("made_from", "made_before") else value
        for name, value in values.items()
    }


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _text(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat(timespec="seconds")
