"""Cinemas: open, change, close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis import audit
from chassis.database import utc_now
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.outbox import publish
from cinema_service import events, queries
from cinema_service.commands.records import CinemaRuntime, cinema_of, record_change, refuse, state_of
from cinema_service.errors import CinemaHasShowtimes
from cinema_service.geography import Point
from cinema_service.models import Auditorium, Cinema
from cinema_service.rules import (
    CinemaForm,
    cinema_faults,
    city_key_of,
    name_key_of,
    search_text_of,
    tidy_cinema,
)


def create_cinema(runtime: CinemaRuntime, caller: Caller, given: Mapping[str, Any]) -> Cinema:
    """Add a cinema. ADMIN. `given`: CinemaForm's fields by name. Raises Refusals for a faulty form."""
    caller.require_role(Role.ADMIN)
    form = _good_cinema(CinemaForm(**given))

    def work(session: Session) -> Cinema:
        cinema = Cinema(id=new_id(), **_cinema_columns(form), changed_at=utc_now(session))
        session.add(cinema)
        session.flush()
        tell_cinema(session, cinema)
        audit.record(session, caller, "cinema.create", "Cinema", cinema.id, after=state_of(cinema))
        return cinema

    return runtime.database.transact(work)


def update_cinema(runtime: CinemaRuntime, caller: Caller, cinema_id: str, given: Mapping[str, Any]) -> Cinema:
    """Change a cinema; fields that are not in `given` stay. ADMIN, or MANAGER of it.

    Raises CinemaNotFound; Refusals for a faulty form; CinemaHasShowtimes when currency or time zone would change
    under showtimes that are planned: their prices and local times were told in them.
    """
    caller.require_role(Role.MANAGER, scope=cinema_id)

    def work(session: Session) -> Cinema:
        cinema = cinema_of(session, cinema_id)
        form = _good_cinema(replace(_form_of(cinema), **given))
        before = state_of(cinema)
        moves = (cinema.currency, cinema.time_zone) != (form.currency, form.time_zone)
        if moves and queries.has_future_showtimes(session, cinema_id=cinema_id):
            field = "currency" if cinema.currency != form.currency else "timeZone"
            words = "Currency and time zone can't change while showtimes are planned."
            raise CinemaHasShowtimes(words, field=("input", field))
        for column, value in _cinema_columns(form).items():
            setattr(cinema, column, value)
        after = state_of(cinema)
        if after != before:
            cinema.changed_at = utc_now(session)
            tell_cinema(session, cinema)
            record_change(session, caller, "cinema.update", "Cinema", cinema_id, before=before, after=after)
        return cinema

    return runtime.database.transact(work)


def delete_cinema(runtime: CinemaRuntime, caller: Caller, cinema_id: str) -> None:
    """Take a cinema and its auditoriums away. ADMIN. Raises CinemaNotFound, CinemaHasShowtimes."""
    caller.require_role(Role.ADMIN)

    def work(session: Session) -> None:
        cinema = cinema_of(session, cinema_id)
        if queries.has_future_showtimes(session, cinema_id=cinema_id):
            raise CinemaHasShowtimes(field=("id",))
        before = state_of(cinema)
        session.execute(delete(Auditorium).where(Auditorium.cinema_id == cinema_id))
        session.delete(cinema)
        audit.record(session, caller, "cinema.delete", "Cinema", cinema_id, before=before)

    runtime.database.transact(work)


def tell_cinema(session: Session, cinema: Cinema) -> None:
    """Publish the cinema's present state."""
    publish(
        session,
        events.cinema_changed(
            cinema_id=cinema.id,
            name=cinema.name,
            city=cinema.city,
            time_zone=cinema.time_zone,
            currency=cinema.currency,
        ),
    )


def _good_cinema(form: CinemaForm) -> CinemaForm:
    form = tidy_cinema(form)
    refuse(cinema_faults(form))
    return form


def _form_of(cinema: Cinema) -> CinemaForm:
    return CinemaForm(
        name=cinema.name,
        address=cinema.address,
        city=cinema.city,
        country_code=cinema.country_code,
        time_zone=cinema.time_zone,
        currency=cinema.currency,
        location=Point(cinema.latitude, cinema.longitude),
        phone=cinema.phone,
        facilities=tuple(cinema.facilities),
    )


def _cinema_columns(form: CinemaForm) -> dict[str, Any]:
    return {
        "name": form.name,
        "address": form.address,
        "city": form.city,
        "country_code": form.country_code,
        "time_zone": form.time_zone,
        "currency": form.currency,
        "latitude": form.location.latitude,
        "longitude": form.location.longitude,
        "phone": form.phone,
        "facilities": list(form.facilities),
        "name_key": name_key_of(form.name),
        "city_key": city_key_of(form.city),
        "search_text": search_text_of(form.name, form.city, form.address),
    }
