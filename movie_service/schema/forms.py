"""What people send: inputs, and the plain values that queries and commands take."""

from __future__ import annotations

from typing import Any

import graphene

from chassis.graphql_types import Date
from movie_service import queries
from movie_service.rules import CastMember as Player
from movie_service.schema.films import MovieStatus


class MovieSort(graphene.Enum):
    TITLE = "TITLE"
    RELEASE_DATE_DESC = "RELEASE_DATE_DESC"
    RATING_DESC = "RATING_DESC"
    POPULARITY_DESC = "POPULARITY_DESC"


class MovieFilter(graphene.InputObjectType):
    search = graphene.String(description="Full-text over title, original title, people.")
    genres = graphene.List(graphene.NonNull(graphene.String))
    status = MovieStatus()
    release_year = graphene.Int()
    min_rating = graphene.Float()
    language = graphene.String()


class CastMemberInput(graphene.InputObjectType):
    name = graphene.String(required=True)
    character = graphene.String()


class MovieInput(graphene.InputObjectType):
    title = graphene.String(required=True)
    original_title = graphene.String()
    synopsis = graphene.String(required=True)
    duration_minutes = graphene.Int(required=True)
    genres = graphene.List(graphene.NonNull(graphene.String), required=True)
    directors = graphene.List(graphene.NonNull(graphene.String))
    cast = graphene.List(graphene.NonNull(CastMemberInput))
    release_date = Date(required=True)
    original_language = graphene.String(required=True)
    age_rating = graphene.String(required=True)
    trailer_url = graphene.String()
    trailer_captions_url = graphene.String()
    status = MovieStatus()
    countries = graphene.List(graphene.NonNull(graphene.String))


def filter_of(given: Any) -> queries.MovieFilter:
    """What the list is narrowed to; null means: not by this."""
    narrowed = {name: value for name, value in (given or {}).items() if value is not None}
    if "status" in narrowed:
        narrowed["status"] = text_of(narrowed["status"])
    if "genres" in narrowed:
        narrowed["genres"] = tuple(narrowed["genres"])
    return queries.MovieFilter(**narrowed)


def movie_form(input: Any) -> dict[str, Any]:
    """MovieForm's fields that were given; null empties a list and leaves the status as it is."""
    given = dict(input)
    for name in ("genres", "directors", "countries"):
        if name in given:
            given[name] = tuple(given[name] or ())
    if "cast" in given:
        given["cast"] = tuple(Player(item["name"], item.get("character")) for item in given["cast"] or ())
    status = given.pop("status", None)
    return given if status is None else {**given, "status": text_of(status)}


def text_of(choice: Any) -> str:
    """The plain text of an enum's value, however Graphene hands it over."""
    return str(getattr(choice, "value", choice))
