"""`make lighthouse`: see the package. Ends with 1 below what we hold ourselves to.

Performance is what a simulated phone (4 times slower, 1.6 Mbit/s) would feel, reckoned from how long this machine took:
under other load it says more of the machine. So it waits, for at most ten minutes, until little else runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tools import npm_packages
from tools.launcher.console import LauncherProblem
from tools.lighthouse.copy import running_copy
from tools.lighthouse.report import CATEGORIES, LEAST, Page, page_of
from tools.run_tests.machine import Machine

HERE = Path(__file__).resolve().parent
RUNS = 3
QUIET_LOAD, PATIENCE_SECONDS = 2.0, 600
RUN_SECONDS = 180
WORST = 4
SHOWTIMES = "{ showtimes(filter: { status: ON_SALE }, first: 100) { nodes { id seatsTotal movie { id } } } }"


def main() -> int:
    """Weigh the pages; the exit status."""
    asked = argparse.ArgumentParser(prog="make lighthouse")
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("--url", help="a copy that runs already, instead of one of our own")
    asked.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, help="longest wait for a quiet machine"
    )
    wish = asked.parse_args()
    with ExitStack() as stack:
        machine = Machine(stack, lambda line: print(line, flush=True))
        browser = machine.browser() if machine.node() else None
        if browser is None:
            print("\n".join(machine.left_out), file=sys.stderr)
            return 1
        try:
            install()
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lobbycard-"))) / "home"
            url = wish.url or stack.enter_context(running_copy(home))
        except (LauncherProblem, npm_packages.NotInstalled) as problem:
            print(problem, file=sys.stderr)
            return 1
        pages = []
        for name, path in addresses(url):
            print(f"weighing {name} …", flush=True)
            runs = [one_run(url + path, browser, wish.patience) for _ in range(wish.runs)]
            pages.append(page_of(name, runs))
        return conclude(pages)


def install() -> None:
    """Lighthouse, as package-lock.json has it; again when that changes. Raises NotInstalled."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    note = HERE / "node_modules" / ".lock.sha256"
    if not note.exists() or note.read_text(encoding="utf-8") != digest:
        npm_packages.install(HERE)
        note.write_text(digest, encoding="utf-8")


def addresses(url: str) -> list[tuple[str, str]]:
    """The pages to weigh; the largest room is the heaviest map."""
    question = urllib.request.Request(
        f"{url}/graphql", json.dumps({"query": SHOWTIMES}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(question, timeout=30) as answer:
        showtimes = json.load(answer)["data"]["showtimes"]["nodes"]
    largest = max(showtimes, key=lambda showtime: showtime["seatsTotal"])
    return [
        ("home", "/"),
        ("film", f"/films/{largest['movie']['id']}"),
        (f"seat map ({largest['seatsTotal']} seats)", f"/showtimes/{largest['id']}"),
    ]


def one_run(url: str, browser: str, patience: float) -> dict[str, Any]:
    """What Lighthouse says of one visit, in a browser of its own."""
    wait_for_quiet(patience)
    command = ["node", str(HERE / "node_modules" / "lighthouse" / "cli" / "index.js"), url]
    command += ["--quiet", "--no-enable-error-reporting", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-background-networking"]
    environ = {**os.environ, "CHROME_PATH": browser}
    done = subprocess.run(command, env=environ, capture_output=True, timeout=RUN_SECONDS, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def wait_for_quiet(patience: float) -> None:
    """Return once little else runs, or after `patience` seconds all the same."""
    deadline = time.monotonic() + patience
    while os.getloadavg()[0] > QUIET_LOAD and time.monotonic() < deadline:
        time.sleep(5)


def conclude(pages: list[Page]) -> int:
    """Print each page's line and what costs it most; 0 where all is as it should be."""
    print(f"\nload average {os.getloadavg()[0]:.1f}; medians of the runs\n")
    for page in pages:
        scores = ", ".join(f"{category} {score:.0f}" for category, score in page.scores.items())
        print(f"{page.name}: {scores}")
        print(f"  performance of each run {', '.join(f'{run:.0f}' for run in page.runs)}", end="; ")
        print(f"benchmark index of this machine {page.benchmark:.0f}")
        print("  " + ", ".join(f"{words} {value}" for words, value in page.figures.items()))
        for audit in page.audits[:WORST]:
            print(f"  −{audit.lost:.1f} {audit.category}: {audit.name}, {audit.said}")
    low = [f"{page.name}: {category} below {LEAST[category]}" for page in pages for category in page.too_low]
    print("\n".join(["", *low]) if low else "\nAll is as it should be.")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
