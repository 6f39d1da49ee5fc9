"""What this service publishes and takes suits the contracts of events."""

import orjson
import pytest
from sqlalchemy import select

from chassis.events import Envelope
from chassis.tables import OUTBOX
from cinema_service.commands.auditoriums import create_auditorium
from cinema_service.commands.cinemas import create_cinema, delete_cinema
from cinema_service.reactions import REACTIONS
from cinema_service.tests.builders import a_cinema_form, an_auditorium_form
from cinema_service.tests.test_commands import ADMIN
from cinema_service.worker import build_worker
from tests.contracts.event_files import example_of, faults_of


def test_every_event_that_is_published_suits_its_contract(runtime):
    cinema = create_cinema(runtime, ADMIN, a_cinema_form())
    create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id))
    delete_cinema(runtime, ADMIN, cinema.id)

    rows = runtime.database.read(lambda session: session.execute(select(OUTBOX).order_by(OUTBOX.c.seq)).all())

    assert {row.name for row in rows} == {"cinema.changed", "auditorium.changed", "audit.recorded"}
    assert [fault for row in rows for fault in faults_of(sent(row))] == []


@pytest.mark.parametrize("name", REACTIONS)
def test_every_event_that_is_listened_to_is_taken_as_its_contract_shows_it(runtime, name):
    example = example_of(name)

    assert build_worker(runtime).handle(Envelope(name, example["payload"]))


def sent(row):
    """The row as it goes to the broker."""
    return orjson.loads(
        Envelope(
            name=row.name,
            payload=orjson.loads(row.payload),
            version=row.version,
            id=row.event_id,
            occurred_at=row.occurred_at,
            request_id=row.request_id,
            actor_id=row.actor_id,
        ).to_bytes()
    )
