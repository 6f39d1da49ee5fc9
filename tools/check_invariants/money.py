"""Money: what the provider took belongs to a booking or went back, to the minor unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tools.check_invariants.facts import Facts, Row, Violation, by, is_sample

SAMPLE_KEY = "seed:"
TAKEN_BY_STAFF = ("desk", "terminal")  # no provider's books tell of these


@dataclass(frozen=True)
class Books:
    """The facts about money, joined as the checks need them."""

    facts: Facts

    @cached_property
    def taken(self) -> list[Row]:
        """Charges that the provider captured."""
        return [charge for charge in self.facts.charges if charge.state == "SUCCEEDED"]

    @cached_property
    def attempts(self) -> dict[str, Row]:
        """Tries by the key under which the provider was asked."""
        return {attempt.provider_key: attempt for attempt in self.facts.attempts}

    @cached_property
    def bookings(self) -> dict[str, Row]:
        """Bookings by id."""
        return {booking.id: booking for booking in self.facts.bookings}

    @cached_property
    def given_back(self) -> dict[str, list[Row]]:
        """What the provider gave back, by its reference of the charge."""
        return by(self.facts.provider_refunds, lambda refund: refund.charge_reference)

    @cached_property
    def by_hand(self) -> dict[str, int]:
        """What staff gave back past the bookings' rules, by payment; the bookings have it among their own refunds."""
        known = {due.key for due in self.facts.refunds_due}
        sums: dict[str, int] = Counter()
        for refund in self.facts.refunds:
            key = base_key(refund.idempotency_key)
            if refund.status == "SUCCEEDED" and key not in known and not key.startswith(SAMPLE_KEY):
                sums[refund.payment_id] += refund.amount_value
        return sums

    def returned(self, charge: Row) -> int:
        """Minor units of a charge that went back."""
        return sum(refund.amount_value for refund in self.given_back.get(charge.reference, ()))


def base_key(key: str) -> str:
    """The key that was asked for; tries after a refusal carry a number behind it."""
    return key.split("#", 1)[0]


def every_capture_has_its_booking(facts: Facts) -> Iterator[Violation]:
    """I2: captured money belongs to one confirmed booking, went back as quoted, or went back in full."""
    books = Books(facts)
    promised = by(facts.refunds_due, lambda due: due.payment_id)
    for charge in books.taken:
        if charge.idempotency_key.startswith(SAMPLE_KEY):
            continue
        attempt, booking = books.attempts.get(charge.idempotency_key), books.bookings.get(charge.booking_id)
        returned = books.returned(charge)
        if attempt is None or booking is None or attempt.outcome != "SUCCEEDED":
            state = attempt.outcome if attempt else "no try of ours"
            yield from _differs(charge.amount_value, returned, charge, f"captured for {state}, given back")
        elif booking.state == "CANCELLED":
            due = sum(row.amount for row in promised.get(attempt.payment_id, ()))
            yield from _differs(due, returned, charge, "its booking was cancelled: given back")
        elif booking.state != "CONFIRMED":
            yield Violation("wrong", charge.idempotency_key, f"paid, and its booking is {booking.state}")
    yield from _wrong_quotes(books)


def _differs(due: int, is_so: int, charge: Row, words: str) -> Iterator[Violation]:
    if due != is_so:
        kind = "missing" if is_so < due else "doubled"
        yield Violation(kind, charge.idempotency_key, f"{words} {is_so} of {due} {charge.currency}")


def _wrong_quotes(books: Books) -> Iterator[Violation]:
    """A cancellation gives back what its event told the guest; less by what staff had given back on the way."""
    facts = books.facts
    due = by(facts.refunds_due, lambda row: row.booking_id)
    by_hand: Counter[str] = Counter()
    for payment in facts.payments:
        by_hand[payment.booking_id] += books.by_hand.get(payment.id, 0)
    for event in facts.events("booking.cancelled"):
        told, booking_id = event.payload["refund"], event.payload["bookingId"]
        if told is None:
            continue
        rows = [row for row in due.get(booking_id, ()) if row.key.startswith(f"{booking_id}:cancel")]
        written = sum(row.amount for row in rows)
        if not written <= told["amount"] <= written + by_hand[booking_id]:
            words = f"{told['amount']} were quoted, {written} are written down"
            yield Violation("wrong", booking_id, words)


