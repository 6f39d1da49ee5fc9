"""Sets of entries that are worth a closer look: those that leave no wanted field without a way.

Pricing a set is dear, and of all sets of a dozen entries few meet every need; so needs are looked at first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from gateway.planning.choice import Entry

OPTIONAL_ENTRIES = 12
Need = set[Entry | None]  # a field's options, of which one must be in the set


def sets_of(optional: Sequence[Entry], needs: Sequence[Need]) -> Iterator[tuple[Entry, ...]]:
    """Sets of entries that leave no need unmet, small ones first.

    Of many entries only two: one that meets most needs with each entry it takes, and all of them.
    """
    if len(optional) > OPTIONAL_ENTRIES:
        yield _greedy(optional, needs)
        yield tuple(optional)
        return
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            if not any(needed.isdisjoint(chosen) for needed in needs):
                yield chosen


def _greedy(optional: Sequence[Entry], needs: Sequence[Need]) -> tuple[Entry, ...]:
    chosen: list[Entry] = []
    while unmet := [needed for needed in needs if needed.isdisjoint(chosen)]:
        chosen.append(max(optional, key=lambda entry: sum(entry in needed for needed in unmet)))
    return tuple(sorted(chosen))
