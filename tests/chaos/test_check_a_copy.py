"""The command reads the files of a copy that is stopped, tells what does not hold, and ends with it."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from chassis.database import Database
from chassis.migrations import upgrade
from tools.launcher.fleet import SERVICES, fleet_from

ORPHAN = "INSERT INTO claims (showtime_id, seat_id, state, booking_id) VALUES ('show', 'A1', 'SOLD', 'gone')"


@pytest.fixture
def environ(tmp_path):
    """The environment of a copy whose databases were made and never used."""
    fleet = fleet_from({"LOBBYCARD_HOME": str(tmp_path / "home")})
    fleet.home.make()
    for service in SERVICES:
        database = Database(fleet.database_url(service))
        upgrade(database, service.name)
        database.close()
    return {**os.environ, "LOBBYCARD_HOME": str(tmp_path / "home"), "LOBBYCARD_DATABASES": ""}


def check(environ, *options):
    return subprocess.run(
        [sys.executable, "-m", "tools.check_invariants", *options],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_copy_in_which_everything_holds_ends_well(environ, tmp_path):
    done = check(environ, "--json", str(tmp_path / "report.json"))

    report = json.loads((tmp_path / "report.json").read_text())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 violations" in done.stdout
    assert len(report["invariants"]) == 20
    assert report["read"]["bookings"] == 0


def test_a_copy_with_a_claim_of_nobody_ends_badly_and_is_told_why(environ):
    database = fleet_from(environ).database_url(next(s for s in SERVICES if s.name == "booking_service"))
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text(ORPHAN))
    engine.dispose()

    done = check(environ)

    assert done.returncode == 1
    assert "wrong: show/A1: claimed by gone, which is unknown" in done.stdout
    assert "1 violations" in done.stdout


def test_an_empty_folder_is_not_mistaken_for_a_sound_copy(tmp_path):
    done = check({**os.environ, "LOBBYCARD_HOME": str(tmp_path), "LOBBYCARD_DATABASES": ""})

    assert done.returncode == 2
    assert "nothing to check" in done.stderr
