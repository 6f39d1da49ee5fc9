"""`make simulate`: many schedules on all cores, or one again with its trace."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.counting import too_few
from tests.simulation.running import Sum, run_schedules, simulated, told
from tests.simulation.schedule import Schedule

BATCH = 250
SHOWN = 3
TOLD_EVERY = 5000  # into a log


def main() -> int:
    """Run what the command line asks for; 1 when something was violated, or too little was done to say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first schedule; the others count up from it"
    )
    parser.add_argument("--schedules", type=int, default=100_000)
    asked = parser.parse_args()
    if asked.schedules == 1:
        return _again(asked.seed)
    began, total = time.monotonic(), Sum()
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        for done in pool.map(_batch, _batches(asked.seed, asked.schedules)):
            total.add_sum(done)
            for outcome in done.failed[:SHOWN]:
                print(told(outcome), flush=True)
            so_far = f"{total.as_text()}, {total.schedules / (time.monotonic() - began):.0f}/s"
            if sys.stderr.isatty():
                print(f"\r{so_far} ", end="", file=sys.stderr, flush=True)
            elif total.schedules % TOLD_EVERY == 0:
                print(so_far, flush=True)
    seconds = time.monotonic() - began
    print(f"\n{total.as_text()}; seeds from {asked.seed}, {seconds:.0f} s")
    print(total.in_full())
    lacking = too_few(total.schedules, total.deeds)
    print("\n".join(lacking), end="\n" if lacking else "")
    return 1 if total.failed or lacking else 0


def _batches(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, BATCH):
        yield range(start, min(start + BATCH, first + count))


def _batch(seeds: range) -> Sum:
    return run_schedules(seeds)


def _again(seed: int) -> int:
    with simulated() as world:
        outcome = Schedule(world, seed).run()
    print(told(outcome) if outcome.faults else "\n".join([*outcome.trace, f"seed {seed} violates nothing"]))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
