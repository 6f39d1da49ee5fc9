"""Which fault when: drawn from a seed, so that a run can be had again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tools.chaos.points import POINTS, WORKERS

GATEWAY, REDIS = "gateway", "redis"
# How often a kind is drawn, beside the others.
EMBEDDED = {
    "kill point": 10,
    "kill service": 5,
    "kill workers": 3,
    "kill one process": 2,
    "kill gateway": 1,
    "pause service": 3,
    "pause beyond the hold": 1,
    "flush redis": 3,
    "kill redis": 1,
    "silence redis": 1,
    "repeat webhooks": 3,
    "delay webhooks": 2,
    "forge webhook": 1,
    "poison event": 1,
    "cancel showtime": 1,
}
REAL = {**EMBEDDED, "kill database": 2, "kill broker": 1}
SOLD_BY = ("booking_service", "payment_service", "coupon_service", "notification_service")
FIRST_AT = 1.5
PAUSES = (0.5, 1.7)
LONG_RUN_SECONDS = 60
# A part that dies again within 20 s is given ever longer waits by the launcher: in a long run that would be all.
COOL_DOWN, LONG_COOL_DOWN = 7.0, 22.0
# Of each minute of a long run the end is calm: what is sold then is what the next faults can hurt.
MINUTE, CALM_FROM = 60.0, 48.0


@dataclass(frozen=True)
class Fault:
    """Something to do at a moment of the run; `target`: a part or a kill point; `amount`: seconds, or a number."""

    at: float
    kind: str
    target: str = ""
    amount: float = 0.0


def schedule(seed: int, seconds: float, kinds: dict[str, int], points: Sequence[str] = ()) -> list[Fault]:
    """The faults of a run, in time; each kill point once before any comes again. The same for the same arguments."""
    dice = Random(f"chaos:{seed}")
    cool_down = LONG_COOL_DOWN if seconds > LONG_RUN_SECONDS else COOL_DOWN
    wanted = list(points or POINTS)
    queue: list[str] = []
    free_at: dict[str, float] = {}
    faults: list[Fault] = []
    at = FIRST_AT
    while at < seconds:
        if not queue:
            queue = dice.sample(wanted, len(wanted))
        kind = dice.choices(list(kinds), list(kinds.values()))[0]
        fault = _fault(dice, at, kind, queue, free_at)
        if fault is not None:
            for part in _hit(fault):
                free_at[part] = at + cool_down
            faults.append(fault)
        at += dice.uniform(*PAUSES)
        if cool_down == LONG_COOL_DOWN and at % MINUTE >= CALM_FROM:
            at = (at // MINUTE + 1) * MINUTE
    return faults


def _fault(dice: Random, at: float, kind: str, queue: list[str], free_at: dict[str, float]) -> Fault | None:
    """The fault of `kind`, at a part that has had its rest; None when there is none."""
    amount = round(dice.uniform(0.5, 2.5), 2)
    rested = [part for part in SOLD_BY if free_at.get(part, 0.0) <= at]
    if kind == "kill point":
        point = next((name for name in queue if free_at.get(POINTS[name], 0.0) <= at), None)
        if point is None:
            return None
        queue.remove(point)
        return Fault(at, kind, point)
    if kind in ("kill service", "kill one process", "pause service", "pause beyond the hold"):
        return Fault(at, kind, dice.choice(rested), amount) if rested else None
    target = {"kill workers": WORKERS, "kill gateway": GATEWAY, "kill redis": REDIS}.get(kind, "")
    if free_at.get(target or kind, 0.0) > at:
        return None
    return Fault(at, kind, target, amount)


def _hit(fault: Fault) -> list[str]:
    """Parts that need a rest after a fault; a kind without a part rests itself."""
    if fault.kind == "kill point":
        return [POINTS[fault.target]]
    return [fault.target] if fault.target else [fault.kind]
