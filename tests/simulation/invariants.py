"""What must hold once everything is quiet: the checker's own twenty questions, asked of rows in memory.

More are asked of a history that triggers keep here alone (filling.WATCHES), which a real copy does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson

from booking_service.lifecycle import MOVES, State
from tests.simulation.filling import SEATS
from tests.simulation.house import House
from tests.simulation.world import BOOKING, COUPON, World
from tools.check_invariants.check import check
from tools.check_invariants.facts import Facts
from tools.check_invariants.journal import Asked
from tools.check_invariants.loading import HEAVY, TABLES
from tools.check_invariants.telling import AUDIT

Row = Any
INSTANTS = ("at", "paying_since", "created_at")


def violations(world: World, journal: Sequence[Asked], house: House) -> list[str]:
    """Everything that is not as it must be, in words."""
    found = check(facts_of(world, journal))
    found.pop("I18")  # about reports, and about a catalogue that is not simulated
    told = [
        f"{name} {violation.kind}: {violation.subject} {violation.words}"
        for name, violations in found.items()
        for violation in violations
    ]
    return [*told, *_watched(world), *_admissions(world, house)]


def facts_of(world: World, journal: Sequence[Asked]) -> Facts:
    """The rows of all four databases, as the checker wants them."""
    tables: dict[str, Any] = {
        name: _rows(world, service, table)
        for service, names in TABLES.items()
        if service in world.databases
        for name, table in names.items()
    }
    subscribers: dict[str, set[str]] = {}
    for service, worker in world.workers.items():
        for name in worker.reactions:
            subscribers.setdefault(name, set()).add(service)
    outboxes = {service: _events(world, service) for service in world.databases}
    # The trail is kept in a house that is not simulated: here it is what that house would be told, once each.
    told = {
        event.event_id: event.payload
        for events in outboxes.values()
        for event in events
        if event.name == AUDIT
    }
    trail = [
        SimpleNamespace(
            id=key, actor_id=entry["actorId"], action=entry["action"], object_id=entry["objectId"]
        )
        for key, entry in told.items()
    ]
    return Facts(
        **tables,
        audit=trail,
        now=world.clock.now(),
        plans={row["id"]: frozenset(SEATS) for row in world.rows(BOOKING, "SELECT id FROM plans")},
        outboxes=outboxes,
        inboxes={service: _rows(world, service, "inbox") for service in world.databases},
        subscribers={name: frozenset(services) for name, services in subscribers.items()},
        depths={
            service: sum(d.subscriber == service for d in world.broker.waiting) for service in world.databases
        },
        dead_letters={delivery.subscriber: [delivery.envelope.id] for delivery in world.broker.dead},
        journal=journal,
    )


def _rows(world: World, service: str, table: str) -> list[Row]:
    return [SimpleNamespace(**_typed(row)) for row in world.rows(service, f"SELECT * FROM {table}")]


def _events(world: World, service: str) -> list[Row]:
    events = _rows(world, service, "outbox")
    for event in events:
        event.payload = orjson.loads(event.payload)
    return events


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _instant(name, value) for name, value in row.items() if name not in HEAVY}


def _instant(name: str, value: Any) -> Any:
    is_one = isinstance(value, str) and (name in INSTANTS or name.endswith("_at"))
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if is_one else value


def _watched(world: World) -> Iterator[str]:
    """I1, I5, I7, I12 over every moment, not the last alone: owners, limits, and moves that are legal and in time."""
    for use in world.rows(COUPON, "SELECT * FROM seen_uses"):
        yield f"I5 doubled: {use['code']} was used {use['used']} times"
    for claim in world.rows(BOOKING, "SELECT * FROM seen_claims"):
        yield f"I1 wrong: the claim on {claim['seat_id']} went from {claim['before']} to {claim['after']}"
    for move in world.rows(BOOKING, "SELECT * FROM seen_moves"):
        before, after = move["before"], move["after"]
        is_sale = before == "HELD" and after in ("PAYING", "CONFIRMED")
        if is_sale and move["ended"] <= move["at"]:
            yield f"I7 late: {move['booking_id']} ended {move['ended']} and went {after} {move['at']}"
        if before != after and (State(before), State(after)) not in MOVES:
            yield f"I12 wrong: {move['booking_id']} moved {before} → {after}"
        if before in ("EXPIRED", "CANCELLED"):
            yield f"I12 wrong: {move['booking_id']} went on after it was {before}"
        steps = move["version_after"] - move["version_before"]
        if steps != 1 and (before != after or steps):
            yield f"I12 wrong: {move['booking_id']} went {steps} versions on"


def _admissions(world: World, house: House) -> Iterator[str]:
    """I16 as the doors saw it: nobody in twice, and whoever was let in is on record; and the count of the showtime."""
    states = {row["id"]: row["state"] for row in world.rows(BOOKING, "SELECT id, state FROM tickets")}
    for ticket, times in house.admitted.items():
        if times > 1 + house.taken_back[ticket]:
            yield f"I16 doubled: {ticket} was let in {times} times"
        if not house.taken_back[ticket] and states.get(ticket) != "USED":
            yield f"I16 missing: {ticket} was let in and is {states.get(ticket)}"
    counted = world.rows(BOOKING, "SELECT sum(checked_in) AS people FROM showtimes")[0]["people"]
    used = sum(state == "USED" for state in states.values())
    if counted != used:
        yield f"I16 wrong: {counted} admissions are counted, {used} tickets were used"
