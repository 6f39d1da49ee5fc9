"""The settings that hold for a cinema: its own where it has them, the installation's else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.models import CinemaCopy, PolicyRow
from booking_service.rules.refunds import Tier, read_tiers
from booking_service.settings import BookingSettings
from chassis.money import Money


@dataclass(frozen=True)
class Policy:
    """Settings of one cinema, complete."""

    gap_rule: bool
    hold_minutes: float
    maximum_seats: int
    sales_close_minutes: int
    turnaround_minutes: int
    fee: Money
    refund_tiers: list[Tier]


def policy_of(session: Session, settings: BookingSettings, cinema_id: str, currency: str) -> Policy:
    """The policy of a cinema whose prices are in `currency`."""
    return _merged(session.get(PolicyRow, cinema_id), settings, currency)


def policies_of(session: Session, settings: BookingSettings, cinema_ids: Iterable[str]) -> dict[str, Policy]:
    """Policies by cinema id; cinemas that are not known here are left out."""
    ids = list(cinema_ids)
    cinemas = session.scalars(select(CinemaCopy).where(CinemaCopy.id.in_(ids)))
    rows = {
        row.cinema_id: row for row in session.scalars(select(PolicyRow).where(PolicyRow.cinema_id.in_(ids)))
    }
    return {cinema.id: _merged(rows.get(cinema.id), settings, cinema.currency) for cinema in cinemas}


def _merged(row: PolicyRow | None, settings: BookingSettings, currency: str) -> Policy:
    own = row or PolicyRow(cinema_id="")

    def either(mine: int | None, default: int) -> int:
        return default if mine is None else mine

    return Policy(
        gap_rule=settings.gap_rule if own.gap_rule is None else own.gap_rule,
        hold_minutes=settings.hold_minutes if own.hold_minutes is None else own.hold_minutes,
        maximum_seats=either(own.maximum_seats, settings.maximum_seats),
        sales_close_minutes=either(own.sales_close_minutes, settings.sales_close_minutes),
        turnaround_minutes=either(own.turnaround_minutes, settings.turnaround_minutes),
        fee=Money(either(own.fee, settings.booking_fee), currency),
        refund_tiers=read_tiers(settings.refund_tiers if own.refund_tiers is None else own.refund_tiers),
    )
