"""LOBBYCARD_HOME: one folder with everything a copy of the system keeps, locked while the copy runs."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.launcher.console import LauncherProblem

LOG_LIMIT_BYTES = 10_000_000
LOGS_KEPT = 3


@dataclass(frozen=True)
class Home:
    """Where a copy keeps its data."""

    path: Path

    @classmethod
    def at(cls, text: str) -> Home:
        """The home at `text`, which may begin with ~."""
        return cls(Path(text).expanduser().absolute())

    @property
    def databases(self) -> Path:
        """SQLite files, one a service."""
        return self.path / "databases"

    @property
    def redis(self) -> Path:
        """Redis's append-only files."""
        return self.path / "redis"

    @property
    def files(self) -> Path:
        """What services keep beside their databases, one folder each: posters, exports, keys."""
        return self.path / "files"

    @property
    def logs(self) -> Path:
        """One log a part, JSON lines."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """Lock, process ids, and what is written for one run."""
        return self.path / "run"

    @property
    def secrets_file(self) -> Path:
        """Secrets of this copy; readable by its owner alone."""
        return self.path / "secrets.env"

    @property
    def gateway(self) -> Path:
        """What the gateway remembers of the graph."""
        return self.path / "gateway"

    def folders(self) -> tuple[Path, ...]:
        """Every folder in it."""
        return (self.databases, self.redis, self.files, self.gateway, self.logs, self.run)

    def make(self) -> None:
        """Make the folders. Raises LauncherProblem where that is not allowed."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in self.folders():
                folder.mkdir(mode=0o700, exist_ok=True)
            probe = self.run / f"probe.{os.getpid()}"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            reason = error.strerror or str(error)
            raise LauncherProblem(
                f"cannot write to {self.path} ({reason}). Choose another folder with LOBBYCARD_HOME."
            ) from None

    def log(self, part: str) -> Path:
        """The log of one part."""
        return self.logs / f"{part}.log"

    def empty(self) -> None:
        """Delete what a run leaves here, and nothing else."""
        for folder in self.folders():
            shutil.rmtree(folder, ignore_errors=True)
        self.secrets_file.unlink(missing_ok=True)


class HomeLock:
    """Held while a copy runs; a second copy on the same home is refused."""

    def __init__(self, home: Home) -> None:
        self._path = home.run / "launcher.lock"
        self._file: IO[str] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process has it."""
        return self._file is not None

    def take(self, facts: Mapping[str, object]) -> None:
        """Take the lock and write `facts` about the holder. Raises LauncherProblem when another has it."""
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _facts(file)
            file.close()
            where = f" at {holder['address']}" if "address" in holder else ""
            number = f" (process {holder['pid']})" if "pid" in holder else ""
            raise LauncherProblem(
                f"another copy{number} already runs{where} in {self._path.parent.parent}."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(json.dumps(dict(facts)))
        file.flush()
        self._file = file

    def holder(self) -> dict[str, object] | None:
        """Facts about the running copy; None when none runs."""
        if not self._path.exists():
            return None
        with self._path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return _facts(file)
        return None

    def leave(self) -> None:
        """In a forked child: close the inherited lock without giving it up for the launcher."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _facts(file: IO[str]) -> dict[str, object]:
    file.seek(0)
    try:
        facts = json.loads(file.read() or "{}")
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def random_text() -> str:
    """A secret of 256 bits."""
    return secrets.token_urlsafe(32)


def random_key() -> str:
    """A named signing key: name:base64 of 32 bytes."""
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def secrets_of(home: Home, makers: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """The secrets named by `makers`: read from the home, made by them at the first run.

    The file is only ever added to, so that a later version can ask for one more.
    """
    known = _read(home.secrets_file)
    missing = [name for name in makers if name not in known]
    if missing:
        known |= {name: makers[name]() for name in missing}
        text = "".join(f"{name}={value}\n" for name, value in sorted(known.items()))
        # Written beside and renamed: a crash here leaves the old file or the new one, never half of it.
        fresh = home.secrets_file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        fresh.replace(home.secrets_file)
    return {name: known[name] for name in makers}


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (
        line.split("=", 1)
        for line in path.read_text().splitlines()
        if "=" in line and not line.startswith("#")
    )
    return {name.strip(): value.strip() for name, value in lines}


def last_reason(log: Path) -> str:
    """Why the writer of `log` ended, as far as its last lines tell: the last exception, else the last line."""
    lines = log.read_text(errors="replace").strip().splitlines()[-40:] if log.exists() else []
    for line in reversed(lines):
        try:
            exception = json.loads(line).get("exception", "")
        except (ValueError, AttributeError):
            continue
        if exception:
            return str(exception).strip().splitlines()[-1][:200]
    return lines[-1][:200] if lines else "it gave no reason"


def rotate_logs(home: Home, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
    """Keep each log under `limit_bytes`, with three older ones beside it.

    The writers keep their descriptors, so the content is copied and the file cut: lines written between the
    two are lost, which a log can bear.
    """
    for log in home.logs.glob("*.log"):
        if log.stat().st_size < limit_bytes:
            continue
        for number in range(LOGS_KEPT - 1, 0, -1):
            older = log.with_suffix(f".log.{number}")
            if older.exists():
                older.replace(log.with_suffix(f".log.{number + 1}"))
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
