"""The graph of movie_service: shapes, refusals, batches, and what only siblings may ask."""

import json

import pytest
from sqlalchemy import event

from chassis.testing import as_peer, as_user
from movie_service import seed
from movie_service.commands.ratings import rate_movie
from movie_service.tests.builders import (
    MANAGER,
    VIEWER,
    a_movie,
    happened,
    movie_input,
    saw,
    showtime_payload,
)

CREATE = """mutation($input: MovieInput!) { createMovie(input: $input) {
  movie { id title originalTitle status genres directors cast { name character } releaseDate durationMinutes
          originalLanguage ageRating countries posterUrl trailerUrl rating ratingCount }
  userErrors { code message field } } }"""
UPDATE = """mutation($id: ID!, $input: MovieInput!) { updateMovie(id: $id, input: $input) {
  movie { title originalTitle status directors trailerUrl } userErrors { code field } } }"""
RATE = """mutation($id: ID!, $stars: Int!, $comment: String) { rateMovie(movieId: $id, stars: $stars, comment: $comment) {
  review { stars comment author { id } createdAt } movie { rating ratingCount } userErrors { code field } } }"""
ENTITIES = """query($of: [_Any!]!) {
  _entities(representations: $of) { ... on Movie { id title reviews { totalCount } } } }"""


