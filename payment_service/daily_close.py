"""One day of a cinema: what we booked, what the provider's own books say, and where the two differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from chassis.identity import Caller, Role
from chassis.money import Money
from chassis.runtime import Runtime
from payment_service.lifecycle import CAPTURED, Attention, PaymentMethod, RefundStatus
from payment_service.models import Payment, Refund
from payment_service.providers import LedgerEntry, provider_named, provider_names
from payment_service.queries import cinema_named
from payment_service.rules import WITHOUT_PROVIDER, day_bounds
from payment_service.settings import PaymentSettings

_TAKEN = [status.value for status in CAPTURED]
_Key = tuple[str, str]  # method or idempotency key, and currency


@dataclass(frozen=True, kw_only=True)
class DailyCloseLine:
    """One way of paying: captured and given back on the day, and what the provider has of the difference."""

    method: PaymentMethod
    captured: Money
    refunded: Money
    provider_net: Money
    count: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Movements under one key that are not the same on both books; `payment` None: we know of none."""

    key: str
    payment: Payment | None
    booked: Money
    provider: Money


@dataclass(frozen=True, kw_only=True)
class DailyClose:
    """The lines of a day, in the order of the methods, and the payments on which the books differ.

    `attention`: those with a refund that staff have to see to.
    """

    day: date
    by_method: list[DailyCloseLine]
    mismatches: list[Payment]
    differences: list[Difference]
    attention: list[Payment]


@dataclass(frozen=True)
class _Booked:
    """Our own books: minor units by (method, currency), all and those taken at the desk."""

    captured: Counter[_Key]
    refunded: Counter[_Key]
    count: Counter[_Key]
    desk_net: Counter[_Key]


def daily_close(runtime: Runtime[PaymentSettings], caller: Caller, cinema_id: str, day: date) -> DailyClose:
    """The close of `day`, from midnight to midnight at the cinema. Raises Forbidden, NoAnswer."""
    caller.require_role(Role.MANAGER, scope=cinema_id)
    cinema = runtime.database.read(lambda session: cinema_named(session, cinema_id))
    start, end = day_bounds(day, cinema.time_zone if cinema else "UTC")
    entries = [
        entry
        for name in provider_names(runtime.settings)
        if (provider := provider_named(runtime, name)) is not None
        for entry in provider.entries(cinema_id, start, end)
    ]

    def work(session: Session) -> DailyClose:
        booked = _booked(session, cinema_id, start, end)
        differences = _differences(session, cinema_id, start, end, entries)
        return DailyClose(
            day=day,
            by_method=_lines(booked, entries),
            mismatches=_mismatches(session, cinema_id, start, end, differences),
            differences=differences,
            attention=_to_see_to(session, cinema_id, start, end),
        )

    return runtime.database.read(work)


def _booked(session: Session, cinema_id: str, start: datetime, end: datetime) -> _Booked:
    booked = _Booked(Counter(), Counter(), Counter(), Counter())
    columns = (Payment.method, Payment.currency, Payment.provider)
    taken = (
        select(*columns, func.sum(Payment.amount_value), func.count())
        .where(
            Payment.cinema_id == cinema_id,
            Payment.settled_at >= start,
            Payment.settled_at < end,
            Payment.status.in_(_TAKEN),
        )
        .group_by(*columns)
    )
    for method, currency, provider, amount, count in session.execute(taken):
        booked.captured[method, currency] += int(amount)
        booked.count[method, currency] += count
        booked.desk_net[method, currency] += int(amount) if provider in WITHOUT_PROVIDER else 0
    returned = (
        select(*columns, func.sum(Refund.amount_value))
        .join(Refund, Refund.payment_id == Payment.id)
        .where(
            Payment.cinema_id == cinema_id,
            Refund.status == RefundStatus.SUCCEEDED.value,
            Refund.settled_at >= start,
            Refund.settled_at < end,
        )
        .group_by(*columns)
    )
    for method, currency, provider, amount in session.execute(returned):
        booked.refunded[method, currency] += int(amount)
        booked.desk_net[method, currency] -= int(amount) if provider in WITHOUT_PROVIDER else 0
    return booked


