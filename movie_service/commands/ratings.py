"""Stars and words of viewers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.errors import Conflict
from chassis.identity import Caller
from chassis.ids import new_id
from movie_service import queries
from movie_service.commands.catalogue import MovieRuntime
from movie_service.errors import MovieNotFound
from movie_service.models import Movie, Review
from movie_service.rules import check_rating, check_seen, mean_tenths, tidy_comment


def rate_movie(
    runtime: MovieRuntime, caller: Caller, movie_id: str, stars: int, comment: str | None
) -> tuple[Review, Movie]:
    """Give stars to a film that the viewer saw; a second rating takes the place of the first.

    Raises Unauthenticated, MovieNotFound, StarsOutOfRange, CommentTooLong, NotSeen.
    """
    user_id = caller.require_user()
    comment = tidy_comment(comment)
    check_rating(stars, comment)

    def work(session: Session) -> tuple[Review, Movie]:
        # The film's row is locked first: two ratings at once must both count in its mean.
        movie = session.get(Movie, movie_id, with_for_update=True)
        if movie is None:
            raise MovieNotFound
        check_seen(queries.ends_of_visits(session, movie, user_id), now=utc_now(session))
        review, before = _reviewed(session, movie_id, user_id)
        review.stars, review.comment, review.created_at = stars, comment, utc_now(session)
        session.add(review)
        session.flush()
        count_ratings(session, movie)
        # The words stay out of the trail: they may be erased with their author, the trail is kept.
        after = {"stars": stars}
        audit.record(session, caller, "movie.rate", "Review", review.id, before=before, after=after)
        return review, movie

    try:
        return runtime.database.transact(work)
    except IntegrityError:  # the same viewer rated twice at the same moment: one of them counts
        raise Conflict("You are rating this film in another window. Please try again.") from None


def forget_author(session: Session, user_id: str) -> None:
    """Reviews stay, as nobody's; their words go, because they may tell who wrote them."""
    session.execute(update(Review).where(Review.author_id == user_id).values(author_id=None, comment=None))


def count_ratings(session: Session, movie: Movie) -> None:
    """Bring the film's mean up to date with its reviews."""
    totals: Sequence[Any] = session.execute(
        select(func.sum(Review.stars), func.count()).where(Review.movie_id == movie.id)
    ).one()
    movie.rating_sum, movie.rating_count = int(totals[0] or 0), totals[1]
    movie.rating_tenths = mean_tenths(movie.rating_sum, movie.rating_count)


def _reviewed(session: Session, movie_id: str, user_id: str) -> tuple[Review, dict[str, Any] | None]:
    """The viewer's review of the film and what it said; a blank one at first."""
    review = queries.review_by(session, movie_id, user_id)
    if review is None:
        return Review(id=new_id(), movie_id=movie_id, author_id=user_id), None
    return review, {"stars": review.stars}
