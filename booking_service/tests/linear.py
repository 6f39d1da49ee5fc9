"""Could one after the other have been told the same? The search of Wing and Gong for one seat.

Wing, Gong: "Testing and Verifying Concurrent Objects" (1993); what was tried is remembered as in Lowe: "Testing for
linearizability" (2017). Problem: many people did things to a seat at once, and each knows only when they asked and what
they were told. Idea: try each operation that may have come first, and go on with the rest; an operation may come first
if no other had returned before it was called. Price: exponential in what overlaps, so one seat at a time, and few threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

HOLD, CONFIRM, RELEASE = "hold", "confirm", "release"
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
FREE = ("free", "")
State = tuple[str, str]


@dataclass(frozen=True)
class Operation:
    """What somebody did to a seat: called and returned on one clock; an unknown outcome never returned."""

    kind: str
    who: str
    outcome: str
    called: float
    returned: float


def after(state: State, operation: Operation) -> list[State]:
    """The states that a seat may be in after `operation`, if it was told so in `state`; none: it can't have been."""
    changed = _changed(state, operation)
    if operation.outcome == DONE:
        return [] if changed is None else [changed]
    if operation.outcome == REFUSED:
        return [state] if changed is None else []
    return [state] if changed is None else [changed, state]


def _changed(state: State, operation: Operation) -> State | None:
    """The state after the operation took effect; None where it can't."""
    mine = state[1] == operation.who
    if operation.kind == HOLD:
        return ("held", operation.who) if state == FREE else None
    if operation.kind == CONFIRM:
        return ("sold", operation.who) if mine and state[0] == "held" else None
    return FREE if mine else None


def is_linearizable(history: Sequence[Operation]) -> bool:
    """Whether some order of the operations, true to their times, explains what everybody was told.

    A refusal while somebody else's hold was under way explains itself: the lock before the database had been given
    away, whatever became of that hold.
    """
    unexplained = (operation for operation in history if not _met_another(operation, history))
    operations = sorted(unexplained, key=lambda operation: operation.called)
    begin: tuple[int, frozenset[int], State] = (0, frozenset(), FREE)
    stack, tried = [begin], {begin}
    while stack:
        first, ahead, state = stack.pop()
        if first == len(operations):
            return True
        for index in _may_be_next(operations, first, ahead):
            for then in after(state, operations[index]):
                step = (*_without(first, ahead | {index}), then)
                if step not in tried:
                    tried.add(step)
                    stack.append(step)
    return False


def _met_another(operation: Operation, history: Sequence[Operation]) -> bool:
    """Whether it was a refused hold during another one."""
    return (operation.kind, operation.outcome) == (HOLD, REFUSED) and any(
        other.kind == HOLD
        and other is not operation
        and other.called < operation.returned
        and operation.called < other.returned
        for other in history
    )


def _may_be_next(operations: Sequence[Operation], first: int, ahead: frozenset[int]) -> list[int]:
    """Those left that were called before any of those left had returned."""
    found, deadline = [], inf
    for index in range(first, len(operations)):
        if operations[index].called > deadline:
            break
        if index not in ahead:
            found.append(index)
            deadline = min(deadline, operations[index].returned)
    return [index for index in found if operations[index].called <= deadline]


def _without(first: int, ahead: frozenset[int]) -> tuple[int, frozenset[int]]:
    """The same progress, with what is done without a gap counted instead of remembered."""
    while first in ahead:
        ahead -= {first}
        first += 1
    return first, ahead
