"""The copy that chaos is let loose on: started by the launcher in a home of its own, on engines of its own."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from tools.check_invariants.loading import Copy
from tools.launcher.commands import health_of
from tools.launcher.console import LauncherProblem
from tools.launcher.engines import refuse_used_ports
from tools.launcher.fleet import SERVICES, Fleet, fleet_from
from tools.private_servers import Running, mariadb_server, rabbitmq_server, redis_server

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS, WELL_SECONDS = 180.0, 40.0, 120.0
LOWEST_PORT, HIGHEST_PORT, PORT_STEP = 13000, 14000, 20
HOLD_SECONDS = 6
MANY = "1000000"
TUNED = {
    # Guests of a run do in seconds what people do in days; each of these limits has tests of its own.
    "REGISTRATIONS_PER_HOUR": MANY,
    "LOCAL_REGISTRATIONS_PER_HOUR": MANY,
    "COUPON_GUESSES_PER_MINUTE": MANY,
    "WRITES_PER_MINUTE": MANY,
    "HOLDS_PER_MINUTE": MANY,
    "LOCAL_HOLDS_PER_ADDRESS": MANY,
    "PAYMENTS_PER_MINUTE": MANY,
    "SEATS_PER_PERSON": "50",
    "BCRYPT_COST": "4",
    # Crowded seats, short holds and quick rounds: what takes minutes in a house is seen in seconds.
    "GAP_RULE": "0",
    "HOLD_MINUTES": str(HOLD_SECONDS / 60),
    "HOLD_EXTENSION_MINUTES": str(HOLD_SECONDS / 60),
    "PAYMENT_UNANSWERED_SECONDS": "3",
    "RECONCILE_SECONDS": "3",
    "UNANSWERED_AFTER_SECONDS": "3",
    "RECONCILE_EVERY_SECONDS": "3",
    "PROVIDER_DEADLINE_SECONDS": "2",
    "PAYMENT_DEADLINE_SECONDS": "4",
    "SIMULATED_SLOW_SECONDS": "4",
    "SIMULATED_LATE_SECONDS": "3",
    "SEED_DAYS_BEHIND": "1",
}


@dataclass
class House:
    """A started copy: its folder, its parts, the engines under it (None: the launcher's own, or files)."""

    home: Path
    fleet: Fleet
    environ: Mapping[str, str]
    database: Running | None = None
    redis: Running | None = None
    broker: Running | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The public door."""
        return f"http://127.0.0.1:{self.fleet.port}"

    @property
    def kill_folder(self) -> Path:
        """Where kill points are armed."""
        return self.home.parent / "kill-points"

    @property
    def copy(self) -> Copy:
        """Where the checker finds what it stores."""
        return Copy.of(self.fleet, is_running=True)

    @property
    def output(self) -> Path:
        """What the launcher prints."""
        return self.home.parent / "launcher.out"

    def start(self) -> None:
        """Start it and wait until it says ready. Raises RuntimeError with its output when it does not."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.launcher", "run"],
                cwd=ROOT,
                env=dict(self.environ),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if not wait_until(self._is_ready, START_SECONDS):
            raise RuntimeError(f"not ready: {self.output.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Stop it as Ctrl-C does; by force if it does not."""
        if self.process is None:
            return
        for part in (*self.parts(), "redis"):
            self.signal(part, signal.SIGCONT)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    def parts(self) -> list[str]:
        """Every part but the engines."""
        return [*(service.name for service in SERVICES), "workers", "gateway"]

    def leader(self, part: str) -> int | None:
        """Process id of the leader of a part; None while it is down."""
        try:
            return int((self.home / "run" / f"{part}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def signal(self, part: str, number: signal.Signals) -> bool:
        """Send a signal to every process of a part; False when there is none just now."""
        leader = self.leader(part)
        with contextlib.suppress(ProcessLookupError):
            if leader is not None:
                os.killpg(leader, number)
                return True
        return False

    def is_well(self) -> bool:
        """Whether all parts answer."""
        health = health_of(self.fleet.port)
        return health.get("status") == "ok" and len(health.get("services", {})) > len(SERVICES)

    def become_well(self) -> bool:
        """Wait until all parts answer."""
        return wait_until(self.is_well, WELL_SECONDS)

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError(f"the launcher ended: {self.output.read_text(errors='replace')[-2000:]}")
        return "\nready in " in self.output.read_text(errors="replace")


@contextlib.contextmanager
def embedded_house(folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[House]:
    """A started copy on SQLite and the launcher's own Redis, which also carries the events."""
    house = _house(folder, environ or {})
    try:
        house.start()
        yield house
    finally:
        house.stop()


@contextlib.contextmanager
def real_house(folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[House]:
    """A started copy on a private MariaDB, Redis and RabbitMQ. Raises NotInstalled."""
    with mariadb_server() as database, redis_server() as redis, rabbitmq_server() as broker:
        engine = create_engine(database.url)
        with engine.begin() as connection:
            for service in SERVICES:
                connection.execute(text(f"CREATE DATABASE {service.database} CHARACTER SET utf8mb4"))
        engine.dispose()
        addresses = {
            "LOBBYCARD_DATABASES": f"{database.url}{{database}}",
            "REDIS_URL": redis.url,
            "BROKER_URL": broker.url,
        }
        house = _house(folder, {**addresses, **(environ or {})})
        house.database, house.redis, house.broker = database.program, redis.program, broker.program
        try:
            house.start()
            yield house
        finally:
            house.stop()


def wait_until(is_so: Callable[[], object], seconds: float) -> bool:
    """Wait for a condition; whether it came before the deadline."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _house(folder: Path, environ: Mapping[str, str]) -> House:
    home = folder / "home"
    (folder / "kill-points").mkdir()
    ours = ("LOBBYCARD", "DATABASE_URL", "REDIS_URL", "BROKER_URL", "PORT", "PEERS", "PUBLIC_URL")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    settings = {
        **bare,
        **TUNED,
        "KILL_POINTS": str(folder / "kill-points"),
        "PORT": str(_free_port()),
        "LOBBYCARD_HOME": str(home),
        **environ,
    }
    return House(home, fleet_from(settings), settings)


def _free_port() -> int:
    """A PORT at which all ports of a copy are free just now."""
    choices = list(range(LOWEST_PORT, HIGHEST_PORT, PORT_STEP))
    random.shuffle(choices)
    for port in choices:
        with contextlib.suppress(LauncherProblem):
            refuse_used_ports(fleet_from({"PORT": str(port)}).ports())
            return port
    raise RuntimeError("no free range of ports")
