"""Puts steps into waves: each as early as it can, then later where that saves a request."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.planning.steps import Step

Levels = dict[int, int]


def waves_of(steps: Sequence[Step]) -> list[list[Step]]:
    """Steps by wave, in which a step runs after all that it waits for."""
    level = _earliest(steps)
    for step in sorted(steps, key=lambda one: (-level[one.id], one.id)):
        later = _shared_wave(step, steps, level)
        if later is not None:
            level[step.id] = later
    waves: list[list[Step]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for step in steps:
        waves[level[step.id]].append(step)
    return [wave for wave in waves if wave]


def _earliest(steps: Sequence[Step]) -> Levels:
    level: Levels = {}

    def level_of(one: int) -> int:
        if one not in level:
            level[one] = 1 + max((level_of(other) for other in steps[one].after), default=-1)
        return level[one]

    for step in steps:
        level_of(step.id)
    return level


def _shared_wave(step: Step, steps: Sequence[Step], level: Levels) -> int | None:
    """A later wave with a request to the same subgraph, if the step has its own to itself and can wait.

    It can wait as long as nothing that waits for it has to move, so the plan gets no deeper.
    """
    own = level[step.id]
    others = [one for one in steps if one is not step and one.entry.graph == step.entry.graph]
    if any(level[other.id] == own for other in others):
        return None
    waiting = (level[other.id] - 1 for other in steps if step.id in other.after)
    last = min(waiting, default=max(level.values()))
    return min((level[other.id] for other in others if own < level[other.id] <= last), default=None)
