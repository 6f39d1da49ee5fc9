"""Hold seats: all or none, for a while, at a price that stands.

Redis keeps the crowd away, then one transaction decides: the showtime's row is locked, the rules look at the
claims as they are, and the claims' primary key has the last word.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.copies import contact_of
from booking_service.commands.expiry import expire
from booking_service.commands.keep import coupon_of, follow_coupon
from booking_service.commands.moves import (
    News,
    Running,
    change,
    free_seats,
    lock_showtime,
    note,
    record_change,
    run,
    take_seats,
    tell_waiting_list,
)
from booking_service.commands.seat_checks import (
    Others,
    check_holding_cap,
    check_person_cap,
    check_rules,
    others_of,
    prices_of,
)
from booking_service.commands.seat_locks import all_taken, lock_or_refuse, unlock_unclaimed
from booking_service.commands.waiting_room import check_admission
from booking_service.errors import BookingUnknown, HoldExpired, NotHeld, SalesClosed, ShowtimeUnknown
from booking_service.lifecycle import State
from booking_service.live import first_owner
from booking_service.models import Booking, Claim, Showtime, Ticket
from booking_service.queries.policies import Policy, policy_of
from booking_service.queries.seat_maps import is_live, plan_of
from booking_service.rules.inputs import check_lengths
from booking_service.rules.prices import sum_up
from booking_service.rules.schedule import is_on_sale
from booking_service.rules.seats import Seat, check_choice
from chassis import idempotency
from chassis.database import utc_now
from chassis.folding import fold
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.kill_points import reached
from chassis.money import Money

# Letters and digits that are not mistaken for one another when read aloud.
READABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class SeatChoice:
    """A seat and the kind of ticket for it."""

    seat_id: str
    ticket_type: str


@dataclass(frozen=True)
class HoldWish:
    """What somebody asks to hold. `desk`: sold by staff, who may break the rules made for guests."""

    showtime_id: str
    seats: tuple[SeatChoice, ...]
    booking_id: str | None = None
    place_token: str | None = None
    idempotency_key: str | None = None
    desk: bool = False


def hold_seats(runtime: Running, caller: Caller, wish: HoldWish) -> str:
    """Hold the seats for the caller; the booking's id.

    Raises Refusal or Refusals (SEAT_TAKEN and the others of the contract), Unauthenticated. A repeated idempotency
    key gives the first answer.
    """
    user_id = caller.require_user()
    check_lengths(idempotencyKey=wish.idempotency_key)
    before, coupon = runtime.database.read(lambda session: _looked(session, runtime, user_id, wish))
    if before is not None:
        return before  # asked again: the seats are locked by the first answer
    booking_id = wish.booking_id or _fresh_id(runtime, user_id, wish)
    seat_ids = [choice.seat_id for choice in wish.seats]
    contact = contact_of(runtime, user_id) if not wish.desk else None
    lock_or_refuse(runtime, wish.showtime_id, seat_ids, booking_id)
    try:
        held = _held(runtime, user_id, booking_id, wish, contact)
    except Exception:
        unlock_unclaimed(runtime, wish.showtime_id, seat_ids, booking_id)
        raise
    reached("booking.after_hold_commit")
    if coupon is not None:
        follow_coupon(runtime, caller, held, coupon)
    return held


def _looked(
    session: Session, runtime: Running, user_id: str, wish: HoldWish
) -> tuple[str | None, str | None]:
    """The booking that the same key made before, and the coupon of the hold whose seats are to be replaced.

    Raises what is wrong with the wish whatever the others hold: nothing is locked for a choice that can't be.
    """
    before = _recalled(session, user_id, wish)
    if before is not None:
        return before, None
    showtime = session.get(Showtime, wish.showtime_id)
    if showtime is None:
        raise ShowtimeUnknown(field=("input", "showtimeId"))
    if wish.booking_id is not None:
        _check_own(session.get(Booking, wish.booking_id), wish, user_id)
    policy = policy_of(session, runtime.settings, showtime.cinema_id, showtime.currency)
    _check_choice(session, showtime, policy, wish)
    return None, coupon_of(session, wish.booking_id, user_id)


def _check_choice(session: Session, showtime: Showtime, policy: Policy, wish: HoldWish) -> Sequence[Seat]:
    """The showtime's plan. Raises Refusals unless the seats make a possible choice."""
    plan = plan_of(session, showtime)
    wanted = [seat.seat_id for seat in wish.seats]
    check_choice(wanted, {seat.id for seat in plan}, maximum=policy.maximum_seats)
    return plan


