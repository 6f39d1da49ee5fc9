"""Tools that don't go together with our own packages, each installed into a hidden environment of its own.

`tools/NAME.lock` says what enters `.venv-NAME`; every hash is checked. Made once and again when the lock changes.
"""

import hashlib
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRIES = 3
SECONDS = 300  # a package index that answers nothing is asked again, not waited for


class NotMade(Exception):
    """The environment could not be made; its words say why."""


def scripts_of(name: str) -> Path:
    """The folder of programs of the environment `name`, made from `tools/NAME.lock`. Raises NotMade."""
    lock, folder = ROOT / "tools" / f"{name}.lock", ROOT / f".venv-{name}"
    note, digest = folder / "lock.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not note.exists() or note.read_text(encoding="utf-8") != digest:
        venv.create(folder, clear=True, with_pip=True)
        _install(folder, lock)
        note.write_text(digest, encoding="utf-8")
    return folder / "bin"


def _install(folder: Path, lock: Path) -> None:
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "-r", str(lock)]
    for _ in range(TRIES):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            words = f"the package index did not answer within {SECONDS} s"
            continue
        if done.returncode == 0:
            return
        words = done.stderr.strip()
    raise NotMade(f"{lock.name} could not be installed: {words}")
