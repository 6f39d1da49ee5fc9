"""Posters: leave to send a picture, taking it up, going back to the drawn one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis import audit, links
from chassis.database import utc_now
from chassis.errors import NotFound
from chassis.identity import Caller, Role
from chassis.ids import new_token
from movie_service import poster_files, queries
from movie_service.commands.catalogue import MovieRuntime
from movie_service.errors import MovieNotFound
from movie_service.models import Movie, PosterUpload
from movie_service.poster_store import store_of

UPLOAD_PATH = "/posters/upload"
SETTLED_SECONDS = 3600.0


def create_upload(runtime: MovieRuntime, caller: Caller, movie_id: str) -> str:
    """A signed address that takes one picture for the film. MANAGER or ADMIN. Raises MovieNotFound."""
    user_id = caller.require_role(Role.MANAGER)
    lifetime = timedelta(minutes=runtime.settings.poster_upload_minutes)

    def work(session: Session) -> PosterUpload:
        if session.get(Movie, movie_id) is None:
            raise MovieNotFound
        now = utc_now(session)
        session.execute(delete(PosterUpload).where(PosterUpload.expires_at < now))
        upload = PosterUpload(
            id=new_token(192), movie_id=movie_id, actor_id=user_id, expires_at=now + lifetime
        )
        session.add(upload)
        audit.record(session, caller, "movie.ask_poster_upload", "Movie", movie_id)
        return upload

    upload = runtime.database.transact(work)
    return links.sign(
        runtime.settings.public_url,
        UPLOAD_PATH,
        runtime.settings.internal_secret,
        expires_at=upload.expires_at,
        subject=upload.id,
    )


def take_up(runtime: MovieRuntime, upload_id: str, picture: bytes) -> Movie:
    """Make `picture` the poster of the film that the upload is for.

    Each upload is taken up once; a refused picture does not use it up. Raises PictureRefused, NotFound for a used
    or outdated upload.
    """
    store = store_of(runtime.settings)
    name = poster_files.keep(store, picture)

    def work(session: Session) -> tuple[Movie, str | None]:
        upload = queries.open_upload(session, upload_id)
        movie = session.get(Movie, upload.movie_id) if upload is not None else None
        if upload is None or movie is None:
            raise NotFound("This link has expired or was used. Please ask for a new one.")
        upload.used_at = utc_now(session)
        replaced, movie.poster_file = movie.poster_file, name
        _record(session, Caller(upload.actor_id), movie.id, "movie.set_poster", replaced, name)
        return movie, replaced

    try:
        movie, replaced = runtime.database.transact(work)
    except BaseException:
        store.remove(name)
        raise
    store.remove(replaced)
    return movie


def remove_poster(runtime: MovieRuntime, caller: Caller, movie_id: str) -> Movie:
    """Go back to the drawn poster. MANAGER or ADMIN. Raises MovieNotFound."""
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> tuple[Movie, str | None]:
        movie = session.get(Movie, movie_id)
        if movie is None:
            raise MovieNotFound
        removed, movie.poster_file = movie.poster_file, None
        if removed is not None:
            _record(session, caller, movie.id, "movie.remove_poster", removed, None)
        return movie, removed

    movie, removed = runtime.database.transact(work)
    store_of(runtime.settings).remove(removed)
    return movie


def sweep(runtime: MovieRuntime) -> None:
    """Delete files that no film shows: what a crash between file and row left behind, an hour ago or longer."""
    store = store_of(runtime.settings)
    old = store.stale(before=runtime.clock.now().timestamp() - SETTLED_SECONDS)
    shown = runtime.database.read(queries.poster_names) if old else set()
    for name in old:
        if name not in shown:
            store.remove(name)


def _record(
    session: Session, caller: Caller, movie_id: str, action: str, before: str | None, after: str | None
) -> None:
    audit.record(
        session,
        caller,
        action,
        "Movie",
        movie_id,
        before={"poster_file": before},
        after={"poster_file": after},
    )
