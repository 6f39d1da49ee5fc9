"""Being told as soon as a film has showings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import Conflict
from chassis.identity import Caller
from chassis.outbox import publish
from movie_service import events
from movie_service.commands.catalogue import MovieRuntime
from movie_service.errors import MovieNotFound
from movie_service.models import Movie, Wish


def wish_for(runtime: MovieRuntime, caller: Caller, movie_id: str) -> None:
    """Be told when showings of the film are announced; asking twice is asking once.

    Raises Unauthenticated, MovieNotFound, Conflict when the same person asks in two windows at once.
    """
    user_id = caller.require_user()

    def work(session: Session) -> None:
        if session.get(Movie, movie_id) is None:
            raise MovieNotFound(field=("movieId",))
        if session.get(Wish, (movie_id, user_id)) is None:
            session.add(Wish(movie_id=movie_id, user_id=user_id, wished_at=utc_now(session)))
            audit.record(session, caller, "wish.make", "Movie", movie_id)

    try:
        runtime.database.transact(work)
    except IntegrityError:
        raise Conflict("You are asking for this in another window. Please try again.") from None


def drop_wish(runtime: MovieRuntime, caller: Caller, movie_id: str) -> None:
    """Not be told any more; nothing happens to somebody who did not wish for it. Raises Unauthenticated."""
    user_id = caller.require_user()

    def work(session: Session) -> None:
        wish = session.get(Wish, (movie_id, user_id))
        if wish is not None:
            session.delete(wish)
            audit.record(session, caller, "wish.drop", "Movie", movie_id)

    runtime.database.transact(work)


def announce_showings(session: Session, showtime: Mapping[str, Any]) -> None:
    """Tell those who wished for the film of `showtime` (a showtime.scheduled payload), each once."""
    movie_id = showtime["movieId"]
    of_film = select(Wish).where(Wish.movie_id == movie_id).order_by(Wish.user_id).with_for_update()
    for wish in session.scalars(of_film).all():
        publish(session, events.showings_announced(showtime, user_id=wish.user_id))
        session.delete(wish)


def forget_wishes(session: Session, user_id: str) -> None:
    """Nothing is kept of what somebody wished for."""
    session.execute(delete(Wish).where(Wish.user_id == user_id))
