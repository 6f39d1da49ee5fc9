"""Door 2, "something happened": event name → command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime import Runtime
from chassis.worker import Reaction
from payment_service.commands.remembering import forget_person, remember_cinema


def _cinema_changed(
    _runtime: Runtime[Any], session: Session, told: Mapping[str, Any], envelope: Envelope
) -> None:
    remember_cinema(session, told, envelope.occurred_at)


def _user_erased(
    _runtime: Runtime[Any], session: Session, told: Mapping[str, Any], _envelope: Envelope
) -> None:
    forget_person(session, told["userId"])


REACTIONS: dict[str, Reaction] = {"cinema.changed": _cinema_changed, "user.erased": _user_erased}