@pytest.fixture
def statements(runtime):
    """SQL that the service runs, as it comes."""
    seen = []
    event.listen(runtime.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


def test_a_manager_adds_a_film(service):
    answer = service.data(CREATE, {"input": movie_input(status="NOW_SHOWING")}, caller=MANAGER)["createMovie"]

    movie = answer["movie"]
    assert answer["userErrors"] == []
    assert movie == {
        "id": movie["id"],
        "title": "Metropolis",
        "originalTitle": None,
        "status": "NOW_SHOWING",
        "genres": ["Science Fiction", "Drama"],
        "directors": ["Fritz Lang"],
        "cast": [{"name": "Brigitte Helm", "character": "Maria"}],
        "releaseDate": "1927-01-10",
        "durationMinutes": 148,
        "originalLanguage": "de",
        "ageRating": "PG",
        "countries": [],
        "posterUrl": f"http://localhost:5000/posters/{movie['id']}.svg",
        "trailerUrl": None,
        "rating": None,
        "ratingCount": 0,
    }


def test_a_faulty_film_is_refused_field_by_field(service):
    wrong = movie_input(title=" ", durationMinutes=0)

    answer = service.data(CREATE, {"input": wrong}, caller=MANAGER)["createMovie"]

    assert answer["movie"] is None
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [
        ("REQUIRED", ["input", "title"]),
        ("DURATION_OUT_OF_RANGE", ["input", "durationMinutes"]),
    ]


@pytest.mark.parametrize(
    ("caller", "code"), [(as_user("ana"), "FORBIDDEN"), (as_user("s", "STAFF", ("c",)), "FORBIDDEN")]
)
def test_others_may_not_add_films(service, caller, code):
    assert service.error_codes(CREATE, {"input": movie_input()}, caller=caller) == [code]
    assert service.error_codes(CREATE, {"input": movie_input()}) == ["UNAUTHENTICATED"]


def test_a_field_that_is_left_out_stays_and_one_set_to_null_goes(service, runtime):
    movie = a_movie(
        runtime, original_title="Original", trailer_url="https://example.org/t", status="ARCHIVED"
    )
    sent = movie_input(originalTitle=None)
    del sent["directors"]

    answer = service.data(UPDATE, {"id": movie.id, "input": sent}, caller=MANAGER)["updateMovie"]

    assert answer["movie"] == {
        "title": "Metropolis",
        "originalTitle": None,
        "status": "ARCHIVED",
        "directors": ["Fritz Lang"],
        "trailerUrl": "https://example.org/t",
    }


def test_an_unknown_film_is_not_found(service, runtime):
    saw(runtime, "nothing")
    missing = {"id": "nothing"}

    assert service.error_codes("query($id: ID!) { movie(id: $id) { id } }", missing) == ["NOT_FOUND"]
    for mutation in (
        "mutation($id: ID!) { deleteMovie(id: $id) { done } }",
        "mutation($id: ID!) { removePoster(movieId: $id) { movie { id } } }",
        "mutation($id: ID!) { createPosterUpload(movieId: $id) { uploadUrl } }",
        "mutation($id: ID!) { setMovieStatus(ids: [$id], status: ARCHIVED) { movies { id } } }",
        "mutation($id: ID!) { rateMovie(movieId: $id, stars: 3) { review { id } } }",
    ):
        assert service.error_codes(mutation, missing, caller=MANAGER) == ["NOT_FOUND"], mutation


def test_status_is_set_for_several_films(service, runtime):
    ids = [a_movie(runtime).id, a_movie(runtime, title="Wings").id]
    mutation = """mutation($ids: [ID!]!) { setMovieStatus(ids: $ids, status: NOW_SHOWING) {
      movies { id status } userErrors { code } } }"""

    answer = service.data(mutation, {"ids": ids}, caller=MANAGER)["setMovieStatus"]

    assert answer == {
        "movies": [{"id": movie_id, "status": "NOW_SHOWING"} for movie_id in ids],
        "userErrors": [],
    }


def test_deleting_a_film_with_showtimes_is_refused_with_a_code(service, runtime):
    movie = a_movie(runtime)
    happened(runtime, "showtime.scheduled", showtime_payload(movie.id))
    mutation = "mutation($id: ID!) { deleteMovie(id: $id) { done userErrors { code } } }"

    answer = service.data(mutation, {"id": movie.id}, caller=MANAGER)["deleteMovie"]

    assert answer == {"done": False, "userErrors": [{"code": "MOVIE_HAS_SHOWTIMES"}]}


def test_a_viewer_rates_and_the_mean_follows(service, runtime):
    movie = a_movie(runtime)
    refused = service.data(RATE, {"id": movie.id, "stars": 5}, caller=VIEWER)["rateMovie"]
    saw(runtime, movie.id)

    rated = service.data(RATE, {"id": movie.id, "stars": 4, "comment": "Fine."}, caller=VIEWER)["rateMovie"]
    wrong = service.data(RATE, {"id": movie.id, "stars": 6}, caller=VIEWER)["rateMovie"]

    assert refused["userErrors"] == [{"code": "MOVIE_NOT_SEEN", "field": ["movieId"]}]
    assert rated["review"] == {
        "stars": 4,
        "comment": "Fine.",
        "author": {"id": "ana"},
        "createdAt": "2026-11-21T12:00:00+00:00",
    }
    assert rated["movie"] == {"rating": 4.0, "ratingCount": 1}
    assert wrong["userErrors"] == [{"code": "STARS_OUT_OF_RANGE", "field": ["stars"]}]
    assert service.error_codes(RATE, {"id": movie.id, "stars": 5}) == ["UNAUTHENTICATED"]


def test_guests_list_films_with_filters_and_pages(service, runtime):
    seed.run(runtime)
    query = """query($after: String) {
      movies(filter: {status: NOW_SHOWING, genres: ["Horror"]}, sort: TITLE, first: 3, after: $after) {
        nodes { title } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
      genres }"""

    first = service.data(query)["movies"]
    second = service.data(query, {"after": first["pageInfo"]["endCursor"]})["movies"]

    assert [movie["title"] for movie in first["nodes"]] == [
        "Carnival of Souls",
        "Faust",
        "House on Haunted Hill",
    ]
    assert first["pageInfo"]["hasNextPage"]
    assert second["pageInfo"]["hasPreviousPage"]
    assert second["nodes"][0] == {"title": "Night of the Living Dead"}
    assert "Science Fiction" in service.data(query)["genres"]


def test_the_default_list_is_the_twenty_most_popular(service, runtime):
    seed.run(runtime)

    movies = service.data("{ movies { nodes { title } totalCount } }")["movies"]

    assert (len(movies["nodes"]), movies["totalCount"]) == (20, len(seed.films()))
    assert movies["nodes"][0]["title"] == "Metropolis"


@pytest.mark.parametrize(
    "arguments",
    ["first: 0", "first: 101", "first: null", 'after: "x"', 'after: "WzFd"', "sort: null, first: -1"],
)
def test_a_bad_page_is_the_caller_s_fault(service, arguments):
    assert service.error_codes(f"{{ movies({arguments}) {{ totalCount }} }}") == ["BAD_USER_INPUT"]


def test_entities_come_in_one_batch_with_their_reviews(service, runtime, statements):
    movies = [a_movie(runtime, title=f"Film {index}") for index in range(20)]
    saw(runtime, movies[3].id)
    rate_movie(runtime, VIEWER, movies[3].id, 5, None)
    wanted = [{"__typename": "Movie", "id": movie.id} for movie in movies]
    statements.clear()

    answer = service.data(ENTITIES, {"of": [*wanted, {"__typename": "Movie", "id": "nothing"}]})["_entities"]

    assert [found["title"] for found in answer[:20]] == [movie.title for movie in movies]
    assert [found["reviews"]["totalCount"] for found in answer[:20]] == [0, 0, 0, 1] + [0] * 16
    assert answer[20] is None
    assert len([sql for sql in statements if sql.lstrip().upper().startswith("SELECT")]) == 3


def test_only_siblings_read_what_is_held_about_a_person(service, runtime):
    movie = a_movie(runtime)
    saw(runtime, movie.id)
    rate_movie(runtime, VIEWER, movie.id, 5, "Good.")
    query = '{ moviePersonalData(userId: "ana") }'

    held = json.loads(service.data(query, caller=as_peer("user_service"))["moviePersonalData"])

    assert held["reviews"][0]["comment"] == "Good."
    assert held["visits"][0]["bookingId"] == "booking-1"
    assert service.error_codes(query, caller=VIEWER) == ["NOT_FOUND"]


def test_a_film_s_reviews_go_on_after_a_cursor(service, runtime, clock):
    movie = a_movie(runtime)
    for index, viewer in enumerate(("ana", "ben", "cleo")):
        saw(runtime, movie.id, user_id=viewer, booking_id=f"booking-{index}")
        clock.advance(minutes=1)
        rate_movie(runtime, as_user(viewer), movie.id, index + 1, None)
    query = """query($id: ID!, $after: String) { movie(id: $id) { rating reviews(first: 2, after: $after) {
      nodes { stars author { id } } pageInfo { endCursor hasNextPage } totalCount } } }"""

    first = service.data(query, {"id": movie.id})["movie"]["reviews"]
    rest = service.data(query, {"id": movie.id, "after": first["pageInfo"]["endCursor"]})["movie"]

    assert [review["stars"] for review in first["nodes"]] == [3, 2]
    assert [review["author"]["id"] for review in rest["reviews"]["nodes"]] == ["ana"]
    assert rest["rating"] == 2.0


@pytest.mark.parametrize(
    "query",
    [
        "{ movies(filter: {status: SHOWN}) { totalCount } }",
        '{ movies(filter: {releaseYear: "1927"}) { totalCount } }',
        'mutation { createMovie(input: {title: "x"}) { movie { id } } }',
        'mutation { rateMovie(movieId: "x", stars: "five") { review { id } } }',
    ],
)
def test_wrong_types_are_refused_before_anything_runs(service, query):
    assert set(service.error_codes(query, caller=MANAGER)) == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("day", ["1927-1-10", "yesterday", "", "1927-02-30", "1927-01-10T00:00:00Z"])
def test_a_release_date_is_a_calendar_day(service, day):
    codes = service.error_codes(CREATE, {"input": movie_input(releaseDate=day)}, caller=MANAGER)

    assert codes == ["BAD_USER_INPUT"]


def test_text_in_any_script_and_with_emoji_is_kept(service):
    written = movie_input(title="羅生門 🎬 Ελλάδα", synopsis="👩‍🚀" * 20)

    answer = service.data(CREATE, {"input": written}, caller=MANAGER)["createMovie"]

    assert answer["movie"]["title"] == "羅生門 🎬 Ελλάδα"
