"""The checker finds what is planted: for each invariant a house that breaks it, and nothing in a sound one."""

import dataclasses

import pytest

from tests.chaos.sound import (
    ANA,
    BACK,
    BEN,
    EVENTS,
    HELD,
    LONG_AGO,
    NOW,
    PAID,
    SHOW,
    added,
    altered,
    attempt,
    booking,
    charge,
    claim,
    event,
    refund,
    row,
    sound_facts,
    steps,
    ticket,
    told,
    use,
    without,
)
from tools.check_invariants.check import CHECKS, check
from tools.check_invariants.journal import Asked, Journal, read_journal
from tools.check_invariants.quiet import unfinished, wait_for_quiet
from tools.check_invariants.report import as_json, as_text, counted

SOUND = sound_facts()


def with_events(*events):
    return dataclasses.replace(SOUND, outboxes={"booking_service": [*events]})


def with_journal(*lines):
    return dataclasses.replace(SOUND, journal=[*SOUND.journal, *lines])


PLANTED = [
    ("I1", "doubled", "a seat in two bookings", added(SOUND, "tickets", ticket("A1", HELD))),
    ("I1", "doubled", "a seat claimed twice", added(SOUND, "claims", claim("A1", HELD, "HELD"))),
    ("I2", "missing", "captured for nothing", added(SOUND, "charges", charge(HELD, 1000))),
    ("I2", "missing", "captured and given up", altered(SOUND, "attempts", 0, outcome="DECLINED")),
    ("I2", "wrong", "paid and expired", altered(SOUND, "bookings", 0, state="EXPIRED")),
    ("I2", "missing", "cancelled, not given back", without(SOUND, "provider_refunds", 0)),
    ("I2", "wrong", "not as quoted", altered(SOUND, "refunds_due", 0, amount=500)),
    ("I3", "missing", "sold for less", altered(SOUND, "charges", 0, amount_value=800)),
    ("I3", "missing", "sold without money", without(SOUND, "charges", 0)),
    ("I3", "missing", "a guest's card at a terminal", altered(SOUND, "payments", 0, provider="terminal")),
    ("I3", "wrong", "another currency", altered(SOUND, "payments", 0, currency="USD")),
    (
        "I4",
        "doubled",
        "charged twice under one key",
        added(SOUND, "charges", charge(PAID, 900, reference="sim_again")),
    ),
    (
        "I4",
        "doubled",
        "two captures stay",
        added(
            added(SOUND, "charges", charge(PAID, 900, reference="sim_2", idempotency_key=f"{PAID}:2")),
            "attempts",
            row(**{**vars(attempt(PAID, ANA, 900)), "provider_key": f"{PAID}:2"}),
        ),
    ),
    (
        "I4",
        "doubled",
        "more given back than taken",
        added(SOUND, "provider_refunds", row(charge_reference=f"sim_{BACK}", amount_value=1)),
    ),
    ("I4", "doubled", "one reason refunded twice", added(SOUND, "refunds", refund(BACK, 1000))),
    ("I5", "doubled", "over the limit", altered(SOUND, "coupons", 0, usage_limit=0)),
    ("I5", "wrong", "a lost count", altered(SOUND, "coupons", 0, times_used=2)),
    ("I5", "wrong", "a lost count of a person", altered(SOUND, "coupon_counts", 0, used=2)),
    ("I5", "doubled", "over the person's limit", added(SOUND, "coupon_uses", use(PAID, ANA, "REDEEMED"))),
    ("I5", "late", "reserved for what has ended", altered(SOUND, "coupon_uses", 0, state="RESERVED")),
    ("I5", "wrong", "spent on another booking", altered(SOUND, "coupon_uses", 0, booking_id=HELD)),
    ("I5", "missing", "a discount without a use", without(SOUND, "coupon_uses", 0)),
    ("I5", "doubled", "a discount without a coupon", altered(SOUND, "bookings", 1, discount=100)),
    ("I6", "missing", "nobody told", dataclasses.replace(SOUND, notifications=[told(BACK, "EMAIL")])),
    ("I6", "doubled", "told twice", added(SOUND, "notifications", told(PAID, "EMAIL"))),
    ("I6", "wrong", "told of nothing", added(SOUND, "notifications", told(HELD, "EMAIL"))),
    ("I7", "late", "a hold that never ends", altered(SOUND, "bookings", 1, expires_at=LONG_AGO)),
    ("I7", "late", "a claim that never ends", altered(SOUND, "claims", 1, expires_at=LONG_AGO)),
    ("I8", "missing", "sold without a claim", without(SOUND, "claims", 0)),
    ("I8", "wrong", "a claim of the dead", altered(SOUND, "claims", 1, booking_id=BACK)),
    ("I8", "wrong", "a claim in another state", altered(SOUND, "claims", 0, state="HELD")),
    ("I8", "wrong", "a claim too many", added(SOUND, "claims", claim("A3", PAID, "SOLD"))),
    ("I9", "missing", "not arrived", with_events(*EVENTS, event("e5", "booking.confirmed", bookingId=PAID))),
    ("I9", "late", "not sent", with_events(row(**{**vars(EVENTS[0]), "sent_at": None}), *EVENTS[1:])),
    (
        "I9",
        "doubled",
        "noted twice",
        dataclasses.replace(SOUND, inboxes={**SOUND.inboxes, "user_service": [row(event_id="e4")] * 2}),
    ),
    ("I9", "late", "a queue that fills", dataclasses.replace(SOUND, depths={"user_service": 3})),
    (
        "I10",
        "late",
        "paying for ever",
        added(SOUND, "bookings", booking("x", ANA, "PAYING", paying_since=LONG_AGO)),
    ),
    ("I10", "late", "unanswered for ever", altered(SOUND, "attempts", 0, outcome="OPEN")),
    ("I10", "late", "owed for ever", altered(SOUND, "refunds_due", 0, state="DUE")),
    ("I10", "late", "a payment for ever", altered(SOUND, "payments", 0, status="PENDING")),
    ("I10", "late", "a refund for ever", altered(SOUND, "refunds", 0, status="PENDING")),
    ("I11", "wrong", "laid aside", dataclasses.replace(SOUND, dead_letters={"user_service": ["e1"]})),
    (
        "I12",
        "wrong",
        "back from the dead",
        dataclasses.replace(
            SOUND, steps=[*steps(PAID, "hold", "expire", "confirm"), *steps(HELD, "hold"), *SOUND.steps[4:]]
        ),
    ),
    ("I12", "wrong", "another end", dataclasses.replace(SOUND, steps=SOUND.steps[:-1])),
    ("I12", "wrong", "a version that stands still", altered(SOUND, "bookings", 0, version=1)),
    ("I13", "missing", "a lost success", altered(SOUND, "bookings", 0, confirmed_at=None)),
    (
        "I13",
        "missing",
        "a lost hold",
        with_journal(Asked(user_id=BEN, operation="hold", key="k9", booking_id="gone")),
    ),
    ("I13", "missing", "a lost cancellation", altered(SOUND, "bookings", 2, state="CONFIRMED")),
    (
        "I13",
        "missing",
        "a lost change",
        with_journal(Asked(user_id=ANA, operation="change", key="c", booking_id=PAID)),
    ),
    ("I14", "wrong", "held unasked", without(SOUND, "answers", 1)),
    ("I15", "wrong", "a wrong count", altered(SOUND, "showtimes", 0, seats_taken=2)),
    ("I15", "wrong", "a wrong room", altered(SOUND, "showtimes", 0, seats_total=9)),
    ("I15", "wrong", "a wrong lock", dataclasses.replace(SOUND, locks={(SHOW, "A2"): PAID})),
    ("I15", "wrong", "a wrong map", dataclasses.replace(SOUND, seat_maps={SHOW: {"A1": "a"}})),
    ("I16", "doubled", "one code on two tickets", altered(SOUND, "tickets", 1, code="code-A1")),
    ("I16", "doubled", "two tickets for a seat", added(SOUND, "tickets", ticket("A1", PAID))),
    ("I16", "missing", "an unsigned ticket", altered(SOUND, "tickets", 0, qr_payload=None)),
    (
        "I16",
        "doubled",
        "admitted twice",
        added(
            SOUND, "steps", *(row(seq=9, booking_id=PAID, step="check_in", outcome="USED", detail="A1"),) * 2
        ),
    ),
    ("I17", "wrong", "the ledger forgot", without(SOUND, "payments", 0)),
    ("I17", "wrong", "the bookings forgot", altered(SOUND, "bookings", 0, paid=0)),
    ("I18", "wrong", "a wrong report", dataclasses.replace(SOUND, figures=SOUND.figures[1:])),
    ("I18", "missing", "a visit nobody saw", without(SOUND, "visits", 0)),
    ("I18", "wrong", "a visit that did not happen", altered(SOUND, "visits", 1, cancelled=False)),
    ("I18", "wrong", "a wrong count of loyalty", altered(SOUND, "members", 0, paid_bookings=3)),
    ("I19", "missing", "a change off the record", dataclasses.replace(SOUND, steps=SOUND.steps[:2])),
    ("I19", "doubled", "a change told twice", with_events(*EVENTS, EVENTS[0])),
    ("I19", "missing", "no audit entry", without(SOUND, "audit", 0)),
    ("I19", "missing", "a hold by nobody", altered(SOUND, "audit", 1, actor_id=None)),
    ("I19", "doubled", "paid once, signed twice", added(SOUND, "audit", SOUND.audit[4])),
    ("I19", "wrong", "another actor", altered(SOUND, "audit", 0, actor_id=None)),
    ("I20", "doubled", "two tries under one key", added(SOUND, "attempts", attempt(PAID, ANA, 900))),
    (
        "I20",
        "wrong",
        "another answer to the same",
        with_journal(Asked(user_id=ANA, operation="pay", key="p1", booking_id=PAID, total=1)),
    ),
    ("I20", "missing", "an answer that is not stored", without(SOUND, "answers", 1)),
]