def every_sale_is_paid_exactly(facts: Facts) -> Iterator[Violation]:
    """I3: for a confirmed booking the captures, less what went back by its rules, are its total in its currency."""
    books = Books(facts)
    charges = {charge.reference: charge for charge in books.taken}
    payments = by(
        (p for p in facts.payments if p.status not in ("PENDING", "FAILED")), lambda p: p.booking_id
    )
    for booking in facts.bookings:
        if booking.state != "CONFIRMED":
            continue
        net = by_hand = 0
        for payment in payments.get(booking.id, ()):
            charge = charges.get(payment.provider_reference) if payment.provider == "simulated" else None
            if payment.provider == "simulated" and charge is None:
                yield Violation("missing", booking.id, f"payment {payment.id} was never captured")
                continue
            kept = payment.amount_value - payment.refunded_amount
            kept = charge.amount_value - books.returned(charge) if charge is not None else kept
            net += kept
            by_hand += books.by_hand.get(payment.id, 0)
            if payment.currency != booking.currency:
                yield Violation("wrong", booking.id, f"paid in {payment.currency}")
            if payment.provider in TAKEN_BY_STAFF and booking.channel != "DESK" and is_ours(booking):
                words = f"sold to a guest, and staff are said to have the money ({payment.provider})"
                yield Violation("missing", booking.id, words)
        # Cheaper seats give back less where staff gave something back before.
        if not net <= booking.total <= net + by_hand:
            kind = "missing" if net < booking.total else "doubled"
            words = f"{net} {booking.currency} were kept for a total of {booking.total}"
            yield Violation(kind, booking.id, words)


def nothing_is_taken_or_returned_twice(facts: Facts) -> Iterator[Violation]:
    """I4: at most one capture a booking stays, refunds never exceed it, and each reason is refunded once."""
    books = Books(facts)
    for key, charges in by(books.taken, lambda charge: charge.idempotency_key).items():
        if len(charges) > 1:
            yield Violation("doubled", key, f"{len(charges)} captures under one key")
    stays = [charge for charge in books.taken if books.returned(charge) < charge.amount_value]
    for booking_id, charges in by(stays, lambda charge: charge.booking_id).items():
        keys = {charge.idempotency_key for charge in charges}
        tries = [books.attempts[key] for key in keys if key in books.attempts]
        if sum(attempt.purpose == "BOOKING" for attempt in tries) > 1:
            yield Violation("doubled", booking_id, f"captured under {', '.join(sorted(keys))}")
    for charge in books.taken:
        if books.returned(charge) > charge.amount_value:
            yield Violation("doubled", charge.idempotency_key, "more went back than was taken")
    done = (refund for refund in facts.refunds if refund.status == "SUCCEEDED")
    for (payment_id, key), refunds in by(done, lambda r: (r.payment_id, base_key(r.idempotency_key))).items():
        if len(refunds) > 1:
            yield Violation("doubled", payment_id, f"{len(refunds)} refunds for {key}")


def all_books_have_the_same_sum(facts: Facts) -> Iterator[Violation]:
    """I17: provider, payment ledger and bookings hold the same money, per currency."""
    books = Books(facts)
    provider: Counter[str] = Counter()
    ledger: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    booked: Counter[str] = Counter()
    for charge in books.taken:
        provider[charge.currency] += charge.amount_value - books.returned(charge)
    for payment in facts.payments:
        if payment.status not in ("PENDING", "FAILED"):
            kept = payment.amount_value - payment.refunded_amount
            whole[payment.currency] += kept
            ledger[payment.currency] += kept if payment.provider == "simulated" else 0
    for booking in facts.bookings:
        booked[booking.currency] += booking.paid
    for currency in sorted({*provider, *ledger, *whole, *booked}):
        if provider[currency] != ledger[currency]:
            words = f"the provider holds {provider[currency]}, our ledger {ledger[currency]}"
            yield Violation("wrong", currency, words)
        if whole[currency] != booked[currency]:
            words = f"the ledger holds {whole[currency]}, the bookings {booked[currency]}"
            yield Violation("wrong", currency, words)


def is_ours(booking: Row) -> bool:
    """Whether a booking was made by somebody, not by the sample data."""
    return not is_sample(booking.id)
