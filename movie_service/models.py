"""Tables of movie_db."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.tables import COLUMN_TYPES, service_metadata


class Base(DeclarativeBase):
    """Tables of this service."""

    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class Movie(Base):
    """A film. Keys and `search_text` are folded (chassis.folding), so that both databases find and sort alike.

    `rating_tenths` is the mean of the stars as shown, times ten; 0 without any. `tickets_sold` counts seats of
    confirmed bookings: what POPULARITY_DESC sorts by.
    """

    __tablename__ = "movies"
    __table_args__ = (
        Index("ix_movies_title_key", "title_key", "id"),
        Index("ix_movies_release_date", "release_date", "id"),
        Index("ix_movies_rating_tenths", "rating_tenths", "rating_count", "id"),
        Index("ix_movies_tickets_sold", "tickets_sold", "id"),
        Index("ix_movies_status", "status", "tickets_sold", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    original_title: Mapped[str | None] = mapped_column(String(200))
    synopsis: Mapped[str] = mapped_column(Text)
    duration_minutes: Mapped[int]
    genres: Mapped[list[str]] = mapped_column(JSON)
    directors: Mapped[list[str]] = mapped_column(JSON)
    cast: Mapped[list[dict[str, str | None]]] = mapped_column("cast_members", JSON)
    release_date: Mapped[date]
    original_language: Mapped[str] = mapped_column(String(40))
    countries: Mapped[list[str]] = mapped_column(JSON)
    age_rating: Mapped[str] = mapped_column(String(12))
    trailer_url: Mapped[str | None] = mapped_column(String(500))
    trailer_captions_url: Mapped[str | None] = mapped_column(String(500))
    poster_file: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(16))
    rating_sum: Mapped[int] = mapped_column(default=0)
    rating_count: Mapped[int] = mapped_column(default=0)
    rating_tenths: Mapped[int] = mapped_column(default=0)
    tickets_sold: Mapped[int] = mapped_column(default=0)
    title_key: Mapped[str] = mapped_column(String(200))
    language_key: Mapped[str] = mapped_column(String(40), index=True)
    search_text: Mapped[str] = mapped_column(Text(4_000_000))
    changed_at: Mapped[datetime]


class MovieGenre(Base):
    """One genre of one film; for the filter and the list of genres."""

    __tablename__ = "movie_genres"

    movie_id: Mapped[str] = mapped_column(String(36), ForeignKey("movies.id"), primary_key=True)
    genre_key: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(40))


class Review(Base):
    """One viewer's stars for one film. `author_id` is empty once the person was erased."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("movie_id", "author_id"),
        Index("ix_reviews_movie_id_created_at", "movie_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    movie_id: Mapped[str] = mapped_column(String(36), ForeignKey("movies.id"))
    author_id: Mapped[str | None] = mapped_column(String(36), index=True)
    stars: Mapped[int]
    comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class Wish(Base):
    """Somebody who wants to be told as soon as the film has showings; gone once they were."""

    __tablename__ = "wishes"

    movie_id: Mapped[str] = mapped_column(String(36), ForeignKey("movies.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)
    wished_at: Mapped[datetime]


class PosterUpload(Base):
    """Leave to send one picture for one film, given to one person; `used_at` once it was taken up."""

    __tablename__ = "poster_uploads"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    movie_id: Mapped[str] = mapped_column(String(36))
    actor_id: Mapped[str] = mapped_column(String(36))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class PlannedShowtime(Base):
    """What booking_service told of a showtime.

    `told_at` is when the latest fact happened: an older one that arrives late changes nothing.
    """

    __tablename__ = "planned_showtimes"
    __table_args__ = (Index("ix_planned_showtimes_movie_id_ends_at", "movie_id", "ends_at"),)

    showtime_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    movie_id: Mapped[str] = mapped_column(String(36))
    ends_at: Mapped[datetime]
    cancelled: Mapped[bool]
    told_at: Mapped[datetime]


class Visit(Base):
    """A confirmed booking as this service needs it: who saw which film when, and how many seats were sold."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_user_id_movie_id", "user_id", "movie_id"),)

    booking_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    movie_id: Mapped[str] = mapped_column(String(36))
    showtime_id: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[str | None] = mapped_column(String(36))
    starts_at: Mapped[datetime]
    seat_count: Mapped[int]
    cancelled: Mapped[bool]
    told_at: Mapped[datetime]
