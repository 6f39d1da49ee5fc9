"""Short questions to the members themselves: their SDL, whether they live, how they feel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import orjson
import urllib3

from chassis.identity import CALLER_HEADER, VISITOR
from chassis.statements import Statements
from gateway.graph_file import GraphFile, Member

SDL_QUERY = orjson.dumps({"query": "{ _service { sdl } }"})
ANSWER = TypeVar("ANSWER")


class Members:
    """The members of the graph, spoken to in the gateway's own name."""

    def __init__(self, file: GraphFile, statements: Statements | None) -> None:
        self.file = file
        self.names = tuple(member.name for member in file.subgraphs)
        self._statements = statements
        self._pool = urllib3.PoolManager(maxsize=2, retries=False)
        self._workers = ThreadPoolExecutor(max_workers=max(1, len(self.names)), thread_name_prefix="members")

    def sdl(self, member: Member, timeout_seconds: float = 2.0) -> str | None:
        """What the member says it can; None when it does not answer."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._statements is not None:
            headers[CALLER_HEADER] = self._statements.of(VISITOR, member.name)
        try:
            answer = self._pool.request(
                "POST", member.url, body=SDL_QUERY, headers=headers, timeout=timeout_seconds
            )
            sdl = orjson.loads(answer.data)["data"]["_service"]["sdl"]
        except (urllib3.exceptions.HTTPError, orjson.JSONDecodeError, KeyError, TypeError):
            return None
        return sdl if isinstance(sdl, str) else None

    def lives(self, name: str, timeout_seconds: float = 1.0) -> bool:
        """Whether the member's process answers at all."""
        return self._get(self.file.member(name), "/live", timeout_seconds) is not None

    def health(self, member: Member, timeout_seconds: float = 1.5) -> str:
        """The member's own word on its state; "unavailable" when it has none."""
        answer = self._get(member, "/health", timeout_seconds)
        if answer is None:
            return "unavailable"
        status = answer.get("status")
        return status if isinstance(status, str) else "ok"

    def all_health(self) -> dict[str, str]:
        """The state of every member, asked side by side."""
        return dict(zip(self.names, self._workers.map(self.health, self.file.subgraphs), strict=True))

    def all_sdl(self) -> dict[str, str | None]:
        """The SDL of every member, asked side by side; from the file where it stands there."""
        found = self._workers.map(lambda member: member.sdl or self.sdl(member), self.file.subgraphs)
        return dict(zip(self.names, found, strict=True))

    def _get(self, member: Member, path: str, timeout_seconds: float) -> dict[str, Any] | None:
        try:
            answer = self._pool.request("GET", member.address(path), timeout=timeout_seconds)
            parsed = orjson.loads(answer.data) if answer.status == 200 else None
        except (urllib3.exceptions.HTTPError, orjson.JSONDecodeError):
            return None
        return parsed if isinstance(parsed, dict) else None
