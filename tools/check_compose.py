"""Let a real docker-compose read docker-compose.yml: no engine is needed for that.

The plugin is taken where it is installed. Otherwise compose 1.29, the last one that is a Python package, is
installed into .venv-compose from tools/compose.lock; it doesn't know the top-level `name`, so it reads a copy
without that line. Its dependencies would not go together with ours, hence an environment of its own.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.side_environment import NotMade, scripts_of

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
REQUIRED = re.compile(r"(?<!\$)\$\{(\w+):\?")


def main() -> None:
    """Exit 1 with the tool's words unless the file is good, and refused without any one of its secrets."""
    with tempfile.TemporaryDirectory() as folder:
        command = plugin() or packaged(Path(folder))
        required = sorted(set(REQUIRED.findall(COMPOSE.read_text(encoding="utf-8"))))
        given = dict.fromkeys(required, "a-value-for-this-check-0123456789")
        whole = read(command, given)
        if whole.returncode != 0:
            sys.exit(f"docker-compose.yml is refused: {whole.stderr.strip()}")
        for name in required:
            lacking = {other: value for other, value in given.items() if other != name}
            if read(command, lacking).returncode == 0:
                sys.exit(f"docker-compose.yml starts without {name}")
    print(f"docker-compose.yml is good, and refused without each of {len(required)} settings")


def plugin() -> list[str] | None:
    """The compose plugin of docker, where it is installed."""
    if not shutil.which("docker"):
        return None
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=60)
    return (
        ["docker", "compose", "--env-file", os.devnull, "-f", str(COMPOSE)] if asked.returncode == 0 else None
    )


def packaged(folder: Path) -> list[str]:
    """Compose 1.29 with a copy of the file that it understands."""
    try:
        programs = scripts_of("compose")
    except NotMade as problem:
        sys.exit(f"compose 1.29: {problem}")
    copy = folder / "docker-compose.yml"
    copy.write_text(re.sub(r"(?m)^name: .*$", "", COMPOSE.read_text(encoding="utf-8")), encoding="utf-8")
    return [str(programs / "docker-compose"), "--project-directory", str(ROOT), "-f", str(copy)]


def read(command: list[str], settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the file with these settings and no others."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        **settings,
    }
    with tempfile.TemporaryDirectory() as elsewhere:  # a developer's .env is not to be read
        return subprocess.run(
            [*command, "config", "-q"],
            env=environment,
            cwd=elsewhere,
            capture_output=True,
            text=True,
            check=False,
        )


if __name__ == "__main__":
    main()
