"""Faults of composition: gathered, so that all are told at once."""

from __future__ import annotations

from collections.abc import Sequence


class CompositionFailed(Exception):
    """The subgraphs do not make one graph. `faults` are all that was found, in words."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults: tuple[str, ...] = tuple(faults)


class Faults:
    """A list that grows while composition goes on as far as it can."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, text: str) -> None:
        """One fault, in words; the same words are kept once."""
        if text not in self.found:
            self.found.append(text)

    def stop_here(self) -> None:
        """Raises CompositionFailed if anything was found so far."""
        if self.found:
            raise CompositionFailed(self.found)


def listed(names: Sequence[str]) -> str:
    """Names as people list them: "a", "b" and "c"."""
    quoted = [f'"{name}"' for name in sorted(names)]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
