"""Seating plans from a table: a line for each row of seats; an auditorium is written with all its rows or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.errors import Refusal, Refusals
from chassis.identity import Caller, Role
from chassis.table_upload import Report, address, flag_of
from cinema_service.commands.auditoriums import create_auditorium, update_auditorium
from cinema_service.commands.records import CinemaRuntime, cinema_of, refuse
from cinema_service.errors import BadField
from cinema_service.models import Auditorium
from cinema_service.rules import AuditoriumForm, auditorium_faults, name_key_of, tidy_auditorium
from cinema_service.seating import SeatRow

PATH = "/imports/seating-plans"
REQUIRED = ("auditorium", "row", "places")
OPTIONAL = ("numberFrom", "rightToLeft", "formats")
Line = tuple[int, Mapping[str, str]]


def create_import(runtime: CinemaRuntime, caller: Caller, cinema_id: str, *, dry_run: bool) -> str:
    """A signed address that takes a table of plans for the cinema. ADMIN, or MANAGER of it. Raises CinemaNotFound."""
    caller.require_role(Role.MANAGER, scope=cinema_id)

    def work(session: Session) -> str:
        cinema_of(session, cinema_id)
        audit.record(session, caller, "cinema.ask_import", "Cinema", cinema_id, after={"dryRun": dry_run})
        return address(runtime, session, caller, PATH, cinemaId=cinema_id, dryRun=dry_run)

    return runtime.database.transact(work)


def import_plans(
    runtime: CinemaRuntime, caller: Caller, cinema_id: str, rows: Sequence[Line], *, dry_run: bool
) -> Report:
    """Add the auditoriums that the rows name, or give those that are known their new plan.

    A fault of one row keeps its whole auditorium as it was. ADMIN, or MANAGER of the cinema.
    """
    caller.require_role(Role.MANAGER, scope=cinema_id)
    report = Report(dry_run, rows=len(rows))
    for lines in _by_auditorium(rows):
        try:
            outcome = _import_one(runtime, caller, cinema_id, lines, report, dry_run=dry_run)
        except Refusals as several:
            for refusal in several.refusals:
                report.refuse(_row_of(refusal, lines), [refusal])
        except Refusal as refusal:
            report.refuse(_row_of(refusal, lines), [refusal])
        else:
            if outcome is not None:
                setattr(report, outcome, getattr(report, outcome) + 1)
    return report


def _import_one(
    runtime: CinemaRuntime, caller: Caller, cinema_id: str, lines: Sequence[Line], report: Report, *, dry_run: bool
) -> str | None:  # fmt: skip
    """created, updated or unchanged; None when cells can't be read, which the report tells row by row."""
    seats = _seat_rows(lines, report)
    if seats is None:
        return None
    name = lines[0][1]["auditorium"]
    known = runtime.database.read(lambda session: _known(session, cinema_id, name))
    given: dict[str, Any] = {"cinema_id": cinema_id, "name": name, "rows": seats}
    formats = next((cells["formats"] for _, cells in lines if cells.get("formats")), None)
    if formats is not None:
        given["formats"] = tuple(part.strip() for part in formats.split("|"))
    before = {"formats": tuple(known.formats)} if known is not None else {}
    form = tidy_auditorium(AuditoriumForm(**{**before, **given}))
    refuse(auditorium_faults(form))
    if known is None:
        if not dry_run:
            create_auditorium(runtime, caller, given)
        return "created"
    is_same = known.plan == [row.as_json() for row in form.rows] and (
        (known.name, known.formats) == (form.name, list(form.formats))
    )
    if not is_same and not dry_run:
        update_auditorium(runtime, caller, known.id, given)
    return "unchanged" if is_same else "updated"


def _by_auditorium(rows: Sequence[Line]) -> list[list[Line]]:
    """The lines of each auditorium, in the order of the file; one without a name stands alone."""
    found: dict[str, list[Line]] = {}
    for number, cells in rows:
        name = cells.get("auditorium", "")
        found.setdefault(name_key_of(name) if name else f"row {number}", []).append((number, cells))
    return list(found.values())


def _seat_rows(lines: Sequence[Line], report: Report) -> tuple[SeatRow, ...] | None:
    """The rows of seats; None when a cell can't be read, which the report tells."""
    rows = []
    for number, cells in lines:
        faults: list[Refusal] = []
        try:
            first = int(cells.get("numberFrom") or 1)
        except ValueError:
            faults.append(_bad("numberFrom", "NUMBER_INVALID", "Write the first number as a whole number."))
        try:
            right_to_left = flag_of(cells.get("rightToLeft", ""))
        except ValueError:
            faults.append(_bad("rightToLeft", "FLAG_INVALID", "Write yes or no."))
        if faults:
            report.refuse(number, faults)
        else:
            rows.append(SeatRow(cells.get("row", ""), cells.get("places", ""), first, right_to_left))
    return tuple(rows) if len(rows) == len(lines) else None


def _known(session: Session, cinema_id: str, name: str) -> Auditorium | None:
    named = select(Auditorium).where(
        Auditorium.cinema_id == cinema_id, Auditorium.name_key == name_key_of(name)
    )
    return session.scalars(named).first()


def _row_of(refusal: Refusal, lines: Sequence[Line]) -> int:
    """The number of the line that a fault of the form is about: input, rows, its position."""
    position = next((int(part) for part in refusal.field or () if part.isdigit()), 0)
    return lines[min(position, len(lines) - 1)][0]


def _bad(field: str, code: str, words: str) -> BadField:
    return BadField(words, field=("input", field), code=code)
