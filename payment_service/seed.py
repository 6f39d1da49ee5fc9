"""Sample data: the payments of the sample bookings, on our books and on the simulated provider's.

booking_service writes its past sales to SEED_SALES_FILE, one JSON object a line: paymentId, bookingId, userId,
cinemaId, method, amount, currency, at, refunded (minor units that went back; 0: none). Payments that exist are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from chassis.ids import fixed_id
from chassis.logs import log
from chassis.runtime import Runtime
from payment_service.lifecycle import PaymentMethod, PaymentStatus, RefundStatus
from payment_service.models import Payment, Refund, SimulatedCharge, SimulatedRefund
from payment_service.providers import SIMULATED
from payment_service.rules import DESK, status_after_refund
from payment_service.settings import PaymentSettings

CHUNK = 2000
_AT_THE_DESK = (PaymentMethod.CASH, PaymentMethod.COMP)
_REFUNDED_AFTER = timedelta(hours=1)  # when the file does not tell when
_TABLES: tuple[Any, ...] = (Payment, Refund, SimulatedCharge, SimulatedRefund)
Rows = dict[Any, list[dict[str, Any]]]


def run(runtime: Runtime[PaymentSettings]) -> None:
    """Import the sales file, if there is one. Never in production."""
    path = runtime.settings.seed_sales_file
    if runtime.settings.is_production or path is None or not path.exists():
        log().info("no sales to import", file=str(path))
        return
    for sales in _chunks(path):
        runtime.database.transact(partial(_import, sales=sales))


def _chunks(path: Path) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    with path.open("rb") as lines:
        for line in lines:
            if line.strip():
                chunk.append(orjson.loads(line))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _import(session: Session, sales: list[dict[str, Any]]) -> None:
    ids = [sale["paymentId"] for sale in sales]
    known = set(session.execute(select(Payment.id).where(Payment.id.in_(ids))).scalars())
    rows: Rows = {model: [] for model in _TABLES}
    for sale in sales:
        if sale["paymentId"] not in known:
            known.add(sale["paymentId"])
            _add_sale(rows, sale)
    for model in _TABLES:
        table: Table = model.__table__
        if rows[model]:
            session.execute(insert(table), rows[model])


def _add_sale(rows: Rows, sale: dict[str, Any]) -> None:
    payment_id, at = sale["paymentId"], datetime.fromisoformat(sale["at"])
    amount, back = int(sale["amount"]), _returned(sale)
    at_desk = sale["method"] in _AT_THE_DESK or sale.get("provider") == DESK
    reference = None if at_desk else f"sim_{payment_id}"
    shared = {
        "booking_id": sale["bookingId"],
        "cinema_id": sale["cinemaId"],
        "method": sale["method"],
        "currency": sale["currency"],
        "amount_value": amount,
        "refunded_amount": back,
        "idempotency_key": f"seed:{payment_id}",
        "description": sale.get("description"),
        "failure_code": None,
        "created_at": at,
        "settled_at": at,
    }
    payment = {
        **shared,
        "id": payment_id,
        "user_id": sale["userId"],
        "provider": DESK if at_desk else SIMULATED,
        "provider_reference": reference,
        "payment_token": None,
        "status": (status_after_refund(amount, back) if amount else PaymentStatus.SUCCEEDED).value,
        "promised_back": back,
    }
    rows[Payment].append(payment)
    if reference is not None:
        charge = {"reference": reference, "state": "SUCCEEDED", "token": "pm_success", "settles_at": None}
        rows[SimulatedCharge].append({**shared, **charge, "client_secret": fixed_id("charge", payment_id)})
    if back:
        _add_refund(rows, sale, payment_id, reference, back, at)


def _add_refund(
    rows: Rows, sale: dict[str, Any], payment_id: str, charge: str | None, back: int, at: datetime
) -> None:
    refund_id = fixed_id("refund", payment_id)
    done = datetime.fromisoformat(sale["refundedAt"]) if sale.get("refundedAt") else at + _REFUNDED_AFTER
    reference = f"simre_{refund_id}" if charge else None
    refund = {
        "id": refund_id,
        "payment_id": payment_id,
        "idempotency_key": f"seed:{refund_id}",
        "fingerprint": "",
        "amount_value": back,
        "currency": sale["currency"],
        "reason": "Booking cancelled",
        "status": RefundStatus.SUCCEEDED.value,
        "provider_reference": reference,
        "created_at": done,
        "settled_at": done,
    }
    rows[Refund].append(refund)
    if charge:
        rows[SimulatedRefund].append(
            {
                "reference": reference,
                "charge_reference": charge,
                "idempotency_key": f"seed:{refund_id}",
                "amount_value": back,
                "created_at": done,
            }
        )


def _returned(sale: dict[str, Any]) -> int:
    """Minor units that went back; true stands for all."""
    given = sale.get("refunded") or 0
    return int(sale["amount"]) if given is True else min(int(given), int(sale["amount"]))
