"""Packages of Node from a lock file: `python -m tools.npm_packages FOLDER`.

npm waits long, and once for ever, for a registry that has stopped answering, so each try has an end.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

TRIES = 3
SECONDS = 240
COMMAND = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-timeout=60000")


class NotInstalled(Exception):
    """npm could not install the packages; its last words say why."""


def install(folder: Path) -> None:
    """Install what `folder`/package-lock.json names, at most three tries of four minutes. Raises NotInstalled."""
    for _ in range(TRIES):
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            npm = subprocess.Popen(
                COMMAND,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
            try:
                status = npm.wait(SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(npm.pid, signal.SIGKILL)
                npm.wait()
                words = f"npm did not end within {SECONDS} s"
                continue
            if status == 0:
                return
            said.seek(0)
            words = said.read()[-600:].strip()
    raise NotInstalled(f"{folder.name}: {words}")


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]))
    except NotInstalled as problem:
        sys.exit(str(problem))
