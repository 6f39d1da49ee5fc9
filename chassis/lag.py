"""How far behind a service's events are: for health pages, metrics and alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.broker import connect
from chassis.runtime import Runtime


@dataclass(frozen=True)
class Lag:
    """What waits: in the own outbox to be sent, in the own queue to be handled, among the dead letters to be seen."""

    outbox_waiting: int
    outbox_age_seconds: float
    queue_depth: int
    dead_letters: int


def lag_of(runtime: Runtime[Any], *, has_queue: bool) -> Lag:
    """The service's lag now; `has_queue`: whether it reacts to events. Raises BrokerDown, Unavailable."""

    def sending(session: Session) -> tuple[int, float]:
        return outbox.waiting_count(session), outbox.oldest_age_seconds(session)

    waiting, age = runtime.database.read(sending)
    if not has_queue:
        return Lag(waiting, age, 0, 0)
    broker = connect(runtime.settings.message_url, runtime.settings.prefix)
    try:
        return Lag(waiting, age, broker.depth(runtime.name), broker.dead_count(runtime.name))
    finally:
        broker.close()
