"""The public keys that access tokens are signed with, as their owner publishes them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import jwt
import urllib3

from chassis.logs import log

FRESH_SECONDS = 300.0
RETRY_SECONDS = 2.0
ALGORITHM = "EdDSA"


class AccessKeys:
    """Keys by id, fetched when first needed, when an unknown id comes up, and every FRESH_SECONDS.

    When the owner does not answer, the keys known so far stand: tokens still pass while the owner is down.
    """

    def __init__(
        self, fetch: Callable[[], bytes | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = threading.Lock()

    @property
    def known(self) -> bool:
        """Whether the keys were ever received."""
        return self._fetched_at > float("-inf")

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key called `key_id`; None when its owner publishes no such key."""
        now = self._clock()
        found = self._keys.get(key_id)
        stale = now - self._fetched_at > FRESH_SECONDS
        if (found is None or stale) and now - self._tried_at > RETRY_SECONDS:
            self._renew(now)
            found = self._keys.get(key_id)
        return found

    def _renew(self, now: float) -> None:
        with self._lock:
            if now - self._tried_at <= RETRY_SECONDS:
                return
            published = self._fetch()
            if published is None:
                self._tried_at = now
                return
            try:
                keys = jwt.PyJWKSet.from_json(published.decode()).keys
            except (jwt.PyJWTError, ValueError) as error:
                log().error("the published keys can't be read", error=repr(error))
                self._tried_at = now
                return
            self._keys = {key.key_id: key for key in keys if key.key_id and key.algorithm_name == ALGORITHM}
            self._fetched_at = self._tried_at = now


def fetcher(url: str) -> Callable[[], bytes | None]:
    """A function that reads `url`; None when that fails."""
    pool = urllib3.PoolManager(retries=False)

    def fetch() -> bytes | None:
        try:
            answer = pool.request("GET", url, timeout=2.0)
        except urllib3.exceptions.HTTPError:
            return None
        return bytes(answer.data) if answer.status == 200 else None

    return fetch
