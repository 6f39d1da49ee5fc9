"""Reads: by ids for batches, pages for lists. No writes, no rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.errors import Invalid
from chassis.finding import holds_words
from chassis.paging import Order, Page, first_pages, page_of
from movie_service.languages import language_key
from movie_service.models import Movie, MovieGenre, PlannedShowtime, PosterUpload, Review, Visit, Wish
from movie_service.rules import FIRST_FILM_YEAR, LAST_YEAR, MOST_STARS, genre_key_of

SORTS: dict[str, Order] = {
    "TITLE": [(Movie.title_key, "asc"), (Movie.id, "asc")],
    "RELEASE_DATE_DESC": [(Movie.release_date, "desc"), (Movie.id, "asc")],
    "RATING_DESC": [(Movie.rating_tenths, "desc"), (Movie.rating_count, "desc"), (Movie.id, "asc")],
    "POPULARITY_DESC": [(Movie.tickets_sold, "desc"), (Movie.id, "asc")],
}
MOST_GENRES_ASKED = 50
NEWEST_REVIEWS: Order = [(Review.created_at, "desc"), (Review.id, "desc")]


@dataclass(frozen=True)
class MovieFilter:
    """What a list of films is narrowed to; None: not at all."""

    search: str | None = None
    genres: tuple[str, ...] = ()
    status: str | None = None
    release_year: int | None = None
    min_rating: float | None = None
    language: str | None = None


def movies_page(
    session: Session, narrowed: MovieFilter, *, sort: str, first: int | None, after: str | None
) -> Page[Movie]:
    """Films that pass `narrowed`, in the order named `sort`. Raises Invalid for a bad page or filter."""
    return page_of(session, _matching(narrowed), SORTS[sort], first, after)


def movies_by_ids(session: Session, ids: Iterable[str]) -> dict[str, Movie]:
    """Films by id; unknown ids are left out."""
    return {movie.id: movie for movie in session.scalars(select(Movie).where(Movie.id.in_(set(ids))))}


def genres(session: Session) -> list[str]:
    """Genres that a film has, in alphabetical order; spelt as one of the films spells it."""
    rows = session.execute(
        select(func.min(MovieGenre.name)).group_by(MovieGenre.genre_key).order_by(MovieGenre.genre_key)
    )
    return [name for (name,) in rows]


def reviews_of(
    session: Session, movie_ids: Iterable[str], *, first: int | None, after: str | None
) -> dict[str, Page[Review]]:
    """Reviews of each film, newest first. Raises Invalid for a bad page."""
    if after is None:
        return first_pages(
            session, select(Review), NEWEST_REVIEWS, first, by=Review.movie_id, keys=list(movie_ids)
        )
    return {
        movie_id: page_of(
            session, select(Review).where(Review.movie_id == movie_id), NEWEST_REVIEWS, first, after
        )
        for movie_id in movie_ids
    }


def review_by(session: Session, movie_id: str, author_id: str) -> Review | None:
    """The viewer's review of the film."""
    return session.scalars(
        select(Review).where(Review.movie_id == movie_id, Review.author_id == author_id)
    ).one_or_none()


def ends_of_visits(session: Session, movie: Movie, user_id: str) -> list[datetime]:
    """When the showtimes of `movie` end that the person has a confirmed booking for.

    As told by booking_service; where that has not arrived, the booking's start and the film's length.
    """
    rows = session.execute(
        select(Visit.starts_at, PlannedShowtime)
        .outerjoin(PlannedShowtime, PlannedShowtime.showtime_id == Visit.showtime_id)
        .where(Visit.user_id == user_id, Visit.movie_id == movie.id, Visit.cancelled.is_(False))
    )
    length = timedelta(minutes=movie.duration_minutes)
    visits: list[tuple[datetime, PlannedShowtime | None]] = [(row[0], row[1]) for row in rows]
    return [
        showtime.ends_at if showtime else starts_at + length
        for starts_at, showtime in visits
        if showtime is None or not showtime.cancelled
    ]


def has_future_showtimes(session: Session, movie_id: str) -> bool:
    """Whether a showtime of the film that is not over, and not cancelled, is planned."""
    query = select(PlannedShowtime.showtime_id).where(
        PlannedShowtime.movie_id == movie_id,
        PlannedShowtime.cancelled.is_(False),
        PlannedShowtime.ends_at > utc_now(session),
    )
    return session.execute(query.limit(1)).first() is not None


