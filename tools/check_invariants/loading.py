"""Reads a copy of the system: databases through the services' own tables, Redis, broker and public door."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import redis
import requests
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from booking_service.queries import reports
from chassis.broker import Broker, BrokerDown, connect
from chassis.database import Database, utc_now
from tools.check_invariants.facts import Facts, Figure, Row
from tools.check_invariants.journal import Asked
from tools.launcher.fleet import SERVICES, Fleet

TABLES: dict[str, dict[str, str]] = {
    "booking_service": {
        "bookings": "bookings", "claims": "claims", "tickets": "tickets", "showtimes": "showtimes",
        "steps": "booking_steps", "attempts": "payment_attempts", "refunds_due": "refunds_due",
        "answers": "stored_answers",
    },
    "payment_service": {
        "payments": "payments", "refunds": "refunds", "charges": "simulated_charges",
        "provider_refunds": "simulated_refunds", "deliveries": "simulated_deliveries",
    },
    "coupon_service": {
        "coupons": "coupons", "coupon_uses": "coupon_uses", "coupon_counts": "coupon_user_counts",
        "members": "members",
    },
    "notification_service": {"notifications": "notifications"},
    "movie_service": {"visits": "visits"},
    "user_service": {"audit": "audit_entries"},
}  # fmt: skip
HEAVY = {"html", "body", "sealed", "search_text"}
SUBSCRIPTS = ("total", "day", "movie", "cinema", "hour")
EVER = (date(2000, 1, 1), date(2100, 1, 1))


@dataclass(frozen=True)
class Copy:
    """Where a copy of the system keeps things. `door`: its public address, if it runs."""

    databases: Mapping[str, str]
    redis_url: str | None = None
    broker_url: str | None = None
    prefix: str = "lobbycard"
    door: str | None = None

    @classmethod
    def of(cls, fleet: Fleet, *, is_running: bool) -> Copy:
        """The copy that the launcher runs, or ran, under `fleet`'s settings."""
        urls = {service.name: fleet.database_url(service) for service in SERVICES}
        prefix = fleet.environ.get("MESSAGE_PREFIX", "lobbycard")
        if not is_running:
            return cls(urls, prefix=prefix)
        return cls(urls, fleet.redis_url, fleet.broker_url, prefix, f"http://127.0.0.1:{fleet.port}")


def load(copy: Copy, *, journal: Sequence[Asked] | None = None, poison: Iterable[str] = ()) -> Facts:
    """Everything the checks need. Raises OperationalError or BrokerDown for what can't be read."""
    values: dict[str, Any] = {"journal": journal, "poison": frozenset(poison)}
    outboxes: dict[str, Sequence[Row]] = {}
    inboxes: dict[str, Sequence[Row]] = {}
    for service, url in copy.databases.items():
        tables = _tables(service)
        database = Database(url)
        with Session(database.engine) as session:
            for name, table in TABLES.get(service, {}).items():
                values[name] = _rows(session, tables[table])
            outboxes[service] = [_Event(row) for row in _rows(session, tables["outbox"])]
            inboxes[service] = _rows(session, tables["inbox"])
            if service == "booking_service":
                values["now"] = utc_now(session)
                values["plans"] = _plans(session, tables["plans"])
                values["figures"] = _figures(session)
        database.close()
    facts = Facts(**values, outboxes=outboxes, inboxes=inboxes, subscribers=_subscribers())
    return dataclasses.replace(facts, **_around(copy, facts))


def _around(copy: Copy, facts: Facts) -> dict[str, Any]:
    """What Redis, broker and public door say."""
    around: dict[str, Any] = {}
    if copy.broker_url is not None:
        broker = connect(copy.broker_url, copy.prefix)
        around["depths"] = {name: broker.depth(name) for name in _listeners()}
        around["dead_letters"] = {name: _dead(broker, name) for name in _listeners()}
        broker.close()
    if copy.redis_url is not None:
        around["locks"] = _locks(copy.redis_url)
    if copy.door is not None and facts.journal is not None:
        showtimes = {asked.showtime_id for asked in facts.journal if asked.showtime_id}
        around["seat_maps"] = {name: _seat_map(copy.door, name) for name in sorted(showtimes)}
    return around


class _Event:
    """An outbox row whose payload is read when somebody asks."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    @property
    def payload(self) -> Any:
        """The parsed payload."""
        return orjson.loads(self._row.payload)


def _tables(service: str) -> Mapping[str, Table]:
    tables: Mapping[str, Table] = importlib.import_module(f"{service}.models").Base.metadata.tables
    return tables


def _rows(session: Session, table: Table) -> Sequence[Row]:
    columns = [column for column in table.columns if column.name not in HEAVY]
    return session.execute(select(*columns)).all()


def _plans(session: Session, table: Table) -> dict[str, frozenset[str]]:
    rows = session.execute(select(table.c.id, table.c.seats))
    return {row.id: frozenset(seat["id"] for seat in orjson.loads(row.seats)) for row in rows}


def _figures(session: Session) -> list[Figure]:
    """The reports themselves, over all time and all cinemas."""
    figures = []
    for currency in reports.currencies(session, None):
        scope = reports.Scope(*EVER, currency, None, None)
        lines = [("total", reports.sold(session, scope))]
        for name in SUBSCRIPTS[1:]:
            lines += [(name, line) for line in getattr(reports, f"by_{name}")(session, scope)]
        figures += [
            Figure(
                name,
                currency,
                "" if line.key is None else str(line.key),
                (line.revenue, line.refunded, line.bookings, line.tickets),
            )
            for name, line in lines
        ]
    return figures


def _subscribers() -> dict[str, frozenset[str]]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for service in _listeners():
        for event in importlib.import_module(f"{service}.reactions").REACTIONS:
            wanted[event].add(service)
    return {event: frozenset(services) for event, services in wanted.items()}


def _listeners() -> list[str]:
    names = [service.name for service in SERVICES]
    return [name for name in names if importlib.import_module(f"{name}.reactions").REACTIONS]


def _dead(broker: Broker, service: str) -> list[str]:
    return [letter.id for letter in broker.dead_letters(service)]


def _locks(url: str) -> dict[tuple[str, str], str]:
    client = redis.Redis.from_url(url, decode_responses=True)
    owners: dict[tuple[str, str], str] = {}
    for key in client.scan_iter("lock:{*}:*", count=1000):
        owner: Any = client.get(key)
        showtime, seat = key.removeprefix("lock:{").split("}:", 1)
        if owner is not None:
            owners[showtime, seat] = owner
    client.close()
    return owners


def _seat_map(door: str, showtime_id: str) -> dict[str, str]:
    """The letters of the public map by seat; empty when the showtime can't be asked for."""
    query = "query Map($id: ID!) { showtime(id: $id) { seatStatuses seatMap { seat { id } } } }"
    with contextlib.suppress(requests.RequestException, ValueError, KeyError, TypeError):
        body = {"query": query, "variables": {"id": showtime_id}}
        answer = requests.post(f"{door}/graphql", json=body, timeout=10).json()["data"]["showtime"]
        seats = [state["seat"]["id"] for state in answer["seatMap"]]
        return dict(zip(seats, answer["seatStatuses"], strict=True))
    return {}


__all__ = ["BrokerDown", "Copy", "load"]
