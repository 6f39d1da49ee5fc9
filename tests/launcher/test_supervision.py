"""Parts are kept alive, stopped together, and never left behind."""

import os
import signal
import socket
import sys
import time

import pytest

from tests.system import wait_until
from tools.launcher.children import end_group, ended, fork
from tools.launcher.console import Console, LauncherProblem
from tools.launcher.engines import refuse_used_ports
from tools.launcher.home import Home
from tools.launcher.supervision import Supervisor


@pytest.fixture
def supervisor(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    supervisor = Supervisor(home, Console(), lambda: None)
    yield supervisor
    supervisor.stop(is_hurried=lambda: True)


def sleeper_with_child():
    """A leader that forks one child of its own; both wait."""
    os.fork()
    while True:
        time.sleep(60)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def members(group):
    found = os.popen("ps -eo pid=,pgid=,stat=").read().splitlines()
    rows = (line.split() for line in found)
    return [int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")]


def test_a_part_that_is_killed_starts_again_with_its_whole_group(supervisor):
    part = supervisor.add("room", sleeper_with_child)
    first = part.pid
    wait_until(lambda: len(members(first)) == 2, "leader and child run")

    os.kill(first, signal.SIGKILL)
    again = supervisor.run_until(lambda: part.is_up and part.pid != first, time.monotonic() + 20)

    assert again
    wait_until(lambda: members(first) == [], "nothing of the first group is left")


def test_a_part_that_keeps_dying_is_given_more_and_more_time(supervisor, capsys):
    part = supervisor.add("room", lambda: os._exit(7))

    supervisor.run_until(lambda: part.failures >= 3, time.monotonic() + 30)

    lines = [line for line in capsys.readouterr().out.splitlines() if "room ended with status 7" in line]
    assert "starts again in 1 s" in lines[0]
    assert "(3 times in a row)" in lines[2]
    assert "starts again in 2 s" in lines[2]


def test_stopping_leaves_no_process_and_no_note_of_one(supervisor, tmp_path):
    pids = [supervisor.add(name, sleeper_with_child).pid for name in ("engine", "room")]

    supervisor.stop()

    assert [pid for pid in pids if is_alive(pid)] == []
    # A child's child was killed and is nobody's to wait for: on a busy machine it goes a moment later.
    wait_until(lambda: not [member for pid in pids for member in members(pid)], "the whole group has gone")
    assert list((tmp_path / "home" / "run").glob("*.pid")) == []


def test_what_a_child_prints_and_how_it_failed_is_in_its_log(tmp_path):
    def fail():
        sys.stdout.write("about to fail\n")
        raise RuntimeError("the projector is on fire")

    log = tmp_path / "room.log"
    pid = fork(log, fail)
    wait_until(lambda: ended(pid) is not None, "the child has ended")

    assert "about to fail" in log.read_text()
    assert "the projector is on fire" in log.read_text()


def test_ending_a_group_that_is_gone_is_no_fault(tmp_path):
    pid = fork(tmp_path / "log", lambda: None)
    wait_until(lambda: ended(pid) is not None, "the child has ended")

    end_group(pid)


def test_a_port_in_use_is_told_with_another_to_take():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(
            LauncherProblem, match=rf"port {port} \(gateway\) is already in use.*make run PORT="
        ):
            refuse_used_ports({"gateway": port})


def test_several_ports_in_use_are_counted():
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = {"gateway": first.getsockname()[1], "redis": second.getsockname()[1]}

        with pytest.raises(LauncherProblem, match=r"^ports \d+ \(gateway\) and 1 more are already in use"):
            refuse_used_ports(ports)
