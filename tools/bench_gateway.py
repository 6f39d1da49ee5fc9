"""What a request costs the gateway, beside a Flask route that returns constant bytes: `make bench-gateway`.

Drives the benchmark that stands beside the checkout (LOBBYCARD_SHARED, default ../shared; folder gateway-bench):
its subgraphs on one core, the gateway as one process on the other, wrk in between. Prints its table, then each
query's share of the yardstick per core: that ratio is what can be compared between machines.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GATEWAY_PORT = 4630
YARDSTICK = "flask constant"
GATEWAY = "gateway"
QUERIES = {"single": 199, "join": 199, "heavy": 53}
# The heavy query asks for 14,000 objects: three times what a guest of ours may.
RAISED = {"LIMIT_COST": "100000", "LOG_LEVEL": "ERROR"}


def main() -> int:
    """Run the benchmark; 1 with a line of words when a part of it is missing."""
    options = _options()
    bench = Path(os.environ.get("LOBBYCARD_SHARED", ROOT.parent / "shared")) / "gateway-bench"
    if not (bench / "bench.py").exists():
        return _fail(f"the benchmark is not at {bench}; name its parent folder in LOBBYCARD_SHARED")
    if shutil.which("wrk") is None:
        return _fail("wrk is needed to send the requests: apt-get install wrk")
    print(f"limits raised: {', '.join(f'{name}={value}' for name, value in RAISED.items())}")
    print(f"load average before: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")
    with tempfile.TemporaryDirectory() as folder:
        found = {
            query: _measure(bench, Path(folder), query, cycle, options) for query, cycle in QUERIES.items()
        }
    _print_shares(found)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="latency of each subgraph")
    return parser.parse_args()


def _measure(
    bench: Path, folder: Path, query: str, cycle: int, options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Rows of the benchmark for one query, with the yardstick in the same rounds."""
    targets, result = folder / f"{query}.targets.json", folder / f"{query}.json"
    targets.write_text(json.dumps(_targets(bench, folder)))
    command = [
        sys.executable, str(bench / "bench.py"), str(targets), "--queries", query, "--cycle", str(cycle),
        "--conns", str(options.connections), "--seconds", str(options.seconds), "--rounds", str(options.rounds),
        "--delay-ms", str(options.delay_ms), "--warm-requests", "1500", "--out", str(result),
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=bench)
    rows: list[dict[str, Any]] = json.loads(result.read_text())
    return rows


def _targets(bench: Path, folder: Path) -> list[dict[str, Any]]:
    flask = f"{sys.executable} -m gunicorn -k gthread -w 1 --threads 16 --keep-alive 30 --no-control-socket"
    environment = {**RAISED, "PYTHONPATH": str(ROOT), "LOBBYCARD_HOME": str(folder)}
    return [
        {
            "name": YARDSTICK,
            "url": "http://127.0.0.1:4620/const",
            "truth": "constant",
            "cmd": f"{flask} -b 127.0.0.1:4620 --chdir {bench} wsgi_ceiling:app",
        },
        {
            "name": GATEWAY,
            "url": f"http://127.0.0.1:{GATEWAY_PORT}/graphql",
            "cmd": f"{sys.executable} -m gateway --supergraph {{supergraph}} --port {GATEWAY_PORT}",
            "env": environment,
        },
    ]


def _print_shares(found: dict[str, list[dict[str, Any]]]) -> None:
    print("\nshare of the yardstick, per core:")
    for query, rows in found.items():
        ceiling = {row["target"]: row["ceiling"] for row in rows if row.get("ceiling")}
        if {YARDSTICK, GATEWAY} <= ceiling.keys():
            print(f"  {query:7s} {ceiling[GATEWAY] / ceiling[YARDSTICK]:.2f}")


def _fail(words: str) -> int:
    print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
