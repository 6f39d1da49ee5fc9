"""Gateways before small graphs, closed after the test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.tests.small_graph import SmallGateway, SmallSubgraph, authors, books, open_gateway

OpenGateway = Callable[..., SmallGateway]


@pytest.fixture
def open_small(tmp_path: Path) -> Iterator[OpenGateway]:
    """A function that opens a gateway; members are authors and books unless given."""
    opened: list[SmallGateway] = []

    def open_one(
        more: str = "", members: dict[str, SmallSubgraph] | None = None, **settings: Any
    ) -> SmallGateway:
        found = {"authors": authors(), "books": books()} if members is None else members
        gateway = open_gateway(tmp_path, found, more, **settings)
        opened.append(gateway)
        return gateway

    yield open_one
    for gateway in opened:
        gateway.served.stop()
        gateway.app.extensions["gateway"].stop()
        for member in gateway.members.values():
            member.served.stop()


@pytest.fixture
def gateway(open_small: OpenGateway) -> SmallGateway:
    """A gateway before authors and books."""
    return open_small()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """A function that waits for a condition, with a generous deadline."""

    def wait(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, "it never came about"
            time.sleep(0.01)

    return wait
