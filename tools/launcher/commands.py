"""The three commands: run the system, empty its home, tell how it is."""

from __future__ import annotations

import gc
import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from tools.launcher import engines
from tools.launcher.console import Console, LauncherProblem
from tools.launcher.fleet import ROOMS, SERVICES, Fleet, fleet_from, secret_name
from tools.launcher.home import HomeLock, last_reason, random_key, random_text, rotate_logs, secrets_of
from tools.launcher.supervision import Supervisor

SECRETS = {
    # One a room: whoever takes it over speaks for that one alone.
    **dict.fromkeys(map(secret_name, ROOMS), random_text),
    "PASSWORD_PEPPER": random_text,
    "TICKET_SIGNING_KEYS": random_key,
}
READY_SECONDS = 90
REDIS_SECONDS = 30
HOPELESS_FAILURES = 3
ROTATE_EVERY_SECONDS = 60


def run() -> int:
    """Start everything, say so, stay until Ctrl-C or SIGTERM, stop everything. Raises LauncherProblem."""
    _make_forking_safe()
    os.umask(0o077)  # everything in the home is its owner's alone
    console, fleet = Console(), fleet_from()
    lock = HomeLock(fleet.home)
    _claim(fleet, lock)
    stops = _StopSignals()
    console.say(f"Lobbycard starts on port {fleet.port}; its data is in {fleet.home.path}")
    supervisor = Supervisor(fleet.home, console, lock.leave)
    try:
        secrets = secrets_of(fleet.home, SECRETS)
        _start_engines(fleet, supervisor, console)
        _import_everything(console)
        from tools.launcher.preparation import prepare

        prepare(fleet, secrets, console)
        _start_parts(fleet, secrets, supervisor)
        if _wait_until_ready(fleet, supervisor, console, stops):
            _greet(fleet, console)
            _stay(fleet, supervisor, stops)
    except Stopped:
        pass
    finally:
        stops.count_only()
        console.say("\nStopping …")
        supervisor.stop(is_hurried=lambda: stops.count > 1)
        console.say("Stopped; the data is kept.")
    return 0


def status() -> int:
    """Print whether a copy runs in this home and each part's state; 0: all is well, 3: none runs."""
    fleet = fleet_from()
    facts = HomeLock(fleet.home).holder()
    if facts is None:
        print(f"Nothing runs in {fleet.home.path}.")
        return 3
    print(f"Process {facts.get('pid')} serves {facts.get('address')} from {fleet.home.path}.")
    health = health_of(int(str(facts.get("port", fleet.port))))
    for name, state in sorted(health.get("services", {}).items()):
        print(f"  {name:<22} {state.get('status', 'unknown')}")
    return 0 if health.get("status") == "ok" else 1


