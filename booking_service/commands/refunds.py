"""Money that has to go back: written down with the reason for it, then tried until it is done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking_service import peers
from booking_service.commands.moves import News, Running, lock_booking, note, note_again, run
from booking_service.models import Booking, PaymentAttempt, RefundDue
from chassis.database import sql_now, utc_now
from chassis.errors import Unavailable
from chassis.kill_points import reached
from chassis.logs import log
from chassis.money import Money
from chassis.peers import PeerError

BATCH = 50
LONGEST_PAUSE_SECONDS = 300
FIRST_PAUSE_SECONDS = 5


def owe_refund(
    session: Session, booking: Booking, *, payment_id: str, amount: int, key: str, reason: str
) -> None:
    """Write down that `amount` of a payment goes back; the same `key` is one refund however often it is asked for."""
    if amount <= 0 or session.get(RefundDue, key) is not None:
        return
    session.add(
        RefundDue(
            key=key,
            booking_id=booking.id,
            payment_id=payment_id,
            amount=amount,
            currency=booking.currency,
            reason=reason[:500],
            next_try_at=utc_now(session),
        )
    )
    session.flush()


def money_left(session: Session, booking: Booking) -> list[tuple[str, int]]:
    """What each payment of the booking still holds: captured, less what went back or is due to; first payment first."""
    extra = session.scalars(
        select(PaymentAttempt).where(
            PaymentAttempt.booking_id == booking.id, PaymentAttempt.outcome == "SUCCEEDED",
            PaymentAttempt.purpose == "SEAT_CHANGE", PaymentAttempt.amount > 0,
        ).order_by(PaymentAttempt.at, PaymentAttempt.provider_key)
    )  # fmt: skip
    later = [(attempt.payment_id, attempt.amount) for attempt in extra if attempt.payment_id is not None]
    promised = [
        due
        for due in session.scalars(select(RefundDue).where(RefundDue.booking_id == booking.id))
        if not is_return(due.key)
    ]
    captured = booking.paid + sum(due.amount for due in promised if due.state == "DONE")
    first = (booking.payment_id, captured - sum(amount for _, amount in later))
    left = []
    for payment_id, amount in (first, *later):
        gone = sum(due.amount for due in promised if due.payment_id == payment_id)
        if payment_id is not None and amount > gone:
            left.append((payment_id, amount - gone))
    return left


def owe_back(session: Session, booking: Booking, amount: int, *, key: str, reason: str) -> None:
    """Write down that `amount` goes back, spread over the payments that still hold money."""
    for index, (payment_id, left) in enumerate(money_left(session, booking)):
        share = min(amount, left)
        owe_refund(session, booking, payment_id=payment_id, amount=share, key=f"{key}:{index}", reason=reason)
        amount -= share


def is_return(key: str) -> bool:
    """Whether the refund is of money that never became the booking's."""
    return key.endswith(":return")


def pay_refunds_due(runtime: Running, booking_id: str | None = None) -> int:
    """Try the refunds whose time has come (of one booking, or all); how many were done."""
    due = runtime.database.read(lambda session: _due(session, booking_id))
    return sum(_guarded(runtime, refund) for refund in due)


def _guarded(runtime: Running, due: RefundDue) -> bool:
    """Whatever goes wrong with one refund, the others behind it are tried."""
    try:
        return _try(runtime, due)
    except Exception as error:  # noqa: BLE001  # it stays DUE and is tried again in the next round
        log().error("refund not recorded", key=due.key, error=repr(error), exc_info=error)
        return False


def _due(session: Session, booking_id: str | None) -> list[RefundDue]:
    query = select(RefundDue).where(RefundDue.state == "DUE", RefundDue.next_try_at <= sql_now())
    if booking_id is not None:
        query = query.where(RefundDue.booking_id == booking_id)
    return list(session.scalars(query.order_by(RefundDue.next_try_at).limit(BATCH)))


def _try(runtime: Running, due: RefundDue) -> bool:
    failure: str | None = None
    reached("booking.before_refund_call")
    try:
        amount = Money(due.amount, due.currency)
        done = peers.refund(runtime, payment_id=due.payment_id, amount=amount, reason=due.reason, key=due.key)
    except (Unavailable, PeerError) as error:
        done, failure = False, repr(error)
        log().warning("refund not done", booking_id=due.booking_id, error=failure)
    reached("booking.before_refund_mark")
    return run(runtime, lambda session, news: _record(session, news, due.key, done, failure))


