"""Copies of the system: two side by side, one after the other on the same data, and those that are refused."""

import os
import subprocess
import sys

import pytest

from tests.journeys.guests import LOGIN, REGISTER
from tests.system import ROOT, RunningSystem, free_port, wait_until

PERSON = {"email": "ana@example.org", "password": "correct horse battery"}


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    running = RunningSystem(tmp_path_factory.mktemp("second") / "home", free_port()).start()
    yield running
    running.stop()


def launcher(command, home, port):
    environ = {**os.environ, "LOBBYCARD_HOME": str(home), "PORT": str(port)}
    words = [sys.executable, "-m", "tools.launcher", *command]
    return subprocess.run(
        words, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def may_sign_in(running):
    return running.gql(LOGIN, {"input": PERSON}).data["login"]["tokens"] is not None


def processes_of(home):
    found = subprocess.run(["ps", "-eo", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    groups = {int(path.read_text()) for path in (home / "run").glob("*.pid")}
    return [line for line in found.splitlines() if int(line.split()[1]) in groups]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_second_copy_runs_beside_the_first_with_data_of_its_own(system, second):
    registered = second.gql(REGISTER, {"input": {**PERSON, "name": "Ana Costa"}})

    assert registered.data["register"]["userErrors"] == []
    assert system.health()["status"] == "ok"
    assert second.health()["status"] == "ok"
    assert may_sign_in(second)
    assert not may_sign_in(system)


def test_the_start_names_the_address_and_a_demo_person_of_each_role(second):
    said = second.output()

    assert f"http://localhost:{second.port}" in said
    assert all(role in said for role in ("CUSTOMER", "STAFF", "MANAGER", "ADMIN"))


def test_a_third_copy_on_the_same_home_is_refused_in_one_line(second):
    refused = launcher(["run"], second.home, free_port())

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "another copy" in refused.stderr


def test_a_copy_on_a_used_port_is_refused_in_one_line_and_leaves_nothing(second, tmp_path):
    refused = launcher(["run"], tmp_path / "home", second.port)

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "already in use" in refused.stderr
    assert not (tmp_path / "home").exists()


def test_data_is_not_deleted_under_a_running_copy(second):
    refused = launcher(["reset", "--yes"], second.home, second.port)

    assert refused.returncode == 1
    assert "a copy runs" in refused.stderr


def test_a_stopped_copy_leaves_no_process_and_keeps_its_data_for_the_next_start(second):
    wait_until(lambda: second.health()["status"] == "ok", "the second copy is well")
    before = processes_of(second.home)

    status = second.stop()
    left = [line for line in before if is_alive(int(line.split()[0]))]
    second.start()

    assert before != []
    assert status == 0
    assert left == []
    assert may_sign_in(second)
