"""`make model`: does the protocol hold in every order of events? Spin tries them all.

The model is tests/model/booking.pml. The design must come out without an error, in both of its sizes, and each mutant
(a guard taken away) with one. Needs spin and a C compiler; where they are missing, the exit status is 3 and says so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).resolve().parents[1] / "tests" / "model" / "booking.pml"
MUTANTS = (
    "NO_UNIQUE_KEY", "NO_FENCE", "NO_INBOX", "NO_PROVIDER_KEY", "NO_REFUND", "NO_RECONCILER", "NO_OUTBOX",
    "NO_CONSUMER_INBOX",
)  # fmt: skip
DESIGNS = (("three crashes", (), 3), ("a house that ends", ("HOUSE",), 0))
SECONDS = 1800
DEPTH, HASH_BITS = 100_000, 24


@dataclass(frozen=True)
class Result:
    """What Spin found: how many states there are, and the first thing that does not hold."""

    states: int
    errors: int
    broken: str | None
    seconds: float
    is_exhaustive: bool


def missing() -> str | None:
    """What is needed and not there, in words."""
    absent = [name for name in ("spin", "gcc") if shutil.which(name) is None]
    return f"no {' and no '.join(absent)}: the model can't be explored" if absent else None


def explore(*names: str, guests: int = 2, crashes: int = 3, bits: int | None = None) -> Result:
    """Try every order of events of the model in which the guards `names` are gone.

    `bits`: remember states in a table of 2^bits bits instead of whole, for models too large for memory.
    """
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        flags = [f"-DGUESTS={guests}", f"-DCRASHES={crashes}", *(f"-D{name}" for name in names)]
        _run(["spin", "-a", *flags, str(MODEL)], folder)
        store = ["-DCOLLAPSE"] if bits is None else ["-DBITSTATE"]
        _run(["gcc", "-O2", "-w", "-DSAFETY", "-DVECTORSZ=2048", *store, "-o", "pan", "pan.c"], folder)
        began = time.monotonic()
        report = _run(["./pan", f"-m{DEPTH}", f"-w{HASH_BITS if bits is None else bits}"], folder)
        return _read(report, time.monotonic() - began)


def break_without(guard: str) -> Result:
    """The design without one guard. What a refund is for happens only where bookings end while they are paid."""
    return explore(guard, "HOUSE", crashes=0) if guard == "NO_REFUND" else explore(guard)


def _run(command: Sequence[str], folder: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode != 0:
        raise RuntimeError(
            f"{command[0]} ended with {done.returncode}: {done.stdout[-800:]} {done.stderr[-800:]}"
        )
    return done.stdout


def _read(report: str, seconds: float) -> Result:
    def number(pattern: str) -> int:
        found = re.search(pattern, report)
        assert found is not None, report
        return int(float(found.group(1)))

    broken = re.search(r"assertion violated (.*) \(at depth", report)
    complete = "Search not completed" not in report and "max search depth too small" not in report
    return Result(
        states=number(r"([\d.e+]+) states, stored"),
        errors=number(r"errors: (\d+)"),
        broken=broken.group(1) if broken else None,
        seconds=seconds,
        is_exhaustive=complete,
    )


def main() -> int:
    """Explore the design and each mutant; 1 when one did not come out as it must."""
    lack = missing()
    if lack is not None:
        print(lack, file=sys.stderr)
        return 3
    is_fine = True
    for words, names, crashes in DESIGNS:
        safe = explore(*names, crashes=crashes)
        is_fine &= safe.errors == 0 and safe.is_exhaustive
        print(f"{words:<18} {safe.states:>11,} states, {safe.errors} errors, {safe.seconds:.0f} s")
    for name in MUTANTS:
        found = break_without(name)
        is_fine &= found.errors > 0
        print(f"{name:<18} {found.states:>11,} states, {found.broken or 'SURVIVES'}")
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
