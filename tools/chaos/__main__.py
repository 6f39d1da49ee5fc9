"""`python -m tools.chaos --seconds 60 --seed 1 [--real] [--json FILE] [--keep FOLDER]`."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
from pathlib import Path

from tools.chaos.report import as_json, as_text
from tools.chaos.run import GUESTS, Wish, run
from tools.private_servers import NotInstalled


def main() -> int:
    """One run; 0: every invariant holds and all came to an end, 1: not, 2: a server is not installed."""
    parser = argparse.ArgumentParser(prog="chaos", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long guests buy and faults come")
    parser.add_argument("--seed", type=int, help="of schedule and guests; drawn when left out")
    parser.add_argument("--real", action="store_true", help="on private MariaDB, Redis and RabbitMQ")
    parser.add_argument("--guests", type=int, default=GUESTS)
    parser.add_argument("--json", type=Path, help="write the whole report there")
    parser.add_argument("--keep", type=Path, help="leave home, logs and journal in this new folder")
    choice = parser.parse_args()
    seed = choice.seed if choice.seed is not None else secrets.randbelow(1_000_000)
    wish = Wish(seconds=choice.seconds, seed=seed, is_real=choice.real, guests=choice.guests)
    with tempfile.TemporaryDirectory(prefix="lobbycard-chaos-") as scratch:
        folder = choice.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            outcome = run(wish, folder)
        except NotInstalled as missing:
            print(f"{missing} is not installed", file=sys.stderr)
            return 2
    if choice.json:
        choice.json.write_text(json.dumps(as_json(outcome), indent=1), encoding="utf-8")
    print(as_text(outcome))
    return 0 if outcome.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
