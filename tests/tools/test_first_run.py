"""What a stranger's machine may lack: each lack is one clear line, status 1, and nothing half made."""

import ast
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap
from tools.private_servers import free_port

ROOT = Path(__file__).resolve().parents[2]
ABSENT = f"no-such-package-of-lobbycard==1.0 --hash=sha256:{'0' * 64}\n"


class Checkout:
    """A copy of the tools with lock files of its own; nothing in it needs a network."""

    def __init__(self, folder, home):
        self.folder, self.home = folder, home
        (folder / "tools").mkdir(parents=True)
        for name in ("__init__.py", "bootstrap.py", "environment.py"):
            shutil.copy(ROOT / "tools" / name, folder / "tools" / name)
        shutil.copytree(ROOT / "tools" / "launcher", folder / "tools" / "launcher")
        self.lock("")

    def lock(self, text):
        for name in ("requirements.lock", "requirements-dev.lock"):
            (self.folder / name).write_text(text)

    def call(self, *arguments, python=sys.executable, **environment):
        given = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PIP_NO_INDEX": "1", **environment}
        return subprocess.run(
            [python, str(self.folder / "tools" / "bootstrap.py"), *arguments],
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def venv(self):
        return self.folder / ".venv"


@pytest.fixture
def checkout(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return Checkout(tmp_path / "checkout", home)


def refused(done):
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(lines) == 1, lines
    return lines[0]


def test_the_environment_is_made_once_and_a_second_call_needs_no_network(checkout):
    first = checkout.call("exec", "python", "-c", "import sys; print(sys.prefix)")
    noted = (checkout.venv / "lobbycard.json").read_text()

    second = checkout.call("exec", "python", "-c", "print('again')", PIP_INDEX_URL="http://127.0.0.1:1/")

    assert first.stdout.splitlines()[-1] == str(checkout.venv)
    assert second.stdout == "again\n"
    assert (checkout.venv / "lobbycard.json").read_text() == noted


def test_what_cannot_be_installed_is_said_in_one_line_and_nothing_half_made_stays(checkout):
    checkout.lock(ABSENT)

    done = checkout.call("exec", "python", "-c", "print('never')")

    assert "could not be installed" in refused(done)
    assert not checkout.venv.exists()


def test_a_changed_lock_file_is_installed_again(checkout):
    checkout.call("exec", "python", "-c", "")
    checkout.lock(ABSENT)

    done = checkout.call("exec", "python", "-c", "print('never')")

    assert "could not be installed" in refused(done)
    assert checkout.venv.exists(), "an environment that served before is not thrown away"


def test_an_environment_that_lost_its_python_is_made_anew(checkout):
    checkout.call("exec", "python", "-c", "")
    for name in ("python", "python3"):
        (checkout.venv / "bin" / name).unlink()

    done = checkout.call("exec", "python", "-c", "print('whole again')")

    assert done.stdout.splitlines()[-1] == "whole again"


@pytest.fixture
def used_port():
    """A port in the range that PORT may have, with somebody listening on it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_used_port_is_named_before_anything_is_made(checkout, used_port):
    done = checkout.call("run", PORT=str(used_port))

    assert f"port {used_port}" in refused(done)
    assert not checkout.venv.exists()
    assert list(checkout.home.iterdir()) == []


@pytest.mark.parametrize("port", ["abc", "70000", "-1", "80"])
def test_a_port_that_cannot_work_is_refused(checkout, port):
    done = checkout.call("run", PORT=port)

    assert "PORT" in refused(done)
    assert not checkout.venv.exists()


def test_a_home_below_a_file_is_refused_before_anything_is_made(checkout):
    (checkout.home / "file").write_text("")

    done = checkout.call("run", LOBBYCARD_HOME=str(checkout.home / "file" / "data"), PORT="23456")

    assert "LOBBYCARD_HOME" in refused(done)
    assert not checkout.venv.exists()


def test_a_python_without_venv_is_told_what_to_install(checkout, tmp_path):
    lame = tmp_path / "bin" / "python3"
    lame.parent.mkdir()
    lame.write_text(f'#!/bin/bash\n[[ $1 == -c ]] && exit 1\nexec -a "$0" {sys.executable} "$@"\n')
    lame.chmod(0o755)

    done = checkout.call("run", python=str(lame), PATH=str(lame.parent))

    assert "venv" in refused(done)
    assert not checkout.venv.exists()


def test_an_old_python_is_told_which_one_is_needed():
    assert (
        bootstrap.refusal((3, 9))
        == "lobbycard: Python 3.11 or 3.12 is needed, and only Python 3.9 was found."
    )


def test_an_old_python_can_read_the_first_file():
    ast.parse((ROOT / "tools" / "bootstrap.py").read_text(), feature_version=(3, 6))
