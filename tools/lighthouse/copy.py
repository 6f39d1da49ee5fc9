"""A copy of the system in a scratch home, for as long as somebody looks at it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.launcher.console import LauncherProblem
from tools.launcher.engines import refuse_used_ports
from tools.launcher.fleet import fleet_from

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS = 180, 60
PORTS = range(14000, 15000, 20)
TUNED = {"BCRYPT_COST": "4", "SEED_DAYS_BEHIND": "2"}


@contextmanager
def running_copy(home: Path) -> Iterator[str]:
    """The address of a copy with sample data, ended afterwards; at PORT if that is set. Raises LauncherProblem."""
    port = int(os.environ.get("PORT") or free_port())
    environ = {**os.environ, **TUNED, "PORT": str(port), "LOBBYCARD_HOME": str(home)}
    log = home.with_suffix(".out")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.launcher", "run"],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, log)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)


def free_port() -> int:
    """A PORT at which all ports of a copy are free just now. Raises LauncherProblem."""
    for port in random.sample(PORTS, len(PORTS)):
        try:
            refuse_used_ports(fleet_from({"PORT": str(port)}).ports())
        except LauncherProblem:
            continue
        return port
    raise LauncherProblem("No free range of ports was found.")


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "\nready in " not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LauncherProblem(f"The copy did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.2)
