"""What a container of the one image does: `python -m deploy.container serve|work NAME`.

serve   migrate the service's database, add sample data where LOBBYCARD_SEED=1, serve with gunicorn
work    the same service's outbox relay, reactions and timers

How it is, `python -m deploy.health NAME` tells.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from sqlalchemy import text

from chassis import migrations
from chassis.database import Database
from chassis.runtime import Runtime
from chassis.settings import SettingsError

GATEWAY = "gateway"
LOCK_SECONDS = 300


def main() -> None:
    """Do what the command line asks; status 1 with one line where the settings are wrong."""
    commands: dict[str, Callable[[str], object]] = {"serve": serve, "work": work}
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
    database = Database(os.environ["DATABASE_URL"])
    with only_one(database, f"lobbycard.{name}"):
        if migrations.upgrade(database, name):
            print(f"{name}: migrated", flush=True)
        if os.environ.get("LOBBYCARD_SEED") == "1":
            importlib.import_module(f"{name}.seed").run(start(name))
            print(f"{name}: sample data is there", flush=True)
    database.close()


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
    importlib.import_module(f"{name}.worker").main()


if __name__ == "__main__":
    main()
