"""Finding films: search, filters, order, pages."""

from datetime import date

import pytest

from chassis.errors import Invalid
from movie_service import queries, seed
from movie_service.commands.ratings import rate_movie
from movie_service.queries import MovieFilter
from movie_service.rules import CastMember
from movie_service.tests.builders import VIEWER, a_movie, saw

TITLES = (
    "Metropolis",
    "Häxan",
    "The Phantom Carriage",
    "Battleship Potemkin",
    "Intolerance",
    "The General",
    "The Cabinet of Dr. Caligari",
    "Nosferatu",
    "Woman in the Moon",
    "The Adventures of Prince Achmed",
    "The Broadway Melody",
    "The Cocoanuts",
    "Charade",
    "Night of the Living Dead",
    "Carnival of Souls",
    "Faust",
)


@pytest.fixture
def catalogue(runtime):
    chosen = [film for film in seed.films() if film["title"] in TITLES]
    runtime.database.transact(lambda session: seed.add_missing(session, chosen))
    return runtime


def titles(runtime, sort="TITLE", first=100, **narrowed):
    page = runtime.database.read(
        lambda session: queries.movies_page(
            session, MovieFilter(**narrowed), sort=sort, first=first, after=None
        )
    )
    assert page.total_count == len(page.nodes) or first < 100
    return [movie.title for movie in page.nodes]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("metropolis", ["Metropolis"]),
        ("HAXAN", ["Häxan"]),
        ("häxan", ["Häxan"]),
        ("korkarlen", ["The Phantom Carriage"]),
        ("броненосец", ["Battleship Potemkin"]),
        ("потемкин", ["Battleship Potemkin"]),
        ("sjostrom", ["The Phantom Carriage"]),
        ("gish", ["Intolerance"]),
        ("cinemascope", []),
        ("keaton general", ["The General"]),
        ("100%", []),
        ("_", []),
        ("***", []),
        ("dr caligari", ["The Cabinet of Dr. Caligari"]),
    ],
)
def test_a_film_is_found_by_any_part_of_titles_and_people(catalogue, search, found):
    assert titles(catalogue, search=search) == found


def test_a_blank_search_finds_everything(catalogue):
    assert len(titles(catalogue, search="  ")) == len(TITLES)


def test_filters_narrow_together(catalogue):
    found = titles(catalogue, genres=("science fiction",), language="German", status="NOW_SHOWING")

    assert found == ["Metropolis"]


def test_any_of_several_genres_will_do(catalogue):
    assert titles(catalogue, genres=("Animation", "MUSICAL")) == [
        "The Adventures of Prince Achmed",
        "The Broadway Melody",
        "The Cocoanuts",
    ]


@pytest.mark.parametrize(
    ("year", "found"), [(1963, ["Charade"]), (2024, []), (0, []), (-5, []), (99999999, [])]
)
def test_a_release_year_has_all_its_days(catalogue, year, found):
    assert titles(catalogue, release_year=year) == found


def test_the_first_and_last_day_of_a_year_belong_to_it(runtime):
    a_movie(runtime, title="First", release_date=date(1930, 1, 1))
    a_movie(runtime, title="Last", release_date=date(1930, 12, 31))
    a_movie(runtime, title="Next", release_date=date(1931, 1, 1))

    assert titles(runtime, release_year=1930) == ["First", "Last"]


def test_a_least_rating_means_the_rating_that_is_shown(runtime):
    good, fair = a_movie(runtime, title="Good"), a_movie(runtime, title="Fair")
    a_movie(runtime, title="Unrated")
    for index, (movie, stars) in enumerate([(good, 5), (fair, 3)]):
        saw(runtime, movie.id, booking_id=f"booking-{index}")
        rate_movie(runtime, VIEWER, movie.id, stars, None)

    assert titles(runtime, min_rating=4.0) == ["Good"]
    assert titles(runtime, min_rating=3.0) == ["Fair", "Good"]
    assert titles(runtime, min_rating=3.01) == ["Good"]
    assert titles(runtime, min_rating=0.0) == ["Fair", "Good", "Unrated"]
    assert titles(runtime, sort="RATING_DESC") == ["Good", "Fair", "Unrated"]