def test_nothing_is_found_in_a_sound_house():
    assert {name: violations for name, violations in check(SOUND).items() if violations} == {}


@pytest.mark.parametrize(
    ("name", "kind", "facts"), [(p[0], p[1], p[3]) for p in PLANTED], ids=[p[2] for p in PLANTED]
)
def test_what_is_planted_is_found_and_told_by_its_kind(name, kind, facts):
    assert kind in {violation.kind for violation in check(facts)[name]}


def given_back_by_hand(facts, booking_id, amount):
    """The facts after staff gave back so much, as every book has it."""
    by_hand = {"id": "hand", "payment_id": f"pay-{booking_id}", "amount_value": amount, "status": "SUCCEEDED"}
    facts = added(facts, "refunds", row(**by_hand, idempotency_key="boss:why", created_at=facts.now))
    facts = added(facts, "provider_refunds", row(charge_reference=f"sim_{booking_id}", amount_value=amount))
    written = {"payment_id": f"pay-{booking_id}", "amount": amount, "state": "DONE", "next_try_at": facts.now}
    return added(facts, "refunds_due", row(key="hand", booking_id=booking_id, currency="EUR", **written))


def of_money(facts):
    """What the checks of money find."""
    found = check(facts)
    return [violation for name in ("I2", "I3", "I4", "I17") for violation in found[name]]


