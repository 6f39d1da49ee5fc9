"""What a client asked and what it was told: a file of JSON lines, written as the answers come."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

OK, REFUSED, PENDING, UNKNOWN = "ok", "refused", "pending", "unknown"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request. `outcome`: ok, refused, pending (the provider is being asked), unknown (no answer came)."""

    user_id: str
    operation: str  # hold, pay, cancel, change, coupon
    key: str | None = None
    booking_id: str | None = None
    showtime_id: str | None = None
    seats: tuple[str, ...] = ()
    outcome: str = OK
    code: str | None = None
    total: int | None = None


class Journal:
    """Writes a line for each request; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._lines = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, asked: Asked) -> None:
        """Append one line."""
        line = json.dumps(asdict(asked))
        with self._lock:
            self._lines.write(line + "\n")
            self._lines.flush()

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def read_journal(path: Path) -> Iterator[Asked]:
    """The lines of a journal in the order in which the answers came."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            values = json.loads(line)
            yield Asked(**{**values, "seats": tuple(values["seats"])})
