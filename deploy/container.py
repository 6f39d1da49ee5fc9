"""What a container of the one image does: `python -m deploy.container serve|work|migrate NAME`.

serve     migrate the service's database, add sample data where LOBBYCARD_SEED=1, serve with gunicorn
work      the same service's outbox relay, reactions and timers
migrate   bring the service's database to the newest revision, and end

Where MIGRATE_AT_START=0, as on Kubernetes, only `migrate` migrates: the others wait until it has. How a container
is, `python -m deploy.health NAME` tells.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis import migrations
from chassis.database import Database
from chassis.runtime import Runtime
from chassis.settings import SettingsError

GATEWAY = "gateway"
LOCK_SECONDS = 300
MIGRATION_SECONDS = 600
LOOK_AGAIN_SECONDS = 1.0


def main() -> None:
    """Do what the command line asks; status 1 with one line where the settings are wrong."""
    commands: dict[str, Callable[[str], object]] = {"serve": serve, "work": work, "migrate": migrate}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(f"usage: python -m deploy.container {'|'.join(commands)} NAME")
    try:
        commands[sys.argv[1]](sys.argv[2])
    except SettingsError as error:
        sys.exit(f"{sys.argv[2]}: {error}")


def serve(name: str) -> NoReturn:
    """Become the server of `name`, its database first brought to the newest revision."""
    if name != GATEWAY:
        prepare(name)
    gunicorn = ["-m", "gunicorn", "--config", "python:deploy.gunicorn_settings", f"{name}.app:create_app()"]
    os.environ["PROCESS_NAME"] = name
    os.execv(sys.executable, [sys.executable, *gunicorn])


def prepare(name: str) -> None:
    """Migrate; several containers of one service may start at once, so one does it and the others wait."""
    if migrates_apart():
        await_migration(name)
    else:
        migrate(name)
    database = Database(os.environ["DATABASE_URL"])
    with only_one(database, f"lobbycard.{name}"):
        if os.environ.get("LOBBYCARD_SEED") == "1":
            importlib.import_module(f"{name}.seed").run(start(name))
            print(f"{name}: sample data is there", flush=True)
    database.close()


def migrate(name: str) -> None:
    """Bring the database of `name` to the newest revision, one container at a time."""
    database = Database(os.environ["DATABASE_URL"])
    with only_one(database, f"lobbycard.{name}"):
        if migrations.upgrade(database, name):
            print(f"{name}: migrated", flush=True)
    database.close()


def migrates_apart() -> bool:
    """Whether somebody else migrates, before or beside this container."""
    return os.environ.get("MIGRATE_AT_START", "1") == "0"


def await_migration(name: str, seconds: float = MIGRATION_SECONDS) -> None:
    """Wait until the database of `name` is as new as this code; exit with the reason after `seconds`."""
    database, last = Database(os.environ["DATABASE_URL"]), time.monotonic() + seconds
    problem = "has not been migrated"
    while time.monotonic() < last:
        try:
            if not migrations.is_behind(database, name):
                database.close()
                return
        except SQLAlchemyError as error:
            problem = f"could not be asked ({type(error).__name__})"
        time.sleep(LOOK_AGAIN_SECONDS)
    sys.exit(f"{name}: its database {problem} for {seconds:.0f} s")


def start(name: str) -> Runtime[Any]:
    """A runtime of `name` from the environment."""
    from tools.launcher.preparation import settings_of

    return Runtime.start(name, settings_of(name))


@contextlib.contextmanager
def only_one(database: Database, lock: str) -> Iterator[None]:
    """Hold a named lock of the database server; on SQLite there is one process, so none is needed."""
    if database.is_sqlite:
        yield
        return
    with database.engine.connect() as connection:
        asked = {"lock": lock, "seconds": LOCK_SECONDS}
        if connection.execute(text("SELECT GET_LOCK(:lock, :seconds)"), asked).scalar() != 1:
            sys.exit(f"{lock}: another container has been migrating for {LOCK_SECONDS} s")
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:lock)"), {"lock": lock})


def work(name: str) -> None:
    """Run the worker of `name` until told to stop."""
    if migrates_apart():
        await_migration(name)
    importlib.import_module(f"{name}.worker").main()


if __name__ == "__main__":
    main()
