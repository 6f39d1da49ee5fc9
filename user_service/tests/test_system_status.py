"""How the system is, as an administrator sees it."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
import redis

from chassis import gateway_notes
from chassis.broker import connect
from chassis.database import utc_now
from chassis.events import Envelope
from chassis.testing import FakePeers, ServiceClient, as_user, make_runtime
from user_service.app import create_app
from user_service.settings import UserSettings
from user_service.tests.builders import PEPPER

ADMIN = as_user("ada", "ADMIN")
STATUS = """{ systemStatus { at deadLetters lastBackupAt services { name status requests p95Milliseconds errorRate
  outboxWaiting outboxAgeSeconds queueDepth deadLetters breaker { state since lastError }
  peers { name state lastError } } } }"""
LETTERS = "query($service: String!) { deadLetters(service: $service) { id name cause body } }"
REPLAY = "mutation($service: String!) { replayDeadLetters(service: $service) { done userErrors { code } } }"
WELL = {"status": "ok", "requests": 40, "p95Milliseconds": 12, "errorRate": 0.025,
        "outbox": {"waiting": 2, "ageSeconds": 3.5},
        "peers": {"user_service": {"state": "half-open", "since": "2026-11-21T11:00:00+00:00",
                                   "lastError": "ReadTimeout"}}}  # fmt: skip


@pytest.fixture
def client(database_url, clock, redis_client: redis.Redis, tmp_path):
    peers = FakePeers()
    runtime = make_runtime(
        "user_service", UserSettings, database_url, clock, peers, PASSWORD_PEPPER=PEPPER, BCRYPT_COST=4,
        JWT_KEYS_DIR=str(tmp_path / "keys"), MESSAGE_PREFIX=f"test-{tmp_path.name}", BACKUPS_DIR=str(tmp_path / "b"),
        PEERS="movie_service=http://a.invalid,cinema_service=http://b.invalid",
    )  # fmt: skip
    made = ServiceClient(create_app(runtime=runtime))
    made.peers = peers  # type: ignore[attr-defined]  # siblings made by the test
    yield made
    runtime.close()


def services(client: ServiceClient) -> dict:
    found = client.data(STATUS, caller=ADMIN)["systemStatus"]
    return {line["name"]: line for line in found["services"]} | {"": found}


def a_broker(client: ServiceClient):
    settings = client.runtime.settings
    return connect(settings.message_url, settings.prefix)


def lay_aside(client: ServiceClient, name: str) -> None:
    """An event that the service fails to act on until it is laid aside."""
    import threading

    stop, broker = threading.Event(), a_broker(client)
    broker.declare(name, ["thing.happened"])
    broker.publish([Envelope("thing.happened", {"thing": 1})])
    tries = []

    def fail(_envelope):
        tries.append(1)
        if len(tries) == 5:
            stop.set()
        raise ValueError("no such thing")

    broker.consume(name, ["thing.happened"], fail, stop)
    broker.close()


def test_each_service_tells_of_itself_and_one_that_is_silent_is_stopped(client):
    client.peers.healths["movie_service"] = WELL

    seen = services(client)

    movie = seen["movie_service"]
    assert (movie["status"], movie["requests"], movie["p95Milliseconds"]) == ("OK", 40, 12)
    assert (movie["errorRate"], movie["outboxWaiting"], movie["outboxAgeSeconds"]) == (0.025, 2, 3.5)
    assert movie["peers"] == [{"name": "user_service", "state": "HALF_OPEN", "lastError": "ReadTimeout"}]
    assert (seen["cinema_service"]["status"], seen["cinema_service"]["requests"]) == ("STOPPED", None)
    assert seen["user_service"]["status"] == "OK"


def test_a_service_without_its_database_is_degraded(client):
    client.peers.healths["movie_service"] = {**WELL, "status": "degraded", "outbox": None}

    movie = services(client)["movie_service"]

    assert (movie["status"], movie["outboxWaiting"]) == ("DEGRADED", None)


def test_what_the_gateway_noticed_stands_beside_each_service(client, redis_client):
    assert services(client)["gateway"]["status"] == "DEGRADED"
    breaker = {"state": "open", "since": "2026-11-21T11:59:00+00:00", "lastError": "no answer"}
    note = {"requests": 7, "p95Milliseconds": 30, "errorRate": 0.0}
    gateway_notes.leave(
        redis_client, "one", {**note, "breakers": {"movie_service": {**breaker, "state": "closed"}}}
    )
    gateway_notes.leave(redis_client, "two", {**note, "breakers": {"movie_service": breaker}})

    seen = services(client)

    assert (seen["gateway"]["status"], seen["gateway"]["requests"], seen["gateway"]["p95Milliseconds"]) == (
        "OK",
        14,
        30,
    )
    assert seen["movie_service"]["breaker"] == {**breaker, "state": "OPEN"}
    assert 0 < redis_client.ttl("notes:gateway:one") <= gateway_notes.LIFE_SECONDS


def test_dead_letters_are_counted_shown_and_given_back_once(client):
    lay_aside(client, "movie_service")
    assert services(client)[""]["deadLetters"] == 1

    [letter] = client.data(LETTERS, {"service": "movie_service"}, caller=ADMIN)["deadLetters"]
    assert (letter["name"], letter["cause"]) == ("thing.happened", "ValueError('no such thing')")
    assert '"thing":1' in letter["body"]
    done = client.data(REPLAY, {"service": "movie_service"}, caller=ADMIN)["replayDeadLetters"]

    assert done == {"done": True, "userErrors": []}
    seen = services(client)
    assert (seen["movie_service"]["queueDepth"], seen["movie_service"]["deadLetters"]) == (1, 0)
    assert client.error_codes(LETTERS, {"service": "nobody"}, caller=ADMIN) == ["BAD_USER_INPUT"]


def test_the_newest_backup_is_told_of(client, tmp_path):
    assert services(client)[""]["lastBackupAt"] is None
    (tmp_path / "b").mkdir()
    for name, hour in (("old.gz", 3), ("new.gz", 4)):
        (tmp_path / "b" / name).write_bytes(b"x")
        at = datetime(2026, 11, 20, hour, tzinfo=UTC).timestamp()
        os.utime(tmp_path / "b" / name, (at, at))

    assert services(client)[""]["lastBackupAt"] == "2026-11-20T04:00:00+00:00"


@pytest.mark.parametrize("role", ["CUSTOMER", "STAFF", "MANAGER"])
def test_nobody_below_an_administrator_sees_it(client, role):
    caller = as_user("sam", role, ("cinema-1",))

    assert client.error_codes(STATUS, caller=caller) == ["FORBIDDEN"]
    assert client.error_codes(LETTERS, {"service": "user_service"}, caller=caller) == ["FORBIDDEN"]
    assert client.error_codes(REPLAY, {"service": "user_service"}, caller=caller) == ["FORBIDDEN"]
    assert client.runtime.database.read(utc_now)