def sold_starts(session: Session, movie_id: str) -> list[datetime]:
    """When the showtimes of the film begin that are not over and have sold tickets, earliest first."""
    query = (
        select(Visit.starts_at)
        .join(PlannedShowtime, PlannedShowtime.showtime_id == Visit.showtime_id)
        .where(
            PlannedShowtime.movie_id == movie_id,
            PlannedShowtime.cancelled.is_(False),
            PlannedShowtime.ends_at > utc_now(session),
            Visit.cancelled.is_(False),
        )
        .distinct()
        .order_by(Visit.starts_at)
    )
    return list(session.scalars(query))


def open_upload(session: Session, upload_id: str) -> PosterUpload | None:
    """A leave to send a picture that was not used yet and is still good."""
    upload = session.get(PosterUpload, upload_id, with_for_update=True)
    if upload is None or upload.used_at is not None or upload.expires_at < utc_now(session):
        return None
    return upload


def poster_names(session: Session) -> set[str]:
    """Files that are a film's poster."""
    return set(session.scalars(select(Movie.poster_file).where(Movie.poster_file.is_not(None))))


def personal_data(session: Session, user_id: str) -> dict[str, Any]:
    """All that is held about one person, as plain values."""
    reviews = session.scalars(select(Review).where(Review.author_id == user_id).order_by(Review.created_at))
    visits = session.scalars(select(Visit).where(Visit.user_id == user_id).order_by(Visit.starts_at))
    wishes = session.scalars(select(Wish).where(Wish.user_id == user_id).order_by(Wish.wished_at))
    return {
        "reviews": [
            {
                "movieId": review.movie_id,
                "stars": review.stars,
                "comment": review.comment,
                "createdAt": review.created_at.isoformat(),
            }
            for review in reviews
        ],
        "visits": [
            {
                "bookingId": visit.booking_id,
                "movieId": visit.movie_id,
                "showtimeId": visit.showtime_id,
                "startsAt": visit.starts_at.isoformat(),
                "cancelled": visit.cancelled,
            }
            for visit in visits
        ],
        "wishes": [{"movieId": wish.movie_id, "wishedAt": wish.wished_at.isoformat()} for wish in wishes],
    }


def wishes_of(session: Session, user_id: str, movie_ids: Sequence[str]) -> dict[str, bool]:
    """True for each of these films that the person wished for."""
    wished = select(Wish.movie_id).where(Wish.user_id == user_id, Wish.movie_id.in_(movie_ids))
    return dict.fromkeys(session.scalars(wished), True)


def _matching(narrowed: MovieFilter) -> Select[Movie]:
    query = select(Movie).where(holds_words(Movie.search_text, narrowed.search))
    if narrowed.genres:
        if len(narrowed.genres) > MOST_GENRES_ASKED:
            raise Invalid(f"At most {MOST_GENRES_ASKED} genres at once.")
        wanted = {genre_key_of(genre) for genre in narrowed.genres}
        with_genre = select(MovieGenre.movie_id).where(MovieGenre.genre_key.in_(wanted))
        query = query.where(Movie.id.in_(with_genre))
    if narrowed.status is not None:
        query = query.where(Movie.status == narrowed.status)
    if narrowed.release_year is not None:
        query = query.where(_released_in(narrowed.release_year))
    if narrowed.min_rating is not None and narrowed.min_rating > 0:
        least = min(narrowed.min_rating, MOST_STARS + 1)
        query = query.where(Movie.rating_tenths >= math.ceil(round(least * 10, 6)))
    if narrowed.language:
        query = query.where(Movie.language_key == language_key(narrowed.language))
    return query


def _released_in(year: int) -> ColumnElement[bool]:
    if not FIRST_FILM_YEAR <= year <= LAST_YEAR:
        return false()
    return Movie.release_date.between(date(year, 1, 1), date(year, 12, 31))


def poster_url(public_url: str, movie: Movie) -> str:
    """Where the film's poster is: the uploaded one, else the drawn one."""
    return f"{public_url.rstrip('/')}/posters/{movie.poster_file or f'{movie.id}.svg'}"
