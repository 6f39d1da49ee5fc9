"""The real system for tests: started through the launcher in a scratch home, asked through its public door.

`system` runs on the embedded engines; `real_system` on MariaDB or MySQL, Redis and RabbitMQ where they answer.
Both are made once a session. Limits that would slow a test's own traffic are raised in TUNED, by name.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.engines import RealEngines
from tools.launcher.console import LauncherProblem
from tools.launcher.engines import refuse_used_ports
from tools.launcher.fleet import fleet_from

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 180
STOP_SECONDS = 40
TUNED = {
    # A test registers and asks far more often than a person; the limits have tests of their own.
    "REGISTRATIONS_PER_HOUR": "100000",
    "LOCAL_REGISTRATIONS_PER_HOUR": "100000",
    "LOCAL_SIGN_INS_PER_MINUTE": "100000",
    "COUPON_GUESSES_PER_MINUTE": "100000",
    "WRITES_PER_MINUTE": "100000",
    "HOLDS_PER_MINUTE": "100000",
    "LOCAL_HOLDS_PER_ADDRESS": "100000",
    "PAYMENTS_PER_MINUTE": "100000",
    "BCRYPT_COST": "4",
    # Longer than the provider is waited for, shorter than a test may take.
    "SIMULATED_SLOW_SECONDS": "8",
    "SIMULATED_LATE_SECONDS": "2",
    # Two months of past sales take longest to make, and only reports need them.
    "SEED_DAYS_BEHIND": "7",
}


@dataclass(frozen=True)
class Answer:
    """What came back: HTTP status, headers, and the GraphQL answer where the body was one."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def data(self) -> Any:
        """The data, or None."""
        return self.body.get("data") if isinstance(self.body, dict) else None

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors; empty when there are none."""
        return list(self.body.get("errors") or []) if isinstance(self.body, dict) else []

    @property
    def codes(self) -> list[str]:
        """extensions.code of each error."""
        return [str(error.get("extensions", {}).get("code")) for error in self.errors]

    @property
    def request_id(self) -> str:
        """The id under which every service logged it."""
        return self.headers.get("X-Request-Id", "")

    def refusals(self, field: str) -> list[str]:
        """Codes of the userErrors of the mutation `field`."""
        return [refusal["code"] for refusal in self.data[field]["userErrors"]]


class RunningSystem:
    """A started copy: ask it with `gql`, look into it, kill parts of it."""

    def __init__(self, home: Path, port: int, environ: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._environ = {**_bare_environment(), **TUNED, **(environ or {})}
        self._environ |= {"PORT": str(port), "LOBBYCARD_HOME": str(home)}
        self._output = home.with_suffix(".out")
        self._process: subprocess.Popen[bytes] | None = None
        self.ready_seconds = 0.0

    def start(self) -> RunningSystem:
        """Start it and wait until it says ready. Raises AssertionError with its output when it does not."""
        started = time.monotonic()
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tools.launcher", "run"],
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until(self._has_said_ready, "the system is ready", START_SECONDS)
        except BaseException:
            self.stop()
            raise
        self.ready_seconds = time.monotonic() - started
        return self

    def stop(self) -> int:
        """Stop it as Ctrl-C does; the launcher's exit status."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            status = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            status = self._process.wait()
        self._process = None
        return status

    def output(self) -> str:
        """What the launcher printed so far."""
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    def gql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask one GraphQL operation, signed in with `token` if given."""
        body = json.dumps({"query": query, "variables": dict(variables or {})})
        return self.post(body.encode(), token=token, headers=headers)

    def post(
        self, body: bytes, *, token: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send `body` as it is to /graphql."""
        given = {"Content-Type": "application/json", **(headers or {})}
        if token:
            given["Authorization"] = f"Bearer {token}"
        answer = requests.post(f"{self.url}/graphql", data=body, headers=given, timeout=30)
        return Answer(answer.status_code, answer.headers, _json_or_text(answer))

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET a path of the gateway."""
        return requests.get(f"{self.url}{path}", timeout=30, **options)

    def health(self) -> dict[str, Any]:
        """The gateway's /health."""
        answer: dict[str, Any] = self.get("/health").json()
        return answer

    def pid(self, part: str) -> int:
        """Process id of the leader of a part, as the launcher noted it."""
        return int((self.home / "run" / f"{part}.pid").read_text())

    def lines(self, part: str) -> list[dict[str, Any]]:
        """The JSON lines of a part's log."""
        text = (self.home / "logs" / f"{part}.log").read_text(errors="replace")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def requests_of(self, part: str, request_id: str) -> list[dict[str, Any]]:
        """The requests that `part` served under `request_id`."""
        lines = self.lines(part)
        return [
            line for line in lines if line.get("event") == "request" and line.get("request_id") == request_id
        ]

    def _has_said_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the launcher ended with {self._process.returncode}:\n{self.output()}")
        return "\nready in " in self.output()


def wait_until(is_so: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Wait for a condition with a generous deadline. Raises AssertionError naming it."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A PORT at which all ports of a copy are free just now."""
    for port in random.sample(range(7000, 24000, 20), 60):
        try:
            refuse_used_ports(fleet_from({"PORT": str(port)}).ports())
        except LauncherProblem:
            continue
        return port
    raise AssertionError("no free range of ports")


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The system on the embedded engines."""
    running = RunningSystem(tmp_path_factory.mktemp("embedded") / "home", free_port()).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def real_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The system on a real database server, Redis and RabbitMQ; skipped where one of them is missing."""
    engines = RealEngines.found()
    if isinstance(engines, str):
        pytest.skip(engines)
    environ = engines.make()
    running = RunningSystem(tmp_path_factory.mktemp("real") / "home", free_port(), environ)
    try:
        yield running.start()
    finally:
        running.stop()
        engines.drop()


def _bare_environment() -> dict[str, str]:
    """This process's environment without settings of the system."""
    ours = ("LOBBYCARD", "DATABASE_URL", "REDIS_URL", "BROKER_URL", "PORT", "PEERS", "PUBLIC_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _json_or_text(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text
