"""Every event that a room publishes or listens to has a contract, and every contract a publisher.

That payloads suit their contracts is watched in all rooms' own tests (tests.contracts.watch) and on the running
system (tests.journeys.test_published_events).
"""

import importlib
import re

import pytest

from chassis.events import Envelope
from chassis.worker import Worker
from tests.contracts.event_files import event_schemas, example_of
from tests.contracts.promises import ROOT
from tools.launcher.fleet import SERVICES

ROOMS = [service.name for service in SERVICES]
WRITTEN_EVENT = re.compile(r'Event\(\s*"([a-z_]+\.[a-z_]+)"')
# Told by the frame itself, for every room.
FRAME_EVENTS = {"audit.recorded"}


def published_names():
    texts = (path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {name for text in texts for name in WRITTEN_EVENT.findall(text)} | FRAME_EVENTS


def reactions_of(room):
    return importlib.import_module(f"{room}.reactions").REACTIONS


def test_every_published_event_has_a_contract_and_every_contract_a_publisher():
    contracts = {name for name, _version in event_schemas()}

    assert published_names() == contracts


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_listens_only_to_events_that_exist(room):
    contracts = {name for name, _version in event_schemas()}

    assert set(reactions_of(room)) <= contracts


LISTENED = [(room, name) for room in ROOMS for name in reactions_of(room)]


@pytest.mark.parametrize(("room", "name"), LISTENED, ids=[f"{room}-{name}" for room, name in LISTENED])
def test_a_room_acts_on_the_example_of_each_event_it_listens_to_and_only_once(room, name, room_runtime):
    worker = Worker(room_runtime(room), reactions_of(room))
    example = example_of(name)
    envelope = Envelope(name=name, payload=example["payload"], id=example["id"], actor_id=example["actorId"])

    first, second = worker.handle(envelope), worker.handle(envelope)

    assert (first, second) == (True, False)
