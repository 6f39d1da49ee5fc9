"""A run from start to verdict."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tools.chaos.crowd import Guest, Hall
from tools.chaos.door import Door, admin_door, crowded_showtimes, make_coupon, register
from tools.chaos.house import ROOT, House, embedded_house, real_house
from tools.chaos.nemesis import Nemesis
from tools.chaos.schedule import EMBEDDED, REAL, Fault, schedule
from tools.check_invariants.check import check
from tools.check_invariants.facts import Facts, Violation
from tools.check_invariants.journal import Journal, read_journal
from tools.check_invariants.loading import load
from tools.check_invariants.quiet import wait_for_quiet

GUESTS, SHOWTIMES, SEATS = 16, 10, 30
QUIET_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What kind of run is wanted. `environ`: more settings of the copy; `faults`: instead of a drawn schedule."""

    seconds: float
    seed: int
    is_real: bool = False
    guests: int = GUESTS
    showtimes: int = SHOWTIMES
    seats: int = SEATS
    environ: Mapping[str, str] | None = None
    faults: Sequence[Fault] | None = None
    quiet_seconds: float = QUIET_SECONDS


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run."""

    wish: Wish
    commit: str
    faults: Counter[str]
    points: Counter[str]
    deaths: int
    requests: Counter[str]
    accepted_forgeries: int
    is_well: bool
    quiet_after_seconds: float
    unfinished: Mapping[str, int]
    facts: Facts
    found: Mapping[str, Sequence[Violation]]

    @property
    def violations(self) -> int:
        """How many violations there are, of all invariants."""
        return sum(len(violations) for violations in self.found.values())

    @property
    def is_clean(self) -> bool:
        """Whether everything holds, came to an end and answers again."""
        return self.violations == 0 and not self.unfinished and self.is_well and not self.accepted_forgeries


def run(wish: Wish, folder: Path) -> Outcome:
    """Start a copy in `folder`, let chaos loose on it, stop it; what came of it."""
    opened = real_house if wish.is_real else embedded_house
    with opened(folder, wish.environ) as house:
        return let_loose(house, wish, folder / "journal.jsonl")


def let_loose(house: House, wish: Wish, journal_file: Path) -> Outcome:
    """Sell under load while the schedule's faults come; then wait for quiet and check."""
    dice = Random(f"run:{wish.seed}")
    admin = admin_door(house)
    showtimes = crowded_showtimes(house, dice, showtimes=wish.showtimes, seats=wish.seats)
    hall = Hall(showtimes, make_coupon(admin))
    nemesis = Nemesis(house, hall, admin, Random(f"nemesis:{wish.seed}"))
    faults = wish.faults
    if faults is None:
        faults = schedule(wish.seed, wish.seconds, REAL if wish.is_real else EMBEDDED)
    journal = Journal(journal_file)
    _sell(house, hall, journal, wish, lambda started_at: nemesis.run(faults, started_at))
    nemesis.end()
    journal.close()
    lines = list(read_journal(journal_file))
    is_well = house.become_well()
    calm_at = time.monotonic()
    facts, rest = wait_for_quiet(
        lambda: load(house.copy, journal=lines, poison=nemesis.poison), seconds=wish.quiet_seconds
    )
    return Outcome(
        wish=wish,
        commit=_commit(),
        faults=nemesis.done,
        points=nemesis.points_hit(),
        deaths=house.output.read_text(errors="replace").count("starts again in"),
        requests=Counter(" ".join(filter(None, (line.operation, line.outcome, line.code))) for line in lines),
        accepted_forgeries=nemesis.accepted_forgeries,
        is_well=is_well,
        quiet_after_seconds=time.monotonic() - calm_at,
        unfinished=rest,
        facts=facts,
        found=check(facts),
    )


def _sell(house: House, hall: Hall, journal: Journal, wish: Wish, faults: object) -> None:
    """Let the guests in, and the faults beside them, until the time is over."""
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(lambda number: register(house, f"Guest {number}"), range(wish.guests)))
    stop = threading.Event()
    guests = [
        Guest(Door(house.url, token), user_id, hall, journal, Random(f"guest:{wish.seed}:{number}"))
        for number, (user_id, token) in enumerate(people)
    ]
    threads = [threading.Thread(target=guest.keep_buying, args=(stop,)) for guest in guests]
    for thread in threads:
        thread.start()
    started_at = time.monotonic()
    assert callable(faults)
    faults(started_at)
    time.sleep(max(0.0, started_at + wish.seconds - time.monotonic()))
    stop.set()
    for thread in threads:
        thread.join()


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return told.stdout.strip() or "unknown"
