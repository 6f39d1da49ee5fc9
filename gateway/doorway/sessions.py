"""Whether a session has ended before its access token: asked of Redis, with a local copy for when Redis is down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum

import redis

from chassis.logs import log
from chassis.revocations import Revocations

ASK_AGAIN_SECONDS = 0.5
COPY_SECONDS = 5.0
COPY_LASTS_SECONDS = 60.0
REST_SECONDS = 1.0
KEPT_SESSIONS = 20_000
PATTERN = "revoked:session:*"


class Standing(Enum):
    """GOOD and ENDED are certain.

    UNSURE: Redis does not answer, and the local copy knows nothing against it. UNKNOWN: that copy is too old, too.
    """

    GOOD = "good"
    ENDED = "ended"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


class Sessions:
    """Knows ended sessions. An answer is used for half a second, so that an end is seen everywhere within one."""

    def __init__(self, client: redis.Redis | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._revocations = Revocations(client) if client is not None else None
        self._clock = clock
        self._asked: dict[str, tuple[bool, float]] = {}
        self._copy: frozenset[str] = frozenset()
        self._copied_at = float("-inf")
        self._down_since = float("-inf")
        self._news = 0
        self._news_at = self._moved_at = float("-inf")
        self._stopping = threading.Event()

    def standing(self, session_id: str) -> Standing:
        """How the session stands now."""
        if self._revocations is None:
            return Standing.GOOD
        now = self._clock()
        known = self._asked.get(session_id)
        if known is not None and (
            known[0] or (now - known[1] < ASK_AGAIN_SECONDS and known[1] > self._moved_at)
        ):
            return Standing.ENDED if known[0] else Standing.GOOD
        if now - self._down_since < REST_SECONDS:
            return self._by_memory(session_id)
        try:
            ended = self._revocations.is_revoked(session_id)
        except redis.RedisError as error:
            self._down_since = now
            log().warning(
                "redis does not answer; ended sessions are known from the local copy", error=str(error)
            )
            return self._by_memory(session_id)
        if len(self._asked) >= KEPT_SESSIONS:
            self._asked.clear()
        self._asked[session_id] = (ended, now)
        return Standing.ENDED if ended else Standing.GOOD

    def news(self) -> int:
        """A number that changes when sessions have ended, as soon as ASK_AGAIN_SECONDS later; not while Redis is down.

        What was known of a session before it changed counts no more: many wait for it, and one question serves all.
        """
        now = self._clock()
        rests = now - self._news_at < ASK_AGAIN_SECONDS or now - self._down_since < REST_SECONDS
        if self._revocations is None or rests:
            return self._news
        self._news_at = now
        try:
            latest = self._revocations.latest()
        except redis.RedisError:
            self._down_since = now
            return self._news
        if latest != self._news:
            self._news, self._moved_at = latest, self._clock()
        return latest

    @property
    def copied(self) -> bool:
        """Whether all ended sessions were ever read."""
        return self._copied_at > float("-inf")

    def copy_once(self) -> None:
        """Read all ended sessions into memory. Raises redis.RedisError."""
        if self._client is None:
            return
        start = self._clock()
        found = [_session_of(key) for key in self._client.scan_iter(match=PATTERN, count=1000)]
        self._copy, self._copied_at = frozenset(found), start

    def start(self) -> None:
        """Keep the local copy, in the background."""
        if self._client is not None:
            threading.Thread(target=self._run, name="ended-sessions", daemon=True).start()

    def stop(self) -> None:
        """Stop keeping the copy."""
        self._stopping.set()

    def _by_memory(self, session_id: str) -> Standing:
        known = self._asked.get(session_id)
        ended = session_id in self._copy or (known is not None and known[0])
        if ended:
            return Standing.ENDED
        fresh = self._clock() - self._copied_at <= COPY_LASTS_SECONDS
        return Standing.UNSURE if fresh else Standing.UNKNOWN

    def _run(self) -> None:
        while True:
            try:
                self.copy_once()
            except redis.RedisError:
                self._down_since = max(self._down_since, self._clock())
            if self._stopping.wait(COPY_SECONDS):
                return


def _session_of(key: bytes | str) -> str:
    return (key.decode() if isinstance(key, bytes) else key).rsplit(":", 1)[1]
