"""The files that git tracks, by room, for tests that read the project's own text."""

import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = (
    "user_service",
    "movie_service",
    "cinema_service",
    "booking_service",
    "payment_service",
    "coupon_service",
    "notification_service",
)


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, without what .gitignore names; new files count before they are committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def files(under: str, *endings: str) -> list[Path]:
    """The tracked files of a folder with one of the endings."""
    return [path for path in tracked() if path.is_relative_to(ROOT / under) and path.name.endswith(endings)]


def name_of(path: Path) -> str:
    """A path as it is written in a message."""
    return str(path.relative_to(ROOT))


def is_test(path: Path) -> bool:
    """Whether a file belongs to tests."""
    parts = path.relative_to(ROOT).parts
    return "tests" in parts[:-1] or parts[-1].startswith(("test_", "conftest"))
