"""Builders and questions that the tests of this room share."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import func, select

from chassis.clock import SetClock
from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.tables import OUTBOX
from chassis.testing import ServiceClient, as_peer, as_user
from coupon_service.app import create_app
from coupon_service.lifecycle import COUNTED
from coupon_service.models import Coupon, CouponUse, UserCount
from coupon_service.settings import CouponSettings
from coupon_service.worker import build_worker
from tests.contracts.event_files import example_of

BOOKING = as_peer("booking_service")
ANA, BEN = as_user("ana"), as_user("ben")
STAFF = as_user("sam", "STAFF", ("lisbon",))
MANAGER = as_user("marta", "MANAGER", ("lisbon",))
ADMIN = as_user("ada", "ADMIN")

COUPON = """fragment Terms on Coupon { id code description kind percent amountOff { amount currency }
  minimumSubtotal { amount } maximumDiscount { amount } startsAt expiresAt usageLimit usageLimitPerUser
  timesUsed active movies { id } cinemas { id } }"""
CREATE = (
    """mutation($input: CouponInput!) { createCoupon(input: $input) {
  coupon { ...Terms } userErrors { code field } } } """
    + COUPON
)
UPDATE = (
    """mutation($id: ID!, $input: CouponInput!) { updateCoupon(id: $id, input: $input) {
  coupon { ...Terms } userErrors { code field } } } """
    + COUPON
)
DELETE = "mutation($id: ID!) { deleteCoupon(id: $id) { done userErrors { code } } }"
QUOTE = """query($code: String!, $subtotal: MoneyInput!, $movieId: ID, $cinemaId: ID) {
  quoteCoupon(code: $code, subtotal: $subtotal, movieId: $movieId, cinemaId: $cinemaId) {
    coupon { code timesUsed } discount { amount currency } userErrors { code field } } }"""
RESERVE = """mutation($input: ReserveCouponInput!) { reserveCoupon(input: $input) {
  couponId code discount { amount currency } userErrors { code } } }"""
RELEASE = "mutation($id: ID!, $asOf: Int) { releaseCoupon(bookingId: $id, asOf: $asOf) { done } }"
REDEEM = "mutation($id: ID!) { redeemCoupon(bookingId: $id) { done } }"


class Desk:
    """The service under test, and what its siblings and people ask of it."""

    def __init__(self, runtime: Runtime[CouponSettings]) -> None:
        self.runtime = runtime
        self.client = ServiceClient(create_app(runtime=runtime))
        self.worker = build_worker(runtime)

    @property
    def clock(self) -> SetClock:
        """The clock of the databases."""
        assert isinstance(self.runtime.clock, SetClock)
        return self.runtime.clock

    def create(self, code: str = "WELCOME10", **form: Any) -> dict[str, Any]:
        """A manager writes a coupon: 10 % unless `form` says otherwise; the whole payload."""
        given = {"code": code, "kind": "PERCENT", "percent": 10, **form}
        payload: dict[str, Any] = self.client.data(CREATE, {"input": given}, caller=MANAGER)["createCoupon"]
        return payload

    def coupon(self, code: str = "WELCOME10", **form: Any) -> dict[str, Any]:
        """The coupon that was written."""
        payload = self.create(code, **form)
        assert payload["userErrors"] == []
        coupon: dict[str, Any] = payload["coupon"]
        return coupon

    def quote(
        self,
        code: str = "WELCOME10",
        amount: int = 2500,
        currency: str = "EUR",
        *,
        caller: Any = ANA,
        **more: Any,
    ) -> dict[str, Any]:
        """What the code would take off."""
        asked = {"code": code, "subtotal": {"amount": amount, "currency": currency}, **more}
        answer: dict[str, Any] = self.client.data(QUOTE, asked, caller=caller)["quoteCoupon"]
        return answer

    def reserve(
        self,
        booking: str = "booking-1",
        code: str = "WELCOME10",
        user: str = "ana",
        amount: int = 2500,
        **more: Any,
    ) -> dict[str, Any]:
        """A booking sets the coupon aside."""
        given = {
            "code": code,
            "bookingId": booking,
            "userId": user,
            "subtotal": {"amount": amount, "currency": "EUR"},
            "movieId": "metropolis",
            "cinemaId": "lisbon",
            **more,
        }
        answer: dict[str, Any] = self.client.data(RESERVE, {"input": given}, caller=BOOKING)["reserveCoupon"]
        return answer

    def release(self, booking: str = "booking-1", as_of: int | None = None) -> bool:
        """A booking gives it back."""
        asked = {"id": booking, "asOf": as_of}
        return bool(self.client.data(RELEASE, asked, caller=BOOKING)["releaseCoupon"]["done"])

    def redeem(self, booking: str = "booking-1") -> bool:
        """A booking spends it."""
        return bool(self.client.data(REDEEM, {"id": booking}, caller=BOOKING)["redeemCoupon"]["done"])

    def tell(self, name: str, booking: str = "booking-1", **parts: Any) -> bool:
        """An event of booking_service arrives; whether it was new."""
        example = example_of(name)
        payload = {**example["payload"], "bookingId": booking, "userId": "ana", **parts}
        return self.worker.handle(Envelope(name, payload))

    def counts(self, coupon_id: str) -> tuple[int, int, int]:
        """(times used, uses that count, sum over people) of a coupon: all three must agree."""

        def work(session: Any) -> tuple[int, int, int]:
            used = session.scalar(select(Coupon.times_used).where(Coupon.id == coupon_id))
            live = (CouponUse.coupon_id == coupon_id, CouponUse.state.in_([state.value for state in COUNTED]))
            rows = session.scalar(select(func.count()).select_from(CouponUse).where(*live))
            people = select(func.coalesce(func.sum(UserCount.used), 0)).where(
                UserCount.coupon_id == coupon_id
            )
            return int(used), int(rows), int(session.scalar(people))

        return self.runtime.database.read(work)

    def published(self, name: str) -> list[dict[str, Any]]:
        """Payloads of the events called `name`, in order."""
        query = select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq)
        rows = self.runtime.database.read(lambda session: session.execute(query).scalars().all())
        return [orjson.loads(row) for row in rows]


def codes(answer: dict[str, Any]) -> list[str]:
    """The refusals of a payload."""
    return [error["code"] for error in answer["userErrors"]]
