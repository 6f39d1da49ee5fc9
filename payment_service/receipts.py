"""Receipts: a PDF behind a short-lived signed link."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from chassis import links
from chassis.lettering import BOLD, PLAIN, printable, register_fonts
from chassis.runtime import Runtime
from payment_service.errors import PaymentNotFound
from payment_service.lifecycle import CAPTURED, PaymentMethod, RefundStatus
from payment_service.models import Cinema, Payment
from payment_service.queries import cinema_named, payments_by_id
from payment_service.settings import PaymentSettings

_LEFT, _RIGHT = 40.0, A5[0] - 40.0
_METHODS = {
    PaymentMethod.CARD: "Card",
    PaymentMethod.WALLET: "Wallet",
    PaymentMethod.BANK_TRANSFER: "Bank transfer",
    PaymentMethod.CASH: "Cash",
    PaymentMethod.COMP: "Complimentary",
}


def receipt_url(settings: PaymentSettings, payment: Payment, now: datetime) -> str | None:
    """A link that opens the receipt for some minutes, None while nothing was paid."""
    if payment.status not in CAPTURED:
        return None
    return links.sign(
        settings.public_url,
        f"/receipts/{payment.id}.pdf",
        settings.receipt_key,
        expires_at=now + timedelta(minutes=settings.receipt_link_minutes),
    )


def receipts_blueprint(runtime: Runtime[PaymentSettings]) -> Blueprint:
    """GET /receipts/<payment id>.pdf, for those who hold a signed link."""
    blueprint = Blueprint("receipts", __name__)

    @blueprint.get("/receipts/<payment_id>.pdf")
    def _receipt(payment_id: str) -> Response:
        links.verify(
            request.path,
            runtime.settings.receipt_key,
            expires=request.args.get("expires"),
            subject=request.args.get("subject"),
            signature=request.args.get("signature"),
            now=runtime.clock.now(),
        )
        payment = runtime.database.read(lambda s: payments_by_id(s, [payment_id])).get(payment_id)
        if payment is None or payment.status not in CAPTURED:
            raise PaymentNotFound
        cinema_id = payment.cinema_id
        cinema = runtime.database.read(lambda session: cinema_named(session, cinema_id))
        response = Response(receipt_pdf(payment, cinema), mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="receipt-{payment.id[-12:]}.pdf"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return blueprint


def receipt_pdf(payment: Payment, cinema: Cinema | None) -> bytes:
    """The receipt of a captured payment: same payment, same bytes."""
    register_fonts()
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A5, invariant=True)
    canvas.setTitle(f"Receipt {payment.id}")
    canvas.setAuthor("Lobbycard")
    canvas.setFont(BOLD, 20)
    canvas.drawString(_LEFT, A5[1] - 60, "Receipt")
    canvas.setFont(PLAIN, 9)
    canvas.drawRightString(_RIGHT, A5[1] - 60, printable(cinema.name if cinema else "Lobbycard", 40))
    line = A5[1] - 95
    for label, value in _facts(payment, cinema.time_zone if cinema else "UTC"):
        canvas.setFont(PLAIN, 9)
        canvas.drawString(_LEFT, line, label)
        canvas.drawRightString(_RIGHT, line, printable(value, 52))
        line -= 18
    canvas.line(_LEFT, line + 8, _RIGHT, line + 8)
    for label, value, font in _sums(payment):
        line -= 14
        canvas.setFont(font, 10)
        canvas.drawString(_LEFT, line, label)
        canvas.drawRightString(_RIGHT, line, value)
        line -= 6
    canvas.save()
    return paper.getvalue()


def _facts(payment: Payment, time_zone: str) -> list[tuple[str, str]]:
    settled = (payment.settled_at or payment.created_at).astimezone(
        UTC if time_zone == "UTC" else ZoneInfo(time_zone)
    )
    facts = [
        ("Receipt number", payment.id),
        ("Date", settled.strftime("%d %B %Y, %H:%M %Z")),
        ("Booking", payment.booking_id),
        ("Paid by", _METHODS[PaymentMethod(payment.method)]),
    ]
    if payment.description:
        facts.insert(3, ("For", payment.description))
    if payment.provider_reference:
        facts.append(("Reference", payment.provider_reference))
    return facts


def _sums(payment: Payment) -> list[tuple[str, str, str]]:
    sums = [("Paid", str(payment.amount), BOLD)]
    given_back = [refund for refund in payment.refunds if refund.status == RefundStatus.SUCCEEDED]
    sums += [
        (f"Refunded on {(refund.settled_at or refund.created_at):%d %B %Y}", f"−{refund.amount}", PLAIN)
        for refund in given_back
    ]
    if given_back:
        sums.append(("Remaining", str(payment.amount - payment.refunded), BOLD))
    return sums
