"""Fields that move from one subgraph to another bit by bit: @override with a label.

`percent(5)` sends five requests of a hundred the new way, drawn for each request; any other label is in force for
all requests or none, as the operator says. Plans are made and kept for each set of labels that is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from gateway.composition.supergraph import Supergraph
from gateway.planning.cache import Recent

KEPT_VIEWS = 64
NO_LABELS: frozenset[str] = frozenset()


class Rollout:
    """Decides which labels are active for a request, and shows the graph as it is then."""

    def __init__(
        self,
        supergraph: Supergraph,
        in_force: frozenset[str] = NO_LABELS,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._supergraph = supergraph
        self._named = supergraph.labels & in_force
        self._shares = {label: share for label in supergraph.labels if (share := share_of(label)) is not None}
        self._draw = draw
        self._views: Recent[frozenset[str], Supergraph] = Recent(KEPT_VIEWS)
        self.is_needed = bool(supergraph.labels)

    def active(self) -> frozenset[str]:
        """The labels for one request."""
        if not self.is_needed:
            return NO_LABELS
        return self._named | {label for label, share in self._shares.items() if self._draw() * 100 < share}

    def view(self, active: frozenset[str]) -> Supergraph:
        """The graph while these labels are active."""
        if not self.is_needed:
            return self._supergraph
        return self._views.get_or_make(active, lambda: self._supergraph.decided(active))

    def extremes(self) -> list[Supergraph]:
        """The graph before any move, and after all of them."""
        return [self.view(NO_LABELS), *([self.view(self._supergraph.labels)] if self.is_needed else [])]


def share_of(label: str) -> float | None:
    """The percentage in `percent(…)`; None for any other label."""
    if label.startswith("percent(") and label.endswith(")"):
        try:
            return float(label[8:-1])
        except ValueError:
            return None
    return None
