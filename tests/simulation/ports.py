"""The outside world in memory, as unreliable as a seed wants it: databases, locks, broker, provider, network."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import fakeredis
import redis
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from chassis.broker import DELIVERIES, BrokerDown
from chassis.clock import Clock
from chassis.database import _ENGINE as ENGINE
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import Envelope
from chassis.identity import Caller
from chassis.peers import Peers
from tests.simulation.scheduler import Scheduler

T = TypeVar("T")


@dataclass
class Weather:
    """How the world behaves at this moment, and how often each fault strikes (of a thousand)."""

    redis_is_down: bool = False
    broker_is_down: bool = False
    commits_that_look_failed: int = 0
    confirms_lost: int = 0
    silences: int = 0
    strikes: dict[str, int] = field(default_factory=dict)

    def strikes_now(self, sim: Scheduler, name: str, of_a_thousand: int) -> bool:
        """Whether a fault strikes now; counted by its name."""
        if sim.is_calm or not of_a_thousand or sim.random.randrange(1000) >= of_a_thousand:
            return False
        self.strikes[name] = self.strikes.get(name, 0) + 1
        sim.note(f"! {name}")
        return True


class MemoryDatabase(Database):
    """A service's database: every transaction is a step; its answer may be lost after the commit."""

    def __init__(self, service: str, sim: Scheduler, weather: Weather, clock: Clock) -> None:
        super().__init__("sqlite://", clock=clock)
        self._service, self._sim, self._weather = service, sim, weather

    def transact(self, work: Callable[[Session], T]) -> T:
        self._sim.port(f"{self._service}: before a transaction")
        result = self._sim.atomic(lambda: super(MemoryDatabase, self).transact(work))
        if self._weather.strikes_now(
            self._sim, "answer to a commit lost", self._weather.commits_that_look_failed
        ):
            raise Unavailable
        self._sim.port(f"{self._service}: after a commit")
        return result

    def read(self, work: Callable[[Session], T]) -> T:
        self._sim.port(f"{self._service}: before a read")
        return self._sim.atomic(lambda: super(MemoryDatabase, self).read(work))

    def _sqlite(self, synchronous: str) -> Engine:
        """The one connection that the shipped engine makes, in an engine that spends no time on asking who listens."""
        connection: Any = super()._sqlite(synchronous).raw_connection().driver_connection
        assert isinstance(connection, sqlite3.Connection)
        #: The driver's own connection: for filling and for looking, never for the code under test.
        self.raw = connection
        engine = create_engine(
            "sqlite://", creator=lambda: connection, poolclass=StaticPool, pool_reset_on_return=None, **ENGINE
        )
        engine.dialect.do_begin = _begin  # type: ignore[method-assign,assignment]  # of this engine alone
        self._writing = engine
        return engine


def _begin(connection: Any) -> None:
    """One connection knows no other to lock out: reading and writing begin alike."""
    connection.driver_connection.execute("BEGIN")


class MemoryRedis(fakeredis.FakeRedis):
    """A stand-in that runs the shipped scripts, with outages; nobody listens to what is published."""

    def __init__(self, sim: Scheduler, weather: Weather) -> None:
        super().__init__(server=fakeredis.FakeServer())
        self._sim, self._weather = sim, weather

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if args[0] == "PUBLISH":
            return 0
        self._sim.port(f"redis: {args[0]}")
        if self._weather.redis_is_down and not self._sim.is_calm:
            raise redis.ConnectionError("down")
        return super().execute_command(*args, **options)

    def forget_everything(self) -> None:
        """As FLUSHALL, or a restart without a file: it needs no connection."""
        super().execute_command("FLUSHALL")


@dataclass
class Delivery:
    """An event on its way to one subscriber; gone once it is acknowledged."""

    subscriber: str
    envelope: Envelope
    failures: int = 0
    in_hand: int = 0


class MemoryBroker:
    """Keeps events for each subscriber until acknowledged; whoever takes them out chooses the order."""

    def __init__(self, sim: Scheduler, weather: Weather, subscribers: Mapping[str, Sequence[str]]) -> None:
        self._sim, self._weather, self._subscribers = sim, weather, subscribers
        self.waiting: list[Delivery] = []
        self.dead: list[Delivery] = []

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """As Publisher.publish; may have the events although it raises BrokerDown."""
        self._sim.port("broker: before a publication")
        if self._weather.broker_is_down and not self._sim.is_calm:
            raise BrokerDown("down")
        for envelope in envelopes:
            carried = Envelope.from_bytes(envelope.to_bytes())
            for subscriber, names in self._subscribers.items():
                if envelope.name in names:
                    self.waiting.append(Delivery(subscriber, carried))
        if self._weather.strikes_now(self._sim, "broker's confirm lost", self._weather.confirms_lost):
            raise BrokerDown("no confirm")
        self._sim.port("broker: after a confirm")

    def failed(self, delivery: Delivery) -> None:
        """The handler raised: come again, or rest with the dead letters."""
        delivery.failures += 1
        if delivery.failures >= DELIVERIES and delivery in self.waiting:
            self.waiting.remove(delivery)
            self.dead.append(delivery)


class MemoryPeers(Peers):
    """Siblings in the same process; the network between them loses questions and answers."""

    def __init__(
        self, service: str, sim: Scheduler, doors: Mapping[str, Callable[[bytes, Caller], Any]]
    ) -> None:
        super().__init__(service, dict.fromkeys(doors, "http://sibling.example"), "unused")
        self._sim, self._doors = sim, doors

    def _guarded(self, peer: str, body: bytes, caller: Caller, deadline_seconds: float) -> dict[str, Any]:
        name = body[10:].split(b"{", 2)[1].split(b"(")[0].strip().decode()
        answer: dict[str, Any] = self._sim.ask(
            f"{peer}.{name}", lambda: self._doors[peer](body, caller), lost=Unavailable
        )
        return answer


class Web:
    """Stands where `requests` does for the provider's postman; what it posts may arrive twice, or unanswered."""

    class RequestException(Exception):  # the name under which the postman catches it
        pass

    def __init__(self, sim: Scheduler, weather: Weather, door: Callable[..., Any]) -> None:
        self._sim, self._weather, self._door = sim, weather, door

    def Session(self) -> Web:  # as requests.Session
        return self

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def post(self, _url: str, *, data: bytes, headers: Mapping[str, str], **_options: Any) -> Any:
        if self._weather.strikes_now(self._sim, "webhook lost", self._weather.silences):
            raise Web.RequestException("lost")
        if self._weather.strikes_now(self._sim, "webhook twice", self._weather.silences):
            self._sim.start("webhook again", lambda: self._door(data, headers))
        return self._sim.ask("webhook", lambda: self._door(data, headers), lost=Web.RequestException)
