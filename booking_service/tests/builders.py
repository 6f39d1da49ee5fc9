"""Builders for tests: they hide what does not matter."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking_service.commands import expiry, pay
from booking_service.commands.hold import HoldWish, SeatChoice, hold_seats
from booking_service.models import (
    AuditoriumCopy,
    Booking,
    CinemaCopy,
    Claim,
    Plan,
    PriceRow,
    Showtime,
    UserCopy,
)
from booking_service.queries.seat_maps import write_plan
from booking_service.rules.schedule import local_times
from booking_service.rules.seats import Seat
from booking_service.settings import BookingSettings
from chassis.database import utc_now
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.tables import OUTBOX
from chassis.testing import FakePeers, as_user

CINEMA, ROOM, FILM = "cinema-1", "auditorium-1", "movie-1"
PRICES = {"STANDARD": 1000, "PREMIUM": 1400, "ACCESSIBLE": 800, "COMPANION": 0}


def row_of(letter: str, places: str, y: float) -> list[Seat]:
    """Seats of a row; S standard, P premium, A accessible, C companion, _ gap."""
    kinds = {"S": "STANDARD", "P": "PREMIUM", "A": "ACCESSIBLE", "C": "COMPANION"}
    seats, number = [], 0
    for x, place in enumerate(places):
        if place != "_":
            number += 1
            seats.append(Seat(f"{letter}{number}", letter, number, kinds[place], float(x), y))
    return seats


def a_plan() -> list[Seat]:
    """Row A of six, row B of four with an aisle in the middle, row C premium, row D with a wheelchair place."""
    return [
        *row_of("A", "SSSSSS", 0), *row_of("B", "SS_SS", 1), *row_of("C", "PPPPPP", 2), *row_of("D", "AC_SSS", 3),
    ]  # fmt: skip


class Siblings(FakePeers):
    """Payment and coupon services that keep books; `money` is what the payment provider holds."""

    def __init__(self) -> None:
        super().__init__(
            {
                ("payment_service", "takePayment"): self._take,
                ("payment_service", "settlePayment"): self._settle,
                ("payment_service", "refundForBooking"): self._refund,
                ("coupon_service", "reserveCoupon"): self._reserve,
                ("coupon_service", "releaseCoupon"): lambda _: {"done": True},
                ("user_service", "userContact"): lambda _: None,
            }
        )
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, int] = {}
        self.coupons: dict[str, int] = {}
        self.silent = False
        self._lock = threading.Lock()

    def _take(self, variables: dict[str, Any]) -> Any:
        question = variables["input"]
        with self._lock:
            known = self.payments.get(question["idempotencyKey"])
            if known is None:
                token = question["paymentToken"] or "cash"
                outcome = {"pm_declined": "DECLINED", "pm_3ds": "ACTION_REQUIRED"}.get(token, "SUCCEEDED")
                known = {"id": new_id(), "outcome": outcome, "amount": question["amount"]}
                self.payments[question["idempotencyKey"]] = known
        if question["paymentToken"] == "pm_answer_lost" or self.silent:
            from chassis.errors import Unavailable

            raise Unavailable
        return self._answer(known)

    def _settle(self, variables: dict[str, Any]) -> Any:
        known = self.payments.get(variables["key"])
        if known is None:
            return {
                "payment": None,
                "outcome": "DECLINED",
                "clientSecret": None,
                "redirectUrl": None,
                "userErrors": [],
            }
        return self._answer(known)

    def _answer(self, known: dict[str, Any]) -> Any:
        acts = known["outcome"] == "ACTION_REQUIRED"
        failure = "CARD_DECLINED" if known["outcome"] == "DECLINED" else None
        return {
            "payment": {"id": known["id"], "failureCode": failure, "amount": known["amount"]},
            "outcome": known["outcome"],
            "clientSecret": "secret" if acts else None,
            "redirectUrl": "http://bank.example/3ds" if acts else None,
            "userErrors": [],
        }

    def _refund(self, variables: dict[str, Any]) -> Any:
        question = variables["input"]
        self.refunds[question["idempotencyKey"]] = question["amount"]["amount"]
        return {"refund": {"id": "r1", "status": "SUCCEEDED"}, "userErrors": []}

    def _reserve(self, variables: dict[str, Any]) -> Any:
        code = variables["input"]["code"].upper()
        off = self.coupons.get(code)
        if off is None:
            return {
                "code": None,
                "discount": None,
                "userErrors": [{"code": "COUPON_UNKNOWN", "message": "There is no such coupon."}],
            }
        return {"code": code, "discount": {"amount": off, "currency": "EUR"}, "userErrors": []}


class House:
    """A cinema in Berlin with one auditorium."""

    def __init__(self, runtime: Runtime[BookingSettings]) -> None:
        self.runtime = runtime
        runtime.database.transact(self._build)

    def seen_by(self, runtime: Runtime[BookingSettings]) -> House:
        """The same house, as another process of the service has it."""
        other = House.__new__(House)
        other.runtime = runtime
        return other

    def _build(self, session: Session) -> None:
        session.add(
            CinemaCopy(id=CINEMA, name="Lichtspiel", city="Berlin", time_zone="Europe/Berlin", currency="EUR")
        )
        session.add(AuditoriumCopy(id=ROOM, cinema_id=CINEMA, name="Saal 1", changes=0))
        session.add(Plan(id=f"{ROOM}:1", seats=write_plan(a_plan()), seats_total=len(a_plan())))

    def a_showtime(self, *, in_hours: float = 48, state: str = "PUBLISHED", **values: Any) -> str:
        """A showtime that begins in so many hours; its id."""

        def work(session: Session) -> str:
            starts_at = utc_now(session) + timedelta(hours=in_hours)
            local = local_times(starts_at, "Europe/Berlin")
            showtime = Showtime(
                **{
                    "id": new_id(), "movie_id": FILM, "movie_title": "Metropolis", "cinema_id": CINEMA,
                    "cinema_name": "Lichtspiel", "city": "Berlin", "auditorium_id": ROOM, "auditorium_name": "Saal 1",
                    "time_zone": "Europe/Berlin", "currency": "EUR", "plan_id": f"{ROOM}:1", "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(minutes=163), "business_day": local.business_day,
                    "local_weekday": local.weekday, "local_hour": local.hour, "sales_close_at": starts_at,
                    "format": "2D", "audio_language": "de", "state": state, "seats_total": len(a_plan()),
                    "seats_taken": 0, "seats_blocked": 0, "seat_map_version": 0, "checked_in": 0, **values,
                }
            )  # fmt: skip
            session.add(showtime)
            session.flush()
            for category, amount in PRICES.items():
                for kind, share in (("ADULT", 100), ("CHILD", 50)):
                    session.add(
                        PriceRow(
                            showtime_id=showtime.id,
                            category=category,
                            ticket_type=kind,
                            amount=amount * share // 100,
                        )
                    )
            return showtime.id

        return self.runtime.database.transact(work)

    def a_guest(self, user_id: str, email: str | None = None) -> None:
        """A guest whose contact is known."""
        self.runtime.database.transact(
            lambda session: session.add(UserCopy(id=user_id, email=email, phone=None, name=user_id.title()))
        )

    def hold(self, showtime_id: str, seats: Sequence[str], *, by: str = "ana", **wish: Any) -> str:
        """Hold seats for a guest; the booking's id."""
        choices = tuple(SeatChoice(seat, "ADULT") for seat in seats)
        return hold_seats(self.runtime, as_user(by), HoldWish(showtime_id, choices, **wish))

    def pay(
        self, booking_id: str, *, by: str = "ana", token: str | None = "pm_success", key: str | None = None
    ) -> pay.Paid:
        """Pay a hold by card."""
        wish = pay.PayWish(booking_id, "CARD", token, key or f"key-{booking_id}")
        return pay.pay_booking(self.runtime, as_user(by), wish)

    def sold(self, showtime_id: str, seats: Sequence[str], *, by: str = "ana") -> str:
        """Hold and pay; the booking's id."""
        booking_id = self.hold(showtime_id, seats, by=by)
        assert self.pay(booking_id, by=by).refusal is None
        return booking_id

    def locks_end(self) -> None:
        """The test's clock moves the databases, not Redis: end its locks by hand."""
        self.runtime.redis.flushdb()

    def sweep(self) -> int:
        """Run the sweeper once."""
        return expiry.sweep(self.runtime)

    def booking(self, booking_id: str) -> Booking:
        """The booking as it stands."""
        found = self.runtime.database.read(lambda session: session.get(Booking, booking_id))
        assert found is not None
        return found

    def showtime(self, showtime_id: str) -> Showtime:
        """The showtime as it stands."""
        found = self.runtime.database.read(lambda session: session.get(Showtime, showtime_id))
        assert found is not None
        return found

    def claims(self, showtime_id: str) -> dict[str, str]:
        """State by seat of what is claimed."""
        query = select(Claim).where(Claim.showtime_id == showtime_id)
        rows = self.runtime.database.read(lambda session: list(session.scalars(query)))
        return {claim.seat_id: claim.state for claim in rows}

    def facts(self, name: str) -> list[dict[str, Any]]:
        """Payloads of the events called `name` in the outbox, in order."""
        query = select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq)
        found = self.runtime.database.read(lambda session: list(session.scalars(query)))
        return [orjson.loads(payload) for payload in found]

    def events(self) -> list[str]:
        """Names of the events in the outbox, in order."""
        query = select(OUTBOX.c.name).order_by(OUTBOX.c.seq)
        return self.runtime.database.read(lambda session: list(session.scalars(query)))