def _lines(booked: _Booked, entries: Iterable[LedgerEntry]) -> list[DailyCloseLine]:
    net = Counter(booked.desk_net)
    for entry in entries:
        net[entry.method, entry.amount.currency] += entry.amount.amount
    methods = list(PaymentMethod)
    keys = sorted(
        {*booked.captured, *booked.refunded, *net},
        key=lambda key: (methods.index(PaymentMethod(key[0])), key[1]),
    )
    return [
        DailyCloseLine(
            method=PaymentMethod(method),
            captured=Money(booked.captured[method, currency], currency),
            refunded=Money(booked.refunded[method, currency], currency),
            provider_net=Money(net[method, currency], currency),
            count=booked.count[method, currency],
        )
        for method, currency in keys
    ]


def _differences(
    session: Session, cinema_id: str, start: datetime, end: datetime, entries: Iterable[LedgerEntry]
) -> list[Difference]:
    """Movements of the day that are not the same on both books, in the order of their keys."""
    theirs: Counter[_Key] = Counter()
    for entry in entries:
        theirs[entry.key, entry.amount.currency] += entry.amount.amount
    ours: Counter[_Key] = Counter()
    for key, currency, amount in _movements(session, cinema_id, start, end):
        ours[key, currency] += amount
    differing = sorted(moved for moved in {*ours, *theirs} if ours[moved] != theirs[moved])
    named = select(Payment).where(Payment.idempotency_key.in_({key for key, _ in differing}))
    payments = {payment.idempotency_key: payment for payment in session.scalars(named)}
    return [
        Difference(
            key=key,
            payment=payments.get(key),
            booked=Money(ours[key, currency], currency),
            provider=Money(theirs[key, currency], currency),
        )
        for key, currency in differing
    ]


def _mismatches(
    session: Session, cinema_id: str, start: datetime, end: datetime, differences: Iterable[Difference]
) -> list[Payment]:
    """Payments with a difference, oldest first.

    What somebody gave back at the provider is one too, though it was booked when we heard of it.
    """
    differing = {difference.key for difference in differences}
    past_our_books = select(Refund.payment_id).where(
        Refund.attention == Attention.GIVEN_AT_PROVIDER.value,
        Refund.settled_at >= start,
        Refund.settled_at < end,
    )
    is_one = or_(
        Payment.idempotency_key.in_(differing),
        and_(Payment.cinema_id == cinema_id, Payment.id.in_(past_our_books)),
    )
    return list(session.scalars(select(Payment).where(is_one).order_by(Payment.created_at, Payment.id)))


def _to_see_to(session: Session, cinema_id: str, start: datetime, end: datetime) -> list[Payment]:
    """Payments of the cinema with a refund that is to be returned at the terminal this day, or that is stuck."""
    at_terminal = and_(
        Refund.attention == Attention.RETURN_AT_TERMINAL.value,
        Refund.settled_at >= start,
        Refund.settled_at < end,
    )
    stuck = and_(Refund.attention.is_not(None), Refund.status == RefundStatus.PENDING.value)
    refunds = select(Refund.payment_id).where(or_(at_terminal, stuck))
    query = select(Payment).where(Payment.cinema_id == cinema_id, Payment.id.in_(refunds))
    return list(session.scalars(query.order_by(Payment.created_at, Payment.id)))


def _movements(
    session: Session, cinema_id: str, start: datetime, end: datetime
) -> list[tuple[str, str, int]]:
    """Our captures and refunds of the day that a provider must know of, by key and currency."""
    key, currency = Payment.idempotency_key, Payment.currency
    mine = (Payment.cinema_id == cinema_id, Payment.provider.not_in(WITHOUT_PROVIDER))
    taken = select(key, currency, Payment.amount_value).where(
        *mine, Payment.settled_at >= start, Payment.settled_at < end, Payment.status.in_(_TAKEN)
    )
    returned = (
        select(key, currency, -Refund.amount_value)
        .join(Refund, Refund.payment_id == Payment.id)
        .where(
            *mine,
            Refund.status == RefundStatus.SUCCEEDED.value,
            Refund.settled_at >= start,
            Refund.settled_at < end,
        )
    )
    return [(row[0], row[1], int(row[2])) for query in (taken, returned) for row in session.execute(query)]
