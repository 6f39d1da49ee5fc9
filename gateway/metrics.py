"""Figures for Prometheus at /metrics: requests, fetches, breakers, streams, and what was shed or shared.

Told only to askers on this machine or a private network, where a scraper is; to the rest of the world the address
does not exist.
"""

from __future__ import annotations

import ipaddress
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from chassis.pulse import Pulse
from gateway.breaker import State
from gateway.doorway.refusal import Refusal
from gateway.doorway.reply import refuse_page
from gateway.doorway.visit import current_visit
from gateway.engine import Engine

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Sources = Callable[[], Iterable[Metric]]

OF_PROXIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


class BreakerStates(Protocol):
    """What the figures ask of the breakers."""

    def state(self, name: str) -> State: ...
    def times_opened(self) -> dict[str, int]: ...


class Figures:
    """Counts since the start of the process. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, int], int] = {}
        self._fetches: dict[tuple[str, bool], int] = {}
        self._slots = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self.pulse = Pulse()

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """One GraphQL request was answered."""
        self.pulse.note(seconds, failed=status >= 500)
        with self._lock:
            self._answers[kind, status] = self._answers.get((kind, status), 0) + 1
            self._slots[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def fetched(self, subgraph: str, succeeded: bool) -> None:
        """One request to a member came back, or did not."""
        with self._lock:
            key = (subgraph, succeeded)
            self._fetches[key] = self._fetches.get(key, 0) + 1

    def families(self) -> Iterator[Metric]:
        """The counts in Prometheus' terms."""
        with self._lock:
            answers, fetches = dict(self._answers), dict(self._fetches)
            slots, seconds = list(self._slots), self._seconds
        requests = CounterMetricFamily(
            "gateway_requests", "GraphQL requests answered.", labels=["kind", "status"]
        )
        for (kind, status), count in sorted(answers.items()):
            requests.add_metric([kind, str(status)], count)
        sent = CounterMetricFamily("gateway_fetches", "Requests to members.", labels=["subgraph", "outcome"])
        for (subgraph, succeeded), count in sorted(fetches.items()):
            sent.add_metric([subgraph, "ok" if succeeded else "failed"], count)
        total, buckets = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), slots, strict=True):
            total += count
            buckets.append((bound, float(total)))
        took = HistogramMetricFamily("gateway_request_seconds", "Time to answer a GraphQL request.")
        took.add_metric([], buckets, seconds)
        yield from (requests, sent, took)


def breaker_families(names: Iterable[str], breakers: BreakerStates) -> Iterator[Metric]:
    """How the breakers stand: 0 closed, 1 half-open, 2 open; and how often each has opened."""
    values = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}
    states = GaugeMetricFamily("gateway_breaker_state", "0 closed, 1 half-open, 2 open.", labels=["subgraph"])
    for name in names:
        states.add_metric([name], values[breakers.state(name)])
    opened = CounterMetricFamily("gateway_breaker_opened", "Times a breaker opened.", labels=["subgraph"])
    for name, times in sorted(breakers.times_opened().items()):
        opened.add_metric([name], times)
    yield from (states, opened)


class Served(Protocol):
    """What the figures ask of the graph that is served."""

    @property
    def engine(self) -> Engine: ...


def engine_families(served: Served | None) -> Iterator[Metric]:
    """What the graph's caches and connections look like; nothing while there is no graph."""
    if served is None:
        return
    made = CounterMetricFamily(
        "gateway_prepared", "Documents read and plans made because none was at hand.", labels=["what"]
    )
    for what, count in sorted(served.engine.made.items()):
        made.add_metric([what], count)
    idle = GaugeMetricFamily("gateway_idle_connections", "Connections that wait.", labels=["address"])
    for address, count in sorted(served.engine.transport.connections.counts().items()):
        idle.add_metric([address], count)
    yield from (made, idle)


def counter(name: str, words: str, count: float) -> Metric:
    """One count without labels."""
    family = CounterMetricFamily(name, words)
    family.add_metric([], count)
    return family


class _Everything(Collector):
    def __init__(self, sources: Iterable[Sources]) -> None:
        self._sources = tuple(sources)

    def collect(self) -> Iterator[Metric]:
        """All figures of all sources."""
        for source in self._sources:
            yield from source()


def add_route(app: Flask, sources: Iterable[Sources]) -> None:
    """Answer /metrics."""
    registry = CollectorRegistry()
    registry.register(_Everything(sources))

    @app.get("/metrics")
    def _metrics() -> Response:
        # A scraper asks straight: whoever comes by a proxy is the world, whatever address the proxy itself has.
        if any(name in request.headers for name in OF_PROXIES) or not _is_near(current_visit().address):
            return refuse_page(Refusal(404, "NOT_FOUND", "There is nothing at this address."))
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_near(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
