"""Figures of a process for Prometheus: what it answered, refused, sent, reacted to and found to do, and what waits.

A service tells them at /metrics beside its other addresses, a worker on a port of its own (METRICS_PORT). Only askers
on this machine or a private network are told; to the rest of the world the address does not exist.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask, Response, abort, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from chassis.broker import BrokerDown
from chassis.errors import Unavailable
from chassis.lag import Lag, lag_of
from chassis.runtime import Runtime

# How many of each thing are there now, by its name: a service's own question, asked at each scrape.
Waiting = Callable[[Session], Mapping[str, int]]

REGISTRY = CollectorRegistry()  # of the process
ProcessCollector(registry=REGISTRY)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Histogram(
    "service_request_seconds", "Time to answer a GraphQL request, by the first field it asks for.",
    ["service", "operation"], buckets=SECONDS, registry=REGISTRY,
)  # fmt: skip
FAILED = Counter(
    "service_requests_failed",
    "Requests that failed for a reason of ours.",
    ["service", "operation"],
    registry=REGISTRY,
)
REFUSED = Counter(
    "service_refusals", "Changes that the business refused, by code.", ["service", "code"], registry=REGISTRY
)
SENT = Counter(
    "events_sent",
    "Events that the broker confirmed; one sent again counts again.",
    ["service", "event"],
    registry=REGISTRY,
)
HANDLED = Counter(
    "events_handled", "Events reacted to; outcome: done, repeated or failed.", ["service", "event", "outcome"],
    registry=REGISTRY,
)  # fmt: skip
TIMERS = Histogram(
    "timer_seconds", "Time of one round of a timer.", ["service", "timer"], buckets=SECONDS, registry=REGISTRY
)
TIMER_FAILED = Counter(
    "timer_failures", "Rounds of a timer that failed.", ["service", "timer"], registry=REGISTRY
)
TIMER_WORK = Counter(
    "timer_work", "Things that a timer found to do.", ["service", "timer"], registry=REGISTRY
)
ANYWHERE = "0.0.0.0"  # noqa: S104  # the container's own network
_BREAKER = {"closed": 0, "half-open": 1, "open": 2}


def note(service: str, operation: str | None, seconds: float, *, failed: bool) -> None:
    """One request was answered; without an `operation` it was no valid GraphQL, or no GraphQL at all."""
    labels = (service, operation or "other")
    REQUESTS.labels(*labels).observe(seconds)
    if failed:
        FAILED.labels(*labels).inc()


class Standing(Collector):
    """What waits at the moment of a scrape. A part that can't be asked is left out, and said to be down."""

    def __init__(self, runtime: Runtime[Any], waiting: Waiting | None = None) -> None:
        self.runtime = runtime
        self._waiting = waiting

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked while it is registered."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges of a service."""
        name = self.runtime.name
        counts = GaugeMetricFamily(
            "service_waiting", "Things that wait, by kind.", labels=["service", "what"]
        )
        found: Mapping[str, int] = {}
        try:
            is_up = self.runtime.database.answers()
            found = self.runtime.database.read(self._waiting) if self._waiting and is_up else {}
        except Unavailable:  # it went away a moment ago
            is_up = False
        for what, count in sorted(found.items()):
            counts.add_metric([name, what], count)
        breakers = GaugeMetricFamily(
            "service_breaker_state", "0 closed, 1 half-open, 2 open.", labels=["service", "peer"]
        )
        for peer, state in sorted(self.runtime.peers.states().items()):
            breakers.add_metric([name, peer], _BREAKER.get(state, 2))
        yield from (
            _gauges("service_database_up", "1: its database answers.", {name: float(is_up)}),
            counts,
            breakers,
        )


class Backlog(Collector):
    """What workers have before them: events to send, events to react to, events laid aside."""

    def __init__(self, *services: tuple[Runtime[Any], bool]) -> None:
        """Each with whether it reacts to events."""
        self._services = services

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked while it is registered."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges of all its services; of one without database or broker, that alone is said."""
        found = {runtime.name: _lag(runtime, has_queue) for runtime, has_queue in self._services}
        lags = {name: lag for name, lag in found.items() if lag is not None}
        up = {name: float(lag is not None) for name, lag in found.items()}
        yield _gauges("worker_up", "1: its database and its broker answer.", up)
        for metric, words in (
            ("outbox_waiting", "Events stored and not sent yet."),
            ("outbox_age_seconds", "Age of the oldest of these."),
            ("queue_depth", "Events that wait for the service."),
            ("dead_letters", "Events that the service failed to act on."),
        ):
            yield _gauges(metric, words, {name: float(getattr(lag, metric)) for name, lag in lags.items()})


def _lag(runtime: Runtime[Any], has_queue: bool) -> Lag | None:
    try:
        return lag_of(runtime, has_queue=has_queue)
    except (BrokerDown, Unavailable):
        return None


def _gauges(metric: str, words: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(metric, words, labels=["service"])
    for service, value in values.items():
        family.add_metric([service], value)
    return family


def add_route(app: Flask, runtime: Runtime[Any], waiting: Waiting | None) -> None:
    """Answer /metrics of a service."""
    standing = CollectorRegistry()
    standing.register(Standing(runtime, waiting))

    @app.get("/metrics")
    def _metrics() -> Response:
        if not is_near(request.remote_addr or ""):
            abort(404)
        return Response(
            generate_latest(REGISTRY) + generate_latest(standing),
            content_type="text/plain; version=0.0.4; charset=utf-8",
        )


def serve_workers(port: int, backlog: Backlog, *, address: str = ANYWHERE) -> Callable[[], None]:
    """Tell the workers' figures at `port`; what is returned ends that. Raises OSError where the port is taken."""
    REGISTRY.register(backlog)
    server, thread = start_http_server(port, address, REGISTRY)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()
        REGISTRY.unregister(backlog)

    return stop


def is_near(address: str) -> bool:
    """Whether `address` is on this machine or a private network."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
