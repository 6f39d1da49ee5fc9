"""A small cache that forgets what was used least recently. Safe for threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """At most `size` values by key; `made` counts those that were not at hand."""

    def __init__(self, size: int) -> None:
        self.made = 0
        self._size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value if it is known. Its turn to be forgotten moves to the end."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def get_or_make(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value, made if need be; what `make` raises goes to the caller and is not kept.

        Made outside the lock: two threads may make the same one, and one of them wins.
        """
        value = self.get(key)
        if value is None:
            made = make()
            with self._lock:
                self.made += 1
                value = self._values.setdefault(key, made)
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
        return value

    def known(self) -> list[Key]:
        """Keys, least recently used first."""
        with self._lock:
            return list(self._values)

    def __len__(self) -> int:
        return len(self._values)
