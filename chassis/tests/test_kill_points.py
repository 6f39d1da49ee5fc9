"""A process dies where a test asked for it, once, and never in production."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis import kill_points
from chassis.settings import ServiceSettings, SettingsError, load
from chassis.testing_rooms import SECRET


@pytest.fixture(autouse=True)
def _nobody_watches_afterwards() -> Iterator[None]:
    yield
    kill_points.watch(None)


def end_of_a_child_at(point: str) -> int:
    """How a forked process that comes by `point` ends: 0 when it lived on, else minus the signal."""
    pid = os.fork()
    if pid == 0:
        kill_points.reached(point)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_the_first_to_come_by_a_named_place_dies_there_and_the_next_lives(tmp_path: Path) -> None:
    (tmp_path / "sale.before_commit").touch()
    kill_points.watch(tmp_path)

    assert end_of_a_child_at("sale.after_commit") == 0
    assert end_of_a_child_at("sale.before_commit") == -signal.SIGKILL
    assert end_of_a_child_at("sale.before_commit") == 0
    assert len((tmp_path / "sale.before_commit.reached").read_text().split()) == 1


def test_nobody_dies_where_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "sale.before_commit").touch()

    assert end_of_a_child_at("sale.before_commit") == 0


def test_production_refuses_to_be_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("INTERNAL_SECRET", SECRET)
    monkeypatch.setenv("KILL_POINTS", str(tmp_path))
    assert load(ServiceSettings).kill_points == tmp_path

    monkeypatch.setenv("LOBBYCARD_ENV", "production")
    with pytest.raises(SettingsError, match=r"KILL_POINTS: .*production does not end itself"):
        load(ServiceSettings)
