"""What is there on the first morning: one showtime of six seats, three guests with known addresses, two coupons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking_service.models import Plan, UserCopy
from booking_service.queries.seat_maps import write_plan
from booking_service.tests.builders import ROOM, House, row_of
from chassis.runtime import Runtime
from coupon_service.models import Coupon
from notification_service.models import ContactRow

GUESTS = ("ana", "ben", "cleo")
SEATS = ("A1", "A2", "A3", "A4", "B1", "B2")
COUPONS = {"TENTH": (10, 2), "ALLOFIT": (100, 1)}  # code: per cent, uses

# A history that the code under test knows nothing of: moves of bookings, owners of claims, uses over the limit.
WATCHES = {
    "booking_service": """
    CREATE TABLE seen_moves (booking_id, before, after, version_before, version_after, ended, at);
    CREATE TRIGGER see_booking AFTER UPDATE OF state, version ON bookings BEGIN
      INSERT INTO seen_moves VALUES (new.id, old.state, new.state, old.version, new.version, old.expires_at,
        utc_timestamp(6));
    END;
    CREATE TABLE seen_claims (showtime_id, seat_id, before, after);
    CREATE TRIGGER see_claim AFTER UPDATE OF booking_id ON claims BEGIN
      INSERT INTO seen_claims VALUES (new.showtime_id, new.seat_id, old.booking_id, new.booking_id);
    END;
    """,
    "coupon_service": """
    CREATE TABLE seen_uses (code, used);
    CREATE TRIGGER see_coupon AFTER UPDATE OF times_used ON coupons WHEN new.times_used > new.usage_limit BEGIN
      INSERT INTO seen_uses VALUES (new.code, new.times_used);
    END;
    """,
}

WATCHED = {"booking_service": ("seen_moves", "seen_claims"), "coupon_service": ("seen_uses",)}


def fill(service: str, runtime: Runtime[Any]) -> None:
    """Fill the empty database of `service`."""
    if service == "booking_service":
        _the_house(runtime)
    elif service == "coupon_service":
        runtime.database.transact(_coupons)
    elif service == "notification_service":
        runtime.database.transact(_contacts)


def _the_house(runtime: Runtime[Any]) -> None:
    house = House(runtime)
    plan = [*row_of("A", "SSSS", 0), *row_of("B", "PP", 1)]

    def smaller(session: Session) -> None:
        session.execute(delete(Plan))
        session.add(Plan(id=f"{ROOM}:1", seats=write_plan(plan), seats_total=len(plan)))
        session.add_all(
            UserCopy(id=guest, email=f"{guest}@example.org", name=guest.title()) for guest in GUESTS
        )

    runtime.database.transact(smaller)
    house.a_showtime(id="showtime-1", seats_total=len(plan))


def _coupons(session: Session) -> None:
    from chassis.database import utc_now

    for code, (percent, limit) in COUPONS.items():
        session.add(
            Coupon(
                id=f"coupon-{code.lower()}", code=code, kind="PERCENT", percent=percent, usage_limit=limit, active=True,
                search_text=code.lower(), created_at=utc_now(session),
            )
        )  # fmt: skip


def _contacts(session: Session) -> None:
    session.add_all(
        ContactRow(user_id=guest, email=f"{guest}@example.org", name=guest.title(), locale="en")
        for guest in GUESTS
    )
