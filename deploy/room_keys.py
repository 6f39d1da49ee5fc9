"""Secrets of the rooms for the full mode: `python -m deploy.room_keys < .env >> .env` adds what is missing.

Reads NAME=value lines and prints those to add: a secret for each room that has none, and ROOM_KEYS, the public
halves of all of them. What stands last in such a file counts, so it may be run again after a change; beside each
key that is replaced the older one is kept, until `--only-new` leaves it out.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable, Iterator

from chassis.room_keys import public_half
from tools.launcher.fleet import ROOMS, secret_name


def main() -> None:
    """Print the lines to add."""
    known = read(sys.stdin)
    for name, value in lines_for(known, keeps_older="--only-new" not in sys.argv[1:]):
        print(f"{name}={value}")


def read(lines: Iterable[str]) -> dict[str, str]:
    """The settings in a file of NAME=value lines."""
    pairs = (
        line.strip().split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#")
    )
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}


def lines_for(known: dict[str, str], *, keeps_older: bool) -> Iterator[tuple[str, str]]:
    """Name and value of each setting to add to those that are `known`."""
    keys = []
    for room in ROOMS:
        name = secret_name(room)
        secret = known.get(name)
        if not secret:
            secret = secrets.token_hex(24)
            yield name, secret
        keys.append(f"{room}={public_half(secret)}")
    older = [entry.strip() for entry in known.get("ROOM_KEYS", "").split(",") if entry.strip()]
    keys += [entry for entry in older if keeps_older and entry not in keys]
    if ",".join(keys) != known.get("ROOM_KEYS"):
        yield "ROOM_KEYS", ",".join(keys)


if __name__ == "__main__":
    main()
