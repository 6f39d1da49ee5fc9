"""The ways a message travels. Each sends one parcel and says by an exception when that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Parcel:
    """One message, ready to go: `recipient` is an address, a number, or the hosts of somebody's devices."""

    notification_id: str
    user_id: str | None
    channel: str
    recipient: str
    subject: str
    text: str
    html: str | None
    link: str | None


class DeliveryFailed(Exception):
    """It did not arrive. `is_final`: trying again can't help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Channel(Protocol):
    """A way out."""

    def send(self, parcel: Parcel) -> None:
        """Hand the parcel over. Raises DeliveryFailed."""
