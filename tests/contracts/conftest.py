"""A runtime of any room on a fresh SQLite database, for tests of what rooms do with each other's events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chassis import migrations
from chassis.clock import SetClock
from chassis.runtime import Runtime
from chassis.testing import FakePeers, make_runtime
from tools.launcher.commands import SECRETS
from tools.launcher.preparation import settings_class


@pytest.fixture
def room_runtime(tmp_path: Path, clock: SetClock) -> Callable[[str], Runtime[Any]]:
    """Gives the runtime of the room that is named, migrated and without siblings that answer."""

    def make(room: str) -> Runtime[Any]:
        secrets = {name: make_secret() for name, make_secret in SECRETS.items()}
        url = f"sqlite:///{tmp_path}/{room}.db"
        runtime = make_runtime(room, settings_class(room), url, clock, FakePeers(), **secrets)
        migrations.upgrade(runtime.database, room)
        return runtime

    return make
