"""Siblings that answer from a test's own functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from chassis.errors import Unavailable
from chassis.peers import PeerError


class FakePeers:
    """Siblings that answer from functions: {("other_service", "rootField"): variables -> its value}."""

    def __init__(
        self, answers: Mapping[tuple[str, str], Callable[[dict[str, Any]], Any]] | None = None
    ) -> None:
        self.answers = dict(answers or {})
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.healths: dict[str, dict[str, Any]] = {}

    def call(
        self,
        peer: str,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        caller: Any = None,
        deadline_seconds: float = 2.0,
    ) -> dict[str, Any]:
        """As Peers.call; an unknown operation is a sibling that does not answer."""
        found = re.search(r"\{\s*(?:\w+\s*:\s*)?(\w+)", query)
        operation = found.group(1) if found else ""
        self.calls.append((peer, operation, dict(variables or {})))
        answer = self.answers.get((peer, operation))
        if answer is None:
            raise Unavailable
        value = answer(dict(variables or {}))
        if isinstance(value, PeerError):
            raise value
        return {operation: value}

    def states(self) -> dict[str, str]:
        """As Peers.states."""
        return {}

    def told(self) -> dict[str, dict[str, str | None]]:
        """As Peers.told."""
        return {}

    def health(self, peer: str) -> dict[str, Any] | None:
        """As Peers.health: what `healths` says."""
        return self.healths.get(peer)