def test_absurd_filters_find_nothing_and_break_nothing(catalogue):
    assert titles(catalogue, min_rating=1e308) == []
    assert titles(catalogue, search="metropolis " * 5000) == ["Metropolis"]
    with pytest.raises(Invalid):
        titles(catalogue, genres=("Drama",) * 51)


def test_titles_sort_without_regard_to_capitals_and_accents(runtime):
    for title in ("Zebra", "äpfel", "Apfel B", "ÉTUDE", "banana"):
        a_movie(runtime, title=title)

    assert titles(runtime) == ["äpfel", "Apfel B", "banana", "ÉTUDE", "Zebra"]


def test_the_newest_release_comes_first(catalogue):
    assert titles(catalogue, sort="RELEASE_DATE_DESC")[:2] == ["Night of the Living Dead", "Charade"]


def test_what_sells_best_comes_first(runtime):
    quiet, loud = a_movie(runtime, title="Quiet"), a_movie(runtime, title="Loud")
    saw(runtime, quiet.id, booking_id="booking-1")
    saw(runtime, loud.id, booking_id="booking-2")
    saw(runtime, loud.id, booking_id="booking-3")

    assert titles(runtime, sort="POPULARITY_DESC") == ["Loud", "Quiet"]


@pytest.mark.parametrize("sort", list(queries.SORTS))
def test_pages_show_each_film_once_in_any_order(catalogue, sort):
    seen, after = [], None
    while True:
        page = catalogue.database.read(
            lambda session, after=after: queries.movies_page(
                session, MovieFilter(), sort=sort, first=7, after=after
            )
        )
        seen += [movie.id for movie in page.nodes]
        after = page.page_info.end_cursor
        if not page.page_info.has_next_page:
            break

    assert len(seen) == len(set(seen)) == page.total_count == len(TITLES)


def test_a_cursor_of_another_order_is_refused(catalogue):
    page = catalogue.database.read(
        lambda session: queries.movies_page(session, MovieFilter(), sort="TITLE", first=1, after=None)
    )

    with pytest.raises(Invalid):
        catalogue.database.read(
            lambda session: queries.movies_page(
                session, MovieFilter(), sort="RATING_DESC", first=1, after=page.page_info.end_cursor
            )
        )


def test_genres_are_listed_once_however_they_are_spelt(runtime):
    a_movie(runtime, genres=("drama", "War"))
    a_movie(runtime, title="Wings", genres=("Drama", "Émigré"))

    assert runtime.database.read(queries.genres) == ["Drama", "Émigré", "War"]


def test_reviews_of_several_films_come_together_newest_first(runtime, clock):
    films = [a_movie(runtime, title=title) for title in ("One", "Two", "Three")]
    for number, film in enumerate(films[:2]):
        for viewer in ("ana", "ben", "cleo"):
            saw(runtime, film.id, user_id=viewer, booking_id=f"{viewer}-{number}")
            clock.advance(minutes=1)
            rate_movie(runtime, type(VIEWER)(viewer, VIEWER.role), film.id, 3, viewer)

    pages = runtime.database.read(
        lambda session: queries.reviews_of(session, [film.id for film in films], first=2, after=None)
    )
    one = pages[films[0].id]
    rest = runtime.database.read(
        lambda session: queries.reviews_of(session, [films[0].id], first=2, after=one.page_info.end_cursor)
    )[films[0].id]

    assert [review.comment for review in one.nodes] == ["cleo", "ben"]
    assert (one.total_count, one.page_info.has_next_page) == (3, True)
    assert [review.comment for review in rest.nodes] == ["ana"]
    assert pages[films[2].id].nodes == []


def test_cast_members_without_a_part_are_found_too(runtime):
    a_movie(runtime, cast=(CastMember("Zasu Pitts"),))

    assert titles(runtime, search="pitts") == ["Metropolis"]
