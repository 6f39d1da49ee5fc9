"""The simulated provider: keeps books, is idempotent by key, and misbehaves on request (simulated_ids.py).

It stands for a house of its own: it commits its books in transactions of its own, never in ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import insert, literal, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.database import Database, sql_now, utc_now
from chassis.ids import new_id, new_token
from chassis.money import Money
from payment_service.errors import NotAWebhook
from payment_service.models import SimulatedCharge, SimulatedDelivery, SimulatedRefund
from payment_service.providers import (
    SIMULATED,
    Charge,
    ChargeOrder,
    ChargeState,
    GivenBack,
    LedgerEntry,
    NoAnswer,
    Notice,
    RefundAnswer,
    RefundOrder,
)
from payment_service.providers.signatures import SIGNATURE_HEADER, check_signature
from payment_service.providers.simulated_ids import BEHAVIOURS, SLOW, UNKNOWN, Behaviour
from payment_service.settings import PaymentSettings

CLOSED = "CLOSED"  # on the provider's books only: given up before anything was taken


class SimulatedProvider:
    """Moves no real money; everything else is as real as a provider can be."""

    name = SIMULATED

    def __init__(
        self,
        database: Database,
        settings: PaymentSettings,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._settings = settings
        self._wait = wait

    def charge(self, order: ChargeOrder, noted: Callable[[str], None]) -> Charge:
        """As Provider.charge."""
        behaviour = BEHAVIOURS.get(order.token or "", UNKNOWN)
        try:
            row, first = self._database.transact(lambda session: self._accept(session, order, behaviour))
        except IntegrityError:  # the same key in another thread was faster
            row, first = self._database.transact(lambda session: self._accept(session, order, behaviour))
        if not first:
            return self._told(row)
        if behaviour.settles == SLOW:
            return self._answer_slowly(row)
        if behaviour.answer is None:
            raise NoAnswer("captured, and then silent")
        charge = self._told(row)
        if behaviour.answer is not charge.state:
            return Charge(reference=charge.reference, state=behaviour.answer, amount=charge.amount)
        return charge

    def look_up(self, order: ChargeOrder) -> Charge | None:
        """As Provider.look_up."""
        row = self._database.transact(lambda session: _settled_by_now(session, order.key))
        return None if row is None or row.state == CLOSED else self._told(row)

    def close(self, order: ChargeOrder) -> Charge | None:
        """As Provider.close."""

        def work(session: Session) -> SimulatedCharge:
            row = _settled_by_now(session, order.key)
            if row is None:
                row = _row(order, BEHAVIOURS["pm_3ds"], utc_now(session), state=CLOSED)
                session.add(row)
            elif row.state in (ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING):
                row.state, row.failure_code = ChargeState.FAILED.value, "NOT_CONFIRMED_IN_TIME"
            session.flush()
            return row

        row = self._database.transact(work)
        return None if row.state == CLOSED else self._told(row)

    def confirm(self, reference: str, client_secret: str, *, agreed: bool) -> SimulatedCharge | None:
        """What a payer decided on the provider's page; the charge afterwards, None for a wrong secret."""

        def work(session: Session) -> SimulatedCharge | None:
            mine = (SimulatedCharge.reference == reference, SimulatedCharge.client_secret == client_secret)
            now = utc_now(session)
            state = ChargeState.SUCCEEDED if agreed else ChargeState.FAILED
            moved = session.execute(
                update(SimulatedCharge)
                .where(*mine, SimulatedCharge.state == ChargeState.ACTION_REQUIRED)
                .values(
                    state=state.value,
                    failure_code=None if agreed else "AUTHENTICATION_FAILED",
                    settled_at=now if agreed else None,
                )
            )
            row = session.execute(select(SimulatedCharge).where(*mine)).scalar_one_or_none()
            if row is not None and moved.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
                _owe(session, row, state, now)
            return row

        return self._database.transact(work)

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """As Provider.refund."""
        try:
            return self._database.transact(lambda session: _give_back(session, order))
        except IntegrityError:  # the same key in another thread was faster
            return self._database.transact(lambda session: _give_back(session, order))

    def refunds_of(self, charge_reference: str) -> list[GivenBack]:
        """As Provider.refunds_of."""
        query = (
            select(SimulatedRefund, SimulatedCharge.currency)
            .join(SimulatedCharge, SimulatedCharge.reference == SimulatedRefund.charge_reference)
            .where(SimulatedRefund.charge_reference == charge_reference)
        )
        rows = self._database.read(lambda session: session.execute(query).all())
        return [
            GivenBack(
                reference=refund.reference,
                key=refund.idempotency_key,
                amount=Money(refund.amount_value, currency),
                done=True,
                settled_at=refund.created_at,
            )
            for refund, currency in rows
        ]

    def read_notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        """As Provider.read_notice."""
        secrets = self._settings.webhook_secrets_of_simulated
        check_signature(body, headers.get(SIGNATURE_HEADER), secrets, now)
        try:
            told = orjson.loads(body)
            charge = told["data"]
            return Notice(
                event_id=str(told["id"])[:128],
                kind=str(told["type"])[:64],
                reference=str(charge["reference"]),
                key=str(charge["idempotencyKey"]),
                amount=Money(int(charge["amount"]), str(charge["currency"])),
            )
        except (ValueError, KeyError, TypeError):
            raise NotAWebhook from None

    def entries(self, cinema_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        """As Provider.entries."""
        charge, refund = SimulatedCharge, SimulatedRefund
        taken = select(
            charge.idempotency_key, charge.method, charge.currency, charge.amount_value.label("amount")
        ).where(
            charge.cinema_id == cinema_id,
            charge.settled_at >= start,
            charge.settled_at < end,
            charge.state == ChargeState.SUCCEEDED,
        )
        returned = (
            select(
                charge.idempotency_key,
                charge.method,
                charge.currency,
                (literal(0) - refund.amount_value).label("amount"),
            )
            .join(charge, charge.reference == refund.charge_reference)
            .where(charge.cinema_id == cinema_id, refund.created_at >= start, refund.created_at < end)
        )
        rows = self._database.read(lambda session: session.execute(union_all(taken, returned)).all())
        return [
            LedgerEntry(
                key=row.idempotency_key, method=row.method, amount=Money(int(row.amount), row.currency)
            )
            for row in rows
        ]

    def _accept(
        self, session: Session, order: ChargeOrder, behaviour: Behaviour
    ) -> tuple[SimulatedCharge, bool]:
        """The charge of the order's key, and whether it is new."""
        known = _settled_by_now(session, order.key)
        if known is not None:
            return known, False
        now = utc_now(session)
        row = _row(order, behaviour, now)
        if behaviour.settles:
            row.settles_at = now + self._delay(behaviour.settles)
        session.add(row)
        session.flush()
        notices = {state: new_id() for state, _ in behaviour.notices}
        for state, delay in behaviour.notices:
            _owe(session, row, state, now + self._delay(delay), event_id=notices[state])
        return row, True

    def _answer_slowly(self, row: SimulatedCharge) -> Charge:
        slow, deadline = self._settings.simulated_slow_seconds, self._settings.provider_deadline_seconds
        self._wait(min(slow, deadline))
        if slow > deadline:
            raise NoAnswer(f"no answer within {deadline} s")
        settled = self._database.transact(lambda session: _settled_by_now(session, row.idempotency_key))
        return self._told(settled or row)

    def _delay(self, name: str | None) -> timedelta:
        settings = self._settings
        seconds = {None: 0.0, SLOW: settings.simulated_slow_seconds}.get(
            name, settings.simulated_late_seconds
        )
        return timedelta(seconds=seconds)

    def _told(self, row: SimulatedCharge) -> Charge:
        if row.state == CLOSED:  # too late: the order was given up before it came
            return Charge(
                reference=row.reference,
                state=ChargeState.FAILED,
                amount=Money(row.amount_value, row.currency),
                failure_code="NOT_CONFIRMED_IN_TIME",
            )
        waits = row.state == ChargeState.ACTION_REQUIRED
        page = (
            f"{self._settings.public_url.rstrip('/')}/payments/3ds/{row.reference}?secret={row.client_secret}"
        )
        return Charge(
            reference=row.reference,
            state=ChargeState(row.state),
            amount=Money(row.amount_value, row.currency),
            failure_code=row.failure_code,
            client_secret=row.client_secret if waits else None,
            redirect_url=page if waits else None,
            settled_at=row.settled_at,
            refunded=row.refunded_amount or 0,
        )


def _row(
    order: ChargeOrder, behaviour: Behaviour, now: datetime, *, state: str | None = None
) -> SimulatedCharge:
    row = SimulatedCharge(
        reference=f"sim_{new_id()}",
        idempotency_key=order.key,
        state=state or behaviour.state.value,
        failure_code=behaviour.failure_code,
        amount_value=order.amount.amount,
        currency=order.amount.currency,
        method=order.method,
        token=(order.token or "")[:64],
        booking_id=order.booking_id,
        cinema_id=order.cinema_id,
        description=order.description,
        client_secret=new_token(192),
        created_at=now,
    )
    row.settled_at = now if row.state == ChargeState.SUCCEEDED else None
    return row


def _settled_by_now(session: Session, key: str) -> SimulatedCharge | None:
    """The charge of `key`; one whose time has come is captured first."""
    session.execute(
        update(SimulatedCharge)
        .where(
            SimulatedCharge.idempotency_key == key,
            SimulatedCharge.state == ChargeState.PROCESSING,
            SimulatedCharge.settles_at <= sql_now(),
        )
        .values(state=ChargeState.SUCCEEDED.value, settled_at=SimulatedCharge.settles_at)
        .execution_options(synchronize_session=False)
    )
    return session.execute(
        select(SimulatedCharge).where(SimulatedCharge.idempotency_key == key)
    ).scalar_one_or_none()


def _given_before(session: Session, order: RefundOrder) -> RefundAnswer | None:
    """The answer to a key that came before."""
    query = select(SimulatedRefund).where(SimulatedRefund.idempotency_key == order.key)
    refund = session.execute(query).scalar_one_or_none()
    if refund is None:
        return None
    given = Money(refund.amount_value, order.amount.currency)
    return RefundAnswer(reference=refund.reference, done=True, amount=given, settled_at=refund.created_at)


def _give_back(session: Session, order: RefundOrder) -> RefundAnswer:
    before = _given_before(session, order)
    if before is not None:
        return before
    taken: Any = session.execute(
        update(SimulatedCharge)
        .where(
            SimulatedCharge.reference == order.charge_reference,
            SimulatedCharge.state == ChargeState.SUCCEEDED,
            SimulatedCharge.currency == order.amount.currency,
            SimulatedCharge.refunded_amount + order.amount.amount <= SimulatedCharge.amount_value,
        )
        .values(refunded_amount=SimulatedCharge.refunded_amount + order.amount.amount)
    )
    if taken.rowcount != 1:  # nothing is left: perhaps because the same key, at the same moment, took it
        return _given_before(session, order) or RefundAnswer(reference=None, done=False)
    now = utc_now(session)
    reference = f"simre_{new_id()}"
    session.execute(
        insert(SimulatedRefund).values(
            reference=reference,
            charge_reference=order.charge_reference,
            idempotency_key=order.key,
            amount_value=order.amount.amount,
            created_at=now,
        )
    )
    charge = session.get_one(SimulatedCharge, order.charge_reference)
    _owe(session, charge, "refunded", now)
    return RefundAnswer(reference=reference, done=True, amount=order.amount, settled_at=now)


def _owe(
    session: Session,
    row: SimulatedCharge,
    state: str,
    due_at: datetime,
    *,
    event_id: str | None = None,
) -> None:
    """Write down a webhook to be sent at `due_at`."""
    told = {
        "id": f"evt_{event_id or new_id()}",
        "type": f"charge.{state.lower()}",
        "data": {
            "reference": row.reference,
            "idempotencyKey": row.idempotency_key,
            "state": state.upper(),
            "amount": row.amount_value,
            "currency": row.currency,
        },
    }
    session.add(SimulatedDelivery(id=new_id(), body=orjson.dumps(told).decode(), due_at=due_at))
