"""Films: add, change, show or archive, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import Refusals
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.outbox import publish
from chassis.runtime import Runtime
from movie_service import events, queries
from movie_service.errors import MovieHasShowtimes, MovieHasTickets, MovieNotFound
from movie_service.languages import language_key
from movie_service.models import Movie, MovieGenre, Review, Wish
from movie_service.poster_store import store_of
from movie_service.rules import (
    CastMember,
    MovieForm,
    genre_key_of,
    movie_faults,
    search_text_of,
    tidy_movie,
    title_key_of,
)
from movie_service.settings import MovieSettings

MovieRuntime = Runtime[MovieSettings]
ARCHIVED = "ARCHIVED"
MOST_NAMED = 5  # showtimes in the words of a refusal
_BLANK = MovieForm(
    title="",
    original_title=None,
    synopsis="",
    duration_minutes=0,
    genres=(),
    directors=(),
    cast=(),
    release_date=date.min,
    original_language="",
    age_rating="",
    trailer_url=None,
    trailer_captions_url=None,
    countries=(),
    status="COMING_SOON",
)


def create_movie(runtime: MovieRuntime, caller: Caller, given: Mapping[str, Any]) -> Movie:
    """Add a film. MANAGER or ADMIN. `given`: MovieForm's fields by name. Raises Refusals for a faulty form."""
    caller.require_role(Role.MANAGER)
    form = _good(replace(_BLANK, **given))

    def work(session: Session) -> Movie:
        movie = Movie(id=new_id())
        fill(session, movie, form, now=utc_now(session))
        tell_movie(session, movie)
        audit.record(session, caller, "movie.create", "Movie", movie.id, after=_state_of(movie))
        return movie

    return runtime.database.transact(work)


def update_movie(runtime: MovieRuntime, caller: Caller, movie_id: str, given: Mapping[str, Any]) -> Movie:
    """Change a film; fields that are not in `given` stay. MANAGER or ADMIN.

    Raises MovieNotFound, MovieHasTickets when it would be archived, Refusals for a faulty form.
    """
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> Movie:
        movie = _movie(session, movie_id)
        form = _good(replace(_form_of(movie), **given))
        _check_status(session, movie, form.status, ("input", "status"))
        before = _state_of(movie)
        fill(session, movie, form, now=utc_now(session))
        after = _state_of(movie)
        if after != before:
            tell_movie(session, movie)
            _record_change(session, caller, "movie.update", movie.id, before=before, after=after)
        return movie

    return runtime.database.transact(work)


def set_status(runtime: MovieRuntime, caller: Caller, movie_ids: Sequence[str], status: str) -> list[Movie]:
    """Give several films one status, all or none; in the order asked for. MANAGER or ADMIN.

    Raises MovieNotFound, MovieHasTickets.
    """
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> list[Movie]:
        # Locked in the order of their ids: two who change the same films never wait for each other in a ring.
        found = {movie_id: _movie(session, movie_id) for movie_id in sorted(set(movie_ids))}
        movies = [found[movie_id] for movie_id in dict.fromkeys(movie_ids)]
        for movie in movies:
            if movie.status == status:
                continue
            _check_status(session, movie, status, ("ids", list(movie_ids).index(movie.id)))
            before, movie.status = {"status": movie.status}, status
            movie.changed_at = utc_now(session)
            tell_movie(session, movie)
            _record_change(
                session, caller, "movie.set_status", movie.id, before=before, after={"status": status}
            )
        return movies

    return runtime.database.transact(work)


def delete_movie(runtime: MovieRuntime, caller: Caller, movie_id: str) -> None:
    """Take a film with its reviews and poster away. MANAGER or ADMIN. Raises MovieNotFound, MovieHasShowtimes."""
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> str | None:
        movie = _movie(session, movie_id)
        if queries.has_future_showtimes(session, movie_id):
            raise MovieHasShowtimes(field=("id",))
        before = _state_of(movie)
        session.execute(delete(MovieGenre).where(MovieGenre.movie_id == movie_id))
        session.execute(delete(Review).where(Review.movie_id == movie_id))
        session.execute(delete(Wish).where(Wish.movie_id == movie_id))
        session.delete(movie)
        publish(session, events.movie_deleted(movie_id=movie_id))
        audit.record(session, caller, "movie.delete", "Movie", movie_id, before=before)
        return movie.poster_file

    store_of(runtime.settings).remove(runtime.database.transact(work))


