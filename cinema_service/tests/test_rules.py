"""Seating plans, forms and distances: pure decisions."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema_service import seed
from cinema_service.geography import Point, box_around, distance_km
from cinema_service.rules import (
    AuditoriumForm,
    CinemaForm,
    auditorium_faults,
    cinema_faults,
    tidy_auditorium,
    tidy_cinema,
)
from cinema_service.seating import CATEGORIES, SeatRow, capacity, expand, faults, tidy
from cinema_service.tests.builders import LYON, PARIS, VERSAILLES, a_cinema_form, an_auditorium_form


def codes(rows):
    return [fault.code for fault in faults(tidy(rows))]


def test_seats_are_numbered_from_the_left_and_gaps_are_not_seats():
    seats = expand([SeatRow("A", "SS_PR")])

    assert [(seat.id, seat.category, seat.x) for seat in seats] == [
        ("A1", "STANDARD", 0),
        ("A2", "STANDARD", 1),
        ("A3", "PREMIUM", 3),
        ("A4", "RECLINER", 4),
    ]


def test_a_row_may_be_numbered_from_the_right_and_from_any_number():
    seats = expand([SeatRow("B", "LL_AC", number_from=11, right_to_left=True)])

    assert [(seat.id, seat.category) for seat in seats] == [
        ("B14", "LOVESEAT"),
        ("B13", "LOVESEAT"),
        ("B12", "ACCESSIBLE"),
        ("B11", "COMPANION"),
    ]


def test_rows_lie_one_behind_the_other_and_an_empty_row_is_an_aisle():
    seats = expand([SeatRow("A", "S"), SeatRow("", "_"), SeatRow("B", "S")])

    assert [(seat.id, seat.y) for seat in seats] == [("A1", 0), ("B1", 2)]
    assert codes([SeatRow("A", "S"), SeatRow("", "_"), SeatRow("B", "S")]) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ["LAYOUT_EMPTY"]),
        ([SeatRow("A", "___")], ["LAYOUT_EMPTY"]),
        ([SeatRow("A", "SXS")], ["PLACE_UNKNOWN"]),
        ([SeatRow("A", "ss S")], ["PLACE_UNKNOWN"]),
        ([SeatRow("A", "S"), SeatRow("a", "S")], ["ROW_REPEATED"]),
        ([SeatRow("A1", "S")], ["ROW_NAME"]),
        ([SeatRow("", "S")], ["ROW_NAME"]),
        ([SeatRow("ABC", "S")], ["ROW_NAME"]),
        ([SeatRow("Ä", "S")], ["ROW_NAME"]),
        ([SeatRow("A", "S"), SeatRow("B", "")], ["ROW_LENGTH"]),
        ([SeatRow("A", "S" * 81)], ["ROW_LENGTH"]),
        ([SeatRow("A", "S", number_from=0)], ["SEAT_NUMBER"]),
        ([SeatRow("A", "SS", number_from=999)], ["SEAT_NUMBER"]),
        ([SeatRow("A", "S", number_from=-(2**31))], ["SEAT_NUMBER"]),
        ([SeatRow(chr(65 + i), "S" * 61) for i in range(10)], ["TOO_MANY_SEATS"]),
        ([SeatRow("A", "S")] + [SeatRow("", "_")] * 60, ["TOO_MANY_ROWS"]),
        ([SeatRow("A", "?"), SeatRow("A", "S")], ["PLACE_UNKNOWN", "ROW_REPEATED"]),
    ],
)
def test_a_plan_that_can_not_be_built_is_refused_with_every_fault(rows, expected):
    assert codes(rows) == expected


def test_a_fault_names_the_row_and_field_it_is_about():
    (fault,) = faults([SeatRow("A", "S"), SeatRow("B", "S?")])

    assert fault.field == ("input", "rows", "1", "places")


def test_six_hundred_seats_are_allowed():
    assert codes([SeatRow(chr(65 + i), "S" * 60) for i in range(10)]) == []


plans = st.lists(st.text(alphabet="SPRLAC_", min_size=1, max_size=24), min_size=1, max_size=20)


@given(plans, st.booleans(), st.integers(1, 50))
def test_every_place_of_a_plan_becomes_one_seat_with_an_id_of_its_own(lines, backwards, first):
    rows = [SeatRow(chr(65 + index), line, first, backwards) for index, line in enumerate(lines)]

    seats = expand(rows)

    assert len({seat.id for seat in seats}) == len(seats) == capacity(rows)
    assert len({(seat.x, seat.y) for seat in seats}) == len(seats)
    assert {seat.category for seat in seats} <= set(CATEGORIES.values())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "REQUIRED"),
        ({"name": "x" * 121}, "TOO_LONG"),
        ({"city": ""}, "REQUIRED"),
        ({"city": "Par\x00is"}, "CHARACTERS"),
        ({"facilities": ("B\x07ar",)}, "CHARACTERS"),
        ({"address": ""}, "REQUIRED"),
        ({"country_code": "XX"}, "COUNTRY_UNKNOWN"),
        ({"time_zone": "Mars/Olympus"}, "TIME_ZONE_UNKNOWN"),
        ({"time_zone": "../etc/passwd"}, "TIME_ZONE_UNKNOWN"),
        ({"currency": "EURO"}, "CURRENCY_UNKNOWN"),
        ({"location": Point(91, 0)}, "LOCATION_OUT_OF_RANGE"),
        ({"location": Point(0, -180.5)}, "LOCATION_OUT_OF_RANGE"),
        ({"location": Point(math.nan, 0)}, "LOCATION_OUT_OF_RANGE"),
        ({"phone": "call me"}, "PHONE_INVALID"),
        ({"facilities": ("Bar", "bar")}, "REPEATED"),
        ({"facilities": tuple(f"f{i}" for i in range(31))}, "TOO_MANY"),
        ({"facilities": ("x" * 61,)}, "TOO_LONG"),
    ],
)
def test_a_cinema_with_a_wrong_field_is_refused_by_name(change, code):
    assert [fault.code for fault in cinema_faults(tidy_cinema(CinemaForm(**a_cinema_form(**change))))] == [
        code
    ]


def test_codes_are_taken_in_small_letters_and_an_empty_phone_is_none():
    form = tidy_cinema(CinemaForm(**a_cinema_form(country_code="fr", currency="eur ", phone="  ")))

    assert (form.country_code, form.currency, form.phone) == ("FR", "EUR", None)
    assert cinema_faults(form) == []


def test_an_auditorium_without_formats_shows_2d():
    form = tidy_auditorium(AuditoriumForm(**an_auditorium_form("c", formats=())))

    assert form.formats == ("2D",)
    assert auditorium_faults(form) == []


def test_distances_are_those_of_the_globe():
    assert distance_km(PARIS, LYON) == pytest.approx(391.5, abs=1.0)
    assert distance_km(PARIS, VERSAILLES) == pytest.approx(17.9, abs=0.3)
    assert distance_km(PARIS, PARIS) == 0
    assert distance_km(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(111.2, abs=0.2)
    assert distance_km(Point(90, 0), Point(-90, 100)) == pytest.approx(20015.1, abs=0.2)


points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(points, points, st.floats(0.1, 20000))
def test_the_box_around_a_circle_misses_no_point_of_it(centre, other, radius_km):
    box = box_around(centre, radius_km)

    if distance_km(centre, other) <= radius_km * 0.999:
        assert box.south <= other.latitude <= box.north
        inside = box.west <= other.longitude <= box.east
        across = box.west > box.east and (other.longitude >= box.west or other.longitude <= box.east)
        assert inside or across


def test_other_rooms_know_the_sample_places_as_they_are():
    published = Path(__file__).resolve().parents[2] / "contracts" / "seed" / "places.json"

    assert json.loads(published.read_text("utf-8")) == seed.shared()


def test_the_sample_places_are_seven_cinemas_and_eighteen_good_auditoriums():
    rooms = [room for cinema in seed.places() for room in cinema["auditoriums"]]
    plans = [[SeatRow(line["row"], line["places"]) for line in room["rows"]] for room in rooms]
    kinds = [{seat.category for seat in expand(plan)} for plan in plans]

    assert (len(seed.places()), len(rooms)) == (7, 18)
    assert [fault for plan in plans for fault in faults(plan)] == []
    assert all(40 <= capacity(plan) <= 400 for plan in plans)
    assert all({"ACCESSIBLE", "COMPANION"} <= kind for kind in kinds)
    assert {"PREMIUM", "LOVESEAT", "RECLINER"} <= set.union(*kinds)
