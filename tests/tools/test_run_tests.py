"""`make test` counts rightly and leaves nothing out in silence."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tools import private_servers
from tools.run_tests.machine import SERVERS, Machine
from tools.run_tests.running import Outcome, Printer, counts, run
from tools.run_tests.steps import Step

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12 passed in 3.21s", (12, 0)),
        ("2 failed, 10 passed, 1 skipped in 3.21s", (10, 2)),
        ("1 failed, 3 passed, 2 errors in 61.00s (0:01:01)", (3, 3)),
        ("1 error in 0.10s", (0, 1)),
        ("3 passed, 1 xfailed in 0.10s", (4, 0)),
        ("no tests ran in 0.01s", (0, 0)),
    ],
)
def test_what_pytest_says_last_is_counted(line, expected):
    assert counts(["something about 5 passed exams", line]) == expected


def test_what_node_says_last_is_counted():
    assert counts(["ℹ tests 7", "ℹ pass 6", "ℹ fail 1", "ℹ duration_ms 12.3"]) == (6, 1)


def a_step(*code, counts_tests=False):
    return Step("trial", tuple((sys.executable, "-c", line) for line in code), counts_tests=counts_tests)


class Silent(Printer):
    def say(self, name, line):
        pass


def outcome_of(step) -> Outcome:
    return run(step, Silent())


def test_a_check_without_tests_counts_as_one():
    good, bad = outcome_of(a_step("pass")), outcome_of(a_step("raise SystemExit(3)"))

    assert (good.passed, good.failed) == (1, 0)
    assert (bad.passed, bad.failed) == (0, 1)


def test_a_test_command_that_breaks_without_naming_a_test_has_failed():
    broken = outcome_of(a_step("print('1 passed in 1s')", "raise SystemExit(2)", counts_tests=True))

    assert (broken.passed, broken.failed) == (1, 1)


def test_a_command_that_hangs_is_ended_and_has_failed():
    hanging = "print('3 passed in 1s', flush=True); import threading; threading.Event().wait()"
    step = replace(a_step(hanging, counts_tests=True), seconds=3)

    outcome = outcome_of(step)

    assert (outcome.passed, outcome.failed) == (3, 1)


def test_what_a_command_leaves_running_does_not_hold_up_the_rest():
    stays = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"

    outcome = outcome_of(a_step(f"{stays}; print('3 passed in 1s')", counts_tests=True))

    assert (outcome.passed, outcome.failed) == (3, 0)


def a_suite(folder, body):
    (folder / "test_trial.py").write_text(f"import pytest\n{body}\n")
    return folder


def pytest_in(folder, **environment):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.left_out",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
    ]
    return subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def left_out_by(folder, tmp_path, **environment):
    target = tmp_path / "left-out.jsonl"
    pytest_in(folder, LEFT_OUT_FILE=str(target), **environment)
    lines = target.read_text().splitlines() if target.exists() else []
    return {entry["reason"]: entry["count"] for entry in map(json.loads, lines)}


def test_a_skipped_test_is_reported_with_its_reason(tmp_path):
    folder = a_suite(tmp_path, "@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n): pytest.skip('no moon')")

    assert left_out_by(folder, tmp_path) == {"no moon": 2}


def test_a_skipped_module_is_reported_with_its_reason(tmp_path):
    folder = a_suite(tmp_path, "pytest.skip('no sun', allow_module_level=True)")

    assert left_out_by(folder, tmp_path) == {"no sun": 1}


def test_a_test_of_a_missing_server_is_left_out_and_others_run(tmp_path):
    body = "@pytest.mark.real('rabbitmq')\ndef test_a(): raise OSError\n@pytest.mark.real('mariadb')\ndef test_b(): pass"

    assert left_out_by(a_suite(tmp_path, body), tmp_path, MISSING_SERVERS="rabbitmq") == {"no rabbitmq": 1}


def test_a_server_that_is_named_and_does_not_answer_is_left_out_by_name(monkeypatch):
    monkeypatch.setenv("TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:1/")
    rabbitmq = next(server for server in SERVERS if server.name == "RabbitMQ")

    with ExitStack() as stack:
        machine = Machine(stack, lambda line: None)
        address = machine.server(rabbitmq)

    assert address is None
    assert machine.left_out == ["RabbitMQ: nothing answers at TEST_AMQP_URL"]


@pytest.mark.real("mariadb", "redis", "rabbitmq")
@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_a_private_server_answers_and_is_gone_afterwards(server, monkeypatch):
    monkeypatch.setenv("TEST_REDIS_URL", "redis://elsewhere")

    with server.start() as address:
        answers_inside = server.answers(address)

    assert answers_inside
    assert not server.answers(address)


def test_a_free_port_lies_below_those_of_outgoing_connections():
    assert private_servers.LOWEST_PORT <= private_servers.free_port() < private_servers.HIGHEST_PORT
