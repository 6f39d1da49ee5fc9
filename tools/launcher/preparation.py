"""Before anything is served: every database at its newest revision, and sample data in it.

Each task runs in a forked child, as many at once as there are cores, in an order that lets booking's sample
data find the films and cinemas it is about. All of it is idempotent and quick when there is nothing to do.
"""

from __future__ import annotations

import importlib
import inspect
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chassis.database import Database
from chassis.migrations import upgrade
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings, load
from tools.launcher.children import end_group, ended, fork
from tools.launcher.console import Console, LauncherProblem
from tools.launcher.fleet import SERVICES, Fleet, Service
from tools.launcher.home import last_reason

PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Task:
    """One thing to do in a child, once those in `after` are done."""

    name: str
    part: str
    run: Callable[[], object]
    after: tuple[str, ...] = ()


def prepare(fleet: Fleet, secrets: Mapping[str, str], console: Console) -> None:
    """Migrate and seed all seven databases. Raises LauncherProblem when one cannot be."""
    tasks = []
    for service in SERVICES:
        environment = fleet.service_environment(service, secrets)
        migrate = Task(f"migrate {service.name}", service.name, _migration(service, environment))
        seeds_before = tuple(f"seed {name}" for name in service.seeded_after)
        seed = Task(
            f"seed {service.name}",
            service.name,
            _seeding(service, environment),
            (migrate.name, *seeds_before),
        )
        tasks += [migrate, seed]
    began = time.monotonic()
    for name, seconds in run_all(fleet, tasks, at_once=max(2, os.cpu_count() or 2)):
        verb, room = name.split(" ")
        if verb == "seed" and seconds > 0.5:
            console.step("sample data", room, seconds)
    words = f"{len(SERVICES)} at their newest revision, with sample data"
    console.step("databases", words, time.monotonic() - began)


def run_all(fleet: Fleet, tasks: list[Task], *, at_once: int) -> Iterator[tuple[str, float]]:
    """Run `tasks` in children, respecting their order; yields (name, seconds) as each is done.

    Raises LauncherProblem for the first that fails, after ending the others.
    """
    waiting, running, done = list(tasks), dict[int, tuple[Task, float]](), set[str]()
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while waiting or running:
            ready = [task for task in waiting if done.issuperset(task.after)]
            for task in ready[: at_once - len(running)]:
                waiting.remove(task)
                running[fork(fleet.home.log(task.part), task.run)] = (task, time.monotonic())
            for pid in list(running):
                status = ended(pid)
                if status is None:
                    continue
                task, started = running.pop(pid)
                log = fleet.home.log(task.part)
                if status != 0:
                    raise LauncherProblem(f"could not {task.name}: {last_reason(log)}; see {log}")
                done.add(task.name)
                yield task.name, time.monotonic() - started
            if time.monotonic() > deadline:
                names = ", ".join(task.name for task, _ in running.values())
                raise LauncherProblem(f"gave up after {PATIENCE_SECONDS} s: {names}; see {fleet.home.logs}")
            time.sleep(0.01)
    finally:
        for pid in running:
            end_group(pid)


def settings_of(service: str) -> ServiceSettings:
    """Settings of `service` from this process's environment. Raises SettingsError."""
    return load(settings_class(service))


def settings_class(service: str) -> type[ServiceSettings]:
    """The class that `service` declares in its settings.py; the frame's own where it declares none."""
    module = importlib.import_module(f"{service}.settings")
    kinds = [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, ServiceSettings)
        and kind is not ServiceSettings
        and kind.__module__.startswith(service)
    ]
    return kinds[0] if kinds else ServiceSettings


def _migration(service: Service, environment: Mapping[str, str]) -> Callable[[], None]:
    def run() -> None:
        database = Database(environment["DATABASE_URL"])
        upgrade(database, service.name)
        database.close()

    return run


def _seeding(service: Service, environment: Mapping[str, str]) -> Callable[[], None]:
    def run() -> None:
        os.environ.update(environment)
        runtime = Runtime.start(service.name, settings_of(service.name))
        importlib.import_module(f"{service.name}.seed").run(runtime)

    return run