def _held(
    runtime: Running, user_id: str, booking_id: str, wish: HoldWish, contact: peers.Contact | None
) -> str:
    """Decide in the database. A clash of keys is looked at once more: then the one who was faster is seen."""

    def work(session: Session, news: News) -> str:
        return _hold(session, runtime, user_id, booking_id, wish, contact, news)

    try:
        return run(runtime, work)
    except IntegrityError:
        try:
            return run(runtime, work)
        except IntegrityError as error:
            seat_ids = [choice.seat_id for choice in wish.seats]
            raise all_taken(seat_ids, seat_ids) from error


def _fresh_id(runtime: Running, user_id: str, wish: HoldWish) -> str:
    """An id for the hold; the same wish sent twice at once meets under one, and so does not refuse itself."""
    if wish.idempotency_key is None:
        return new_id()
    asked = idempotency.fingerprint(user_id, wish.idempotency_key, _mark(wish))
    return first_owner(runtime.redis, asked, new_id())


def _hold(
    session: Session,
    runtime: Running,
    user_id: str,
    booking_id: str,
    wish: HoldWish,
    contact: peers.Contact | None,
    news: News,
) -> str:
    showtime = lock_showtime(session, wish.showtime_id)
    before = _recalled(session, user_id, wish)  # under the lock: the same wish may have been a moment faster
    if before is not None:
        return before
    now = utc_now(session)
    policy = policy_of(session, runtime.settings, showtime.cinema_id, showtime.currency)
    _check_sales(session, runtime, showtime, user_id, wish, now)
    old = _replaced(session, wish, user_id, now)
    plan = _check_choice(session, showtime, policy, wish)
    others = _others(session, showtime, wish, booking_id, user_id, now, news)
    if not wish.desk:
        check_holding_cap(policy, others, len(wish.seats))
        check_person_cap(runtime.settings, policy, others, len(wish.seats))
        check_rules(
            runtime.settings, policy, showtime, plan, others, {seat.seat_id for seat in wish.seats}, now
        )
    kept = {} if old is None else _prices_kept(session, booking_id)
    wanted = [(seat.seat_id, seat.ticket_type) for seat in wish.seats]
    prices = prices_of(session, showtime, plan, wanted, kept)
    if old is None:
        booking = _new_booking(runtime, showtime, user_id, booking_id, wish, policy, prices, contact, now)
        session.add(booking)
        session.flush()
    else:
        booking = old
        _replace(session, showtime, booking, wish, prices, news)
    _take(session, showtime, booking, wish, user_id, news)
    _write_tickets(session, showtime, booking, plan, wish, prices)
    _conclude(session, showtime, user_id, booking_id, wish, news)
    return booking_id


def _conclude(
    session: Session, showtime: Showtime, user_id: str, booking_id: str, wish: HoldWish, news: News
) -> None:
    if news.unlocked:
        tell_waiting_list(session, showtime)  # of what is left after this hold
    note(session, booking_id, "hold", "HELD", detail=", ".join(seat.seat_id for seat in wish.seats))
    if not wish.desk:  # at the desk the sale itself is recorded
        seats = [seat.seat_id for seat in wish.seats]
        record_change(session, user_id, "booking.hold", booking_id, after={"seats": seats})
    if wish.idempotency_key is not None:
        idempotency.store(session, user_id, "holdSeats", wish.idempotency_key, _mark(wish), booking_id)
    news.bookings.append((showtime.cinema_id, booking_id))
    reached("booking.before_hold_commit")


