"""Batched look-ups inside one request: the first sibling that asks loads for all of them.

Entities that came together (one list, one `_entities` call) share a Batch of their keys. A field that needs
rows by parent asks `batch.load(…)`; the rows of all parents are fetched by the first call and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any


class Batch:
    """Keys that belong together, and what was loaded for them."""

    def __init__(self, keys: Iterable[Any]) -> None:
        self.keys = list(dict.fromkeys(keys))
        self._loaded: dict[Hashable, Mapping[Any, Any]] = {}

    def load(
        self, name: Hashable, key: Any, fetch: Callable[[list[Any]], Mapping[Any, Any]], default: Any = None
    ) -> Any:
        """The value of `key`; `fetch(all keys) -> {key: value}` runs once for each `name`.

        `name` must say everything that the fetch depends on, e.g. ("items_of", from, to).
        """
        if name not in self._loaded:
            self._loaded[name] = fetch(self.keys)
        return self._loaded[name].get(key, default)
