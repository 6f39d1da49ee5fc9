"""Changing the catalogue: what is saved, told and written into the audit trail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import orjson
import pytest
from sqlalchemy import select

from chassis.errors import Forbidden, Refusals, Unauthenticated
from chassis.identity import VISITOR
from chassis.tables import OUTBOX
from chassis.testing import as_user
from movie_service import queries, seed
from movie_service.commands.catalogue import create_movie, delete_movie, set_status, update_movie
from movie_service.commands.posters import create_upload, remove_poster
from movie_service.commands.ratings import rate_movie
from movie_service.errors import MovieHasShowtimes, MovieNotFound, NotSeen
from movie_service.models import Movie, Review
from movie_service.rules import CastMember
from movie_service.tests.builders import (
    MANAGER,
    VIEWER,
    a_movie,
    a_movie_form,
    booking_payload,
    happened,
    saw,
    showtime_payload,
)

STAFF = as_user("stan", "STAFF", ("cinema-1",))


def told(runtime, name):
    """Payloads of the events of that name, oldest first."""
    rows = runtime.database.read(
        lambda session: session.execute(
            select(OUTBOX.c.payload).where(OUTBOX.c.name == name).order_by(OUTBOX.c.seq)
        ).all()
    )
    return [orjson.loads(payload) for (payload,) in rows]


def stored(runtime, movie_id):
    return runtime.database.read(lambda session: session.get(Movie, movie_id))


def test_a_new_film_is_saved_told_and_audited(runtime):
    movie = a_movie(runtime, status="NOW_SHOWING")

    assert stored(runtime, movie.id).title == "Metropolis"
    assert told(runtime, "movie.changed") == [
        {"movieId": movie.id, "title": "Metropolis", "durationMinutes": 148, "status": "NOW_SHOWING"}
    ]
    (entry,) = told(runtime, "audit.recorded")
    assert (entry["action"], entry["actorId"], entry["objectId"]) == ("movie.create", "mia", movie.id)
    assert entry["before"] is None
    assert orjson.loads(entry["after"])["title"] == "Metropolis"


def test_a_film_is_coming_soon_unless_said_otherwise(runtime):
    assert a_movie(runtime).status == "COMING_SOON"


@pytest.mark.parametrize("caller", [VIEWER, STAFF])
def test_only_managers_and_admins_change_the_catalogue(runtime, caller):
    movie = a_movie(runtime)

    for change in (
        lambda: create_movie(runtime, caller, a_movie_form()),
        lambda: update_movie(runtime, caller, movie.id, {"title": "Mine"}),
        lambda: set_status(runtime, caller, [movie.id], "ARCHIVED"),
        lambda: create_upload(runtime, caller, movie.id),
        lambda: remove_poster(runtime, caller, movie.id),
        lambda: delete_movie(runtime, caller, movie.id),
    ):
        with pytest.raises(Forbidden):
            change()
    with pytest.raises(Unauthenticated):
        create_movie(runtime, VISITOR, a_movie_form())


def test_a_faulty_film_is_not_saved(runtime):
    with pytest.raises(Refusals) as refused:
        a_movie(runtime, title="", duration_minutes=0)

    assert [fault.code for fault in refused.value.refusals] == ["REQUIRED", "DURATION_OUT_OF_RANGE"]
    assert told(runtime, "movie.changed") == []


def test_letters_that_unfold_into_many_fit(runtime):
    long_names = tuple(CastMember(f"{number} " + "ﷺ" * 100) for number in range(200))

    movie = a_movie(runtime, title="ﷺ" * 200, cast=long_names)

    assert stored(runtime, movie.id).title == "ﷺ" * 200


def test_a_change_keeps_what_was_not_given_and_audits_what_differs(runtime):
    movie = a_movie(runtime, cast=(CastMember("Brigitte Helm", "Maria"),))

    changed = update_movie(runtime, MANAGER, movie.id, {"title": "Metropolis 2010", "duration_minutes": 153})

    assert changed.cast == [{"name": "Brigitte Helm", "character": "Maria"}]
    assert told(runtime, "movie.changed")[-1]["durationMinutes"] == 153
    entry = told(runtime, "audit.recorded")[-1]
    assert orjson.loads(entry["before"]) == {"title": "Metropolis", "duration_minutes": 148}
    assert orjson.loads(entry["after"]) == {"title": "Metropolis 2010", "duration_minutes": 153}


def test_saving_the_same_again_tells_nobody(runtime):
    movie = a_movie(runtime)

    update_movie(runtime, MANAGER, movie.id, a_movie_form())

    assert len(told(runtime, "movie.changed")) == len(told(runtime, "audit.recorded")) == 1


def test_changed_genres_replace_the_old_ones(runtime):
    movie = a_movie(runtime, genres=("Drama", "War"))

    update_movie(runtime, MANAGER, movie.id, {"genres": ("War", "Romance")})

    assert runtime.database.read(queries.genres) == ["Romance", "War"]


def test_several_films_get_a_status_together_or_not_at_all(runtime):
    first, second = a_movie(runtime), a_movie(runtime, title="Wings")

    with pytest.raises(MovieNotFound):
        set_status(runtime, MANAGER, [first.id, "nothing"], "NOW_SHOWING")
    assert stored(runtime, first.id).status == "COMING_SOON"

    set_status(runtime, MANAGER, [second.id, first.id, second.id], "NOW_SHOWING")
    assert {stored(runtime, movie.id).status for movie in (first, second)} == {"NOW_SHOWING"}
    assert [entry["action"] for entry in told(runtime, "audit.recorded")[2:]] == ["movie.set_status"] * 2


def test_a_film_with_showtimes_to_come_is_not_deleted(runtime):
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))

    with pytest.raises(MovieHasShowtimes):
        delete_movie(runtime, MANAGER, movie.id)

    assert stored(runtime, movie.id) is not None


def test_a_film_whose_showtimes_are_over_or_cancelled_is_deleted_with_its_reviews(runtime, clock):
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    happened(runtime, "showtime.cancelled", showtime_payload(movie.id, showtimeId="show-2"))
    saw(runtime, movie.id)
    rate_movie(runtime, VIEWER, movie.id, 5, None)
    clock.advance(hours=11)

    delete_movie(runtime, MANAGER, movie.id)

    assert stored(runtime, movie.id) is None
    assert runtime.database.read(lambda session: session.scalars(select(Review)).all()) == []
    assert told(runtime, "movie.deleted") == [{"movieId": movie.id}]
    with pytest.raises(MovieNotFound):
        delete_movie(runtime, MANAGER, movie.id)


def test_a_viewer_rates_a_film_after_the_showtime(runtime, clock):
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    saw(runtime, movie.id, user_id="ben", booking_id="booking-2")

    review, rated = rate_movie(runtime, as_user("ben"), movie.id, 4, " Long. ")

    assert (review.stars, review.comment, review.author_id) == (4, "Long.", "ben")
    assert (rated.rating_tenths, rated.rating_count) == (40, 1)
    assert told(runtime, "audit.recorded")[-1]["action"] == "movie.rate"


def test_before_the_end_of_the_showtime_nobody_rates(runtime, clock):
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    happened(runtime, "booking.confirmed", booking_payload(movie.id))

    with pytest.raises(NotSeen):
        rate_movie(runtime, VIEWER, movie.id, 5, None)
    clock.advance(hours=9.9)  # the showtime ends ten hours from noon
    with pytest.raises(NotSeen):
        rate_movie(runtime, VIEWER, movie.id, 5, None)
    clock.advance(hours=0.1)
    rate_movie(runtime, VIEWER, movie.id, 5, None)


def test_who_has_no_booking_or_another_film_s_does_not_rate(runtime):
    movie, other = a_movie(runtime), a_movie(runtime, title="Wings")
    saw(runtime, other.id)

    with pytest.raises(NotSeen):
        rate_movie(runtime, VIEWER, movie.id, 5, None)
    with pytest.raises(Unauthenticated):
        rate_movie(runtime, VISITOR, movie.id, 5, None)
    with pytest.raises(MovieNotFound):
        rate_movie(runtime, VIEWER, "nothing", 5, None)


def test_a_second_rating_takes_the_place_of_the_first(runtime):
    movie = a_movie(runtime)
    saw(runtime, movie.id)
    saw(runtime, movie.id, user_id="ben", booking_id="booking-2")
    first, _ = rate_movie(runtime, VIEWER, movie.id, 1, "Hm.")
    rate_movie(runtime, as_user("ben"), movie.id, 4, None)

    second, rated = rate_movie(runtime, VIEWER, movie.id, 5, None)

    assert (second.id, second.comment) == (first.id, None)
    assert (rated.rating_tenths, rated.rating_count) == (45, 2)


def test_all_who_rate_at_once_are_counted_and_each_of_them_once(runtime):
    movie = a_movie(runtime)
    viewers = [f"viewer-{number}" for number in range(4)]
    for viewer in viewers:
        saw(runtime, movie.id, user_id=viewer, booking_id=f"booking of {viewer}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda viewer: rate_movie(runtime, as_user(viewer), movie.id, 4, None), viewers * 2))

    rated = stored(runtime, movie.id)
    assert (rated.rating_count, rated.rating_tenths) == (4, 40)


def test_the_sample_films_are_added_once_and_changes_to_them_stay(runtime):
    seed.run(runtime)
    film = seed.films()[0]
    update_movie(runtime, MANAGER, film["id"], {"title": "Another title"})

    seed.run(runtime)

    assert stored(runtime, film["id"]).title == "Another title"
    assert stored(runtime, film["id"]).release_date == date.fromisoformat(film["releaseDate"])
    assert len(told(runtime, "movie.changed")) == len(seed.films()) + 1


def test_the_sample_films_have_ratings_of_nobody_in_particular(runtime):
    seed.run(runtime)

    metropolis = stored(runtime, next(film["id"] for film in seed.films() if film["title"] == "Metropolis"))
    page = runtime.database.read(
        lambda session: queries.reviews_of(session, [metropolis.id], first=100, after=None)[metropolis.id]
    )

    assert page.total_count == metropolis.rating_count >= 10
    assert 30 <= metropolis.rating_tenths <= 50
    assert {review.author_id for review in page.nodes} == {None}
    words = [review.comment for review in page.nodes if review.comment]
    assert len(words) == len(set(words)) >= 1