def _mark(wish: HoldWish) -> str:
    seats = [(seat.seat_id, seat.ticket_type) for seat in wish.seats]
    return idempotency.fingerprint(wish.showtime_id, seats, wish.booking_id, wish.desk)


def _recalled(session: Session, user_id: str, wish: HoldWish) -> str | None:
    """The booking that this key made before. Raises IdempotencyKeyReused when it came with another wish."""
    if wish.idempotency_key is None:
        return None
    answer = idempotency.recall(session, user_id, "holdSeats", wish.idempotency_key, _mark(wish))
    return None if answer is None else str(answer)


def _check_sales(
    session: Session, runtime: Running, showtime: Showtime, user_id: str, wish: HoldWish, now: datetime
) -> None:
    if wish.desk:
        if showtime.state != "PUBLISHED" or now >= showtime.ends_at:
            raise SalesClosed("This showtime is not on sale.", field=("input", "showtimeId"))
        return
    on_sale = is_on_sale(
        state=showtime.state,
        sales_open_at=showtime.sales_open_at,
        sales_close_at=showtime.sales_close_at,
        now=now,
    )
    if not on_sale:
        raise SalesClosed(field=("input", "showtimeId"))
    check_admission(session, runtime, showtime.id, user_id, wish.place_token, now)


def _replaced(session: Session, wish: HoldWish, user_id: str, now: datetime) -> Booking | None:
    """The own hold whose seats the wish replaces."""
    if wish.booking_id is None:
        return None
    booking = session.scalar(
        select(Booking)
        .where(Booking.id == wish.booking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    booking = _check_own(booking, wish, user_id)
    if booking.state == State.EXPIRED or (booking.expires_at is not None and booking.expires_at <= now):
        raise HoldExpired(field=("input", "bookingId"))
    if booking.state != State.HELD:
        raise NotHeld(field=("input", "bookingId"))
    return booking


def _check_own(booking: Booking | None, wish: HoldWish, user_id: str) -> Booking:
    """The booking, if it is the person's own for this showtime. Raises BookingUnknown."""
    if booking is None or booking.user_id != user_id or booking.showtime_id != wish.showtime_id:
        raise BookingUnknown(field=("input", "bookingId"))
    return booking


def _others(
    session: Session, showtime: Showtime, wish: HoldWish, booking_id: str, user_id: str, now: datetime, news: News
) -> Others:  # fmt: skip
    """What others have. Holds that are over and in the way are ended first.

    Raises Refusals with SEAT_TAKEN for each chosen seat that somebody has.
    """
    wanted = [seat.seat_id for seat in wish.seats]
    claims = list(session.scalars(select(Claim).where(Claim.showtime_id == showtime.id)))
    others = others_of(claims, booking_id=booking_id, user_id=user_id, now=now)
    if not others.taken.isdisjoint(wanted):
        raise all_taken(wanted, others.taken)
    over = {claim.booking_id for claim in claims if claim.seat_id in wanted and not is_live(claim, now)}
    for stale_id in sorted(stale for stale in over if stale is not None and stale != booking_id):
        stale_booking = session.get(Booking, stale_id, populate_existing=True)
        if stale_booking is not None and stale_booking.state == State.HELD:
            expire(session, stale_booking, showtime, news, detail="in the way", tells=False)
        elif stale_booking is not None:  # kept for a change of seats that was not paid in time
            gone = [c.seat_id for c in claims if c.booking_id == stale_id and not is_live(c, now)]
            free_seats(session, showtime, stale_id, news, only=gone)
    session.expire_all()
    return others


def _prices_kept(session: Session, booking_id: str) -> dict[tuple[str, str], int]:
    """What the seats of a hold cost when they were held, by seat and ticket type."""
    tickets = session.scalars(select(Ticket).where(Ticket.booking_id == booking_id))
    return {(ticket.seat_id, ticket.ticket_type): ticket.price for ticket in tickets}


def _new_booking(
    runtime: Running, showtime: Showtime, user_id: str, booking_id: str, wish: HoldWish, policy: Policy,
    prices: Sequence[Money], contact: peers.Contact | None, now: datetime,
) -> Booking:  # fmt: skip
    figures = sum_up(prices, fee=Money(0, showtime.currency) if wish.desk else policy.fee)
    reference = readable_code(4) + "-" + readable_code(4)
    words = [reference.replace("-", ""), reference]
    if contact is not None:
        words += [contact.email or "", contact.phone or "", contact.name]
    return Booking(
        id=booking_id,
        reference=reference,
        user_id=None if wish.desk else user_id,
        showtime_id=showtime.id,
        cinema_id=showtime.cinema_id,
        movie_id=showtime.movie_id,
        starts_at=showtime.starts_at,
        state=State.HELD.value,
        version=1,
        expires_at=now + timedelta(minutes=policy.hold_minutes),
        extensions_left=runtime.settings.extensions,
        channel="DESK" if wish.desk else "WEB",
        currency=showtime.currency,
        subtotal=figures.subtotal.amount,
        discount=0,
        fee=figures.fee.amount,
        total=figures.total.amount,
        contact_email=contact.email if contact else None,
        contact_phone=contact.phone if contact else None,
        search_text=fold(" ".join(words)),
        ticket_count=len(prices),
        created_at=now,
    )


def _replace(
    session: Session, showtime: Showtime, booking: Booking, wish: HoldWish, prices: Sequence[Money], news: News
) -> None:  # fmt: skip
    """Give up what the hold no longer wants; the deadline stays, a coupon is applied anew afterwards."""
    wanted = {seat.seat_id for seat in wish.seats}
    own = select(Claim.seat_id).where(Claim.showtime_id == showtime.id, Claim.booking_id == booking.id)
    gone = [seat_id for seat_id in session.scalars(own) if seat_id not in wanted]
    free_seats(session, showtime, booking.id, news, only=gone)
    session.execute(delete(Ticket).where(Ticket.booking_id == booking.id))
    figures = sum_up(prices, fee=Money(booking.fee, booking.currency))
    change(
        session, booking, subtotal=figures.subtotal.amount, discount=0, total=figures.total.amount, coupon_code=None,
        coupon_terms=None, ticket_count=len(prices),
    )  # fmt: skip


def _take(
    session: Session, showtime: Showtime, booking: Booking, wish: HoldWish, user_id: str, news: News
) -> None:
    """Claim the chosen seats that the booking does not have yet. Seats sold at the desk are no guest's."""
    own = select(Claim.seat_id).where(Claim.showtime_id == showtime.id, Claim.booking_id == booking.id)
    has = set(session.scalars(own))
    take_seats(
        session, showtime, [seat.seat_id for seat in wish.seats if seat.seat_id not in has], state="HELD",
        booking_id=booking.id, user_id=None if wish.desk else user_id, expires_at=booking.expires_at, news=news,
    )  # fmt: skip


def _write_tickets(
    session: Session,
    showtime: Showtime,
    booking: Booking,
    plan: Sequence[Seat],
    wish: HoldWish,
    prices: Sequence[Money],
) -> None:
    category = {seat.id: seat.category for seat in plan}
    for choice, price in zip(wish.seats, prices, strict=True):
        session.add(
            Ticket(
                id=new_id(),
                code=readable_code(10),
                booking_id=booking.id,
                showtime_id=showtime.id,
                seat_id=choice.seat_id,
                category=category[choice.seat_id],
                ticket_type=choice.ticket_type,
                price=price.amount,
                state="VALID",
            )
        )


def readable_code(length: int, choose: Callable[[str], str] = secrets.choice) -> str:
    """A random code of `length` letters and digits that can be read aloud (5 bits each)."""
    return "".join(choose(READABLE) for _ in range(length))
