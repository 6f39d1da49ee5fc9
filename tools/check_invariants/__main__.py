"""`python -m tools.check_invariants [--journal FILE] [--json FILE] [--wait SECONDS]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tools.check_invariants.check import check
from tools.check_invariants.journal import read_journal
from tools.check_invariants.loading import Copy, load
from tools.check_invariants.quiet import wait_for_quiet
from tools.check_invariants.report import as_json, as_text, counted
from tools.launcher.console import LauncherProblem
from tools.launcher.fleet import fleet_from
from tools.launcher.home import HomeLock


def main() -> int:
    """Check the copy in LOBBYCARD_HOME; 0: all holds, 1: something does not, 2: nothing to check."""
    parser = argparse.ArgumentParser(prog="check-invariants", description=main.__doc__)
    parser.add_argument("--journal", type=Path, help="what a client was told, as JSON lines")
    parser.add_argument("--json", type=Path, help="write the whole report there")
    parser.add_argument("--wait", type=float, default=0.0, help="seconds to wait until all is quiet")
    choice = parser.parse_args()
    try:
        fleet = fleet_from()
    except LauncherProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    if not fleet.environ.get("LOBBYCARD_DATABASES") and not any(fleet.home.databases.glob("*.sqlite")):
        print(f"There is nothing to check in {fleet.home.path}.", file=sys.stderr)
        return 2
    copy = Copy.of(fleet, is_running=HomeLock(fleet.home).holder() is not None)
    journal = list(read_journal(choice.journal)) if choice.journal else None
    facts, rest = wait_for_quiet(lambda: load(copy, journal=journal), seconds=choice.wait)
    found = check(facts)
    if choice.json:
        choice.json.write_text(json.dumps(as_json(found, facts), indent=1), encoding="utf-8")
    if rest and choice.wait:
        print("still under way:", ", ".join(f"{count} {what}" for what, count in rest.items()))
    print(as_text(found, facts))
    return 1 if counted(found) else 0


if __name__ == "__main__":
    sys.exit(main())
