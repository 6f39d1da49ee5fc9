"""Downloads by signed link, and the published ticket keys. A link was signed for a booking or an export."""

from __future__ import annotations

import redis
from flask import Blueprint, Response, current_app, g, request, send_file
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from booking_service import peers
from booking_service.commands.exports import file_of
from booking_service.commands.moves import Running
from booking_service.lifecycle import State
from booking_service.models import Booking, ExportRow, Showtime, Ticket
from booking_service.queries.bookings import tickets_of
from booking_service.tickets.calendar import Appointment, calendar_file
from booking_service.tickets.pdf import PaperShow, PaperTicket, ticket_pdf
from booking_service.tickets.signing import TicketKeys
from chassis.database import utc_now
from chassis.endpoint import json_response
from chassis.errors import NotFound, Unavailable
from chassis.identity import Role
from chassis.links import owner, verify
from chassis.revocations import Revocations

blueprint = Blueprint("files", __name__)
PUBLIC_PATHS = ("/files/", "/.well-known/tickets.json")
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _runtime() -> Running:
    runtime: Running = current_app.extensions["runtime"]
    return runtime


@blueprint.get("/.well-known/tickets.json")
def published_keys() -> Response:
    """Public keys with which anybody can check a ticket."""
    response = json_response(TicketKeys(_runtime().settings.ticket_signing_keys).published())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/files/tickets/<booking_id>.pdf")
def tickets_pdf(booking_id: str) -> Response:
    """The booking's tickets on paper."""
    booking, showtime, tickets = _confirmed(booking_id)
    show = PaperShow(
        showtime.movie_title, showtime.cinema_name, showtime.auditorium_name, showtime.starts_at, showtime.time_zone,
        booking.reference,
    )  # fmt: skip
    pages = [
        PaperTicket(ticket.seat_id, ticket.ticket_type.capitalize(), ticket.code, ticket.qr_payload or "")
        for ticket in tickets
    ]
    return _download(ticket_pdf(show, pages), "application/pdf", f"tickets-{booking.reference}.pdf")


@blueprint.get("/files/calendar/<booking_id>.ics")
def calendar(booking_id: str) -> Response:
    """The booking as a calendar entry."""
    booking, showtime, tickets = _confirmed(booking_id)
    entry = Appointment(
        booking.id, booking.reference, showtime.movie_title, showtime.cinema_name, showtime.auditorium_name,
        showtime.starts_at, showtime.ends_at, showtime.time_zone, tuple(ticket.seat_id for ticket in tickets),
        booking.confirmed_at or booking.created_at, peers.cinema_address(_runtime(), showtime.auditorium_id),
    )  # fmt: skip
    return _download(calendar_file(entry), "text/calendar", f"{booking.reference}.ics")


@blueprint.get("/files/exports/<name>")
def export(name: str) -> AnyResponse:
    """A finished export: for the person who asked; without their token for minutes, and not once that session ended."""
    runtime = _runtime()
    now = runtime.database.read(utc_now)
    user_id, session_id = owner(
        request.path, runtime.settings.internal_secret, g.caller, request.args, now=now
    )
    if g.caller.user_id is not None and not g.caller.has_role(Role.STAFF):
        raise NotFound("This file is for staff.")  # asked for by somebody who was
    if session_id and _has_ended(runtime, session_id):
        raise NotFound("This link has ended with your session. Please sign in and ask for a new one.")
    row = runtime.database.read(lambda session: session.get(ExportRow, name.partition(".")[0]))
    if row is None or row.user_id != user_id or row.state != "READY" or not file_of(runtime, row).is_file():
        raise NotFound("This file is no longer there. Please ask for a new one.")
    kind = row.format.lower()
    return send_file(
        file_of(runtime, row),
        mimetype=TYPES[kind],
        as_attachment=True,
        download_name=f"{row.kind.lower()}.{kind}",
    )


def _has_ended(runtime: Running, session_id: str) -> bool:
    try:
        return Revocations(runtime.redis).is_revoked(session_id)
    except redis.RedisError as error:  # the file is full of people: closed while nobody can tell
        raise Unavailable from error


def _check_link() -> None:
    runtime = _runtime()
    now = runtime.database.read(utc_now)
    given = request.args
    verify(
        request.path, runtime.settings.internal_secret, expires=given.get("expires"), subject=given.get("subject"),
        signature=given.get("signature"), now=now,
    )  # fmt: skip


def _confirmed(booking_id: str) -> tuple[Booking, Showtime, list[Ticket]]:
    """The booking behind a good link. Raises NotFound for a bad one, or when there are no tickets any more."""
    _check_link()

    def work(session: Session) -> tuple[Booking, Showtime, list[Ticket]]:
        booking = session.get(Booking, booking_id)
        if booking is None or booking.state != State.CONFIRMED:
            raise NotFound("This booking has no tickets.")
        showtime = session.get(Showtime, booking.showtime_id)
        assert showtime is not None
        return booking, showtime, tickets_of(session, [booking_id])[booking_id]

    return _runtime().database.read(work)


def _download(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
