"""What a request costs the gateway, beside a Flask route that returns constant bytes: `make bench-gateway`.

Drives the benchmark that stands beside the checkout (LOBBYCARD_SHARED, default ../shared; folder gateway-bench):
its subgraphs on one core, the gateway as one process on the other, wrk in between. Prints its tables, then each
query's share of the yardstick per core: that ratio is what can be compared between machines. Then the same join
from 50 connections with slow subgraphs, the gateway's memory, and how fast it refuses what is malicious.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench_limits import fetches, refusals
from tools.measure import Weight, weigh

ROOT = Path(__file__).resolve().parents[1]
GATEWAY_PORT, YARDSTICK_PORT = 4511, 4510
YARDSTICK = "flask constant"
GATEWAY = "gateway"
# The heavy query asks for 14,000 objects: three times what a guest of ours may.
RAISED = {"LIMIT_COST": "100000", "LOG_LEVEL": "ERROR"}
START_SECONDS = 30
REFUSED_WITHIN_MS = 50
MEMORY_AIM_MB = 120


@dataclass(frozen=True)
class Load:
    """One run: `cycle` is how many values the variable takes; `aim` the share to reach, `p95_aim` in milliseconds."""

    query: str
    cycle: int = 199
    connections: int = 8
    delay_ms: float = 0.0
    aim: float | None = None
    p95_aim: float | None = None


LOADS = (
    Load("single", aim=0.60),
    Load("join", aim=0.42),
    Load("heavy", cycle=53, aim=0.13),
    Load("join", connections=50, delay_ms=5.0, p95_aim=45.0),
)


@dataclass
class Found:
    """Rows of the benchmark by target, and the heaviest that the gateway was."""

    rows: Mapping[str, Mapping[str, Any]]
    weight: Weight | None


def main() -> int:
    """Run the benchmark; 1 with a line of words when a part of it is missing."""
    options = _options()
    bench = Path(os.environ.get("LOBBYCARD_SHARED", ROOT.parent / "shared")) / "gateway-bench"
    if not (bench / "bench.py").exists():
        return _fail(f"the benchmark is not at {bench}; name its parent folder in LOBBYCARD_SHARED")
    if shutil.which("wrk") is None:
        return _fail("wrk is needed to send the requests: apt-get install wrk")
    print(f"limits raised: {', '.join(f'{name}={value}' for name, value in RAISED.items())}")
    print(f"load average before: {' '.join(f'{load:.2f}' for load in os.getloadavg())}", flush=True)
    if os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        print("the machine is busy: shares can still be compared, milliseconds can't", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = [(load, _measure(bench, Path(folder), load, options)) for load in LOADS]
        refused = _refusals(bench, Path(folder))
    print(f"load average after: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")
    _print_shares(found)
    _print_weight([each.weight for _, each in found])
    print("\n".join(refused))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _measure(bench: Path, folder: Path, load: Load, options: argparse.Namespace) -> Found:
    """What the benchmark says of one load, with the yardstick in the same rounds."""
    targets, result = folder / "targets.json", folder / "result.json"
    targets.write_text(json.dumps(_targets(bench, folder)))
    command = [
        sys.executable, str(bench / "bench.py"), str(targets), "--queries", load.query, "--cycle", str(load.cycle),
        "--conns", str(load.connections), "--seconds", str(options.seconds), "--rounds", str(options.rounds),
        "--delay-ms", str(load.delay_ms), "--warm-requests", "1500", "--out", str(result),
    ]  # fmt: skip
    if load.delay_ms:
        print(f"\nwith {load.delay_ms:g} ms in each subgraph:", end="", flush=True)
    running = subprocess.Popen(command, cwd=bench)
    with _weighed(running.pid) as heaviest:
        if running.wait() != 0:
            raise subprocess.CalledProcessError(running.returncode, command)
    rows = json.loads(result.read_text())
    return Found({row["target"]: row for row in rows}, max(heaviest, key=lambda one: one.rss, default=None))


@contextlib.contextmanager
def _weighed(parent: int) -> Iterator[list[Weight]]:
    """What the gateway below `parent` weighs, again and again while the block runs."""
    weights: list[Weight] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            pid = _gateway_below(parent)
            if pid is not None:
                weights.append(weigh(pid))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield weights
    finally:
        over.set()
        watching.join()


def _gateway_below(parent: int) -> int | None:
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        with contextlib.suppress(OSError):
            if b"\0-m\0gateway\0" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return None


def _targets(bench: Path, folder: Path) -> list[dict[str, Any]]:
    flask = f"{sys.executable} -m gunicorn -k gthread -w 1 --threads 16 --keep-alive 30 --no-control-socket"
    return [
        {
            "name": YARDSTICK,
            "url": f"http://127.0.0.1:{YARDSTICK_PORT}/const",
            "truth": "constant",
            "cmd": f"{flask} -b 127.0.0.1:{YARDSTICK_PORT} --chdir {bench} wsgi_ceiling:app",
        },
        {
            "name": GATEWAY,
            "url": f"http://127.0.0.1:{GATEWAY_PORT}/graphql",
            "cmd": f"{sys.executable} -m gateway --supergraph {{supergraph}} --port {GATEWAY_PORT}",
            "env": {**RAISED, **_environment(folder)},
        },
    ]


def _environment(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "LOBBYCARD_HOME": str(folder)}


def _refusals(bench: Path, folder: Path) -> list[str]:
    """Lines that say how fast malicious documents are refused, with the limits that hold by default."""
    supergraph = bench / "supergraph.graphql"
    command = [sys.executable, "-m", "gateway", "--supergraph", str(supergraph), "--port", str(GATEWAY_PORT)]
    environment = {**os.environ, **_environment(folder)}
    gateway = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _await(GATEWAY_PORT, gateway)
        lines = [f"\nmalicious documents, all limits as they are (aim: refused in {REFUSED_WITHIN_MS} ms):"]
        lines += [
            f"  {one.limit:15s} {'/'.join(map(str, sorted(one.statuses)))} {', '.join(sorted(one.codes)):18s} "
            f"{one.median:6.1f} ms, the slowest {one.slowest:6.1f} ms; {one.processor:5.1f} ms of processor time"
            for one in refusals(GATEWAY_PORT, gateway.pid)
        ]
        return [*lines, f"  requests to subgraphs meanwhile: {fetches(GATEWAY_PORT)}"]
    finally:
        gateway.terminate()
        gateway.wait(30)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    over = threading.Event()
    for _ in range(START_SECONDS * 10):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5),
        ):
            return
        if process.poll() is not None:
            break
        over.wait(0.1)
    raise TimeoutError("the gateway does not start")


def _print_shares(found: list[tuple[Load, Found]]) -> None:
    print("\nshare of the yardstick, per core:")
    for load, each in found:
        if not {YARDSTICK, GATEWAY} <= each.rows.keys():
            continue
        own, flask = each.rows[GATEWAY], each.rows[YARDSTICK]
        what = f"{load.query}, {load.connections} connections"
        if load.delay_ms:
            what += f", {load.delay_ms:g} ms in each subgraph"
        aim = f" (aim {load.aim:.2f})" if load.aim else ""
        p95_aim = f" (aim {load.p95_aim:.0f})" if load.p95_aim else ""
        print(
            f"  {what:48s} {own['ceiling'] / flask['ceiling']:.2f}{aim}; p95 {own['p95']:.1f} ms{p95_aim}, "
            f"the yardstick's {flask['p95']:.1f} ms"
        )


def _print_weight(weights: list[Weight | None]) -> None:
    known = [weight for weight in weights if weight is not None]
    if not known:
        return
    heaviest = max(known, key=lambda one: one.rss)
    pss = "" if heaviest.pss is None else f", {heaviest.pss:.0f} MB PSS"
    print(
        f"\nthe gateway's memory at its heaviest: {heaviest.rss:.0f} MB RSS{pss}, "
        f"{heaviest.processes} process(es) (aim: under {MEMORY_AIM_MB} MB)"
    )


def _fail(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
