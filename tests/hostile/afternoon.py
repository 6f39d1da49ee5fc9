"""Every change of the API, made once; those that have a scope are first tried by the manager of another cinema."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.architecture.sources import SERVICES
from tests.contracts.test_permissions import permissions_of
from tests.hostile.deeds import Deeds, all_of_them
from tests.hostile.people import somebody
from tests.system import RunningSystem

SCOPED = {
    name
    for service in SERVICES
    for name, access in permissions_of(service).operations.items()
    if "their cinemas" in access.only
}


@dataclass(frozen=True)
class Afternoon:
    """What was done since when, and what came of each stranger's try: its codes, by mutation."""

    begun: datetime
    deeds: Deeds
    tries: dict[str, list[list[str]]]


@functools.cache
def an_afternoon(system: RunningSystem) -> Afternoon:
    """Once for all tests of a system: it takes half a minute."""
    begun = datetime.now(UTC) - timedelta(seconds=5)
    stranger = somebody(system, "MANAGER", ("another",))
    tries: defaultdict[str, list[list[str]]] = defaultdict(list)

    def as_a_stranger(name: str, arguments: str) -> None:
        if name in SCOPED:
            answer = stranger.ask(f"mutation {{ it: {name}({arguments}) {{ userErrors {{ code }} }} }}")
            told = (answer.data or {}).get("it") or {"userErrors": []}
            tries[name].append(answer.codes + [refusal["code"] for refusal in told["userErrors"]])

    return Afternoon(begun, all_of_them(system, before=as_a_stranger), dict(tries))
