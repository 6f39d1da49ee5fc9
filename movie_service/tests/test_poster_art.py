"""Posters drawn here are, byte for byte, those that the page draws."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movie_service import seed
from movie_service.poster_art import poster_slug, poster_svg

GOLDEN = Path(__file__).resolve().parents[2] / "frontend" / "tests" / "golden" / "posters"
FILMS = json.loads((GOLDEN / "films.json").read_text("utf-8"))


@pytest.mark.parametrize("film", FILMS, ids=[film["slug"] for film in FILMS])
def test_a_poster_has_the_same_bytes_as_in_the_browser(film):
    drawn = poster_svg(
        slug=film["slug"], title=film["title"], genre=film.get("genre"), minutes=film.get("minutes")
    )

    assert f"{drawn}\n" == (GOLDEN / f"{film['slug']}.svg").read_text("utf-8")


@pytest.mark.parametrize("film", FILMS, ids=[film["slug"] for film in FILMS])
def test_a_slug_is_the_same_as_in_the_browser(film):
    expected = f"{film['slug']}-1" if "<" in film["title"] else film["slug"]

    assert poster_slug(film["title"]) == expected


@given(
    st.text(max_size=200),
    st.one_of(st.none(), st.text(max_size=20)),
    st.one_of(st.none(), st.integers(0, 999)),
)
def test_any_title_makes_a_picture_that_can_be_read(title, genre, minutes):
    printable = re.sub(r"[^\u0020-\ud7ff\ue000-\ufffd]", "", title)
    shown = re.sub(r"[^\u0020-\ud7ff\ue000-\ufffd]", "", genre or "")

    svg = poster_svg(slug=poster_slug(printable), title=printable, genre=shown, minutes=minutes)

    assert ElementTree.fromstring(svg).attrib["viewBox"] == "0 0 400 600"


def test_the_posters_of_the_sample_films_differ():
    drawn = {
        poster_svg(slug=poster_slug(film["title"]), title=film["title"], genre=film["genres"][0])
        for film in seed.films()
    }

    assert len(drawn) == len(seed.films())
