"""Keys of rooms for tests: every room signs with the one secret of tests, and is believed in its own name alone."""

from __future__ import annotations

from pathlib import Path

from chassis.identity import GATEWAY
from chassis.room_keys import RoomKeys, told

SECRET = "a test's own internal secret, 0123456789"
SERVICES = tuple(sorted(folder.name for folder in Path(__file__).resolve().parents[1].glob("*_service")))
MADE_UP = ("some_service", "thing_service", "other_service", "third_service", "asking", "mailer")
ROOM_KEYS = told((name, SECRET) for name in (GATEWAY, *SERVICES, *MADE_UP))
KEYS = RoomKeys.read(ROOM_KEYS)