def test_what_staff_gave_back_of_a_sale_is_counted_once():
    facts = given_back_by_hand(SOUND, PAID, 200)
    facts = altered(facts, "payments", 0, refunded_amount=200)

    assert of_money(altered(facts, "bookings", 0, paid=700)) == []
    assert of_money(facts) != []


def test_what_staff_gave_back_lowers_what_a_cancellation_still_owes():
    facts = altered(SOUND, "refunds", 0, amount_value=800)
    facts = altered(facts, "provider_refunds", 0, amount_value=800)
    facts = altered(facts, "refunds_due", 0, amount=800)

    assert of_money(given_back_by_hand(facts, BACK, 200)) == []
    assert of_money(given_back_by_hand(facts, BACK, 150)) != []


def test_a_card_that_passed_a_terminal_of_the_house_is_on_our_books_alone():
    facts = SOUND
    for index in (0, 1):  # one that stays, one that went back by hand
        facts = altered(facts, "payments", index, provider="terminal", provider_reference=f"T-{index}")
    facts = altered(facts, "bookings", 0, channel="DESK")
    facts = dataclasses.replace(facts, charges=[], provider_refunds=[])

    assert of_money(facts) == []
    assert of_money(altered(facts, "payments", 1, refunded_amount=0)) != []


def test_every_invariant_has_a_planted_violation():
    assert list(CHECKS) == [f"I{number}" for number in range(1, 21)]
    assert {planted[0] for planted in PLANTED} == set(CHECKS)


