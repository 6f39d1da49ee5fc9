"""The second door: relays the outbox, reacts to events, clears away posters that no film shows."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.settings import load
from chassis.worker import Timer, Worker
from movie_service.commands.posters import sweep
from movie_service.reactions import REACTIONS
from movie_service.settings import MovieSettings


def build_worker(runtime: Runtime[MovieSettings]) -> Worker:
    """The worker of this service, not yet started."""
    return Worker(runtime, REACTIONS, [Timer("sweep posters", 3600.0, sweep)])


def main() -> None:
    """Run until told to stop."""
    build_worker(Runtime.start("movie_service", load(MovieSettings))).run_forever()


if __name__ == "__main__":
    main()
