"""`python -m tools.launcher run|reset|status`."""

from __future__ import annotations

import argparse
import sys

from tools.launcher.commands import reset, run, status
from tools.launcher.console import LauncherProblem, fail


def main() -> int:
    """Do what the command line asks; the exit status."""
    parser = argparse.ArgumentParser(prog="lobbycard", description="Runs Lobbycard on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything and stay until Ctrl-C")
    commands.add_parser("status", help="whether a copy runs in this home, and how its parts are")
    emptying = commands.add_parser("reset", help="delete everything this home holds")
    emptying.add_argument("--yes", action="store_true", help="do not ask")
    choice = parser.parse_args()
    try:
        if choice.command == "run":
            return run()
        return status() if choice.command == "status" else reset(sure=choice.yes)
    except LauncherProblem as problem:
        return fail(problem)


if __name__ == "__main__":
    sys.exit(main())
