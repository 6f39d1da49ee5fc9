"""A home belongs to one copy, keeps its secrets to itself, and is emptied of nothing that is not its own."""

import json
import stat

import pytest

from chassis.room_keys import RoomKeys
from tools.launcher.console import LauncherProblem
from tools.launcher.fleet import ROOMS, SERVICES, fleet_from, secret_name
from tools.launcher.home import Home, HomeLock, last_reason, random_text, rotate_logs, secrets_of


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    return home


def test_secrets_are_made_once_and_only_their_owner_can_read_them(home):
    first = secrets_of(home, {"INTERNAL_SECRET": random_text})
    more = secrets_of(home, {"INTERNAL_SECRET": random_text, "PASSWORD_PEPPER": random_text})

    assert len(first["INTERNAL_SECRET"]) >= 32
    assert more["INTERNAL_SECRET"] == first["INTERNAL_SECRET"]
    assert more["PASSWORD_PEPPER"] != more["INTERNAL_SECRET"]
    assert stat.S_IMODE(home.secrets_file.stat().st_mode) == 0o600


def test_a_second_copy_on_the_same_home_is_refused_in_one_line(home):
    lock = HomeLock(home)
    lock.take({"pid": 4711, "address": "http://localhost:5000"})

    with pytest.raises(
        LauncherProblem, match=r"another copy \(process 4711\) already runs at http://localhost:5000"
    ):
        HomeLock(home).take({})

    assert HomeLock(home).holder() == {"pid": 4711, "address": "http://localhost:5000"}
    lock.leave()
    assert HomeLock(home).holder() is None


def test_emptying_a_home_leaves_what_others_put_there(home):
    secrets_of(home, {"INTERNAL_SECRET": random_text})
    (home.databases / "booking_db.sqlite").write_text("rows")
    (home.path / "holiday.jpg").write_text("mine")

    home.empty()

    assert [path.name for path in home.path.iterdir()] == ["holiday.jpg"]


def test_a_home_that_cannot_be_written_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(LauncherProblem, match=r"cannot write to .*/file/home .*LOBBYCARD_HOME"):
        Home(tmp_path / "file" / "home").make()


def test_a_log_that_grew_too_long_is_cut_and_kept_beside(home):
    log = home.log("gateway")
    for content in ("first", "second"):
        log.write_text(content * 10)
        rotate_logs(home, limit_bytes=20)

    assert log.read_text() == ""
    assert log.with_suffix(".log.1").read_text() == "second" * 10
    assert log.with_suffix(".log.2").read_text() == "first" * 10


@pytest.mark.parametrize("port", ["abc", "80", "99999", "-1", "5000.0", "٥٠٠٠"])
def test_a_port_that_cannot_work_is_refused(port):
    with pytest.raises(LauncherProblem, match="PORT must be a number"):
        fleet_from({"PORT": port})


def test_every_port_moves_with_the_gateways(tmp_path):
    usual = fleet_from({"LOBBYCARD_HOME": str(tmp_path)}).ports()
    moved = fleet_from({"LOBBYCARD_HOME": str(tmp_path), "PORT": "5100"}).ports()

    assert usual["gateway"] == 5000
    assert usual["booking_service"] == 3007
    assert moved == {name: port + 100 for name, port in usual.items()}
    assert len(usual) == 9


def test_one_pattern_gives_each_service_its_own_database_on_a_server(tmp_path):
    fleet = fleet_from(
        {"LOBBYCARD_HOME": str(tmp_path), "LOBBYCARD_DATABASES": "mysql+pymysql://me@db/{database}"}
    )
    secrets = {secret_name(room): "s" * 32 for room in ROOMS}

    urls = {fleet.service_environment(service, secrets)["DATABASE_URL"] for service in SERVICES}

    assert "mysql+pymysql://me@db/booking_db" in urls
    assert len(urls) == 7


def test_each_part_is_given_its_own_secret_and_the_public_halves_of_all(tmp_path):
    fleet = fleet_from({"LOBBYCARD_HOME": str(tmp_path)})
    secrets = {secret_name(room): room * 5 for room in ROOMS} | {"PASSWORD_PEPPER": "p"}

    given = {service.name: fleet.service_environment(service, secrets) for service in SERVICES}
    given["gateway"] = fleet.gateway_environment(secrets)

    for room, environment in given.items():
        assert environment["INTERNAL_SECRET"] == secrets[secret_name(room)]
        others = {
            text for name, text in secrets.items() if name not in (secret_name(room), "PASSWORD_PEPPER")
        }
        assert not others & set(environment.values())
        assert all(
            RoomKeys.read(environment["ROOM_KEYS"]).belong(one, secrets[secret_name(one)]) for one in ROOMS
        )


def test_the_reason_of_an_end_is_found_among_the_last_lines_of_a_log(home):
    log = home.log("gateway")
    told = {
        "event": "Exception in worker process",
        "exception": "Traceback\n  File x\nSettingsError: PORT is wrong",
    }
    log.write_text("started\n" + json.dumps(told) + '\n{"event": "Shutting down: Master"}\n')

    assert last_reason(log) == "SettingsError: PORT is wrong"
    assert last_reason(home.log("nobody")) == "it gave no reason"
