"""Sample data: films in the public domain with made-up ratings. Idempotent; ids follow from the slugs.

`python -m movie_service.seed` prints contracts/seed/films.json: what other rooms' sample data needs to know.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chassis.database import utc_now
from chassis.ids import fixed_id
from chassis.runtime import Runtime
from movie_service.commands.catalogue import fill, tell_movie
from movie_service.commands.ratings import count_ratings
from movie_service.models import Movie, Review
from movie_service.rules import CastMember, MovieForm
from movie_service.settings import MovieSettings

_FILE = Path(__file__).with_name("seed_films.json")
SHARE_WITH_WORDS = 0.3
_SHARED = ("id", "slug", "title", "minutes", "genres", "ageRating", "status", "weight")


def run(runtime: Runtime[MovieSettings]) -> None:
    """Add the sample films that are missing; those that exist are left as people changed them."""
    runtime.database.transact(lambda session: add_missing(session, films()))


@cache
def films() -> list[dict[str, Any]]:
    """The films of seed_films.json with `id`; `weight` is how well each draws, for made-up past sales."""
    read: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))
    for film in read:
        film["id"] = fixed_id("movie", film["slug"])
    return read


def shared() -> list[dict[str, Any]]:
    """What other rooms' sample data may know of the films."""
    return [{key: film[key] for key in _SHARED} for film in films()]


def form_of(film: dict[str, Any]) -> MovieForm:
    """The film as a person would have typed it in."""
    return MovieForm(
        title=film["title"],
        original_title=film["originalTitle"],
        synopsis=film["synopsis"],
        duration_minutes=film["minutes"],
        genres=tuple(film["genres"]),
        directors=tuple(film["directors"]),
        cast=tuple(CastMember(member["name"], member["character"]) for member in film["cast"]),
        release_date=date.fromisoformat(film["releaseDate"]),
        original_language=film["language"],
        age_rating=film["ageRating"],
        trailer_url=None,
        trailer_captions_url=None,
        countries=tuple(film["countries"]),
        status=film["status"],
    )


def add_missing(session: Session, wanted: Sequence[dict[str, Any]]) -> None:
    """Add those of the `wanted` films that are not there."""
    known = set(session.scalars(select(Movie.id)))
    now = utc_now(session)
    for film in wanted:
        if film["id"] in known:
            continue
        # The same weight draws the made-up sales of past weeks, so the order by popularity agrees with them.
        movie = Movie(id=film["id"], tickets_sold=film["weight"])
        fill(session, movie, form_of(film), now=now)
        _review(session, movie, film, now=now)
        tell_movie(session, movie)


def _review(session: Session, movie: Movie, film: dict[str, Any], *, now: datetime) -> None:
    """Stars of nobody in particular over the past two months; better loved films have more and better ones."""
    chance = random.Random(film["slug"])
    comments = {int(stars): chance.sample(texts, len(texts)) for stars, texts in _comments().items()}
    reviews = []
    for number in range(chance.randint(3, 6) + film["weight"] // 4):
        stars = chance.choices((5, 4, 3, 2), (film["weight"] + 8, 34, 14, 4))[0]
        told = comments[stars].pop() if comments[stars] and chance.random() < SHARE_WITH_WORDS else None
        reviews.append(
            {
                "id": fixed_id("review", f"{film['slug']}:{number}"),
                "movie_id": movie.id,
                "author_id": None,
                "stars": stars,
                "comment": told,
                "created_at": now - timedelta(minutes=chance.randint(60, 60 * 24 * 60)),
            }
        )
    session.execute(insert(Review), reviews)
    count_ratings(session, movie)


@cache
def _comments() -> dict[str, list[str]]:
    read: dict[str, list[str]] = json.loads(_FILE.with_name("seed_comments.json").read_text("utf-8"))
    return read


if __name__ == "__main__":
    json.dump(shared(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
