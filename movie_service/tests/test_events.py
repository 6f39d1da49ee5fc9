"""What this service publishes and takes suits the contracts of events."""

import orjson
import pytest
from sqlalchemy import select

from chassis.events import Envelope
from chassis.tables import OUTBOX
from movie_service.commands.catalogue import delete_movie, set_status, update_movie
from movie_service.commands.ratings import rate_movie
from movie_service.reactions import REACTIONS
from movie_service.tests.builders import MANAGER, VIEWER, a_movie, saw
from movie_service.worker import build_worker
from tests.contracts.event_files import example_of, faults_of


def test_every_event_that_is_published_suits_its_contract(runtime):
    movie = a_movie(runtime)
    update_movie(runtime, MANAGER, movie.id, {"title": "Another"})
    set_status(runtime, MANAGER, [movie.id], "NOW_SHOWING")
    saw(runtime, movie.id)
    rate_movie(runtime, VIEWER, movie.id, 5, None)
    delete_movie(runtime, MANAGER, movie.id)

    rows = runtime.database.read(lambda session: session.execute(select(OUTBOX).order_by(OUTBOX.c.seq)).all())

    assert {row.name for row in rows} == {"movie.changed", "movie.deleted", "audit.recorded"}
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
