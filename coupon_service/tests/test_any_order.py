"""Whatever bookings do in whatever order: no limit is passed, and every count is the sum of its rows."""

from __future__ import annotations

import atexit
import sqlite3
import tempfile
from functools import cache
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select

from chassis import migrations
from chassis.clock import SetClock
from chassis.database import Database
from chassis.testing import NOON, make_runtime
from coupon_service.lifecycle import COUNTED, UseState
from coupon_service.models import Coupon, CouponUse, UserCount
from coupon_service.settings import CouponSettings
from coupon_service.tests.builders import Desk

BOOKINGS = st.sampled_from([f"booking-{number}" for number in range(6)])
CODES = st.sampled_from(["FREE", "TWICE", "ONCE-EACH"])
LIMITS = {"FREE": (None, None), "TWICE": (2, None), "ONCE-EACH": (None, 1)}


@cache
def _desk() -> tuple[Desk, sqlite3.Connection]:
    """One service for all runs, and its database with three coupons to set it back to."""
    folder = tempfile.TemporaryDirectory(prefix="coupons-")
    atexit.register(folder.cleanup)
    url = f"sqlite:///{folder.name}/coupons.db"
    desk = Desk(make_runtime("coupon_service", CouponSettings, url, SetClock(NOON)))
    migrations.upgrade(desk.runtime.database, "coupon_service")
    for code, (limit, per_user) in LIMITS.items():
        desk.coupon(code, usageLimit=limit, usageLimitPerUser=per_user)
    filled = sqlite3.connect(":memory:")
    _connection_of(desk.runtime.database).backup(filled)
    return desk, filled


def _connection_of(database: Database) -> Any:
    return database.engine.raw_connection().driver_connection


class CouponMachine(RuleBasedStateMachine):
    """Three coupons, and bookings that reserve, pay, expire and are cancelled, told of late and twice."""

    def __init__(self) -> None:
        super().__init__()
        self.desk, filled = _desk()
        filled.backup(_connection_of(self.desk.runtime.database))
        self.over: set[str] = set()

    @rule(booking=BOOKINGS, code=CODES, amount=st.sampled_from([100, 2500]))
    def reserve(self, booking, code, amount):
        self.desk.reserve(booking, code, user=_guest_of(booking), amount=amount)

    @rule(booking=BOOKINGS)
    def release(self, booking):
        self.desk.release(booking)

    @rule(booking=BOOKINGS)
    def redeem(self, booking):
        self.desk.redeem(booking)

    @rule(booking=BOOKINGS, code=st.one_of(st.none(), CODES))
    def confirmed(self, booking, code):
        self.over.add(booking)
        self.desk.tell("booking.confirmed", booking, couponCode=code, userId=_guest_of(booking))

    @rule(booking=BOOKINGS)
    def expired(self, booking):
        self.over.add(booking)
        self.desk.tell("booking.expired", booking)

    @rule(booking=BOOKINGS)
    def cancelled(self, booking):
        self.over.add(booking)
        self.desk.tell("booking.cancelled", booking)

    @invariant()
    def counts_are_the_sums_of_their_rows_and_no_limit_is_passed(self):
        for coupon in self._all(select(Coupon).where(Coupon.milestone.is_(None))):
            limit, per_user = LIMITS[coupon.code]
            used, rows, by_people = self.desk.counts(coupon.id)
            most = max(
                [count.used for count in self._all(select(UserCount)) if count.coupon_id == coupon.id],
                default=0,
            )
            assert used == rows == by_people
            assert limit is None or used <= limit
            assert per_user is None or most <= per_user

    @invariant()
    def a_booking_has_one_coupon_at_a_time(self):
        live = [use for use in self._all(select(CouponUse)) if use.state in COUNTED]
        assert len({use.booking_id for use in live}) == len(live)
        assert all(use.live_booking_id == use.booking_id for use in live)

    @invariant()
    def nothing_stays_set_aside_for_a_booking_that_is_over(self):
        kept = [use.booking_id for use in self._all(select(CouponUse)) if use.state == UseState.RESERVED]
        assert self.over.isdisjoint(kept)

    @invariant()
    def each_loyalty_coupon_is_given_once(self):
        query = select(func.count()).select_from(Coupon).where(Coupon.milestone.is_not(None))
        query = query.group_by(Coupon.user_id, Coupon.milestone)
        assert set(self._all(query)) <= {1}

    def _all(self, query):
        return self.desk.runtime.database.read(lambda session: list(session.execute(query).scalars()))


def _guest_of(booking: str) -> str:
    return "ana" if booking < "booking-4" else "ben"


class LongMachine(CouponMachine):
    """The same, for longer: `make test-all`."""


TestCouponsInAnyOrder = CouponMachine.TestCase
TestCouponsInAnyOrder.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
TestCouponsInAnyOrderAtLength = pytest.mark.slow(LongMachine.TestCase)
TestCouponsInAnyOrderAtLength.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
