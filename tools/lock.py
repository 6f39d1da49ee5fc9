"""Write requirements.lock and requirements-dev.lock: every version pinned, every artefact hashed.

One resolution serves Python 3.11 and 3.12 on Linux and macOS. The machine's own package settings are
left aside, so that the hashes are those of the public index and no address enters the files.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_OF_THIS_MACHINE = (
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_INDEX_URL",
)


def compile_lock(source: str, target: str, *extra: str) -> None:
    """Resolve `source` into `target`; exits with the resolver's own words when it can't."""
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_THIS_MACHINE}
    command = [sys.executable, "-m", "uv", "pip", "compile", source, "--output-file", target]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-config", "--quiet"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"]
    result = subprocess.run([*command, *extra], cwd=ROOT, env=environment, check=False)
    if result.returncode != 0:
        sys.exit(result.returncode)
    print(f"{target}: {sum('==' in line for line in (ROOT / target).read_text().splitlines())} packages")


def main() -> None:
    """Lock the runtime first and hold the developers' set to it, so that tests run what is shipped."""
    upgrade = ("--upgrade",) if "--upgrade" in sys.argv[1:] else ()
    compile_lock("pyproject.toml", "requirements.lock", *upgrade)
    developers = ("--extra", "dev", "--constraint", "requirements.lock")
    compile_lock("pyproject.toml", "requirements-dev.lock", *developers, *upgrade)
    # Compose 1.29 names upper bounds that nothing recent keeps; what it runs with is written in full instead.
    overrides = ("--overrides", "tools/compose.in")
    compile_lock("tools/compose.in", "tools/compose.lock", *overrides, *upgrade)
    compile_lock("tools/localstripe.in", "tools/localstripe.lock", *upgrade)


if __name__ == "__main__":
    main()
