"""What a running service holds: settings, database, Redis, siblings. Made once, shared by both doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import redis

from chassis.clock import SYSTEM_CLOCK, Clock
from chassis.database import Database
from chassis.kill_points import watch
from chassis.nudges import Nudges
from chassis.peers import Peers
from chassis.redis_client import redis_client
from chassis.settings import ServiceSettings, refuse_foreign_keys

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True)
class Runtime(Generic[S]):
    """The parts that a service's commands, queries and reactions work with."""

    name: str
    settings: S
    database: Database
    redis: redis.Redis
    peers: Peers
    clock: Clock = SYSTEM_CLOCK

    @classmethod
    def start(cls, name: str, settings: S, *, clock: Clock = SYSTEM_CLOCK) -> Runtime[S]:
        """Build the parts from `settings`. Opens no connection: each part connects when it is first used.

        Raises SettingsError where the keys of the rooms don't fit this one.
        """
        refuse_foreign_keys(name, settings.internal_secret, settings.rooms)
        watch(settings.kill_points)
        return cls(
            name=name,
            settings=settings,
            database=Database(
                settings.database_url,
                clock=clock,
                synchronous=settings.sqlite_synchronous,
                nudges=Nudges(settings.redis_url, f"{settings.prefix}:{name}"),
            ),
            redis=redis_client(settings.redis_url),
            peers=Peers(name, settings.peers, settings.internal_secret),
            clock=clock,
        )

    def close(self) -> None:
        """Give connections back."""
        self.database.close()
        self.redis.close()