def _record(session: Session, news: News, key: str, done: bool, failure: str | None) -> bool:
    booking_id = session.scalar(select(RefundDue.booking_id).where(RefundDue.key == key))
    assert booking_id is not None  # rows of this table are never deleted
    booking, _showtime = lock_booking(session, booking_id)
    due = session.get(RefundDue, key, populate_existing=True)
    assert due is not None
    if due.state != "DUE":
        return False
    due.tries += 1
    if done:
        due.state = "DONE"
        booking.refunded += due.amount
        booking.paid = max(0, booking.paid - due.amount) if not is_return(key) else booking.paid
        note(
            session,
            booking.id,
            "refund",
            "DONE",
            attempt=due.tries,
            detail=str(Money(due.amount, due.currency)),
        )
    else:
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(due.tries, 8))
        due.next_try_at = utc_now(session) + timedelta(seconds=pause)
        outcome = "PENDING" if failure is None else "FAILED"
        note_again(session, booking.id, "refund", outcome, detail=failure)
    news.bookings.append((booking.cinema_id, booking.id))
    return done


def hear_refund(
    session: Session, news: News, *, payment_id: str, refund_id: str, booking_id: str, key: str, money: Money, reason: str
) -> None:  # fmt: skip
    """Money went back: one of our own refunds is done, or somebody gave some back by hand, which counts as well."""
    own = key.partition("#")[0]  # payment_service numbers the tries of a refund that was refused at first
    if session.get(RefundDue, own) is not None:
        _record(session, news, own, True, None)
        return
    if session.get(Booking, booking_id) is None:
        return
    booking, _showtime = lock_booking(session, booking_id)
    amount, told = money.amount, f"{money} by hand: {reason}"
    if money.currency != booking.currency:  # never the booking's: payment_service declined it as unmatched
        note(session, booking.id, "refund", "DONE", detail=told)
        return
    attempt = session.scalar(select(PaymentAttempt).where(PaymentAttempt.payment_id == payment_id))
    # A payment that is not known here yet is the one that the booking still waits for.
    was_the_bookings = (
        _waits_for_money(session, booking) if attempt is None else attempt.outcome in ("OPEN", "SUCCEEDED")
    )
    by_hand = RefundDue(
        key=refund_id if was_the_bookings else f"{refund_id}:return", booking_id=booking.id, payment_id=payment_id,
        amount=amount, currency=booking.currency, reason=reason[:500], state="DONE", next_try_at=utc_now(session),
    )  # fmt: skip
    session.add(by_hand)
    session.flush()
    booking.refunded += amount
    if attempt is not None and attempt.outcome == "SUCCEEDED":  # of an open one it is taken off as it settles
        booking.paid = max(0, booking.paid - amount)
    note(session, booking.id, "refund", "DONE", detail=told)
    if attempt is not None:
        _owe_less(session, booking, by_hand, captured=attempt.amount)
    news.bookings.append((booking.cinema_id, booking.id))


def _waits_for_money(session: Session, booking: Booking) -> bool:
    """Whether nobody has told the booking yet what became of a payment."""
    waits = select(PaymentAttempt.provider_key).where(
        PaymentAttempt.booking_id == booking.id, PaymentAttempt.outcome == "OPEN"
    )
    return booking.payment_id is None or session.scalar(waits.limit(1)) is not None


def gone_already(session: Session, payment_id: str | None) -> int:
    """What was given back of a payment by hand before the booking knew that it was captured."""
    if payment_id is None:
        return 0
    done = select(func.sum(RefundDue.amount)).where(
        RefundDue.payment_id == payment_id, RefundDue.state == "DONE"
    )
    return int(session.scalar(done) or 0)


def is_not_the_bookings(session: Session, payment_id: str) -> None:
    """The payment goes back: so what was given back of it by hand was never the booking's money either."""
    for due in session.scalars(select(RefundDue).where(RefundDue.payment_id == payment_id)):
        if not is_return(due.key):
            due.key = f"{due.key}:return"
    session.flush()


def _owe_less(session: Session, booking: Booking, by_hand: RefundDue, *, captured: int) -> None:
    """What was given back by hand can't go back again: refunds of the same payment that wait ask for what is left."""
    rows = list(session.scalars(select(RefundDue).where(RefundDue.payment_id == by_hand.payment_id)))
    left = captured - sum(row.amount for row in rows if row.state == "DONE")
    for due in sorted((row for row in rows if row.state == "DUE"), key=lambda row: row.key):
        possible = due.amount - by_hand.amount if is_return(due.key) else left
        if due.amount > possible:
            due.amount = max(0, possible)
            note(
                session,
                booking.id,
                "refund",
                "LESS",
                detail=f"{Money(due.amount, due.currency)} is left to give",
            )
        if due.amount == 0:
            due.state = "DONE"
        left -= due.amount
