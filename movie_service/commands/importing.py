"""A catalogue from a table: each film is added, changed or refused by itself, and the rest of the file goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.errors import Refusal, Refusals
from chassis.identity import Caller, Role
from chassis.table_upload import Report, address
from movie_service.commands.catalogue import MovieRuntime, checked_form, create_movie, update_movie
from movie_service.errors import BadField
from movie_service.models import Movie
from movie_service.rules import STATUSES, CastMember, title_key_of

PATH = "/imports/movies"
REQUIRED = ("title", "synopsis", "durationMinutes", "genres", "releaseDate", "originalLanguage", "ageRating")
OPTIONAL = ("id", "originalTitle", "directors", "cast", "trailerUrl", "status", "countries")
_TEXTS = {
    "title": "title", "originalTitle": "original_title", "synopsis": "synopsis", "originalLanguage": "original_language",
    "ageRating": "age_rating", "trailerUrl": "trailer_url",
}  # fmt: skip
_LISTS = {"genres": "genres", "directors": "directors", "countries": "countries"}


def create_import(runtime: MovieRuntime, caller: Caller, *, dry_run: bool) -> str:
    """A signed address that takes a table of films. MANAGER or ADMIN."""
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> str:
        audit.record(session, caller, "movie.ask_import", "Movie", "import", after={"dryRun": dry_run})
        return address(runtime, session, caller, PATH, dryRun=dry_run)

    return runtime.database.transact(work)


def import_movies(
    runtime: MovieRuntime, caller: Caller, rows: Sequence[tuple[int, Mapping[str, str]]], *, dry_run: bool
) -> Report:
    """Add the films of the rows, or change those that are known by id, or by title and year of release.

    Cells that are empty, and columns that are missing, leave what a known film has. MANAGER or ADMIN.
    """
    caller.require_role(Role.MANAGER)
    report = Report(dry_run, rows=len(rows))
    seen: set[tuple[str, int]] = set()
    for number, cells in rows:
        try:
            outcome = _import_one(runtime, caller, cells, seen, dry_run=dry_run)
        except Refusals as several:
            report.refuse(number, several.refusals)
        except Refusal as refusal:
            report.refuse(number, [refusal])
        else:
            setattr(report, outcome, getattr(report, outcome) + 1)
    return report


def _import_one(
    runtime: MovieRuntime, caller: Caller, cells: Mapping[str, str], seen: set[tuple[str, int]], *, dry_run: bool
) -> str:  # fmt: skip
    given = given_of(cells)
    key = (title_key_of(given["title"]), given["release_date"].year)
    if key in seen:
        raise _bad("title", "REPEATED", "This film stands in the file twice.")
    seen.add(key)
    known = runtime.database.read(lambda session: _known(session, cells.get("id", ""), key))
    if known is None:
        checked_form(None, given)
        if not dry_run:
            create_movie(runtime, caller, given)
        return "created"
    is_same = checked_form(known, given) == checked_form(known, {})
    if not is_same and not dry_run:
        update_movie(runtime, caller, known.id, given)
    return "unchanged" if is_same else "updated"


def _known(session: Session, movie_id: str, key: tuple[str, int]) -> Movie | None:
    """The film of this id, or, without one, of this title and year. Raises BadField for an id that nobody has."""
    if movie_id:
        movie = session.get(Movie, movie_id)
        if movie is None:
            raise _bad("id", "MOVIE_UNKNOWN", "There is no film under this id.")
        return movie
    title, year = key
    named = select(Movie).where(
        Movie.title_key == title, Movie.release_date.between(date(year, 1, 1), date(year, 12, 31))
    )
    return session.scalars(named.order_by(Movie.id).limit(1)).first()


def given_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """MovieForm's fields from a row's cells; lists have a | between their entries. Raises Refusals."""
    faults: list[Refusal] = []
    given: dict[str, Any] = {
        to: cells[heading] for heading, to in _TEXTS.items() if cells.get(heading) or heading in REQUIRED
    }
    given |= {to: tuple(_entries(cells[heading])) for heading, to in _LISTS.items() if cells.get(heading)}
    if cells.get("cast"):
        given["cast"] = tuple(_player(entry) for entry in _entries(cells["cast"]))
    try:
        given["duration_minutes"] = int(cells.get("durationMinutes", ""))
    except ValueError:
        faults.append(_bad("durationMinutes", "NUMBER_INVALID", "Write the minutes as a whole number."))
    try:
        given["release_date"] = date.fromisoformat(cells.get("releaseDate", ""))
    except ValueError:
        faults.append(_bad("releaseDate", "DATE_INVALID", "Write the date as 2026-11-21."))
    status = cells.get("status", "").upper().replace(" ", "_")
    if status and status not in STATUSES:
        faults.append(_bad("status", "STATUS_UNKNOWN", f"Use one of {', '.join(STATUSES)}."))
    if faults:
        raise Refusals(faults)
    return given | ({"status": status} if status else {})


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split("|") if entry.strip()]


def _player(entry: str) -> CastMember:
    """A name, or as in: Brigitte Helm as Maria."""
    name, _, character = entry.partition(" as ")
    return CastMember(name.strip(), character.strip() or None)


def _bad(field: str, code: str, words: str) -> BadField:
    return BadField(words, field=("input", field), code=code)
