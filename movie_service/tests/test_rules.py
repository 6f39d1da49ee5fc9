"""What a film's form may say, who may rate, how a mean is shown: pure decisions."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.folding import fold
from movie_service import seed
from movie_service.errors import CommentTooLong, NotSeen, StarsOutOfRange
from movie_service.languages import language_key
from movie_service.rules import (
    CastMember,
    MovieForm,
    check_rating,
    check_seen,
    mean_tenths,
    movie_faults,
    search_text_of,
    tidy_comment,
    tidy_movie,
)
from movie_service.tests.builders import a_movie_form

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_form(**changes):
    rest = {
        "original_title": None,
        "trailer_url": None,
        "trailer_captions_url": None,
        "countries": (),
        "status": "COMING_SOON",
    }
    return tidy_movie(MovieForm(**{**rest, **a_movie_form(**changes)}))


def test_a_good_film_has_no_faults():
    assert movie_faults(a_form()) == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": "  "}, "title", "REQUIRED"),
        ({"title": "x" * 201}, "title", "TOO_LONG"),
        ({"title": "Nul\x00"}, "title", "CHARACTERS"),
        ({"directors": ("Bell\x07",)}, "directors", "CHARACTERS"),
        ({"cast": (CastMember("A", "\x1b[2J"),)}, "cast", "CHARACTERS"),
        ({"original_title": "x" * 201}, "originalTitle", "TOO_LONG"),
        ({"synopsis": ""}, "synopsis", "REQUIRED"),
        ({"synopsis": "x" * 5001}, "synopsis", "TOO_LONG"),
        ({"duration_minutes": 0}, "durationMinutes", "DURATION_OUT_OF_RANGE"),
        ({"duration_minutes": 1441}, "durationMinutes", "DURATION_OUT_OF_RANGE"),
        ({"genres": ()}, "genres", "REQUIRED"),
        ({"genres": ("Drama", "drama")}, "genres", "REPEATED"),
        ({"genres": ("",)}, "genres", "TOO_LONG"),
        ({"directors": ("x" * 121,)}, "directors", "TOO_LONG"),
        ({"cast": tuple(CastMember(f"n{i}") for i in range(201))}, "cast", "TOO_MANY"),
        ({"cast": (CastMember("Ana", "x" * 201),)}, "cast", "TOO_LONG"),
        ({"release_date": date(1887, 12, 31)}, "releaseDate", "RELEASE_DATE_OUT_OF_RANGE"),
        ({"original_language": ""}, "originalLanguage", "REQUIRED"),
        ({"age_rating": "unknown-rating"}, "ageRating", "TOO_LONG"),
        ({"trailer_url": "javascript:alert(1)"}, "trailerUrl", "URL_INVALID"),
        ({"trailer_captions_url": "data:text/vtt,x"}, "trailerCaptionsUrl", "URL_INVALID"),
        ({"trailer_url": "https://"}, "trailerUrl", "URL_INVALID"),
        ({"trailer_url": 'https://example.org/"onload="'}, "trailerUrl", "URL_INVALID"),
        ({"trailer_url": "https://[bad"}, "trailerUrl", "URL_INVALID"),
    ],
)
def test_a_film_with_a_wrong_field_is_refused_by_name(change, field, code):
    (fault,) = movie_faults(a_form(**change))

    assert (fault.field, fault.code) == (("input", field), code)


def test_all_faults_are_told_at_once():
    faults = movie_faults(a_form(title="", synopsis="", duration_minutes=-5))

    assert len(faults) == 3


def test_blanks_around_texts_go_and_empty_ones_are_none():
    form = a_form(
        title=" Häxan ", original_title=" ", trailer_url="", directors=(" ", " B. Christensen "),
        cast=(CastMember(" "), CastMember(" A ", " ")),
    )  # fmt: skip

    assert (form.title, form.original_title, form.trailer_url) == ("Häxan", None, None)
    assert form.directors == ("B. Christensen",)
    assert form.cast == (CastMember("A"),)


def test_a_film_is_found_by_title_original_title_and_people():
    form = replace(a_form(), original_title="Körkarlen", directors=("Victor Sjöström",))

    assert "korkarlen" in search_text_of(form)
    assert "victor sjostrom brigitte helm" in search_text_of(form)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(stars):
    with pytest.raises(StarsOutOfRange):
        check_rating(stars, None)


def test_a_comment_has_an_end():
    check_rating(5, "x" * 2000)
    with pytest.raises(CommentTooLong):
        check_rating(5, "x" * 2001)


def test_only_who_saw_a_film_to_its_end_may_rate_it():
    check_seen([NOW + timedelta(days=1), NOW], now=NOW)
    with pytest.raises(NotSeen):
        check_seen([NOW + timedelta(minutes=1)], now=NOW)
    with pytest.raises(NotSeen):
        check_seen([], now=NOW)


def test_a_comment_of_blanks_is_none_and_control_characters_go():
    assert tidy_comment(" \x00 ") is None
    assert tidy_comment(" So\x07 good\nand long ") == "So good\nand long"
    assert tidy_comment(None) is None


@pytest.mark.parametrize(
    ("stars", "shown"),
    [([], 0), ([5], 50), ([4, 5], 45), ([1, 1, 2], 13), ([5, 5, 4, 4, 4, 4, 4, 4, 4, 4], 42)],
)
def test_the_mean_is_shown_with_one_decimal(stars, shown):
    assert mean_tenths(sum(stars), len(stars)) == shown


@given(st.lists(st.integers(1, 5), min_size=1, max_size=200))
def test_the_mean_lies_between_the_fewest_and_the_most_stars(stars):
    assert min(stars) * 10 <= mean_tenths(sum(stars), len(stars)) <= max(stars) * 10


def test_a_language_is_one_by_code_and_by_name():
    assert {language_key(text) for text in ("en", "EN", "en-GB", "English", " english ")} == {"en"}
    assert language_key("Klingon") == "klingon"
    assert language_key("") == ""


def test_other_rooms_know_the_sample_films_as_they_are():
    published = Path(__file__).resolve().parents[2] / "contracts" / "seed" / "films.json"

    assert json.loads(published.read_text("utf-8")) == seed.shared()


def test_the_sample_films_are_at_least_forty_complete_and_all_different():
    films = seed.films()

    assert len(films) >= 40
    assert len({film["id"] for film in films}) == len({fold(film["title"]) for film in films}) == len(films)
    assert [fault for film in films for fault in movie_faults(tidy_movie(seed.form_of(film)))] == []
    assert all(film["directors"] and film["countries"] for film in films)
    assert all(date.fromisoformat(film["releaseDate"]) < date(1970, 1, 1) for film in films)
    assert all(150 <= len(film["synopsis"]) <= 600 for film in films), min(len(f["synopsis"]) for f in films)
    assert {film["status"] for film in films} == {"NOW_SHOWING", "COMING_SOON", "ARCHIVED"}