def reset(*, sure: bool) -> int:
    """Delete what the home holds, after asking. Raises LauncherProblem while a copy runs in it."""
    fleet = fleet_from()
    home = fleet.home
    if HomeLock(home).holder() is not None:
        raise LauncherProblem(f"a copy runs in {home.path}; stop it first.")
    if not home.secrets_file.exists():
        print(f"Nothing to empty in {home.path}.")
        return 0
    if not sure:
        try:
            answer = input(f"Delete every booking, account and setting in {home.path}? Type yes: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            print("Nothing was deleted.")
            return 1
    home.empty()
    print(f"Emptied {home.path}. The next make run begins anew.")
    return 0


def _make_forking_safe() -> None:
    """On macOS begin again with the switch that lets a process with threads in its libraries fork."""
    switch = "OBJC_DISABLE_INITIALIZE_FORK_SAFETY"
    if sys.platform == "darwin" and os.environ.get(switch) != "YES":
        os.environ[switch] = "YES"  # read when a process begins, hence the new beginning
        os.execv(sys.executable, [sys.executable, "-m", "tools.launcher", *sys.argv[1:]])  # noqa: S606  # ourselves


class Stopped(Exception):
    """A person asked to stop while the system was still starting."""


class _StopSignals:
    """Counts requests to stop; while starting, the first one also ends whatever is being waited for."""

    def __init__(self) -> None:
        self.count = 0
        self._raises = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def count_only(self) -> None:
        """From now on only count."""
        self._raises = False

    def _note(self, _number: int, _frame: object) -> None:
        self.count += 1
        if self._raises:
            self._raises = False
            raise Stopped


def _claim(fleet: Fleet, lock: HomeLock) -> None:
    """Take the home and make sure of the ports; leaves nothing behind when that fails."""
    facts = {"pid": os.getpid(), "port": fleet.port, "address": fleet.public_url}
    if fleet.home.run.exists():
        lock.take(facts)
        engines.end_leftover(fleet.home, fleet.redis_port)
    engines.refuse_used_ports(fleet.ports())
    fleet.home.make()
    if not lock.is_held:
        lock.take(facts)


def _start_engines(fleet: Fleet, supervisor: Supervisor, console: Console) -> None:
    if not fleet.has_own_redis:
        console.step("redis", "the one named by REDIS_URL")
        return
    program, words = engines.find_redis()
    supervisor.add(
        "redis", lambda: engines.serve_redis(program, fleet.home, fleet.redis_port), is_engine=True
    )
    deadline = time.monotonic() + REDIS_SECONDS
    if not supervisor.run_until(lambda: engines.redis_answers(fleet.redis_port), deadline):
        raise LauncherProblem(f"Redis did not start within {REDIS_SECONDS} s; see {fleet.home.log('redis')}")
    console.step("redis", f"{words}, port {fleet.redis_port}")
    if program == engines.FAKE:
        console.warn(
            "no redis-server found: its stand-in forgets seat locks and unsent messages when it stops."
        )


def _import_everything(console: Console) -> None:
    """Import the code of all parts once, so that the forked children share its memory."""
    import importlib

    for service in SERVICES:
        for module in ("app", "worker", "seed", "migrations"):
            importlib.import_module(f"{service.name}.{module}")
    importlib.import_module("gateway.app")
    console.step("code", f"{len(SERVICES)} services and the gateway, loaded once for all")


def _start_parts(fleet: Fleet, secrets: Mapping[str, str], supervisor: Supervisor) -> None:
    from tools.launcher.serving import run_workers, serve

    # What lives now lives for good: children that never touch it never copy it.
    gc.collect()
    gc.freeze()

    def serving(
        module: str, name: str, port: int, threads: int, environment: Mapping[str, str]
    ) -> Callable[[], None]:
        return lambda: serve(module, name, port, threads, environment)

    for service in SERVICES:
        environment = fleet.service_environment(service, secrets)
        supervisor.add(
            service.name,
            serving(
                f"{service.name}.app", service.name, fleet.port_of(service), service.threads, environment
            ),
        )
    supervisor.add("workers", lambda: run_workers(fleet, secrets))
    supervisor.add(
        "gateway",
        serving(
            "gateway.app", "gateway", fleet.port, fleet.gateway_threads, fleet.gateway_environment(secrets)
        ),
    )


def _wait_until_ready(fleet: Fleet, supervisor: Supervisor, console: Console, stops: _StopSignals) -> bool:
    """Whether every part answered; raises LauncherProblem when they do not in time."""
    stops.count_only()
    ready: set[str] = set()

    def all_ready() -> bool:
        for part in supervisor.parts:
            if part.failures >= HOPELESS_FAILURES:
                log = fleet.home.log(part.name)
                raise LauncherProblem(f"{part.name} does not start: {last_reason(log)}; see {log}")
        health = health_of(fleet.port)
        parts = health.get("services", {})
        ready.update(name for name, state in parts.items() if state.get("status") == "ok")
        return stops.count > 0 or (health.get("status") == "ok" and len(parts) > len(SERVICES))

    if not supervisor.run_until(all_ready, time.monotonic() + READY_SECONDS):
        missing = {"gateway", *(service.name for service in SERVICES)} - ready
        raise LauncherProblem(
            f"not ready after {READY_SECONDS} s: {', '.join(sorted(missing))}; see {fleet.home.logs}"
        )
    console.step("services", "all answer")
    return stops.count == 0


def _greet(fleet: Fleet, console: Console) -> None:
    from user_service.seed import DEMO_PEOPLE

    console.say(f"\nready in {console.seconds():.1f} s: {fleet.public_url}")
    console.say(f"  guests /   staff /admin   developers /graphiql   (all under {fleet.public_url})\n")
    console.say("Sign in as")
    for person in DEMO_PEOPLE:
        console.say(f"  {person.role:<9} {person.email:<28} {person.password}")
    console.say("\nCtrl-C stops everything and keeps the data.")


def _stay(fleet: Fleet, supervisor: Supervisor, stops: _StopSignals) -> None:
    rotated_at = time.monotonic()
    while stops.count == 0:
        supervisor.run_until(lambda: stops.count > 0, time.monotonic() + ROTATE_EVERY_SECONDS)
        if time.monotonic() - rotated_at >= ROTATE_EVERY_SECONDS:
            rotate_logs(fleet.home)
            rotated_at = time.monotonic()


def health_of(port: int) -> dict[str, Any]:
    """The gateway's /health on this machine; empty when it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}
