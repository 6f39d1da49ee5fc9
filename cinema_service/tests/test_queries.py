"""Finding places: by name, city and distance."""

import pytest

from chassis.errors import Invalid
from cinema_service import queries, seed
from cinema_service.commands.auditoriums import create_auditorium
from cinema_service.commands.cinemas import create_cinema
from cinema_service.geography import Point
from cinema_service.queries import Near
from cinema_service.tests.builders import LYON, PARIS, VERSAILLES, a_cinema_form, an_auditorium_form
from cinema_service.tests.test_commands import ADMIN


def page(runtime, search=None, city=None, near=None, first=100, after=None):
    return runtime.database.read(
        lambda session: queries.cinemas_page(
            session, search=search, city=city, near=near, first=first, after=after
        )
    )


def names(runtime, **arguments):
    return [found.cinema.name for found in page(runtime, **arguments).nodes]


@pytest.fixture
def places(runtime):
    seed.run(runtime)
    return runtime


@pytest.fixture
def france(runtime):
    for name, city, point in (
        ("Lumière", "Lyon", LYON),
        ("Trianon", "Versailles", VERSAILLES),
        ("Rex", "Paris", PARIS),
    ):
        create_cinema(runtime, ADMIN, a_cinema_form(name=name, city=city, location=point))
    return runtime


def test_cinemas_are_listed_by_name_without_regard_to_capitals_and_accents(runtime):
    for name in ("Zoo", "école", "Apollo", "Ébène"):
        create_cinema(runtime, ADMIN, a_cinema_form(name=name))

    assert names(runtime) == ["Apollo", "Ébène", "école", "Zoo"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("zurich", ["Kino Limmat"]),
        ("ZÜRICH limmat", ["Kino Limmat"]),
        ("gotgatan", ["Biograf Söder"]),
        ("lichtburg", ["Lichtburg am Kanal"]),
        ("nowhere", []),
        ("%", []),
    ],
)
def test_a_cinema_is_found_by_name_city_and_address(places, search, found):
    assert names(places, search=search) == found


def test_a_city_is_found_however_it_is_spelt(places):
    assert names(places, city="zürich") == names(places, city="Zurich") == ["Kino Limmat"]
    assert names(places, city="Zur") == []


def test_the_nearest_comes_first_with_its_distance(france):
    found = page(france, near=Near(PARIS, 500)).nodes

    assert [one.cinema.name for one in found] == ["Rex", "Trianon", "Lumière"]
    assert [one.distance_km for one in found] == [
        0.0,
        pytest.approx(17.9, abs=0.3),
        pytest.approx(391.5, abs=1),
    ]


def test_only_cinemas_within_the_radius_are_near(france):
    assert names(france, near=Near(PARIS, 50)) == ["Rex", "Trianon"]
    assert names(france, near=Near(PARIS, 17)) == ["Rex"]
    assert names(france, near=Near(Point(-33.9, 151.2), 50)) == []


def test_near_goes_together_with_a_search(france):
    assert names(france, near=Near(PARIS, 500), search="lum") == ["Lumière"]


def test_a_circle_may_cross_the_date_line_and_hold_a_pole(runtime):
    create_cinema(runtime, ADMIN, a_cinema_form(name="Fiji", location=Point(-17.7, 178.0)))
    create_cinema(runtime, ADMIN, a_cinema_form(name="Samoa", location=Point(-13.8, -172.1)))
    create_cinema(runtime, ADMIN, a_cinema_form(name="Svalbard", location=Point(78.2, 15.6)))

    assert names(runtime, near=Near(Point(-16, -179), 1200)) == ["Fiji", "Samoa"]
    assert names(runtime, near=Near(Point(89.9, -100), 1500)) == ["Svalbard"]
    assert len(names(runtime, near=Near(Point(0, 0), 20015))) == 3


@pytest.mark.parametrize(
    "near",
    [
        Near(Point(91, 0), 50),
        Near(Point(0, 181), 50),
        Near(PARIS, 0),
        Near(PARIS, -1),
        Near(PARIS, 30000),
        Near(PARIS, float("nan")),
    ],
)
def test_a_circle_that_is_none_is_refused(runtime, near):
    with pytest.raises(Invalid):
        page(runtime, near=near)


@pytest.mark.parametrize("near", [None, Near(PARIS, 20000)])
def test_pages_show_each_cinema_once(places, near):
    seen, after = [], None
    while True:
        one = page(places, near=near, first=3, after=after)
        seen += [found.cinema.id for found in one.nodes]
        after = one.page_info.end_cursor
        if not one.page_info.has_next_page:
            break

    assert len(seen) == len(set(seen)) == one.total_count == 7


def test_cities_are_listed_once(places):
    create_cinema(places, ADMIN, a_cinema_form(name="Second", city="PARIS"))

    cities = places.database.read(queries.cities)

    assert [city for city in cities if city.lower() == "paris"] == ["PARIS"]
    assert [city.lower() for city in cities] == [
        "berlin", "london", "new york", "paris", "stockholm", "tokyo", "zürich",
    ]  # fmt: skip


def test_the_capacity_of_a_cinema_is_that_of_its_auditoriums(runtime):
    cinema = create_cinema(runtime, ADMIN, a_cinema_form())
    empty = create_cinema(runtime, ADMIN, a_cinema_form(name="Empty"))
    create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, "SSS"))
    create_auditorium(runtime, ADMIN, an_auditorium_form(cinema.id, "S_S", name="Salle 2"))

    found = runtime.database.read(lambda session: queries.capacities_of(session, [cinema.id, empty.id]))

    assert found == {cinema.id: 5}
