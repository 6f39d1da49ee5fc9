"""The road that events travel: one port, two transports (RabbitMQ, Redis Streams), the same promises.

- `publish` returns only when the broker has the events; those that nobody has asked for are named (Unroutable).
- Each named subscriber gets each event at least once, in the order of publishing while nothing fails.
- A failed event comes again after a growing wait while the others flow; after DELIVERIES it is laid aside with
  its cause, to be looked at and replayed. What a consumer held when it died comes to another.
- A consumer whose own database is away (Unavailable) waits for it: that is no fault of the event.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from chassis.events import Envelope
from chassis.logs import log

DELIVERIES = 5
# An event that nobody lived to finish so many times is laid aside unread: it may be what kills them.
MOST_TAKEOVERS = 20
# So many events are in a consumer's hands at most; the others are for its brothers.
PREFETCH = 20
FIRST_RETRY_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 1.0
LONGEST_CAUSE = 500
# What a consumer of Redis Streams held and did not touch for so long is given to another.
ABANDONED_SECONDS = 5.0
Handler = Callable[[Envelope], object]


class BrokerDown(Exception):
    """The broker cannot be reached or did not confirm."""


class Unroutable(Exception):
    """Nobody has asked for these `event_ids`; everything else that was handed over is confirmed."""

    def __init__(self, event_ids: Iterable[str]) -> None:
        self.event_ids = frozenset(event_ids)
        super().__init__(f"nobody has asked for {len(self.event_ids)} events")


@dataclass(frozen=True)
class DeadLetter:
    """An event that was laid aside: `body` as it came, `cause` in words; id and name are empty when unreadable."""

    id: str
    name: str
    cause: str
    body: bytes

    @classmethod
    def of(cls, body: bytes, cause: str) -> DeadLetter:
        """Made from what the broker keeps."""
        try:
            envelope = Envelope.from_bytes(body)
        except ValueError:
            return cls("", "", cause, body)
        return cls(envelope.id, envelope.name, cause, body)


class Publisher(Protocol):
    """The half of a broker that a relay needs."""

    def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Hand over `envelopes`; returns once they are confirmed. Raises BrokerDown, Unroutable."""


class Broker(Publisher, Protocol):
    """One connection to a broker; use each from one thread only."""

    def declare(self, subscriber: str, names: Iterable[str]) -> None:
        """Make sure that `subscriber` has a queue that receives events called `names`. Raises BrokerDown."""

    def consume(self, subscriber: str, names: Iterable[str], handler: Handler, stop: threading.Event) -> None:
        """Call `handler` for each event until `stop` is set; an exception in it means: deliver again later.

        Raises BrokerDown when the connection is lost.
        """

    def lost_since(self, sender: str) -> str | None:
        """A mark, if the broker may have lost events that `sender` had sent it; else None. Raises BrokerDown."""

    def sent_again(self, sender: str, mark: str) -> None:
        """Note that `sender` sends again what it had sent before `mark`. Raises BrokerDown."""

    def dead_letters(self, subscriber: str) -> list[DeadLetter]:
        """Events that `subscriber` failed to handle, oldest first. Raises BrokerDown."""

    def dead_count(self, subscriber: str) -> int:
        """How many dead letters there are; cheap. Raises BrokerDown."""

    def replay_dead_letters(self, subscriber: str) -> int:
        """Give them all back to the subscriber's queue; how many. Raises BrokerDown."""

    def depth(self, subscriber: str) -> int:
        """Events waiting for `subscriber`; over Redis also those in its hands. Raises BrokerDown."""

    def close(self) -> None:
        """Give the connection back."""


def connect(url: str, prefix: str, *, abandoned_seconds: float = ABANDONED_SECONDS) -> Broker:
    """A broker for `url`: amqp(s)://… is RabbitMQ, redis(s)://… is Redis Streams. Raises BrokerDown, ValueError."""
    if url.startswith(("amqp://", "amqps://")):
        from chassis.rabbit import RabbitBroker

        return RabbitBroker(url, prefix)
    if url.startswith(("redis://", "rediss://", "unix://")):
        from chassis.redis_streams import StreamsBroker

        return StreamsBroker(url, prefix, abandoned_seconds)
    raise ValueError(f"no broker speaks {url.split(':', 1)[0]!r}")


def next_wait(subscriber: str, body: bytes, deliveries: int, cause: str) -> float | None:
    """Seconds until an event that has failed comes again; None: that was its last time. Tells the log."""
    letter = DeadLetter.of(body, cause)
    facts = {"subscriber": subscriber, "name": letter.name, "event_id": letter.id, "deliveries": deliveries}
    if deliveries >= DELIVERIES:
        log().error("event laid aside", **facts, error=cause)
        return None
    log().warning("event failed", **facts, error=cause)
    return FIRST_RETRY_SECONDS * float(2 ** (deliveries - 1))


def pause_of(attempt: int) -> float:
    """Seconds to wait for an own part that is away, before the attempt after `attempt` (1 or more)."""
    return min(0.1 * float(2 ** (attempt - 1)), LONGEST_PAUSE_SECONDS)


def cause_of(error: Exception) -> str:
    """Why handling failed, in words that fit beside the event."""
    return repr(error)[:LONGEST_CAUSE]
