"""Tickets on paper: one A5 page, landscape, a seat, with a QR code of 40 mm."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from chassis.lettering import BOLD, PLAIN, printable, register_fonts

QR_SIDE = 40 * mm
MARGIN = 12 * mm


@dataclass(frozen=True)
class PaperTicket:
    """What is printed of one ticket."""

    seat: str
    kind: str
    code: str
    qr_payload: str


@dataclass(frozen=True)
class PaperShow:
    """What is printed of the showtime and booking."""

    movie_title: str
    cinema_name: str
    auditorium_name: str
    starts_at: datetime
    time_zone: str
    reference: str


def ticket_pdf(show: PaperShow, tickets: Sequence[PaperTicket]) -> bytes:
    """A PDF with one page for each ticket; the same input gives the same bytes."""
    register_fonts()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=landscape(A5), invariant=True)
    canvas.setTitle(f"{show.movie_title} · {show.reference}")
    for ticket in tickets:
        _page(canvas, show, ticket)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _page(canvas: Canvas, show: PaperShow, ticket: PaperTicket) -> None:
    width, height = landscape(A5)
    local = show.starts_at.astimezone(ZoneInfo(show.time_zone))
    left, room = MARGIN, width - 3 * MARGIN - QR_SIDE
    _fitted(canvas, show.movie_title, left, height - MARGIN - 8 * mm, room, size=24, font=BOLD)
    _fitted(
        canvas, f"{show.cinema_name} · {show.auditorium_name}", left, height - MARGIN - 18 * mm, room, size=13
    )
    _fitted(canvas, f"{local:%A, %d %B %Y, %H:%M}", left, height - MARGIN - 27 * mm, room, size=13)
    canvas.setFont(BOLD, 40)
    canvas.drawString(left, MARGIN + 24 * mm, printable(ticket.seat, font=BOLD))
    canvas.setFont(PLAIN, 12)
    canvas.drawString(left, MARGIN + 16 * mm, ticket.kind)
    canvas.drawString(left, MARGIN + 8 * mm, f"Booking {show.reference}")
    canvas.drawString(left, MARGIN, f"Ticket {ticket.code}")
    _qr(canvas, ticket.qr_payload, width - MARGIN - QR_SIDE, (height - QR_SIDE) / 2)


def _fitted(
    canvas: Canvas, text: str, x: float, y: float, room: float, *, size: float, font: str = PLAIN
) -> None:
    """Draw `text` in the largest size up to `size` that fits the room. Letters the font lacks are replaced."""
    shown = printable(text, font=font)
    while size > 7 and pdfmetrics.stringWidth(shown, font, size) > room:
        size -= 0.5
    canvas.setFont(font, size)
    canvas.drawString(x, y, shown)


def _qr(canvas: Canvas, text: str, x: float, y: float) -> None:
    rows = list(segno.make(text, error="m", micro=False).matrix)
    side = QR_SIDE / len(rows)
    for row_number, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:
                canvas.rect(
                    x + column * side, y + QR_SIDE - (row_number + 1) * side, side, side, stroke=0, fill=1
                )
