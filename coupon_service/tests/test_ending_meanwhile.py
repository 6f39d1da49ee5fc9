"""A coupon is asked for at the moment in which its booking ends: whoever comes first, nothing stays reserved."""

from __future__ import annotations

import threading

import pytest

from coupon_service import reactions
from coupon_service.commands import using
from coupon_service.tests.builders import codes

ENDS = ["booking.expired", "booking.cancelled"]


@pytest.mark.parametrize("ends", ENDS)
def test_a_booking_that_ends_while_its_coupon_is_looked_at_keeps_none(desk, monkeypatch, ends):
    coupon = desk.coupon()
    ender = threading.Thread(target=lambda: desk.tell(ends))
    looked = using._is_over

    def is_over(session, booking_id):
        before = looked(session, booking_id)
        ender.start()
        if not desk.runtime.database.is_sqlite:  # there the end waits until this transaction is done
            ender.join(20)
        return before

    monkeypatch.setattr(using, "_is_over", is_over)
    answer = desk.reserve()
    ender.join(20)

    assert desk.counts(coupon["id"]) == (0, 0, 0)
    assert desk.runtime.database.is_sqlite or codes(answer) == ["COUPON_NOT_APPLICABLE"]


@pytest.mark.parametrize("ends", ENDS)
def test_a_coupon_that_is_asked_for_while_its_booking_ends_is_given_back(desk, monkeypatch, ends):
    coupon = desk.coupon()
    desk.reserve(booking="another", user="ben")
    wrote = threading.Event()
    asker = threading.Thread(target=desk.reserve)
    check, name = using._check_still_open, {ENDS[0]: "release_coupon", ENDS[1]: "return_coupon"}[ends]
    give_back = getattr(reactions, name)

    def check_still_open(session, booking_id):
        wrote.set()
        check(session, booking_id)

    def give_back_late(session, booking_id):
        if asker.ident is None:
            asker.start()
            if not desk.runtime.database.is_sqlite:
                assert wrote.wait(20)
        give_back(session, booking_id)

    monkeypatch.setattr(using, "_check_still_open", check_still_open)
    monkeypatch.setattr(reactions, name, give_back_late)
    desk.tell(ends)
    asker.join(30)

    assert desk.counts(coupon["id"]) == (1, 1, 1)  # Ben's alone
