"""Being told as soon as a film has showings: once, and only when there is something to see."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis.errors import Unauthenticated
from chassis.identity import VISITOR
from chassis.tables import OUTBOX
from chassis.testing import NOON, as_user
from movie_service import queries
from movie_service.commands.catalogue import delete_movie
from movie_service.commands.wishes import drop_wish, wish_for
from movie_service.errors import MovieNotFound
from movie_service.tests.builders import MANAGER, VIEWER, a_movie, happened, showtime_payload
from movie_service.tests.test_events import sent
from tests.contracts.event_files import faults_of


def on_sale(movie, **changes):
    return showtime_payload(movie.id, status="SCHEDULED", **changes)


def told(runtime):
    """Who was told of showings, in order."""
    query = select(OUTBOX).where(OUTBOX.c.name == "movie.showings_announced").order_by(OUTBOX.c.seq)
    return runtime.database.read(lambda session: session.execute(query).all())


def wished(runtime, movie, user_id="ana"):
    found = runtime.database.read(lambda session: queries.wishes_of(session, user_id, [movie.id]))
    return found.get(movie.id, False)


def test_everybody_who_wished_is_told_once_of_the_first_showing(runtime):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)
    wish_for(runtime, VIEWER, movie.id)
    wish_for(runtime, as_user("ben"), movie.id)

    happened(runtime, "showtime.scheduled", on_sale(movie))
    happened(runtime, "showtime.scheduled", on_sale(movie, showtimeId="show-2"))

    assert len(told(runtime)) == 2
    assert not wished(runtime, movie)


def test_what_is_told_suits_its_contract(runtime):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)

    happened(runtime, "showtime.scheduled", on_sale(movie))

    [row] = told(runtime)
    assert faults_of(sent(row)) == []
    assert sent(row)["payload"]["userId"] == "ana"
    assert sent(row)["payload"]["movieId"] == movie.id


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("showtime.scheduled", {"status": "DRAFT"}),
        ("showtime.scheduled", {"startsAt": "2026-11-20T19:30:00+00:00"}),
        ("showtime.rescheduled", {}),
        ("showtime.cancelled", {"status": "CANCELLED"}),
    ],
)
def test_what_nobody_can_book_fulfils_no_wish(runtime, name, changes):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)

    happened(runtime, name, {**on_sale(movie), **changes})

    assert told(runtime) == []
    assert wished(runtime, movie)


def test_a_showing_cancelled_before_its_news_arrives_is_not_announced(runtime):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)
    happened(runtime, "showtime.cancelled", on_sale(movie), at=NOON + timedelta(minutes=1))

    happened(runtime, "showtime.scheduled", on_sale(movie))

    assert told(runtime) == []


def test_a_dropped_wish_is_no_wish(runtime):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)

    drop_wish(runtime, VIEWER, movie.id)
    drop_wish(runtime, VIEWER, movie.id)
    happened(runtime, "showtime.scheduled", on_sale(movie))

    assert told(runtime) == []


def test_only_people_with_an_account_wish_and_only_for_films_there_are(runtime):
    with pytest.raises(Unauthenticated):
        wish_for(runtime, VISITOR, a_movie(runtime).id)
    with pytest.raises(MovieNotFound):
        wish_for(runtime, VIEWER, "no-such-film")


def test_a_wish_is_part_of_a_person_s_data_and_goes_with_the_person(runtime):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)
    data = runtime.database.read(lambda session: queries.personal_data(session, "ana"))

    happened(runtime, "user.erased", {"userId": "ana"})

    assert data["wishes"] == [{"movieId": movie.id, "wishedAt": NOON.isoformat()}]
    assert not wished(runtime, movie)


def test_a_film_can_be_deleted_though_somebody_wished_for_it(runtime):
    movie = a_movie(runtime)
    wish_for(runtime, VIEWER, movie.id)

    delete_movie(runtime, MANAGER, movie.id)

    assert not wished(runtime, movie)


def test_the_graph_tells_a_person_and_nobody_else_what_they_wished_for(service, runtime):
    movie = a_movie(runtime)
    wish, drop = (
        f'mutation {{ {name}(movieId: "{movie.id}") {{ done userErrors {{ code }} }} }}'
        for name in ("wishForMovie", "dropMovieWish")
    )
    asked = f'{{ movie(id: "{movie.id}") {{ wished }} }}'

    made = service.data(wish, caller=VIEWER)["wishForMovie"]

    assert made == {"done": True, "userErrors": []}
    assert service.data(asked, caller=VIEWER)["movie"]["wished"] is True
    assert service.data(asked, caller=as_user("ben"))["movie"]["wished"] is False
    assert service.data(asked)["movie"]["wished"] is None
    assert service.data(drop, caller=VIEWER)["dropMovieWish"]["done"] is True
    assert service.data(asked, caller=VIEWER)["movie"]["wished"] is False
