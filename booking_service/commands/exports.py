"""Files made in the background: asked for in a request, written by the worker, fetched by a signed link."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking_service.commands.export_rows import WRITERS
from booking_service.commands.moves import Running
from booking_service.models import ExportRow
from booking_service.queries import reports
from booking_service.queries.bookings import BookingFilter, filtered
from booking_service.sheets import open_sheet
from chassis import audit
from chassis.database import sql_now, utc_now
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.logs import log
from chassis.nudges import after_commit

KEPT = timedelta(days=7)
TOPIC = "exports"


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


def export_payments(
    runtime: Running, caller: Caller, first_day: date, last_day: date, cinema_id: str | None, format_: str
) -> str:
    """Ask for a file of the payments begun on these days at the caller's cinemas; the export's id. Raises Forbidden."""
    scope = reports.scope_for(
        caller, first_day=first_day, last_day=last_day, currency="", cinema_id=cinema_id, movie_id=None
    )
    question = {"from": first_day, "to": last_day, "cinemas": scope.cinema_ids}
    return _ask(runtime, caller, "PAYMENTS", format_, question)


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
            count = WRITERS[row.kind](runtime, question, sheet, tell)
    except Exception as error:  # noqa: BLE001  # the person who waits is told, the log has the cause
        log().error("export failed", export_id=row.id, error=repr(error), exc_info=error)
        _record(runtime, row.id, state="FAILED")
        return
    _record(runtime, row.id, state="READY", progress=1.0, row_count=count)


def _record(runtime: Running, export_id: str, **values: Any) -> None:
    runtime.database.transact(
        lambda session: session.execute(update(ExportRow).where(ExportRow.id == export_id).values(**values))
    )


def forget_exports(runtime: Running) -> int:
    """Delete files and rows of exports that were kept for KEPT; how many."""

    def old(session: Session) -> list[ExportRow]:
        return list(session.scalars(select(ExportRow).where(ExportRow.created_at < utc_now(session) - KEPT)))

    rows = runtime.database.read(old)
    for row in rows:
        # The file first: a crash in between leaves a row without a file, which the next round finds again.
        file_of(runtime, row).unlink(missing_ok=True)
    ids = [row.id for row in rows]
    if ids:
        runtime.database.transact(
            lambda session: session.execute(delete(ExportRow).where(ExportRow.id.in_(ids)))
        )
    return len(ids)
