"""A table of films: each row is done or refused by itself, and told so."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import select

from chassis.table_upload import MOST_BYTES, MOST_ROWS
from chassis.tables import OUTBOX
from chassis.testing import as_user
from movie_service.models import Movie
from movie_service.tests.builders import MANAGER, VIEWER, a_movie

ASK = "mutation($dry: Boolean) { createMovieImport(dryRun: $dry) { uploadUrl userErrors { code } } }"
HEADINGS = "title,synopsis,durationMinutes,genres,releaseDate,originalLanguage,ageRating,directors,cast"
METROPOLIS = (
    "Metropolis,A city above.,148,Drama|Science Fiction,1927-01-10,de,PG,Fritz Lang,Brigitte Helm as Maria"
)
HAXAN = "Häxan,Witches.,105,Horror,1922-09-18,sv,16,,"


def send(service, *lines, dry=False, caller=MANAGER, headings=HEADINGS, by=None):
    url = service.data(ASK, {"dry": dry}, caller=caller)["createMovieImport"]["uploadUrl"]
    assert url.startswith("http://localhost:5000/imports/movies?")
    content = "\n".join((headings, *lines)).encode()
    return upload(service, url.removeprefix("http://localhost:5000"), content, by or caller)


def upload(service, path, content, caller):
    form = {"file": (io.BytesIO(content), "films.csv")}
    return service.post(path, data=form, content_type="multipart/form-data", headers=service.headers(caller))


def films(runtime):
    return runtime.database.read(lambda session: list(session.scalars(select(Movie).order_by(Movie.title))))


def told(runtime, name):
    query = select(OUTBOX.c.payload).where(OUTBOX.c.name == name)
    return runtime.database.read(lambda session: list(session.scalars(query)))


def test_films_are_added_and_found_again_by_title_and_year(service, runtime):
    first = send(service, METROPOLIS, HAXAN).get_json()
    again = send(service, METROPOLIS, HAXAN.replace("105", "106")).get_json()

    assert first == {"dryRun": False, "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "refused": []}
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 1)
    haxan, metropolis = films(runtime)
    assert (haxan.duration_minutes, metropolis.genres) == (106, ["Drama", "Science Fiction"])
    assert metropolis.cast == [{"name": "Brigitte Helm", "character": "Maria"}]
    assert len(told(runtime, "movie.changed")) == 3
    actions = [
        text
        for text in told(runtime, "audit.recorded")
        if '"movie.create"' in text or '"movie.update"' in text
    ]
    assert len(actions) == 3


def test_a_row_that_is_refused_says_why_and_leaves_the_others_alone(service, runtime):
    ancient = METROPOLIS.replace("148", "0").replace("1927-01-10", "1700-01-01")

    report = send(service, HAXAN, METROPOLIS.replace("148", "long"), ancient, HAXAN).get_json()

    assert (report["rows"], report["created"]) == (4, 1)
    assert [(fault["row"], fault["code"], fault["field"]) for fault in report["refused"]] == [
        (3, "NUMBER_INVALID", "durationMinutes"),
        (4, "DURATION_OUT_OF_RANGE", "durationMinutes"),
        (4, "RELEASE_DATE_OUT_OF_RANGE", "releaseDate"),
        (5, "REPEATED", "title"),
    ]
    assert [film.title for film in films(runtime)] == ["Häxan"]


def test_a_dry_run_tells_the_same_and_changes_nothing(service, runtime):
    known = a_movie(runtime, title="Häxan", release_date=date(1922, 9, 18))
    before = len(told(runtime, "movie.changed"))

    report = send(
        service, HAXAN, METROPOLIS, METROPOLIS.replace("148", "-1").replace("1927", "1928"), dry=True
    ).get_json()

    assert (report["dryRun"], report["created"], report["updated"]) == (True, 1, 1)
    assert [fault["row"] for fault in report["refused"]] == [4]
    assert [film.id for film in films(runtime)] == [known.id]
    assert len(told(runtime, "movie.changed")) == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILE_EMPTY"),
        (HEADINGS.encode(), "FILE_EMPTY"),
        (b"\xff\xfe\x00", "FILE_UNREADABLE"),
        (b"title,colour\nA,red", "HEADING_UNKNOWN"),
        (b"title\nA", "HEADING_MISSING"),
        ((HEADINGS + ",title\n" + METROPOLIS).encode(), "HEADING_REPEATED"),
        ((HEADINGS + "\n" + (HAXAN + "\n") * (MOST_ROWS + 1)).encode(), "TOO_MANY_ROWS"),
        (b"x" * (MOST_BYTES + 1), "FILE_TOO_LARGE"),
        ((HEADINGS + '\n"never closed').encode(), "FILE_UNREADABLE"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_as_a_whole(service, runtime, content, code):
    url = service.data(ASK, {"dry": False}, caller=MANAGER)["createMovieImport"]["uploadUrl"]

    answer = upload(service, url.removeprefix("http://localhost:5000"), content, MANAGER)

    assert (answer.status_code, answer.get_json()["errors"][0]["extensions"]["code"]) == (422, code)
    assert films(runtime) == []


def test_semicolons_a_mark_at_the_beginning_and_guarded_cells_are_read(service, runtime):
    line = "'=Wings;War.;144;Drama;1927-08-12;en;PG;;"

    report = send(
        service, line, headings="\ufeff" + HEADINGS.replace(",", ";").replace("releaseDate", "Release date")
    )

    assert report.get_json()["created"] == 1
    assert films(runtime)[0].title == "=Wings"


def test_an_address_serves_only_the_manager_it_was_made_for(service, runtime, clock):
    assert service.error_codes(ASK, {"dry": False}, caller=VIEWER) == ["FORBIDDEN"]
    assert send(service, HAXAN, by=as_user("mo", "MANAGER")).status_code == 404
    # Somebody who is no manager any more keeps the address and loses the right.
    assert send(service, HAXAN, by=as_user("mia")).status_code == 403
    url = service.data(ASK, {"dry": False}, caller=MANAGER)["createMovieImport"]["uploadUrl"]
    path = url.removeprefix("http://localhost:5000")
    content = f"{HEADINGS}\n{HAXAN}".encode()
    assert service.post(path, data={"file": (io.BytesIO(content), "f.csv")}).status_code == 401
    assert upload(service, path.replace("signature=", "signature=0"), content, MANAGER).status_code == 404
    clock.advance(minutes=11)
    assert upload(service, path, content, MANAGER).status_code == 404
    assert films(runtime) == []
