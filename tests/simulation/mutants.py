"""Guards taken away one by one: a simulation that misses one of these proves nothing by staying green.

A mutant is a change of one or two places in the shipped source, made in memory while a test runs. Guards here stand
two deep, as they should: where one alone would be caught by the next, the mutant takes both away.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType


@dataclass(frozen=True)
class Change:
    """`old` becomes `new` in the source of `function`, given as module:name."""

    function: str
    old: str
    new: str

    @contextmanager
    def made(self) -> Iterator[None]:
        """Change the function in place, so that every importer has the changed one. Raises ValueError if it moved."""
        module, _, name = self.function.partition(":")
        function = getattr(import_module(module), name, None)
        if not isinstance(function, FunctionType):
            raise ValueError(f"{self.function} is no longer there")
        before = function.__code__
        source = _changed.get(self.function) or textwrap.dedent(inspect.getsource(function))
        if self.old not in source:
            raise ValueError(f"{self.function} no longer says: {self.old}")
        changed = _changed[self.function] = source.replace(self.old, self.new)
        names = dict(function.__globals__)
        exec(compile("from __future__ import annotations\n" + changed, f"<mutant of {name}>", "exec"), names)
        function.__code__ = names[name].__code__
        try:
            yield
        finally:
            function.__code__ = before
            _changed.pop(self.function, None)


_changed: dict[str, str] = {}  # sources of the functions that are changed right now


@dataclass(frozen=True)
class Mutant:
    """A guard that is gone."""

    name: str
    changes: tuple[Change, ...]

    @contextmanager
    def made(self) -> Iterator[None]:
        """All its changes at once."""
        with ExitStack() as stack:
            for change in self.changes:
                stack.enter_context(change.made())
            yield


_ANY_MOVE = Change("booking_service.lifecycle:check_move", "if (before, after) not in MOVES:", "if False:")
_NOT_OURS = Change(
    "booking_service.commands.settle:_owns_its_seats", "return claimed ==", "return True or claimed =="
)

MUTANTS = (
    Mutant(
        "the claims' primary key is ignored: the lock is believed",
        (
            Change("booking_service.commands.hold:_others", "if not others.taken.isdisjoint(wanted):", "if False:"),
            Change("booking_service.commands.moves:take_seats", "session.add(", "session.merge("),
        ),
    ),
    Mutant(
        "seats are not kept while they are paid for, and not looked at when they are sold",
        (
            Change("booking_service.commands.moves:keep_claims", "values(expires_at=until)", "values(state=Claim.state)"),
            _NOT_OURS,
        ),
    ),
    Mutant(
        "late money is taken for seats that were given up",
        (
            Change(
                "booking_service.commands.settle:_captured", "booking.state == State.PAYING and _owns", "True or _owns"
            ),
            _ANY_MOVE,
        ),
    ),
    Mutant(
        "a payment that was settled is settled again",
        (Change("booking_service.commands.settle:settle_in", 'if attempt.outcome != "OPEN":', "if False:"), _ANY_MOVE),
    ),
    Mutant(
        "the sweeper ends what it saw a moment ago",
        (
            Change(
                "booking_service.commands.expiry:_end",
                ", Booking.state == State.HELD.value, Booking.expires_at <= sql_now()", "",
            ),
            _ANY_MOVE,
        ),
    ),
    Mutant(
        "a hold is paid after its end by the database's time",
        (
            Change(
                "booking_service.commands.keep:own_hold", "booking.expires_at <= utc_now(session)", "False"
            ),
        ),
    ),
    Mutant(
        "each question to the provider has a key of its own",
        (
            Change(
                "booking_service.commands.pay:_take", '"idempotencyKey": attempt.provider_key',
                '"idempotencyKey": attempt.provider_key + __import__("chassis.ids").ids.new_id()[-8:]',
            ),
        ),
    ),
    Mutant(
        "money that fits no seats is kept",
        (Change("booking_service.commands.settle:_return", "and captured > 0", "and False"),),
    ),
    Mutant(
        "nobody reconciles",
        (
            Change("booking_service.commands.settle:reconcile", "provider_key in unanswered:", "provider_key in ():"),
            Change(
                "booking_service.commands.settle:abandon_expired_actions", "provider_key in keys:", "provider_key in ():"
            ),
        ),
    ),
    Mutant(
        "an order that is given up is not closed at the provider",
        (
            Change(
                "payment_service.commands.settling:settle", "charge = provider.close(charge_order(payment))",
                "charge = None",
            ),
        ),
    ),
    Mutant(
        "a refund that is done is written down again",
        (Change("booking_service.commands.refunds:_record", 'if due.state != "DUE":', "if False:"),),
    ),
    Mutant(
        "the outbox is marked before the broker has confirmed",
        (
            Change("chassis.outbox:relay", "done = _handed_over(database, broker, rows)", "done = [seq for seq, _ in rows]"),
            Change("chassis.outbox:relay", "sent += len(done)", "_handed_over(database, broker, rows)"),
        ),
    ),
    Mutant(
        "consumers have no inbox, and no key of their own",
        (
            Change("chassis.inbox:first_time", "if session.execute", "return True\n    if session.execute"),
            Change("notification_service.commands.telling:_about", "occasion.event_id", "new_id()"),
        ),
    ),
    Mutant(
        "a coupon's limit is not looked at",
        (
            Change("coupon_service.rules:quote", "terms.usage_limit is not None and uses", "False and uses"),
            Change("coupon_service.commands.using:_count", "Coupon.times_used < Coupon.usage", "True or Coupon.usage"),
        ),
    ),
    Mutant(
        "seats are changed although somebody sits on one of them",
        (Change("booking_service.commands.seat_swap:finish_seat_change", "or is_used(session, booking.id)", ""),),
    ),
    Mutant(
        "a hold that ends keeps its seats",
        (Change("booking_service.commands.expiry:end_together", "_free(session, ids, showtimes, news)", "pass"),),
    ),
)  # fmt: skip

# Played by hand in test_guards.py: here the next guard sets right what this one lets through, in all but few schedules.
RARE = (
    Mutant(
        "a coupon is reserved for a request that was overtaken",
        (
            Change(
                "coupon_service.commands.using:_reserve",
                "if any(wish.as_of < one.as_of or (wish.as_of == one.as_of > 0 and one is not use) for one in uses):",
                "if False:",
            ),
        ),
    ),
    Mutant(
        "a coupon is paid with that was not made sure of",
        (Change("booking_service.commands.pay:_begin", "and booking.version != as_of", "and False"),),
    ),
)  # fmt: skip
