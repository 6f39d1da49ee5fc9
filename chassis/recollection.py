"""Whether a Redis that carries events still knows what it was told; emptied, it is told again.

Problem: somebody empties Redis (FLUSHALL, a crash without its file). Events that were sent and not yet handled
are gone, though their outboxes say "sent". Idea: Redis keeps a mark of its present memory, made anew whenever a
subscriber finds its bindings gone; each sender notes under which mark it last made sure that everything was
sent. A mark that differs means: send again whatever the outbox still holds. Inboxes drop what is known. Price:
two reads a round of the relay, and days of old events once after each loss.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from chassis.ids import new_id

# Subscribers come back one by one after a loss: so long after the last of them the mark is acted upon.
SETTLED_SECONDS = 2.0

# KEYS: the mark, then the bindings; ARGV: subscriber, fresh mark. In one script, so that no crash parts the two.
_BIND = """
local added = 0
for i = 2, #KEYS do added = added + redis.call('SADD', KEYS[i], ARGV[1]) end
if added > 0 then redis.call('SET', KEYS[1], ARGV[2]) end
return added
"""


class Recollection:
    """The mark of one prefix on one Redis. Every method raises RedisError."""

    def __init__(self, client: Any, prefix: str) -> None:  # Any: as in redis_streams
        self._redis, self._prefix = client, prefix

    def bind(self, subscriber: str, bindings: Sequence[str]) -> None:
        """Add `subscriber` to the sets named by `bindings`; where it was missing, the mark is made anew."""
        keys = [self._mark, *bindings]
        self._redis.eval(_BIND, len(keys), *keys, subscriber, f"{time.time()}:{new_id()}")

    def lost_since(self, sender: str) -> str | None:
        """The present mark, if events that `sender` sent before it may be gone; else None."""
        mark, known = (_text(value) for value in self._redis.mget(self._mark, self._sender(sender)))
        is_settled = bool(mark) and time.time() - float(mark.split(":", 1)[0]) >= SETTLED_SECONDS
        return mark if is_settled and mark != known else None

    def note(self, sender: str, mark: str) -> None:
        """`sender` has seen to it that everything before `mark` is sent again."""
        self._redis.set(self._sender(sender), mark)

    @property
    def _mark(self) -> str:
        return f"{self._prefix}:mark"

    def _sender(self, sender: str) -> str:
        return f"{self._prefix}:sender:{sender}"


def _text(value: bytes | None) -> str:
    return value.decode() if value is not None else ""
