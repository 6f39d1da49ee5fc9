"""What other services told, kept here as far as films need it. Facts may arrive twice, late or out of order."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from movie_service.commands.ratings import forget_author
from movie_service.commands.wishes import forget_wishes
from movie_service.models import Movie, PlannedShowtime, PosterUpload, Visit


def remember_showtime(session: Session, told: PlannedShowtime) -> bool:
    """Keep what was told of a showtime, unless something later is known; whether it was kept."""
    known = session.get(PlannedShowtime, told.showtime_id)
    is_news = known is None or known.told_at <= told.told_at
    if is_news:
        session.merge(told)
    return is_news


def remember_visit(session: Session, told: Visit) -> None:
    """Keep what was told of a booking, unless something later is known; its seats count for the film's popularity."""
    known = session.get(Visit, told.booking_id, with_for_update=True)
    if known is not None and known.told_at > told.told_at:
        return
    before = {known.movie_id: _counted(known)} if known is not None else {}
    after = {told.movie_id: _counted(told)}
    session.merge(told)
    for movie_id in sorted(before.keys() | after.keys()):
        more = after.get(movie_id, 0) - before.get(movie_id, 0)
        if more:
            session.execute(
                update(Movie).where(Movie.id == movie_id).values(tickets_sold=Movie.tickets_sold + more)
            )


def forget_person(session: Session, user_id: str) -> None:
    """Nothing here leads to the person any more; counts stay as they are."""
    forget_author(session, user_id)
    forget_wishes(session, user_id)
    session.execute(update(Visit).where(Visit.user_id == user_id).values(user_id=None))
    session.execute(delete(PosterUpload).where(PosterUpload.actor_id == user_id))


def _counted(visit: Visit) -> int:
    return 0 if visit.cancelled else visit.seat_count
