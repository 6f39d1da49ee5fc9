"""The operator's look at the road for events: what waits, what failed and why, and once more."""

import threading

import pytest

from chassis.broker import connect
from chassis.events import Envelope
from chassis.testing_brokers import Consumer, wait_until
from tools import events

SERVICE = "notification_service"


@pytest.fixture(params=["redis", pytest.param("rabbitmq", marks=pytest.mark.real)])
def broker(request, monkeypatch):
    """The broker of the environment, private to the test."""
    from tools import private_servers

    with getattr(private_servers, f"{request.param}_server")() as server:
        monkeypatch.setenv("BROKER_URL", server.url)
        monkeypatch.setenv("MESSAGE_PREFIX", "test")
        connection = connect(server.url, "test")
        connection.declare(SERVICE, ["sale.made"])
        connection.address = (server.url, "test")
        yield connection
        connection.close()


def test_dead_letters_are_counted_shown_with_their_cause_and_given_back(broker, capsys):
    """F14, the operator's part."""
    is_mended, handled = threading.Event(), []

    def handle(event):
        if not is_mended.is_set():
            raise RuntimeError("the projector is cold")
        handled.append(event.id)

    sent = Envelope("sale.made", {})
    broker.publish([sent])
    consumer = Consumer(broker.address, SERVICE, ["sale.made"], handle)
    wait_until(lambda: broker.dead_count(SERVICE) == 1)

    assert events.main([]) == 1
    assert f"{SERVICE:<22}     0 waiting     1 dead" in capsys.readouterr().out
    assert events.main(["--dead", SERVICE]) == 1
    assert f"{sent.id}  sale.made  RuntimeError('the projector is cold')" in capsys.readouterr().out

    is_mended.set()
    assert events.main(["--replay", SERVICE]) == 0
    wait_until(lambda: handled == [sent.id])
    consumer.end()
    assert events.main(["--dead", SERVICE]) == 0


def test_a_broker_that_is_away_is_told(monkeypatch, capsys):
    monkeypatch.setenv("BROKER_URL", "redis://127.0.0.1:1/0")

    for words in ([], ["--replay", SERVICE]):
        assert events.main(words) == 1
        assert "does not answer" in capsys.readouterr().err
