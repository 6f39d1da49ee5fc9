"""Houses for tests that hurt them: started once a module, checked after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.scene import Scene
from tools.chaos.house import House, embedded_house, real_house
from tools.private_servers import NotInstalled


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy on SQLite and the launcher's own Redis."""
    with embedded_house(tmp_path_factory.mktemp("house")) as started:
        yield started


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy on a private MariaDB, Redis and RabbitMQ; skipped where one is not installed."""
    try:
        with real_house(tmp_path_factory.mktemp("real-house")) as started:
            yield started
    except NotInstalled as missing:
        pytest.skip(f"no {missing}")


@pytest.fixture
def scene(house: House) -> Iterator[Scene]:
    """One guest and a free showtime in the embedded house; every invariant holds afterwards."""
    made = Scene(house)
    yield made
    made.end()


@pytest.fixture
def real_scene(real: House) -> Iterator[Scene]:
    """The same on real servers."""
    made = Scene(real)
    yield made
    made.end()
