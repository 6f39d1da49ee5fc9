"""What every change of a place does alike: find it, refuse faults, write the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import audit
from chassis.errors import Refusal, Refusals
from chassis.identity import Caller
from chassis.runtime import Runtime
from cinema_service.errors import CinemaNotFound
from cinema_service.models import Auditorium, Cinema
from cinema_service.settings import CinemaSettings

CinemaRuntime = Runtime[CinemaSettings]
_DERIVED = {"id", "name_key", "city_key", "search_text", "changed_at"}


def cinema_of(session: Session, cinema_id: str) -> Cinema:
    """The cinema, locked until the transaction ends. Raises CinemaNotFound."""
    cinema = session.get(Cinema, cinema_id, with_for_update=True)
    if cinema is None:
        raise CinemaNotFound
    return cinema


def refuse(faults: Sequence[Refusal]) -> None:
    """Raises Refusals unless there are no faults."""
    if faults:
        raise Refusals(faults)


def state_of(row: Cinema | Auditorium) -> dict[str, Any]:
    """What a person can set, as plain values."""
    names = [column.key for column in row.__table__.columns if column.key not in _DERIVED]
    return {name: getattr(row, name) for name in names}


def record_change(
    session: Session,
    caller: Caller,
    action: str,
    kind: str,
    object_id: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Write what differs into the audit trail."""
    changed = [name for name in after if after[name] != before[name]]
    audit.record(
        session,
        caller,
        action,
        kind,
        object_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
