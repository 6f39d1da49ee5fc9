"""Auditoriums and their seating plans: add, change, take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit
from chassis.identity import Caller, Role
from chassis.ids import new_id
from chassis.outbox import publish
from cinema_service import events, queries
from cinema_service.commands.records import CinemaRuntime, cinema_of, record_change, refuse, state_of
from cinema_service.errors import (
    AuditoriumHasShowtimes,
    AuditoriumNotFound,
    AuditoriumStays,
    NameTaken,
    SeatingPlanChanged,
)
from cinema_service.models import Auditorium
from cinema_service.rules import AuditoriumForm, auditorium_faults, name_key_of, tidy_auditorium
from cinema_service.seating import capacity


def create_auditorium(runtime: CinemaRuntime, caller: Caller, given: Mapping[str, Any]) -> Auditorium:
    """Add an auditorium with its seating plan. ADMIN, or MANAGER of the cinema.

    `given`: AuditoriumForm's fields by name. Raises CinemaNotFound, NameTaken, Refusals for a faulty form.
    """
    caller.require_role(Role.MANAGER, scope=given["cinema_id"])
    form = _good_auditorium(AuditoriumForm(**given))

    def work(session: Session) -> Auditorium:
        cinema_of(session, form.cinema_id)
        if queries.has_name(session, form.cinema_id, form.name):
            raise NameTaken(field=("input", "name"))
        auditorium = Auditorium(
            id=new_id(), cinema_id=form.cinema_id, layout_version=1, **_auditorium_columns(form)
        )
        session.add(auditorium)
        session.flush()
        tell_auditorium(session, auditorium)
        after = state_of(auditorium)
        audit.record(session, caller, "auditorium.create", "Auditorium", auditorium.id, after=after)
        return auditorium

    return _named(lambda: runtime.database.transact(work))


def update_auditorium(
    runtime: CinemaRuntime,
    caller: Caller,
    auditorium_id: str,
    given: Mapping[str, Any],
    *,
    drawn_from: int | None = None,
) -> Auditorium:
    """Change an auditorium; another seating plan makes its layout version grow. ADMIN, or MANAGER of the cinema.

    Formats that are not in `given` stay. `drawn_from`: the version that was seen, if it matters. Raises AuditoriumNotFound,
    AuditoriumStays, SeatingPlanChanged where another one was saved since, NameTaken, Refusals for a faulty form.
    """
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> Auditorium:
        auditorium = _auditorium(session, auditorium_id)
        caller.require_role(Role.MANAGER, scope=auditorium.cinema_id)
        good = _good_auditorium(AuditoriumForm(**{"formats": tuple(auditorium.formats), **given}))
        if good.cinema_id != auditorium.cinema_id:
            raise AuditoriumStays(field=("input", "cinemaId"))
        if drawn_from not in (None, auditorium.layout_version):
            raise SeatingPlanChanged(field=("expectedLayoutVersion",))
        if queries.has_name(session, auditorium.cinema_id, good.name, but=auditorium_id):
            raise NameTaken(field=("input", "name"))
        before = state_of(auditorium)
        columns = _auditorium_columns(good)
        if columns["plan"] != auditorium.plan:
            auditorium.layout_version += 1
        for column, value in columns.items():
            setattr(auditorium, column, value)
        after = state_of(auditorium)
        if after != before:
            tell_auditorium(session, auditorium)
            record_change(
                session, caller, "auditorium.update", "Auditorium", auditorium_id, before=before, after=after
            )
        return auditorium

    return _named(lambda: runtime.database.transact(work))


def delete_auditorium(runtime: CinemaRuntime, caller: Caller, auditorium_id: str) -> None:
    """Take an auditorium away. ADMIN, or MANAGER of its cinema. Raises AuditoriumNotFound, AuditoriumHasShowtimes."""
    caller.require_role(Role.MANAGER)

    def work(session: Session) -> None:
        auditorium = _auditorium(session, auditorium_id)
        caller.require_role(Role.MANAGER, scope=auditorium.cinema_id)
        if queries.has_future_showtimes(session, auditorium_id=auditorium_id):
            raise AuditoriumHasShowtimes(field=("id",))
        before = state_of(auditorium)
        session.delete(auditorium)
        audit.record(session, caller, "auditorium.delete", "Auditorium", auditorium_id, before=before)

    runtime.database.transact(work)


def tell_auditorium(session: Session, auditorium: Auditorium) -> None:
    """Publish the auditorium's present state."""
    publish(
        session,
        events.auditorium_changed(
            auditorium_id=auditorium.id,
            cinema_id=auditorium.cinema_id,
            name=auditorium.name,
            layout_version=auditorium.layout_version,
        ),
    )


def _named(save: Callable[[], Auditorium]) -> Auditorium:
    """What `save` gives; the loser of two who gave one name at once is told so by the unique key."""
    try:
        return save()
    except IntegrityError:
        raise NameTaken(field=("input", "name")) from None


def _good_auditorium(form: AuditoriumForm) -> AuditoriumForm:
    form = tidy_auditorium(form)
    refuse(auditorium_faults(form))
    return form


def _auditorium(session: Session, auditorium_id: str) -> Auditorium:
    auditorium = session.get(Auditorium, auditorium_id, with_for_update=True)
    if auditorium is None:
        raise AuditoriumNotFound
    return auditorium


def _auditorium_columns(form: AuditoriumForm) -> dict[str, Any]:
    return {
        "name": form.name,
        "name_key": name_key_of(form.name),
        "formats": list(form.formats),
        "plan": [row.as_json() for row in form.rows],
        "capacity": capacity(form.rows),
    }
