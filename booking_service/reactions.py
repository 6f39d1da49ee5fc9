"""Door two, "something happened": which event leads to which command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from booking_service.commands import copies
from booking_service.commands.moves import News
from booking_service.commands.refunds import hear_refund
from booking_service.commands.settle import BY_EVENT, settle_in
from booking_service.peers import Charge
from chassis.events import Envelope
from chassis.money import Money
from chassis.runtime import Runtime
from chassis.worker import Reaction


def payment_settled(
    runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], _envelope: Envelope
) -> None:
    """One of the three ways in which an unanswered payment is settled."""
    amount = Money(payload["amount"]["amount"], payload["amount"]["currency"])
    charge = Charge(payload["outcome"], payload["paymentId"], payload.get("failureCode"), amount=amount)
    news = News()
    settle_in(session, runtime, payload["idempotencyKey"], charge, news, learnt=BY_EVENT)
    # Told a moment before the commit: those who watch read the state again, and the next change corrects them.
    news.tell(runtime)


def payment_refunded(
    runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], _envelope: Envelope
) -> None:
    """What went back is no longer there for a cancellation to give back."""
    news = News()
    money = Money(payload["amount"]["amount"], payload["amount"]["currency"])
    hear_refund(
        session, news, payment_id=payload["paymentId"], refund_id=payload["refundId"], booking_id=payload["bookingId"],
        key=payload["idempotencyKey"], money=money, reason=payload["reason"] or "",
    )  # fmt: skip
    news.tell(runtime)


def user_changed(
    _runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], _envelope: Envelope
) -> None:
    """Keep the copy of a guest's contact."""
    copies.keep_user(
        session, payload["userId"], email=payload["email"], phone=payload["phone"], name=payload["name"]
    )


def user_erased(
    _runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], _envelope: Envelope
) -> None:
    """Bookings stay, without a name."""
    copies.erase_user(session, payload["userId"])


def cinema_changed(
    _runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], _envelope: Envelope
) -> None:
    """Names of showtimes to come follow the cinema's."""
    copies.keep_cinema(
        session, payload["cinemaId"], name=payload["name"], city=payload["city"], time_zone=payload["timeZone"],
        currency=payload["currency"],
    )  # fmt: skip


def movie_changed(
    _runtime: Runtime[Any], session: Session, payload: Mapping[str, Any], _envelope: Envelope
) -> None:
    """Titles of showtimes to come follow the film's."""
    copies.keep_movie(
        session, payload["movieId"], title=payload["title"], duration_minutes=payload["durationMinutes"],
        genres=payload.get("genres"),
    )  # fmt: skip


REACTIONS: dict[str, Reaction] = {
    "payment.settled": payment_settled,
    "payment.refunded": payment_refunded,
    "user.registered": user_changed,
    "user.updated": user_changed,
    "user.erased": user_erased,
    "cinema.changed": cinema_changed,
    "movie.changed": movie_changed,
}
