"""Facts that leave a service: what happened, in the past tense, with a name and a version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from chassis.ids import new_id


@dataclass(frozen=True)
class Event:
    """A fact to publish: dotted `name`, `payload` of plain JSON values in camel case."""

    name: str
    payload: dict[str, Any]
    version: int = 1


@dataclass(frozen=True)
class Envelope:
    """An event on its way: its identity, when it happened, and for whom."""

    name: str
    payload: dict[str, Any]
    version: int = 1
    id: str = field(default_factory=new_id)
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    request_id: str | None = None
    actor_id: str | None = None

    def to_bytes(self) -> bytes:
        """JSON as the broker carries it."""
        return orjson.dumps(
            {
                "id": self.id,
                "name": self.name,
                "version": self.version,
                "occurredAt": self.occurred_at.isoformat(),
                "requestId": self.request_id,
                "actorId": self.actor_id,
                "payload": self.payload,
            }
        )

    @classmethod
    def from_bytes(cls, text: bytes) -> Envelope:
        """Read what `to_bytes` wrote. Raises ValueError for anything else."""
        try:
            parts = orjson.loads(text)
            return cls(
                name=str(parts["name"]),
                payload=dict(parts["payload"]),
                version=int(parts["version"]),
                id=str(parts["id"]),
                occurred_at=datetime.fromisoformat(parts["occurredAt"]),
                request_id=parts.get("requestId"),
                actor_id=parts.get("actorId"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not an event envelope: {error}") from error
