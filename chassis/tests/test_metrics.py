"""Figures: what a service and a worker tell a scraper, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from chassis import metrics, outbox
from chassis.clock import SetClock
from chassis.errors import Unavailable
from chassis.events import Event
from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import ServiceSettings
from chassis.tables import service_metadata
from chassis.testing import ServiceClient, make_runtime
from chassis.testing_brokers import Address, wait_until
from chassis.tests.test_service import SCHEMA
from chassis.worker import Timer, Worker, declare_queues
from tools import private_servers

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Figures:
    """Every sample of an exposition by its name and labels; each family may stand there once only."""
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(figures: Figures, name: str, **labels: str) -> float:
    """One sample; 0 for what has not happened yet."""
    return figures.get((name, frozenset(labels.items())), 0.0)


@pytest.fixture
def runtime(frame_url: str, clock: SetClock) -> Iterator[Runtime[ServiceSettings]]:
    made: Runtime[ServiceSettings] = make_runtime("thing_service", ServiceSettings, frame_url, clock)
    service_metadata().create_all(made.database.engine)
    yield made
    made.close()


def service(
    runtime: Runtime[ServiceSettings], waiting: metrics.Waiting | None = None
) -> Callable[[], Figures]:
    """A service and how to scrape it."""
    client = ServiceClient(build_service(runtime, SCHEMA, waiting=waiting))
    client.gql("{ things { id } }")
    client.gql("query Named { bug things { id } }")
    client.gql("mutation { refuse(several: true) { done userErrors { code } } }")
    client.post("/graphql", data=b"{", headers={**client.headers(), "Content-Type": "application/json"})
    return lambda: read(client.get("/metrics").get_data(as_text=True))


def test_requests_are_counted_by_the_first_field_they_ask_for(runtime: Runtime[ServiceSettings]) -> None:
    before = read(generate_latest(metrics.REGISTRY).decode())
    after = service(runtime)()

    def counted(name: str, **labels: str) -> float:
        return value(after, name, service="thing_service", **labels) - value(
            before, name, service="thing_service", **labels
        )

    assert counted("service_request_seconds_count", operation="things") == 1
    assert counted("service_request_seconds_count", operation="bug") == 1
    assert counted("service_request_seconds_count", operation="other") == 1
    assert counted("service_requests_failed_total", operation="bug") == 1
    assert counted("service_requests_failed_total", operation="things") == 0
    assert counted("service_refusals_total", code="REFUSED") == 1


def test_what_waits_is_asked_at_each_scrape(runtime: Runtime[ServiceSettings]) -> None:
    count = iter((3, 5))
    scrape = service(runtime, waiting=lambda _session: {"letters": next(count)})

    found = [value(scrape(), "service_waiting", service="thing_service", what="letters") for _ in range(2)]

    assert found == [3, 5]


def test_a_service_without_its_database_says_that_and_the_rest(runtime: Runtime[ServiceSettings]) -> None:
    def gone(_session: Any) -> dict[str, int]:
        raise Unavailable

    figures = service(runtime, waiting=gone)()

    assert value(figures, "service_database_up", service="thing_service") == 0
    assert value(figures, "service_request_seconds_count", service="thing_service", operation="things") > 0


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("10.1.2.3", 200), ("203.0.114.7", 404), ("", 404)]
)
def test_only_who_is_near_is_told(runtime: Runtime[ServiceSettings], address: str, status: int) -> None:
    client = build_service(runtime, SCHEMA).test_client()

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_a_worker_tells_what_it_sent_heard_did_and_has_before_it(
    frame_url: str, clock: SetClock, broker_address: Address, tmp_path: Path
) -> None:
    url, prefix = broker_address
    runtime: Runtime[ServiceSettings] = make_runtime(
        "mailer", ServiceSettings, frame_url, clock, BROKER_URL=url, MESSAGE_PREFIX=prefix
    )
    service_metadata().create_all(runtime.database.engine)
    heard: list[int] = []
    worker = Worker(
        runtime,
        {"sale.made": lambda _runtime, _session, payload, _envelope: heard.append(payload["n"])},
        [Timer("sweep", 0.05, lambda _runtime: 2)],
    )
    port = private_servers.free_port()
    stop = metrics.serve_workers(port, metrics.Backlog(worker.told()), address="127.0.0.1")

    def scraped() -> Figures:
        return read(requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text)

    try:
        declare_queues(runtime, worker.reactions)
        before = scraped()
        runtime.database.transact(lambda session: outbox.publish(session, Event("sale.made", {"n": 1})))
        waiting = scraped()
        worker.start()
        wait_until(lambda: heard == [1])
        wait_until(lambda: value(scraped(), "timer_work_total", service="mailer", timer="sweep") >= 2)
        wait_until(lambda: value(scraped(), "outbox_waiting", service="mailer") == 0)
        after = scraped()
    finally:
        worker.stop()
        stop()
        runtime.close()

    def grew(name: str, **labels: str) -> float:
        return value(after, name, service="mailer", **labels) - value(
            before, name, service="mailer", **labels
        )

    assert value(waiting, "outbox_waiting", service="mailer") == 1
    assert value(waiting, "worker_up", service="mailer") == 1
    assert grew("events_sent_total", event="sale.made") == 1
    assert grew("events_handled_total", event="sale.made", outcome="done") == 1
    assert grew("timer_seconds_count", timer="sweep") >= 1
    with pytest.raises(requests.ConnectionError):
        scraped()
