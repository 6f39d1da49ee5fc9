"""Crashes of the real worker process, on both transports and both databases: everybody is told, and told once."""

import os
import signal
import subprocess
import sys

import pytest

from chassis import outbox
from chassis.broker import DELIVERIES, connect
from chassis.clock import SYSTEM_CLOCK
from chassis.events import Envelope, Event
from chassis.lag import lag_of
from chassis.testing import REDIS_URL, make_runtime
from chassis.testing_brokers import wait_until
from chassis.testing_rooms import SECRET
from notification_service.reactions import REACTIONS
from notification_service.settings import NotificationSettings
from notification_service.tests.builders import BOOKING, Post


@pytest.fixture
def clock():
    """The machine's own: worker processes know no other."""
    return SYSTEM_CLOCK


@pytest.fixture
def runtime(database_url, clock, peers, redis_client, broker_address, tmp_path):
    url, prefix = broker_address
    runtime = make_runtime(
        "notification_service", NotificationSettings, database_url, clock, peers, BROKER_URL=url, MESSAGE_PREFIX=prefix
    )  # fmt: skip
    broker = connect(url, prefix)
    broker.declare("notification_service", REACTIONS)
    broker.close()
    yield runtime
    runtime.close()


@pytest.fixture
def workers(runtime, tmp_path):
    """Starts worker processes; `workers.die_at` names the place where the next one ends as by kill -9."""
    processes = Processes(runtime, tmp_path)
    yield processes
    processes.end()


class Processes:
    def __init__(self, runtime, folder):
        self.points = folder / "kill"
        self.points.mkdir()
        self.output = folder / "worker.log"
        settings = runtime.settings
        self._environ = {
            **os.environ, "DATABASE_URL": runtime.database.url, "REDIS_URL": REDIS_URL, "BROKER_URL": settings.broker_url,
            "MESSAGE_PREFIX": settings.prefix, "INTERNAL_SECRET": SECRET, "KILL_POINTS": str(self.points),
            "LOBBYCARD_HOME": str(folder), "LOG_LEVEL": "WARNING", "PEERS": "",
        }  # fmt: skip
        self._started = []

    def die_at(self, point):
        (self.points / point).touch()

    def start(self):
        with self.output.open("ab") as out:
            command = [sys.executable, "-m", "notification_service.worker"]
            self._started.append(
                subprocess.Popen(command, env=self._environ, stdout=out, stderr=subprocess.STDOUT)
            )
        return self._started[-1]

    def end(self):
        for process in self._started:
            process.terminate()
            process.wait(30)


def happen(runtime, *payloads):
    """Bookings are confirmed; the worker under test relays the outbox too."""
    events = [Event("booking.confirmed", payload) for payload in payloads]
    runtime.database.transact(lambda session: outbox.publish(session, *events))


def is_quiet(runtime):
    lag = lag_of(runtime, has_queue=True)
    return (lag.outbox_waiting, lag.queue_depth) == (0, 0)


def told_once(runtime):
    post = Post(runtime)
    wait_until(lambda: [row.status for row in post.told()] == ["SENT", "SENT"])
    assert post.channels() == ["EMAIL", "IN_APP"]
    assert [mail.recipient for mail in post.mailbox()] == ["ana@example.org"]


def test_a_relay_killed_between_publishing_and_marking_leads_to_one_notification(runtime, workers):
    """F05"""
    workers.die_at("outbox.before_mark")
    happen(runtime, BOOKING)
    assert workers.start().wait(60) == -signal.SIGKILL
    assert runtime.database.read(outbox.waiting_count) == 1

    workers.start()

    wait_until(lambda: is_quiet(runtime), 90)
    told_once(runtime)


def test_a_consumer_killed_between_commit_and_acknowledgement_leads_to_one_notification(runtime, workers):
    """F06"""
    workers.die_at("inbox.before_ack")
    happen(runtime, BOOKING)
    assert workers.start().wait(60) == -signal.SIGKILL
    assert Post(runtime).channels() == ["EMAIL", "IN_APP"]

    workers.start()

    wait_until(lambda: is_quiet(runtime), 90)
    told_once(runtime)


@pytest.mark.slow
def test_a_consumer_killed_before_its_commit_leads_to_one_notification(runtime, workers):
    """F06, the other side of the commit: nothing was stored, so all of it happens again."""
    workers.die_at("inbox.after_insert")
    happen(runtime, BOOKING)
    assert workers.start().wait(60) == -signal.SIGKILL
    assert Post(runtime).told() == []

    workers.start()

    wait_until(lambda: is_quiet(runtime), 90)
    told_once(runtime)


def test_poison_first_in_the_queue_is_laid_aside_and_everybody_else_is_told(runtime, workers):
    """F14: at most five tries, the others flow, the dead letter tells its cause and raises the count."""
    broker = connect(runtime.settings.message_url, runtime.settings.prefix)
    broker.publish([Envelope("booking.confirmed", {**BOOKING, "startsAt": "whenever"})])
    happen(runtime, *({**BOOKING, "bookingId": f"b{number}"} for number in range(2, 5)))

    workers.start()

    post = Post(runtime)
    wait_until(lambda: len(post.mailbox()) == 3)
    wait_until(lambda: lag_of(runtime, has_queue=True).dead_letters == 1)
    wait_until(lambda: is_quiet(runtime))
    assert {row.booking_id for row in post.told()} == {"b2", "b3", "b4"}
    [letter] = broker.dead_letters("notification_service")
    broker.close()
    assert letter.name == "booking.confirmed"
    assert "whenever" in letter.cause
    log = workers.output.read_text()
    assert log.count('"event": "event failed"') == DELIVERIES - 1
    assert log.count('"event": "event laid aside"') == 1
