"""The result of a check: a table for people, JSON for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tools.check_invariants.check import CHECKS
from tools.check_invariants.facts import Facts, Violation

KINDS = ("missing", "doubled", "late", "wrong")
SHOWN = 5
Found = Mapping[str, Sequence[Violation]]


def counted(found: Found) -> int:
    """How many violations there are in all."""
    return sum(len(violations) for violations in found.values())


def as_json(found: Found, facts: Facts) -> dict[str, Any]:
    """Everything, for a file."""
    return {
        "at": facts.now.isoformat(),
        "read": read(facts),
        "violations": counted(found),
        "invariants": {
            name: {
                **Counter(violation.kind for violation in violations),
                "violations": [asdict(violation) for violation in violations],
            }
            for name, violations in found.items()
        },
    }


def read(facts: Facts) -> dict[str, int]:
    """How much was looked at: a check of nothing finds nothing."""
    states = Counter(booking.state for booking in facts.bookings)
    return {
        "bookings": len(facts.bookings),
        **{state.lower(): states[state] for state in sorted(states)},
        "claims": len(facts.claims),
        "captures": sum(charge.state == "SUCCEEDED" for charge in facts.charges),
        "events": sum(len(rows) for rows in facts.outboxes.values()),
        "messages": len(facts.notifications),
        "journal lines": len(facts.journal or ()),
    }


def as_text(found: Found, facts: Facts) -> str:
    """A table: an invariant a line, its first violations under it."""
    lines = [", ".join(f"{count} {what}" for what, count in read(facts).items()), ""]
    lines.append(f"{'':<5}{''.join(f'{kind:>9}' for kind in KINDS)}")
    for name, violations in found.items():
        kinds = Counter(violation.kind for violation in violations)
        words = (CHECKS[name].__doc__ or "").split(": ", 1)[1].splitlines()[0]
        lines.append(f"{name:<5}{''.join(f'{kinds[kind] or chr(183):>9}' for kind in KINDS)}  {words}")
        lines += [f"       {v.kind}: {v.subject}: {v.words}" for v in violations[:SHOWN]]
        if len(violations) > SHOWN:
            lines.append(f"       and {len(violations) - SHOWN} more")
    return "\n".join([*lines, "", f"{counted(found)} violations"])
