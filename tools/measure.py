"""Reports what the running system costs: seconds until ready, memory of all its processes, seconds to recover.

`python -m tools.measure` starts a copy twice in a scratch home, first cold and then warm, measures both and stops
them; with --running it only weighs the copy that runs in LOBBYCARD_HOME, and with --recovery it kills (SIGKILL)
each service of that copy in turn and waits until all is well. --idle SECONDS tells what each part of it takes of a
core meanwhile (Linux). PSS counts shared pages once in all;
where the kernel does not tell it (macOS), only RSS is given, which counts them in every process.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.launcher.commands import health_of
from tools.launcher.fleet import SERVICES, Fleet, fleet_from
from tools.launcher.home import HomeLock

ROOT = Path(__file__).resolve().parents[1]
SETTLE_SECONDS = 5
START_SECONDS = 180


@dataclass(frozen=True)
class Weight:
    """Memory of a process tree, in megabytes; `pss` is None where it can't be had."""

    processes: int
    rss: float
    pss: float | None


@dataclass(frozen=True)
class Start:
    """One start: which kind, seconds until ready as the launcher says, and the weight soon after."""

    kind: str
    ready_seconds: float
    weight: Weight


def weigh(root: int) -> Weight:
    """The memory of process `root` and everything below it."""
    pids = _tree(root)
    pss = [_proportional(pid) for pid in pids]
    known = [value for value in pss if value is not None]
    total = sum(known) / 1024 if len(known) == len(pids) else None
    return Weight(len(pids), sum(_resident(pid) for pid in pids) / 1024, total)


def start(kind: str, home: Path, port: int) -> Start:
    """Start a copy in `home`, weigh it when it is ready, stop it."""
    environ = {**os.environ, "LOBBYCARD_HOME": str(home), "PORT": str(port)}
    command = [sys.executable, "-m", "tools.launcher", "run"]
    with tempfile.TemporaryFile("w+b") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT)
        try:
            seconds = _wait_for_ready(process, output.fileno())
            time.sleep(SETTLE_SECONDS)
            return Start(kind, seconds, weigh(process.pid))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def measure_running(*, recovery: bool) -> int:
    """Weigh the copy that runs in LOBBYCARD_HOME, or time how its services return; the exit status."""
    fleet = fleet_from()
    facts = HomeLock(fleet.home).holder()
    if facts is None:
        print("Nothing runs.", file=sys.stderr)
        return 1
    if not recovery:
        print(_words(weigh(int(str(facts["pid"])))))
        return 0
    for service in SERVICES:
        print(f"{service.name:<22} back after {recover(fleet, service.name, int(str(facts['port']))):4.1f} s")
    return 0


def measure_idle(seconds: float) -> int:
    """Print what each part of the copy in LOBBYCARD_HOME takes of a core while nobody asks; the exit status."""
    leaders = {file.stem: int(file.read_text()) for file in sorted(fleet_from().home.run.glob("*.pid"))}
    trees = {part: _tree(pid) for part, pid in leaders.items()}
    before = {part: _processor_seconds(pids) for part, pids in trees.items()}
    time.sleep(seconds)
    for part, pids in trees.items():
        share = 100 * (_processor_seconds(pids) - before[part]) / seconds
        print(f"{part:<22} {share:5.2f} % of a core")
    return 0 if trees else 1


def _processor_seconds(pids: list[int]) -> float:
    """User and system time of the processes so far."""
    ticks = 0
    for pid in pids:
        # After the name, which may hold blanks: fields 14 and 15 of proc(5).
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def recover(fleet: Fleet, service: str, port: int) -> float:
    """Kill `service`; seconds until the gateway's health says that all is well again."""
    os.kill(int((fleet.home.run / f"{service}.pid").read_text()), signal.SIGKILL)
    killed_at = time.monotonic()
    was_away = False
    while time.monotonic() - killed_at < START_SECONDS:
        well = health_of(port).get("status") == "ok"
        if well and was_away:
            return time.monotonic() - killed_at
        was_away = was_away or not well
        time.sleep(0.05)
    raise SystemExit(f"{service} did not come back")


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description="Seconds until ready, and memory.")
    parser.add_argument("--running", action="store_true", help="weigh the copy that runs in LOBBYCARD_HOME")
    parser.add_argument(
        "--recovery", action="store_true", help="kill each service of that copy, time its return"
    )
    parser.add_argument(
        "--idle", type=float, metavar="SECONDS", help="what each part of that copy takes of a core"
    )
    parser.add_argument("--port", type=int, default=5900)
    parser.add_argument("--json", action="store_true")
    choice = parser.parse_args()
    if choice.idle:
        return measure_idle(choice.idle)
    if choice.running or choice.recovery:
        return measure_running(recovery=choice.recovery)
    with tempfile.TemporaryDirectory(prefix="lobbycard-") as folder:
        starts = [start(kind, Path(folder) / "home", choice.port) for kind in ("first", "warm")]
    if choice.json:
        print(json.dumps([asdict(measured) for measured in starts], indent=2))
    for measured in () if choice.json else starts:
        print(f"{measured.kind:<6} ready after {measured.ready_seconds:5.1f} s; {_words(measured.weight)}")
    return 0


def _wait_for_ready(process: subprocess.Popen[bytes], output: int) -> float:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(rb"ready in ([0-9.]+) s", os.pread(output, 100_000, 0))
        if found:
            return float(found.group(1))
        time.sleep(0.05)
    raise SystemExit("It did not become ready:\n" + os.pread(output, 100_000, 0).decode(errors="replace"))


def _words(weight: Weight) -> str:
    pss = f"{weight.pss:.0f} MB PSS, " if weight.pss is not None else ""
    return f"{weight.processes} processes, {pss}{weight.rss:.0f} MB RSS"


def _tree(root: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listing.splitlines():
        pid, parent = map(int, line.split())
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _resident(pid: int) -> int:
    words = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return int(words.strip() or 0)


def _proportional(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) if found else None


if __name__ == "__main__":
    sys.exit(main())
