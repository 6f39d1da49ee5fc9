"""Pure decisions: what a cinema's and an auditorium's form may say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from zoneinfo import available_timezones

from chassis.folding import fold, without_controls
from cinema_service.codes import COUNTRIES, CURRENCIES
from cinema_service.errors import BadField, BadSeatingPlan
from cinema_service.geography import Point
from cinema_service.seating import SeatRow, faults, tidy

_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")
MOST_FACILITIES = 30
MOST_FORMATS = 12


@dataclass(frozen=True)
class CinemaForm:
    """What a person says about a cinema."""

    name: str
    address: str
    city: str
    country_code: str
    time_zone: str
    currency: str
    location: Point
    phone: str | None = None
    facilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditoriumForm:
    """What a person says about an auditorium."""

    cinema_id: str
    name: str
    rows: tuple[SeatRow, ...]
    formats: tuple[str, ...] = ()


def tidy_cinema(form: CinemaForm) -> CinemaForm:
    """Without blanks around texts; codes in capitals; an empty telephone number is none."""
    return replace(
        form,
        name=form.name.strip(),
        address=form.address.strip(),
        city=form.city.strip(),
        country_code=form.country_code.strip().upper(),
        time_zone=form.time_zone.strip(),
        currency=form.currency.strip().upper(),
        phone=(form.phone or "").strip() or None,
        facilities=_without_blanks(form.facilities),
    )


def tidy_auditorium(form: AuditoriumForm) -> AuditoriumForm:
    """Without blanks around texts; row names in capitals; 2D when no format is named."""
    return replace(
        form,
        name=form.name.strip(),
        formats=_without_blanks(form.formats) or ("2D",),
        rows=tidy(form.rows),
    )


def cinema_faults(form: CinemaForm) -> list[BadField]:
    """Everything that is wrong with a tidy form; none for a good one."""
    found = [
        *_text_faults("name", form.name, 120),
        *_text_faults("address", form.address, 300),
        *_text_faults("city", form.city, 120),
        *_list_faults("facilities", form.facilities, MOST_FACILITIES),
    ]
    if form.country_code not in COUNTRIES:
        found.append(
            _bad("countryCode", "COUNTRY_UNKNOWN", "Use a two-letter country code of ISO 3166, e.g. FR.")
        )
    if form.time_zone not in _time_zones():
        found.append(_bad("timeZone", "TIME_ZONE_UNKNOWN", "Use an IANA time zone, e.g. Europe/Paris."))
    if form.currency not in CURRENCIES:
        found.append(
            _bad("currency", "CURRENCY_UNKNOWN", "Use a three-letter currency code of ISO 4217, e.g. EUR.")
        )
    if not form.location.is_on_earth:
        words = "Latitude is -90 to 90 and longitude -180 to 180 degrees."
        found.append(_bad("location", "LOCATION_OUT_OF_RANGE", words))
    if form.phone is not None and not _PHONE.fullmatch(form.phone):
        found.append(
            _bad("phone", "PHONE_INVALID", "Write the telephone number with digits, e.g. +33 1 99 00 18 95.")
        )
    return found


def auditorium_faults(form: AuditoriumForm) -> list[BadField | BadSeatingPlan]:
    """Everything that is wrong with a tidy form; none for a good one."""
    return [
        *_text_faults("name", form.name, 80),
        *_list_faults("formats", form.formats, MOST_FORMATS),
        *faults(form.rows),
    ]


def name_key_of(name: str) -> str:
    """By what names are sorted and compared."""
    return (fold(name) or name.casefold())[:120]


def city_key_of(city: str) -> str:
    """By what cities are compared."""
    return (fold(city) or city.casefold())[:160]


def search_text_of(name: str, city: str, address: str) -> str:
    """What a search looks through."""
    return fold(f"{name} {city} {address}")[:800]


def _text_faults(field: str, text: str, longest: int) -> list[BadField]:
    if not text:
        return [_bad(field, "REQUIRED", "Please fill this in.")]
    if len(text) > longest:
        return [_bad(field, "TOO_LONG", f"At most {longest} characters fit here.")]
    return _character_faults(field, text)


def _list_faults(field: str, entries: Sequence[str], most: int) -> list[BadField]:
    if len(entries) > most:
        return [_bad(field, "TOO_MANY", f"At most {most} entries fit here.")]
    if any(len(entry) > 60 for entry in entries):
        return [_bad(field, "TOO_LONG", "Each entry has at most 60 characters.")]
    if len({fold(entry) for entry in entries}) < len(entries):
        return [_bad(field, "REPEATED", "An entry appears twice.")]
    return _character_faults(field, *entries)


def _character_faults(field: str, *texts: str) -> list[BadField]:
    if all(without_controls(text) == text for text in texts):
        return []
    return [_bad(field, "CHARACTERS", "This holds characters that can't be shown.")]


def _bad(field: str, code: str, words: str) -> BadField:
    return BadField(words, field=("input", field), code=code)


def _without_blanks(entries: Sequence[str]) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in entries if entry.strip())


@cache
def _time_zones() -> frozenset[str]:
    # "localtime" and the like are names of this machine, not of a place.
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
