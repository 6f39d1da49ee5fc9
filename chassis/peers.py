"""Asking a sibling service: GraphQL over HTTP with a deadline, a signed caller and a circuit breaker."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import orjson
import requests
from requests.adapters import NewConnectionError  # type: ignore[attr-defined]  # it is there; its types do not tell

from chassis.breaker import Breaker
from chassis.errors import Unavailable
from chassis.identity import CALLER_HEADER, Caller, as_peer
from chassis.logs import log
from chassis.request_scope import REQUEST_ID_HEADER, current_request_id
from chassis.statements import Statements

DEADLINE_SECONDS = 2.0
PROBE_DEADLINE_SECONDS = 0.5
HEALTH_DEADLINE_SECONDS = 1.5


class NeverAsked(Unavailable):
    """The sibling did not get the question: no connection came about. Whatever it asks for has not happened."""


class PeerError(Exception):
    """The sibling answered with GraphQL errors; `codes` are theirs, in order."""

    def __init__(self, peer: str, errors: list[dict[str, Any]]) -> None:
        self.peer = peer
        self.errors = errors
        self.codes = [str(error.get("extensions", {}).get("code", "INTERNAL")) for error in errors]
        super().__init__(f"{peer}: {'; '.join(str(error.get('message')) for error in errors)}")


class Peers:
    """The siblings of one service, by name."""

    def __init__(self, service: str, urls: Mapping[str, str], secret: str) -> None:
        self._service = service
        self._urls = dict(urls)
        self._statements = Statements(secret)
        self._local = threading.local()
        self._breakers = {name: Breaker() for name in urls}

    def call(
        self,
        peer: str,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        caller: Caller | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> dict[str, Any]:
        """The `data` of `query` at `peer`, asked on behalf of `caller` (default: the system itself).

        Never retried here: the one who asks knows whether asking again is safe. Raises Unavailable when the
        sibling does not answer in time or says SERVICE_UNAVAILABLE itself, NeverAsked when no connection to it was
        made, PeerError when it answers with other errors.
        """
        if peer not in self._urls:
            raise NeverAsked(f"No address is known for {peer}.")
        body = orjson.dumps({"query": query, "variables": dict(variables or {})})
        answer = self._guarded(peer, body, caller or Caller(), deadline_seconds)
        if answer.get("errors"):
            failure = PeerError(peer, answer["errors"])
            if Unavailable.code in failure.codes:  # its database, or a sibling of its own, is away
                raise Unavailable from failure
            raise failure
        return dict(answer["data"])

    def states(self) -> dict[str, str]:
        """State of each sibling's breaker: closed, open or half-open."""
        return {name: breaker.state for name, breaker in self._breakers.items()}

    def told(self) -> dict[str, dict[str, str | None]]:
        """The same with since when, and what failed last."""
        return {name: breaker.told() for name, breaker in self._breakers.items()}

    def health(self, peer: str) -> dict[str, Any] | None:
        """The sibling's own word on how it is, breaker or not; None when it has none to say in time."""
        try:
            answer = self._session().get(f"{self._urls[peer]}/health", timeout=HEALTH_DEADLINE_SECONDS)
            told = orjson.loads(answer.content)
        except (requests.RequestException, ValueError, KeyError):
            return None
        return told if isinstance(told, dict) else None

    def _guarded(self, peer: str, body: bytes, caller: Caller, deadline_seconds: float) -> dict[str, Any]:
        breaker = self._breakers[peer]
        if not breaker.allows() and not (breaker.may_probe() and self._is_alive(peer)):
            raise NeverAsked
        try:
            answer = self._post(peer, body, caller, deadline_seconds)
        except (requests.RequestException, ValueError) as error:
            breaker.failed(type(error).__name__)
            log().warning("peer does not answer", peer=peer, error=repr(error))
            raise (NeverAsked if _never_connected(error) else Unavailable)() from error
        breaker.succeeded()
        return answer

    def _is_alive(self, peer: str) -> bool:
        try:
            return self._session().get(f"{self._urls[peer]}/live", timeout=PROBE_DEADLINE_SECONDS).ok
        except requests.RequestException:
            return False

    def _post(self, peer: str, body: bytes, caller: Caller, deadline_seconds: float) -> dict[str, Any]:
        response = self._session().post(
            f"{self._urls[peer]}/graphql",
            data=body,
            headers={
                "Content-Type": "application/json",
                CALLER_HEADER: self._statements.of(as_peer(caller, self._service), peer),
                REQUEST_ID_HEADER: current_request_id() or "",
            },
            timeout=(min(1.0, deadline_seconds), deadline_seconds),
            allow_redirects=False,
        )
        if response.status_code >= 500:
            response.raise_for_status()
        answer = orjson.loads(response.content)
        if not isinstance(answer, dict) or ("data" not in answer and "errors" not in answer):
            raise ValueError("not a GraphQL answer")
        return answer

    def _session(self) -> requests.Session:
        # A session is not safe between threads; the environment's proxies are not for neighbours.
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session


def _never_connected(error: Exception) -> bool:
    """Whether nothing was sent. A connection that broke later may have carried the question."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
