"""Films and reviews as the graph shows them, loaded in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import graphene

from chassis.federation import key
from chassis.graphql_types import Date, DateTime, connection_type, required_list
from chassis.loaders import Batch
from movie_service import models, queries


class MovieStatus(graphene.Enum):
    COMING_SOON = "COMING_SOON"
    NOW_SHOWING = "NOW_SHOWING"
    ARCHIVED = "ARCHIVED"


class CastMember(graphene.ObjectType):
    name = graphene.String(required=True)
    character = graphene.String()


@key("id", resolvable=False)
class User(graphene.ObjectType):
    id = graphene.ID(required=True)


class Review(graphene.ObjectType):
    id = graphene.ID(required=True)
    stars = graphene.Int(required=True)
    comment = graphene.String()
    author = graphene.Field(User)
    created_at = DateTime(required=True)

    def resolve_author(parent, info):
        return None if parent.author_id is None else User(id=parent.author_id)


ReviewConnection = connection_type("ReviewConnection", Review)


@key("id")
class Movie(graphene.ObjectType):
    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    original_title = graphene.String()
    synopsis = graphene.String(required=True)
    duration_minutes = graphene.Int(required=True)
    genres = required_list(graphene.String)
    directors = required_list(graphene.String)
    cast = required_list(CastMember)
    release_date = Date(required=True)
    original_language = graphene.String(required=True)
    age_rating = graphene.String(required=True, description="E.g. G, PG, 12A, 18.")
    poster_url = graphene.String()
    trailer_url = graphene.String()
    trailer_captions_url = graphene.String(description="WebVTT text for a trailer that is a video file.")
    status = MovieStatus(required=True)
    rating = graphene.Float(description="Mean of viewers' stars, 1 to 5, one decimal; null without any.")
    rating_count = graphene.Int(required=True)
    reviews = graphene.Field(
        ReviewConnection, required=True, first=graphene.Int(default_value=10), after=graphene.String()
    )
    countries = required_list(graphene.String, description="Countries that made it, in English.")
    wished = graphene.Boolean(
        description="Whether the signed-in user asked to be told of showings (wishForMovie)."
    )

    def resolve_wished(parent, info):
        user_id = info.context.caller.user_id
        if user_id is None:
            return None

        def fetch(ids: list[str]) -> Any:
            return info.context.runtime.database.read(
                lambda session: queries.wishes_of(session, user_id, ids)
            )

        return parent.batch.load("wished", parent.id, fetch, False)

    def resolve_reviews(parent, info, first=None, after=None):
        def fetch(ids: list[str]) -> Any:
            return info.context.runtime.database.read(
                lambda session: queries.reviews_of(session, ids, first=first, after=after)
            )

        if after is not None:  # a cursor belongs to one film's list
            return fetch([parent.id])[parent.id]
        return parent.batch.load(("reviews", first), parent.id, fetch)

    @classmethod
    def resolve_references(cls, representations, info):
        return movies_of(info, [str(item["id"]) for item in representations])


MovieConnection = connection_type("MovieConnection", Movie)


@dataclass(eq=False)
class MovieNode:
    """A film as the graph shows it; `batch` holds the ids of those that came with it."""

    id: str
    title: str
    original_title: str | None
    synopsis: str
    duration_minutes: int
    genres: list[str]
    directors: list[str]
    cast: list[dict[str, str | None]]
    release_date: date
    original_language: str
    countries: list[str]
    age_rating: str
    poster_url: str
    trailer_url: str | None
    trailer_captions_url: str | None
    status: str
    rating: float | None
    rating_count: int
    batch: Batch


def movie_nodes(info: Any, movies: Sequence[models.Movie]) -> list[MovieNode]:
    """Films that come together, in the same order."""
    batch = Batch(movie.id for movie in movies)
    public_url = info.context.runtime.settings.public_url
    return [
        MovieNode(
            id=movie.id,
            title=movie.title,
            original_title=movie.original_title,
            synopsis=movie.synopsis,
            duration_minutes=movie.duration_minutes,
            genres=movie.genres,
            directors=movie.directors,
            cast=movie.cast,
            release_date=movie.release_date,
            original_language=movie.original_language,
            countries=movie.countries,
            age_rating=movie.age_rating,
            poster_url=queries.poster_url(public_url, movie),
            trailer_url=movie.trailer_url,
            trailer_captions_url=movie.trailer_captions_url,
            status=movie.status,
            rating=movie.rating_tenths / 10 if movie.rating_count else None,
            rating_count=movie.rating_count,
            batch=batch,
        )
        for movie in movies
    ]


def movies_of(info: Any, ids: Iterable[str]) -> list[MovieNode | None]:
    """The films of these ids, in one read; None for unknown ones."""
    wanted = list(ids)
    found = info.context.runtime.database.read(lambda session: queries.movies_by_ids(session, wanted))
    nodes = {node.id: node for node in movie_nodes(info, list(found.values()))}
    return [nodes.get(movie_id) for movie_id in wanted]
