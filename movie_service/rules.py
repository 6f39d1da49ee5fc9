"""Pure decisions: what a film's form may say, who may rate, how a mean is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from chassis.folding import fold, without_controls
from movie_service.errors import BadField, CommentTooLong, NotSeen, StarsOutOfRange

STATUSES = ("COMING_SOON", "NOW_SHOWING", "ARCHIVED")
LONGEST_MINUTES = 1440
MOST_GENRES = 12
MOST_DIRECTORS = 20
MOST_CAST = 200
LONGEST_SYNOPSIS = 5000
LONGEST_COMMENT = 2000
MOST_STARS = 5
FIRST_FILM_YEAR = 1888
LAST_YEAR = 2200


@dataclass(frozen=True)
class CastMember:
    """A player and the character played."""

    name: str
    character: str | None = None


@dataclass(frozen=True)
class MovieForm:
    """What a person says about a film."""

    title: str
    original_title: str | None
    synopsis: str
    duration_minutes: int
    genres: tuple[str, ...]
    directors: tuple[str, ...]
    cast: tuple[CastMember, ...]
    release_date: date
    original_language: str
    age_rating: str
    trailer_url: str | None
    trailer_captions_url: str | None
    countries: tuple[str, ...]
    status: str


def tidy_movie(form: MovieForm) -> MovieForm:
    """Without blanks around texts; empty texts that may be missing are none."""
    cast = (CastMember(member.name.strip(), _or_none(member.character)) for member in form.cast)
    return replace(
        form,
        title=form.title.strip(),
        original_title=_or_none(form.original_title),
        synopsis=form.synopsis.strip(),
        genres=tuple(genre.strip() for genre in form.genres),
        directors=tuple(name.strip() for name in form.directors if name.strip()),
        cast=tuple(member for member in cast if member.name),
        original_language=form.original_language.strip(),
        age_rating=form.age_rating.strip(),
        trailer_url=_or_none(form.trailer_url),
        trailer_captions_url=_or_none(form.trailer_captions_url),
        countries=tuple(name.strip() for name in form.countries if name.strip()),
    )


def movie_faults(form: MovieForm) -> list[BadField]:
    """Everything that is wrong with a tidy form; none for a good one."""
    found = [
        *_text_faults("title", form.title, 200),
        *_text_faults("originalTitle", form.original_title, 200, required=False),
        *_text_faults("synopsis", form.synopsis, LONGEST_SYNOPSIS),
        *_text_faults("originalLanguage", form.original_language, 40),
        *_text_faults("ageRating", form.age_rating, 12),
        *_list_faults("genres", form.genres, MOST_GENRES, 40),
        *_list_faults("directors", form.directors, MOST_DIRECTORS, 120),
        *_list_faults("countries", form.countries, 20, 60),
        *_cast_faults(form.cast),
    ]
    if not form.genres:
        found.append(_bad("genres", "REQUIRED", "Name at least one genre."))
    if not 1 <= form.duration_minutes <= LONGEST_MINUTES:
        words = f"A film runs 1 to {LONGEST_MINUTES} minutes."
        found.append(_bad("durationMinutes", "DURATION_OUT_OF_RANGE", words))
    if not FIRST_FILM_YEAR <= form.release_date.year <= LAST_YEAR:
        words = f"The release date lies between {FIRST_FILM_YEAR} and {LAST_YEAR}."
        found.append(_bad("releaseDate", "RELEASE_DATE_OUT_OF_RANGE", words))
    return [
        *found,
        *_address_faults("trailerUrl", form.trailer_url),
        *_address_faults("trailerCaptionsUrl", form.trailer_captions_url),
    ]


def check_rating(stars: int, comment: str | None) -> None:
    """Raises StarsOutOfRange, CommentTooLong."""
    if not 1 <= stars <= MOST_STARS:
        raise StarsOutOfRange(field=("stars",))
    if comment is not None and len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(field=("comment",))


def check_seen(ends: Sequence[datetime], *, now: datetime) -> None:
    """Raises NotSeen unless one of the showtimes that the viewer had booked, ending at `ends`, is over."""
    if not any(end <= now for end in ends):
        raise NotSeen(field=("movieId",))


def tidy_comment(comment: str | None) -> str | None:
    """Without control characters and blanks around; none when nothing is left."""
    return _or_none(None if comment is None else without_controls(comment))


def mean_tenths(star_sum: int, count: int) -> int:
    """The mean times ten, rounded half up; 0 without ratings."""
    return 0 if count == 0 else (star_sum * 20 + count) // (2 * count)


def title_key_of(title: str) -> str:
    """By what titles are sorted."""
    return (fold(title) or title.casefold())[:200]


def genre_key_of(genre: str) -> str:
    """By what genres are compared."""
    return (fold(genre) or genre.casefold())[:60]


def search_text_of(form: MovieForm) -> str:
    """What a search looks through: title, original title, people."""
    people = (*form.directors, *(member.name for member in form.cast))
    return fold(" ".join((form.title, form.original_title or "", *people)))


def _text_faults(field: str, text: str | None, longest: int, *, required: bool = True) -> list[BadField]:
    if required and not text:
        return [_bad(field, "REQUIRED", "Please fill this in.")]
    if text and len(text) > longest:
        return [_bad(field, "TOO_LONG", f"At most {longest} characters fit here.")]
    return _character_faults(field, text or "")


def _list_faults(field: str, entries: Sequence[str], most: int, longest: int) -> list[BadField]:
    if len(entries) > most:
        return [_bad(field, "TOO_MANY", f"At most {most} entries fit here.")]
    if any(not entry or len(entry) > longest for entry in entries):
        return [_bad(field, "TOO_LONG", f"Each entry has 1 to {longest} characters.")]
    if len({fold(entry) or entry for entry in entries}) < len(entries):
        return [_bad(field, "REPEATED", "An entry appears twice.")]
    return _character_faults(field, *entries)


def _cast_faults(cast: Sequence[CastMember]) -> list[BadField]:
    if len(cast) > MOST_CAST:
        return [_bad("cast", "TOO_MANY", f"At most {MOST_CAST} people fit here.")]
    if any(len(member.name) > 120 or len(member.character or "") > 200 for member in cast):
        return [_bad("cast", "TOO_LONG", "A name has at most 120 characters, a character at most 200.")]
    return _character_faults("cast", *(member.name + (member.character or "") for member in cast))


def _character_faults(field: str, *texts: str) -> list[BadField]:
    if all(without_controls(text) == text for text in texts):
        return []
    return [_bad(field, "CHARACTERS", "This holds characters that can't be shown.")]


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = len(address) <= 500 and not re.search(r"[\s<>\"']", address)
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _address_faults(field: str, address: str | None) -> list[BadField]:
    if address is None or _is_web_address(address):
        return []
    return [_bad(field, "URL_INVALID", "Use a web address that begins with https:// or http://.")]


def _or_none(text: str | None) -> str | None:
    return (text or "").strip() or None


def _bad(field: str, code: str, words: str) -> BadField:
    return BadField(words, field=("input", field), code=code)