def fill(session: Session, movie: Movie, form: MovieForm, *, now: datetime) -> None:
    """Put a good form into the row, with the keys by which it is found."""
    for column, value in _columns(form).items():
        setattr(movie, column, value)
    movie.title_key = title_key_of(form.title)
    movie.language_key = language_key(form.original_language)
    movie.search_text = search_text_of(form)
    movie.changed_at = now
    session.add(movie)
    session.flush()
    session.execute(delete(MovieGenre).where(MovieGenre.movie_id == movie.id))
    session.add_all(
        MovieGenre(movie_id=movie.id, genre_key=genre_key_of(genre), name=genre) for genre in form.genres
    )
    session.flush()


def tell_movie(session: Session, movie: Movie) -> None:
    """Publish the film's present state."""
    publish(
        session,
        events.movie_changed(
            movie_id=movie.id,
            title=movie.title,
            duration_minutes=movie.duration_minutes,
            status=movie.status,
        ),
    )


def checked_form(movie: Movie | None, given: Mapping[str, Any]) -> MovieForm:
    """What the film (None: a new one) would be with `given`. Raises Refusals for a faulty form."""
    return _good(replace(_BLANK if movie is None else _form_of(movie), **given))


def _check_status(session: Session, movie: Movie, status: str, field: tuple[str | int, ...]) -> None:
    """Raises MovieHasTickets for a film that would go away from people who have tickets to come."""
    if status != ARCHIVED or movie.status == ARCHIVED:
        return
    starts = queries.sold_starts(session, movie.id)
    if starts:
        named = ", ".join(f"{start:%Y-%m-%d %H:%M} UTC" for start in starts[:MOST_NAMED])
        more = f" and {len(starts) - MOST_NAMED} more" if len(starts) > MOST_NAMED else ""
        raise MovieHasTickets(
            f"Tickets are sold for showtimes of “{movie.title}”: {named}{more}. Cancel the showtimes first.",
            field=field,
        )


def _good(form: MovieForm) -> MovieForm:
    form = tidy_movie(form)
    faults = movie_faults(form)
    if faults:
        raise Refusals(faults)
    return form


def _movie(session: Session, movie_id: str) -> Movie:
    movie = session.get(Movie, movie_id, with_for_update=True)
    if movie is None:
        raise MovieNotFound
    return movie


def _columns(form: MovieForm) -> dict[str, Any]:
    return {
        "title": form.title,
        "original_title": form.original_title,
        "synopsis": form.synopsis,
        "duration_minutes": form.duration_minutes,
        "genres": list(form.genres),
        "directors": list(form.directors),
        "cast": [{"name": member.name, "character": member.character} for member in form.cast],
        "release_date": form.release_date,
        "original_language": form.original_language,
        "countries": list(form.countries),
        "age_rating": form.age_rating,
        "trailer_url": form.trailer_url,
        "trailer_captions_url": form.trailer_captions_url,
        "status": form.status,
    }


def _form_of(movie: Movie) -> MovieForm:
    cast = tuple(CastMember(str(member["name"]), member["character"]) for member in movie.cast)
    lists = {name: tuple(getattr(movie, name)) for name in ("genres", "directors", "countries")}
    return MovieForm(**{**_state_of(movie), **lists, "cast": cast})


def _state_of(movie: Movie) -> dict[str, Any]:
    """What a person can set, as plain values."""
    return {name: getattr(movie, name) for name in _columns(_BLANK)}


def _record_change(
    session: Session,
    caller: Caller,
    action: str,
    movie_id: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    changed = [name for name in after if after[name] != before[name]]
    audit.record(
        session,
        caller,
        action,
        "Movie",
        movie_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
