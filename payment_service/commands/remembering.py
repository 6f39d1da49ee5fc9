"""What other rooms' facts change here: the copy of cinemas, and the names of people who left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from payment_service.models import Cinema, Payment


def remember_cinema(session: Session, told: Mapping[str, Any], at: datetime) -> None:
    """Keep what a place is called, its time zone and currency; older news than we have change nothing."""
    known = session.get(Cinema, told["cinemaId"])
    if known is not None and known.told_at > at:
        return
    session.merge(
        Cinema(
            id=told["cinemaId"],
            name=told["name"][:120],
            time_zone=told["timeZone"],
            currency=told["currency"],
            told_at=at,
        )
    )


def forget_person(session: Session, user_id: str) -> None:
    """Take the person out of the books; the law wants the amounts to stay."""
    session.execute(update(Payment).where(Payment.user_id == user_id).values(user_id=None))