def test_the_report_counts_and_names_what_does_not_hold():
    facts = altered(SOUND, "bookings", 0, paid=0)
    found = check(facts)

    text, whole = as_text(found, facts), as_json(found, facts)

    assert counted(found) == whole["violations"] > 0
    assert "the ledger holds 900, the bookings 0" in text
    assert whole["invariants"]["I17"]["wrong"] == 1
    assert whole["invariants"]["I1"]["violations"] == []
    assert "3 bookings, 1 cancelled, 1 confirmed, 1 held" in text


def test_the_checker_waits_until_all_that_was_begun_has_ended():
    busy = altered(SOUND, "bookings", 1, state="PAYING")
    quiet = altered(SOUND, "bookings", 1, state="EXPIRED")
    looks = iter([busy, quiet, quiet])

    facts, rest = wait_for_quiet(lambda: next(looks), seconds=60)

    assert unfinished(busy) == {"holds": 1}
    assert facts is quiet
    assert rest == {}


def read_while_money_went_back(after):
    """What a reader sees that looked at bookings and payments before a cancellation, and at refunds after it."""
    facts = altered(after, "bookings", 2, state="CONFIRMED", paid=1000, refunded=0, cancelled_at=None)
    facts = altered(without(facts, "refunds_due", 0), "payments", 1, status="SUCCEEDED", refunded_amount=0)
    return dataclasses.replace(facts, outboxes={})


def test_books_that_were_read_while_money_went_back_are_read_again():
    """A request whose client is gone is still at work: the ledger seems to hold money that nobody else has."""
    after = dataclasses.replace(altered(SOUND, "bookings", 1, state="EXPIRED"), outboxes={})
    torn = read_while_money_went_back(after)
    looks = iter([torn, after, after])

    facts, rest = wait_for_quiet(lambda: next(looks), seconds=60)

    assert unfinished(torn) == {}
    assert "the provider holds 900, our ledger 1900" in [wrong.words for wrong in check(torn)["I17"]]
    assert (facts, rest) == (after, {})
    assert check(facts)["I17"] == []


def test_a_deadline_ends_the_wait_and_tells_what_is_still_under_way():
    _, rest = wait_for_quiet(lambda: SOUND, seconds=0)

    assert rest == {"holds": 1}


def test_a_journal_is_read_as_it_was_written(tmp_path):
    line = Asked(
        user_id=ANA, operation="hold", key="k", showtime_id=SHOW, seats=("A1", "A2"), outcome="unknown"
    )
    journal = Journal(tmp_path / "journal")
    journal.note(line)
    journal.close()

    assert list(read_journal(tmp_path / "journal")) == [line]


def test_a_moment_is_not_late_yet():
    facts = altered(SOUND, "bookings", 1, expires_at=NOW)

    assert check(facts)["I7"] == []
