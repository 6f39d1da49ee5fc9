"""What a run tells: which faults came, what was sold, what does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.chaos.points import POINTS
from tools.chaos.run import Outcome
from tools.check_invariants.report import as_json as check_as_json
from tools.check_invariants.report import as_text as check_as_text


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Everything, for a file."""
    wish = outcome.wish
    return {
        "seed": wish.seed,
        "commit": outcome.commit,
        "mode": "real" if wish.is_real else "embedded",
        "seconds": wish.seconds,
        "faults": dict(outcome.faults),
        "pointsHit": dict(outcome.points),
        "pointsNotHit": not_hit(outcome),
        "deaths": outcome.deaths,
        "requests": dict(outcome.requests),
        "unfinished": dict(outcome.unfinished),
        "quietAfterSeconds": round(outcome.quiet_after_seconds, 1),
        "isClean": outcome.is_clean,
        **check_as_json(outcome.found, outcome.facts),
    }


def as_text(outcome: Outcome) -> str:
    """The same to read."""
    wish = outcome.wish
    mode = "MariaDB, Redis, RabbitMQ" if wish.is_real else "SQLite and Redis"
    lines = [
        f"chaos: seed {wish.seed}, commit {outcome.commit}, {wish.seconds:.0f} s on {mode}",
        f"faults: {_counts(outcome.faults)}; {outcome.deaths} deaths of parts",
        f"kill points hit: {_counts(outcome.points)}; not hit: {', '.join(not_hit(outcome)) or 'none'}",
        f"requests: {_counts(outcome.requests)}",
        f"quiet {outcome.quiet_after_seconds:.0f} s after the last part was well",
    ]
    if not outcome.is_well:
        lines.append("NOT WELL: some part did not come back")
    if outcome.unfinished:
        lines.append(f"NOT FINISHED: {_counts(outcome.unfinished)}")
    if outcome.accepted_forgeries:
        lines.append(f"FORGED webhooks accepted: {outcome.accepted_forgeries}")
    return "\n".join([*lines, "", check_as_text(outcome.found, outcome.facts)])


def not_hit(outcome: Outcome) -> list[str]:
    """Kill points that no process came to die at."""
    return [point for point in POINTS if not outcome.points.get(point)]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "none"
