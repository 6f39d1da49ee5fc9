"""Four shipped services joined in one process, made once and set back for each schedule."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import structlog

from booking_service import schema as booking_schema
from booking_service import worker as booking_worker
from booking_service.commands import hold
from booking_service.settings import BookingSettings
from booking_service.tests.conftest import TICKET_KEYS
from chassis import ids, migrations
from chassis.clock import SetClock
from chassis.endpoint import Context, Endpoint
from chassis.errors import Unavailable
from chassis.federation import FederatedSchema
from chassis.identity import Caller, as_peer
from chassis.runtime import Runtime
from chassis.testing import NOON
from chassis.testing_rooms import SECRET
from chassis.worker import Worker
from coupon_service import schema as coupon_schema
from coupon_service import worker as coupon_worker
from coupon_service.settings import CouponSettings
from notification_service import worker as notification_worker
from notification_service.settings import NotificationSettings
from payment_service import app as payment_app
from payment_service import schema as payment_schema
from payment_service import worker as payment_worker
from payment_service.providers import NoAnswer, deliveries, simulated
from payment_service.settings import PaymentSettings
from tests.simulation import filling
from tests.simulation.ports import MemoryBroker, MemoryDatabase, MemoryPeers, MemoryRedis, Weather, Web
from tests.simulation.scheduler import Scheduler
from tools.check_invariants.journal import Asked

BOOKING, PAYMENT, COUPON, NOTIFICATION = (
    "booking_service", "payment_service", "coupon_service", "notification_service",
)  # fmt: skip
SETTINGS: Mapping[str, Any] = {
    BOOKING: partial(
        BookingSettings,
        TICKET_SIGNING_KEYS=TICKET_KEYS,
        BOOKING_FEE=100,
        GAP_RULE=False,
        CHECK_IN_OPENS_MINUTES=3000,
    ),
    PAYMENT: partial(PaymentSettings, PROVIDER_CALLS_AT_ONCE=1000),
    COUPON: CouponSettings,
    NOTIFICATION: partial(NotificationSettings, VAPID_KEY_FILE="unused.pem"),
}
BUILDERS: Mapping[str, Callable[[Any], Worker]] = {
    BOOKING: booking_worker.build_worker,
    PAYMENT: payment_worker.build_worker,
    COUPON: coupon_worker.build_worker,
    NOTIFICATION: notification_worker.build_worker,
}
SCHEMAS: Mapping[str, FederatedSchema] = {
    BOOKING: booking_schema.SCHEMA, PAYMENT: payment_schema.SCHEMA, COUPON: coupon_schema.SCHEMA,
}  # fmt: skip


@dataclass(frozen=True)
class Owner:
    """What a guest has from before the schedule."""

    booking_id: str
    is_sold: bool


@dataclass(frozen=True)
class Morning:
    """A state to begin with: databases to be copied, who owns what, what was asked and done for it."""

    name: str
    templates: Mapping[str, sqlite3.Connection]
    owners: Mapping[str, Owner] = field(default_factory=dict)
    journal: tuple[Asked, ...] = ()
    deeds: Mapping[str, int] = field(default_factory=dict)


class World:
    """The services, their ports, and what went wrong that should never go wrong."""

    def __init__(self) -> None:
        self.sim = Scheduler()
        self.weather = Weather()
        self.clock = SetClock(NOON)
        self.bugs: list[str] = []
        self.redis = MemoryRedis(self.sim, self.weather)
        self.databases = {name: MemoryDatabase(name, self.sim, self.weather, self.clock) for name in BUILDERS}
        doors: dict[str, Callable[[bytes, Caller], Any]] = {
            name: partial(self._answer, name) for name in SCHEMAS
        }
        doors["user_service"] = _nobody_answers
        self.runtimes: dict[str, Runtime[Any]] = {
            name: Runtime(
                name,
                SETTINGS[name](DATABASE_URL="sqlite://", INTERNAL_SECRET=SECRET, LOG_LEVEL="ERROR"),
                self.databases[name],
                self.redis,
                MemoryPeers(name, self.sim, doors),
                self.clock,
            )
            for name in BUILDERS
        }
        self.workers = {name: build(self.runtimes[name]) for name, build in BUILDERS.items()}
        self._endpoints = {name: Endpoint(schema, introspection=False) for name, schema in SCHEMAS.items()}
        self.broker = MemoryBroker(
            self.sim, self.weather, {name: list(worker.reactions) for name, worker in self.workers.items()}
        )
        self._webhooks = payment_app.create_app(runtime=self.runtimes[PAYMENT]).test_client()
        for name in BUILDERS:
            self._fill(name)
        self.morning = Morning("empty", self.copied())
        self._mornings = {"empty": self.morning}

    def begin(self, seed: int | str, morning: str = "empty") -> None:
        """Everything as on that morning, with all chance drawn from `seed`."""
        self.sim.begin(seed)
        self.weather.__init__()  # type: ignore[misc]  # the ports keep this very object
        self.clock.set(NOON)
        self.redis.forget_everything()
        self.broker.waiting.clear()
        self.broker.dead.clear()
        self.bugs.clear()
        # A morning's own rows have the low numbers.
        self._numbers = iter(range(1 if isinstance(seed, str) else 10_000, 1_000_000))
        self.morning = self._mornings[morning]
        for name, template in self.morning.templates.items():
            template.backup(self.databases[name].raw)

    def keep_morning(self, morning: Morning) -> None:
        """A morning more to begin with."""
        self._mornings[morning.name] = morning

    def copied(self) -> dict[str, sqlite3.Connection]:
        """All databases as they are now; nothing was watched so far."""
        copies = {name: sqlite3.connect(":memory:") for name in self.databases}
        for name, copy in copies.items():
            self.databases[name].raw.backup(copy)
            for table in filling.WATCHED.get(name, ()):
                copy.execute(f"DELETE FROM {table}")
            copy.commit()
        return copies

    def rows(self, service: str, question: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a service's database, read past the code under test."""
        cursor = self.databases[service].raw.execute(question, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def installed(self) -> Iterator[World]:
        """Put chance, time and network of this process into the hands of the simulation."""
        numbered = SimpleNamespace(uuid7=self._next_id)
        tokens = SimpleNamespace(token_urlsafe=lambda size: f"{next(self._numbers):0{size}d}")
        web = Web(self.sim, self.weather, self._webhook)
        clock = SimpleNamespace(time=lambda: self.clock.now().timestamp(), monotonic=lambda: 0.0)
        with (
            patch.object(ids, "uuid_utils", numbered),
            patch.object(ids, "secrets", tokens),
            patch.object(hold.readable_code, "__defaults__", (self._choose,)),
            patch.object(deliveries, "requests", web),
            patch("fakeredis._socket._base.time", clock),
            patch.object(simulated.SimulatedProvider.__init__, "__defaults__", (self._wait,)),
            self._far_away("charge"),
            self._far_away("look_up"),
            self._far_away("close"),
            self._far_away("refund"),
            self._listening(),
        ):
            yield self

    def _far_away(self, method: str) -> Any:
        """The provider is a house of its own: a question may get lost, and an answer may come to nobody."""
        near = getattr(simulated.SimulatedProvider, method)

        def far(provider: Any, *question: Any) -> Any:
            if self.weather.strikes_now(self.sim, f"provider never heard {method}", self.weather.silences):
                raise NoAnswer("lost on the way")
            return self.sim.ask(f"provider.{method}", lambda: near(provider, *question), lost=NoAnswer)

        return patch.object(simulated.SimulatedProvider, method, far)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """What the code logs as an error is one, unless it tells of weather that we made."""

        def hear(_logger: Any, level: str, event: MutableMapping[str, Any]) -> Any:
            made_here = isinstance(event.get("exc_info"), Unavailable)
            if level == "error" and not made_here:
                self.bugs.append(f"{event['event']}: {event.get('error', event)}")
            raise structlog.DropEvent

        before = structlog.get_config()
        structlog.configure(processors=[hear], cache_logger_on_first_use=False)
        try:
            yield
        finally:
            structlog.configure(**before)

    def _next_id(self) -> str:
        return str(UUID(int=(7 << 76) | (1 << 100) | next(self._numbers)))

    def _choose(self, letters: str) -> str:
        return letters[self.sim.random.randrange(len(letters))]

    def _wait(self, _seconds: float) -> None:
        self.sim.port("provider: slow")

    def _answer(self, service: str, body: bytes, caller: Caller) -> dict[str, Any]:
        endpoint = self._endpoints[service]
        context = Context(self.runtimes[service], as_peer(caller, BOOKING), "simulated")
        return endpoint.answer(endpoint.read(body), context)[0]

    def _webhook(self, body: bytes, headers: Mapping[str, str]) -> Any:
        answer = self._webhooks.post("/webhooks/simulated", data=body, headers=dict(headers))
        return SimpleNamespace(ok=answer.status_code == 200)

    def _fill(self, service: str) -> None:
        """Migrate and fill the database of a service."""
        database = self.databases[service]
        migrations.upgrade(database, service)
        filling.fill(service, self.runtimes[service])
        database.raw.executescript(filling.WATCHES.get(service, ""))


def _nobody_answers(_body: bytes, _caller: Caller) -> dict[str, Any]:
    raise Unavailable


def later(hours: float) -> str:
    """An instant so many hours after the schedule's begin, as SQLite stores it."""
    return (NOON + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S.%f")
