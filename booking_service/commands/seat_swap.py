"""New seats for old in a paid booking, once nothing is owed any more."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands.confirm import sign_tickets
from booking_service.commands.hold import readable_code
from booking_service.commands.moves import (
    News,
    Running,
    change,
    free_seats,
    mark_seats,
    note,
    tell_waiting_list,
)
from booking_service.lifecycle import State
from booking_service.models import Booking, Claim, PaymentAttempt, Showtime, Ticket
from booking_service.queries.seat_maps import plan_of
from booking_service.rules.prices import discount_over, read_terms
from chassis.ids import new_id
from chassis.money import Money

# So long the dearer seats are kept beside the old ones.
PAYING_MINUTES = 10


def finish_seat_change(
    session: Session,
    runtime: Running,
    booking: Booking,
    showtime: Showtime,
    attempt: PaymentAttempt,
    news: News,
) -> bool:
    """The difference was paid: change the seats.

    False when they are no longer kept, the booking has ended, or somebody sits on one of the old seats already.
    """
    wanted = [seat_id for seat_id, _, _ in seats_of(attempt)]
    claimed = set(
        session.scalars(
            select(Claim.seat_id).where(Claim.showtime_id == showtime.id, Claim.booking_id == booking.id)
        )
    )
    if booking.state != State.CONFIRMED or not set(wanted) <= claimed or is_used(session, booking.id):
        return False
    swap(session, runtime, booking, showtime, attempt, news)
    booking.paid += attempt.amount
    return True


def is_used(session: Session, booking_id: str) -> bool:
    """Whether anybody was admitted with a ticket of the booking."""
    used = select(Ticket.id).where(Ticket.booking_id == booking_id, Ticket.state == "USED").limit(1)
    return session.scalar(used) is not None


def swap(
    session: Session,
    runtime: Running,
    booking: Booking,
    showtime: Showtime,
    attempt: PaymentAttempt,
    news: News,
) -> None:
    """New tickets for old: old ones void, their seats free, figures as the new seats cost."""
    chosen = seats_of(attempt)
    wanted = {seat_id for seat_id, _, _ in chosen}
    old = session.scalars(select(Ticket).where(Ticket.booking_id == booking.id, Ticket.state == "VALID"))
    gone = []
    for ticket in old:
        ticket.state = "VOID"
        if ticket.seat_id not in wanted:
            gone.append(ticket.seat_id)
    free_seats(session, showtime, booking.id, news, only=gone)
    tell_waiting_list(session, showtime)
    mark_seats(session, showtime, booking.id, "SOLD", None, news)
    price = _new_tickets(session, showtime, booking, chosen)
    off = discount_after(booking, price)
    change(
        session,
        booking,
        subtotal=price,
        discount=off,
        total=price - off + booking.fee,
        ticket_count=len(chosen),
    )
    sign_tickets(session, runtime, booking)
    note(
        session,
        booking.id,
        "change_seats",
        "DONE",
        attempt=booking.attempts,
        detail=", ".join(sorted(wanted)),
        actor_id=None if attempt.owner == booking.user_id else attempt.owner,
    )
    news.bookings.append((booking.cinema_id, booking.id))


def discount_after(booking: Booking, subtotal: int) -> int:
    """What the booking's coupon takes off seats that cost `subtotal`: anew, by the terms under which it was reserved.

    A booking from before terms were kept has the discount that it had.
    """
    if booking.coupon_terms is None:
        return min(booking.discount, subtotal)
    return discount_over(read_terms(booking.coupon_terms), Money(subtotal, booking.currency)).amount


def seats_of(attempt: PaymentAttempt) -> list[tuple[str, str, int]]:
    """Seat, ticket type and agreed price of each seat that a change of seats is for."""
    return [(seat_id, kind, price) for seat_id, kind, price in orjson.loads(attempt.seats or "[]")]


def write_seats(wanted: Sequence[tuple[str, str]], prices: Sequence[Money]) -> str:
    """The stored form that seats_of reads. The prices stand until the difference is paid."""
    return orjson.dumps(
        [[seat_id, kind, price.amount] for (seat_id, kind), price in zip(wanted, prices, strict=True)]
    ).decode()


def _new_tickets(
    session: Session, showtime: Showtime, booking: Booking, chosen: Sequence[tuple[str, str, int]]
) -> int:
    plan = {seat.id: seat for seat in plan_of(session, showtime)}
    for seat_id, kind, price in chosen:
        session.add(
            Ticket(
                id=new_id(), code=readable_code(10), booking_id=booking.id, showtime_id=showtime.id, seat_id=seat_id,
                category=plan[seat_id].category, ticket_type=kind, price=price, state="VALID",
            )
        )  # fmt: skip
    session.flush()
    return sum(price for _, _, price in chosen)


def drop_unpaid_change(session: Session, showtime: Showtime, booking: Booking, news: News) -> None:
    """The difference was not paid: give back the seats that were only kept for it."""
    kept = session.scalars(
        select(Ticket.seat_id).where(Ticket.booking_id == booking.id, Ticket.state != "VOID")
    )
    own = set(kept)
    claims = session.scalars(
        select(Claim.seat_id).where(
            Claim.showtime_id == showtime.id, Claim.booking_id == booking.id, Claim.state == "HELD"
        )
    )
    free_seats(
        session, showtime, booking.id, news, only=[seat_id for seat_id in claims if seat_id not in own]
    )
    tell_waiting_list(session, showtime)
