"""Make .venv from a hashed lock file, then become the command that was asked for.

    python -m tools.environment run|reset|status    the system, with the runtime's packages
    python -m tools.environment exec PROGRAM …      a developers' tool, with the developers' packages

Only the standard library is used: this runs before anything is installed. What was installed is noted in
.venv/lobbycard.json, so that a later call needs neither time nor a network.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import NoReturn

from tools.launcher import engines
from tools.launcher.console import LauncherProblem, fail
from tools.launcher.fleet import fleet_from

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NOTE = VENV / "lobbycard.json"
RUNTIME, DEVELOPERS = "requirements.lock", "requirements-dev.lock"
# The developers' set holds everything the runtime needs, at the same versions.
CONTENTS = {RUNTIME: (RUNTIME,), DEVELOPERS: (RUNTIME, DEVELOPERS)}
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def main() -> None:
    """Do what the command line asks; one line and status 1 when the machine lacks something."""
    os.umask(0o022)
    try:
        if len(sys.argv) > 2 and sys.argv[1] == "exec":
            make_ready(DEVELOPERS)
            become(sys.argv[2:])
        if not is_ready(RUNTIME):
            check_before_first_run()
        make_ready(RUNTIME)
        become(["python", "-m", "tools.launcher", *sys.argv[1:]])
    except LauncherProblem as problem:
        sys.exit(fail(problem))
    except KeyboardInterrupt:
        sys.exit("\nlobbycard: stopped; nothing was left half made.")


def become(command: list[str]) -> NoReturn:
    """Replace this process by a program of the virtual environment."""
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment.pop("PYTHONHOME", None)
    os.execvpe(command[0], command, environment)


def is_ready(lock: str) -> bool:
    """Whether everything in `lock` was installed, with this very content of the file."""
    try:
        noted = json.loads(NOTE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(noted, dict) and noted.get(lock) == digest(lock) and runs(PYTHON)


def digest(lock: str) -> str:
    """Fingerprint of a lock file."""
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def check_before_first_run() -> None:
    """Refuse early what would fail late: a used port, a folder that can't be written."""
    fleet = fleet_from()
    engines.refuse_used_ports(fleet.ports())
    home = fleet.home.path
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise LauncherProblem(f"cannot write to {home}. Choose another folder with LOBBYCARD_HOME.")


def make_ready(lock: str) -> None:
    """Make .venv hold what `lock` names. A failed first attempt leaves nothing; raises LauncherProblem."""
    if is_ready(lock):
        return
    if not os.access(ROOT, os.W_OK | os.X_OK):
        raise LauncherProblem(f"cannot write to {ROOT}, where .venv belongs.")
    is_new = not runs(PYTHON)
    try:
        if is_new:
            create()
        install(lock)
    except BaseException:
        if is_new:
            shutil.rmtree(VENV, ignore_errors=True)
        raise
    NOTE.write_text(json.dumps({name: digest(name) for name in CONTENTS[lock]}), encoding="utf-8")


def runs(python: Path) -> bool:
    """Whether an interpreter is there, starts, is new enough and has pip; a moved or broken one does not."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", probe], capture_output=True).returncode == 0


def create() -> None:
    """A new .venv in the place of a broken one or of none. Raises LauncherProblem."""
    progress(f"making .venv with Python {sys.version_info.major}.{sys.version_info.minor}")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise LauncherProblem(f"cannot make {VENV}: {getattr(error, 'strerror', None) or error}") from None


def install(lock: str) -> None:
    """Let pip install `lock`, every hash checked, with one progress line. Raises LauncherProblem."""
    total = sum("==" in line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines())
    command = [
        str(PYTHON),
        *PIP,
        "install",
        "--require-hashes",
        "--progress-bar",
        "off",
        "-r",
        str(ROOT / lock),
    ]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        count = 0
        for line in pip.stdout:
            lines.append(line)
            found = re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.\[\]-]+)", line)
            if found:
                count += 1
                progress(f"packages: {count} of at most {total} ({found[1]})", is_step=count % 20 == 0)
            elif line.startswith("Installing collected packages"):
                progress("packages: unpacking, half a minute or less")
    if pip.returncode != 0:
        raise LauncherProblem(explanation(lines))
    progress("packages: installed", ends=True)


def explanation(lines: list[str]) -> str:
    """One line about a failed installation, with the place of pip's whole output."""
    handle, name = tempfile.mkstemp(prefix="lobbycard-pip-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.writelines(lines)
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    last = errors[-1] if errors else "pip failed"
    return f"the packages could not be installed ({last[:160]}); is the package index reachable? All of it: {name}"


def progress(words: str, *, is_step: bool = True, ends: bool = False) -> None:
    """One line that renews itself on a terminal; elsewhere a line a step."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {words}", end="\n" if ends else "", flush=True)
    elif is_step:
        print(f"  {words}", flush=True)


if __name__ == "__main__":
    main()
