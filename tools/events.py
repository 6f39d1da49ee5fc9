"""What waits on the road for events, and what was laid aside: `python -m tools.events`.

Prints for each service how many events wait for it and how many dead letters it has. --dead NAME shows those of one
service with their causes, --replay NAME gives them back to its queue once the cause is mended. The broker is the one
of the environment (BROKER_URL, REDIS_URL, PORT), as for the launcher.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from chassis.broker import Broker, BrokerDown, connect
from tools.launcher.fleet import SERVICES, fleet_from

NAMES = tuple(service.name for service in SERVICES)


def main(words: Sequence[str] | None = None) -> int:
    """Do what was asked; the exit status: 1 when there are dead letters or no broker."""
    parser = argparse.ArgumentParser(prog="python -m tools.events", description="Events that wait or failed.")
    parser.add_argument("--dead", choices=NAMES, metavar="NAME", help="show a service's dead letters")
    parser.add_argument(
        "--replay", choices=NAMES, metavar="NAME", help="give a service its dead letters again"
    )
    choice = parser.parse_args(words)
    try:
        if choice.replay:
            with _broker() as broker:
                print(f"{broker.replay_dead_letters(choice.replay)} events given back to {choice.replay}")
            return 0
        return _show(choice.dead) if choice.dead else _count()
    except BrokerDown as error:
        print(f"the broker does not answer: {error}", file=sys.stderr)
        return 1


def _count() -> int:
    found = 0
    for name in NAMES:
        with _broker() as broker:
            try:
                waiting, dead = broker.depth(name), broker.dead_count(name)
            except BrokerDown as error:
                if "NOT_FOUND" not in str(error):
                    raise
                # RabbitMQ, before that service's worker ran for the first time.
                print(f"{name:<22} no queue yet")
                continue
        found += dead
        print(f"{name:<22} {waiting:5} waiting {dead:5} dead")
    return 1 if found else 0


def _show(name: str) -> int:
    with _broker() as broker:
        letters = broker.dead_letters(name)
    for letter in letters:
        print(f"{letter.id or 'unreadable'}  {letter.name}  {letter.cause}")
    return 1 if letters else 0


@contextmanager
def _broker() -> Iterator[Broker]:
    broker = connect(fleet_from().broker_url, os.environ.get("MESSAGE_PREFIX", "lobbycard"))
    try:
        yield broker
    finally:
        broker.close()


if __name__ == "__main__":
    sys.exit(main())
