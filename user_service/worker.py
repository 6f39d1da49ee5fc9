"""Background work of user_service: send its events, collect the audit trail, tell of ended sessions, tidy up."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Timer, Worker
from user_service import attempts
from user_service.commands import export, links, sessions
from user_service.reactions import REACTIONS
from user_service.settings import UserRuntime, UserSettings

TELL_SECONDS = 1.0
TIDY_SECONDS = 600.0


def build_worker(runtime: UserRuntime) -> Worker:
    """The worker, not yet started."""
    timers = (
        Timer("tell ended sessions", TELL_SECONDS, sessions.tell_ended),
        Timer("tidy", TIDY_SECONDS, tidy),
    )
    return Worker(runtime, REACTIONS, timers)


def tidy(runtime: UserRuntime) -> None:
    """Drop what has expired."""

    def drop(session: Session) -> None:
        for purge in (attempts.purge, links.purge, export.purge, sessions.purge):
            purge(session)

    runtime.database.transact(drop)


def main() -> None:
    """Run as a process of its own."""
    build_worker(Runtime.start("user_service", load(UserSettings))).run_forever()


if __name__ == "__main__":
    main()
