"""The simulated provider's postman: sends the webhooks that are due, signed, until they are accepted."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import requests
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.database import sql_now, utc_now
from chassis.logs import log
from chassis.runtime import Runtime
from payment_service.models import SimulatedDelivery
from payment_service.providers.signatures import SIGNATURE_HEADER, sign_body
from payment_service.settings import PaymentSettings

BATCH = 50
ATTEMPTS = 12
TIMEOUT_SECONDS = 5.0


def deliver(runtime: Runtime[PaymentSettings]) -> int:
    """Send what is due; how many were accepted. One that is refused comes again, each time a little later."""
    accepted = 0
    for delivery in runtime.database.read(_due):
        if _send(runtime, delivery):
            accepted += 1
            runtime.database.transact(partial(_mark, delivery=delivery))
        else:
            runtime.database.transact(partial(_put_off, delivery=delivery))
    return accepted


def _due(session: Session) -> list[SimulatedDelivery]:
    query = (
        select(SimulatedDelivery)
        .where(
            SimulatedDelivery.delivered_at.is_(None),
            SimulatedDelivery.due_at <= sql_now(),
            SimulatedDelivery.attempts < ATTEMPTS,
        )
        .order_by(SimulatedDelivery.due_at, SimulatedDelivery.id)
        .limit(BATCH)
    )
    return list(session.execute(query).scalars())


def _send(runtime: Runtime[PaymentSettings], delivery: SimulatedDelivery) -> bool:
    body = delivery.body.encode()
    secret = runtime.settings.webhook_secrets_of_simulated[0]
    headers = {
        "Content-Type": "application/json",
        SIGNATURE_HEADER: sign_body(body, secret, runtime.clock.now()),
    }
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                runtime.settings.webhook_address,
                data=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
    except requests.RequestException as error:
        log().warning("webhook not accepted", delivery=delivery.id, error=repr(error))
        return False
    return answer.ok


def _mark(session: Session, delivery: SimulatedDelivery) -> None:
    session.execute(
        update(SimulatedDelivery).where(SimulatedDelivery.id == delivery.id).values(delivered_at=sql_now())
    )


def _put_off(session: Session, delivery: SimulatedDelivery) -> None:
    attempts = delivery.attempts + 1
    later = utc_now(session) + timedelta(seconds=min(2**attempts, 600))
    session.execute(
        update(SimulatedDelivery)
        .where(SimulatedDelivery.id == delivery.id)
        .values(attempts=attempts, due_at=later)
    )
