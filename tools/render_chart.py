"""`make kubernetes`: the chart of deploy/kubernetes as plain manifests, for kustomize and for the tests.

Rendered by tools/chart, a small program around the template engine and the functions that Helm uses; it needs Debian's
golang-go, golang-github-masterminds-sprig-dev and golang-gopkg-yaml.v3-dev, and no network.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "deploy" / "kubernetes"
CHART = FOLDER / "lobbycard"
RENDERED = {
    FOLDER / "base" / "lobbycard.yaml": None,
    FOLDER / "trial" / "lobbycard.yaml": CHART / "values-trial.yaml",
}
PACKAGES = ("golang-go", "golang-github-masterminds-sprig-dev", "golang-gopkg-yaml.v3-dev")
LIBRARIES = Path("/usr/share/gocode")  # where Debian keeps them
SECONDS = 300
_FOLDERS = ExitStack()
atexit.register(_FOLDERS.close)


class NotRendered(Exception):
    """The chart could not be rendered; the words tell why."""


def render(values: Path | None = None, release: str = "lobbycard") -> str:
    """The chart's objects as YAML, with an operator's `values` laid over its own.

    Raises NotRendered where Go is missing or a template is wrong.
    """
    return _run([str(_program()), str(CHART), release, *([str(values)] if values else [])])


@cache
def _program() -> Path:
    """The renderer, built once a process into a folder that goes with it."""
    go = shutil.which("go")
    if go is None or not LIBRARIES.is_dir():
        raise NotRendered(f"needs {', '.join(PACKAGES)}")
    folder = Path(_FOLDERS.enter_context(tempfile.TemporaryDirectory()))
    # Libraries come from Debian's packages; nothing is fetched.
    settings = {"GO111MODULE": "off", "GOPATH": str(LIBRARIES), "GOFLAGS": "", "GOCACHE": str(folder / "go")}
    _run([go, "build", "-o", str(folder / "chart"), str(ROOT / "tools" / "chart" / "main.go")], settings)
    return folder / "chart"


def _run(command: list[str], settings: Mapping[str, str] = MappingProxyType({})) -> str:
    done = subprocess.run(
        command, env=os.environ | dict(settings), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode != 0:
        raise NotRendered(done.stderr.strip())
    return done.stdout


def manifest(values: Path | None) -> str:
    """A rendered chart as the file that is kept, without the lines that templates leave empty."""
    lines = [line for line in render(values).splitlines() if line.strip()]
    return "# Written by `make kubernetes`; changes belong in the chart.\n" + "\n".join(lines) + "\n"


def main() -> None:
    """Write the rendered files; exit with the reason where that fails."""
    try:
        for file, values in RENDERED.items():
            file.write_text(manifest(values), encoding="utf-8")
            print(f"wrote {file.relative_to(ROOT)}")
    except NotRendered as problem:
        sys.exit(f"chart: {problem}")


if __name__ == "__main__":
    main()
