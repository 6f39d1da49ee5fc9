"""The second door, "something happened": relay of the outbox, reactions to events, timers.

Each part runs in a thread of its own and starts over after a failure; `Worker.stop` ends them between two steps.
"""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from chassis import idempotency, inbox, logs, metrics, outbox, request_scope
from chassis.broker import Broker, BrokerDown, connect
from chassis.events import Envelope
from chassis.kill_points import reached
from chassis.nudges import OUTBOX, Nudges
from chassis.runtime import Runtime

# A nudge says when there is something to send; this is for nudges that got lost.
RELAY_SECONDS = 10.0
PURGE_SECONDS = 3600.0

Reaction = Callable[[Runtime[Any], Session, Mapping[str, Any], Envelope], None]
Prepare = Callable[[Runtime[Any], Envelope], None]


@dataclass(frozen=True)
class Timer:
    """Something to do again and again, and at once after a nudge on `topic`.

    `run` gets the runtime; a number that it gives back is how much it found to do.
    """

    name: str
    every_seconds: float
    run: Callable[[Any], object]
    topic: str | None = None


class Worker:
    """All background work of one service."""

    def __init__(
        self,
        runtime: Runtime[Any],
        reactions: Mapping[str, Reaction],
        timers: Sequence[Timer] = (),
        *,
        prepare: Prepare | None = None,
        relay_seconds: float = RELAY_SECONDS,
    ) -> None:
        """`prepare` runs before each reaction, outside its transaction: for what has to be asked elsewhere."""
        self.runtime = runtime
        self.reactions = dict(reactions)
        self.timers = (*timers, Timer("purge", PURGE_SECONDS, _purge))
        self._prepare = prepare
        self._relay_seconds = relay_seconds
        self._nudges = Nudges(runtime.settings.redis_url, f"{runtime.settings.prefix}:{runtime.name}")
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin in threads; returns at once."""
        self._spawn("relay", self._relay)
        if self.reactions:
            self._spawn("consumer", self._consume)
        for timer in self.timers:
            self._spawn(timer.name, partial(self._tick, timer))

    def stop(self, timeout_seconds: float = 10.0) -> None:
        """Ask all threads to end and wait for them."""
        self._stop.set()
        self._nudges.give({OUTBOX, *(timer.topic for timer in self.timers if timer.topic)})
        for thread in self._threads:
            thread.join(timeout_seconds)
        self._threads.clear()

    def run_forever(self) -> None:
        """Work until SIGTERM or SIGINT; for a process of its own."""
        logs.configure(self.runtime.name, self.runtime.settings.log_level)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        self.start()
        port = self.runtime.settings.metrics_port
        silence = metrics.serve_workers(port, metrics.Backlog(self.told())) if port else None
        self._stop.wait()
        self.stop()
        if silence:
            silence()

    def told(self) -> tuple[Runtime[Any], bool]:
        """What the figures ask of it: its runtime, and whether it reacts to events."""
        return self.runtime, bool(self.reactions)

    def handle(self, envelope: Envelope) -> bool:
        """React to one event, once; False when it was handled before or concerns nobody here."""
        reaction = self.reactions.get(envelope.name)
        if reaction is None:
            return False
        request_scope.begin(envelope.request_id, envelope.actor_id)
        if self._prepare is not None:
            self._prepare(self.runtime, envelope)

        def act(session: Session) -> bool:
            if not inbox.first_time(session, envelope):
                return False
            reached("inbox.after_insert")
            reaction(self.runtime, session, envelope.payload, envelope)
            return True

        labels = (self.runtime.name, envelope.name)
        try:
            is_first = self.runtime.database.transact(act)
        except Exception:
            metrics.HANDLED.labels(*labels, "failed").inc()
            raise
        metrics.HANDLED.labels(*labels, "done" if is_first else "repeated").inc()
        reached("inbox.before_ack")
        return is_first

    def _spawn(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(
            target=self._guarded, args=(name, run), name=f"{self.runtime.name}:{name}", daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def _guarded(self, name: str, run: Callable[[], None]) -> None:
        """Run until stopped; after a failure, begin again with a growing pause."""
        failures = 0
        while not self._stop.is_set():
            try:
                run()
                failures = 0
            except Exception as error:  # noqa: BLE001  # the loop of a worker outlives what goes wrong inside
                failures += 1
                expected = isinstance(error, BrokerDown)
                logs.log().warning(
                    "worker part failed", part=name, error=repr(error), exc_info=None if expected else error
                )
                self._stop.wait(min(5.0, 0.2 * 2 ** min(failures, 5)) * random.uniform(0.8, 1.2))  # noqa: S311  # jitter, no secret

    def _relay(self) -> None:
        broker = self._connect()
        try:
            with self._nudges.waiting(OUTBOX) as news:
                while not self._stop.is_set():
                    outbox.make_up_for_losses(self.runtime.database, broker, self.runtime.name)
                    if outbox.relay(self.runtime.database, broker, self._count_sent) == 0:
                        news.wait(self._relay_seconds, self._stop)
        finally:
            broker.close()

    def _count_sent(self, event: str) -> None:
        metrics.SENT.labels(self.runtime.name, event).inc()

    def _consume(self) -> None:
        broker = self._connect()
        try:
            broker.consume(self.runtime.name, self.reactions, self.handle, self._stop)
        finally:
            broker.close()

    def _tick(self, timer: Timer) -> None:
        if timer.topic is None:
            while not self._stop.wait(timer.every_seconds):
                self._run_once(timer)
            return
        with self._nudges.waiting(timer.topic) as news:
            while not self._stop.is_set():
                self._run_once(timer)
                news.wait(timer.every_seconds, self._stop)

    def _run_once(self, timer: Timer) -> None:
        request_scope.begin(None)
        labels = (self.runtime.name, timer.name)
        with metrics.TIMERS.labels(*labels).time(), metrics.TIMER_FAILED.labels(*labels).count_exceptions():
            done = timer.run(self.runtime)
        if isinstance(done, int) and done > 0:
            metrics.TIMER_WORK.labels(*labels).inc(done)

    def _connect(self) -> Broker:
        settings = self.runtime.settings
        return connect(settings.message_url, settings.prefix)


def declare_queues(runtime: Runtime[Any], reactions: Mapping[str, Reaction]) -> None:
    """Make the service's queue before anybody publishes, so that no early event is lost. Raises BrokerDown."""
    broker = connect(runtime.settings.message_url, runtime.settings.prefix)
    try:
        broker.declare(runtime.name, reactions)
    finally:
        broker.close()


def _purge(runtime: Runtime[Any]) -> None:
    outbox.purge(runtime.database)
    inbox.purge(runtime.database)
    idempotency.purge(runtime.database)
