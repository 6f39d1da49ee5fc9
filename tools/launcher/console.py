"""What a person sees while the system starts, runs and stops: short lines, one a step."""

from __future__ import annotations

import sys
import time


class LauncherProblem(Exception):
    """Something a person can mend: its one line is printed and the launcher leaves with status 1."""


class Console:
    """Prints steps with the seconds they took; every line is flushed, so that a pipe sees it at once."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self._step_started = self.started

    def say(self, line: str = "") -> None:
        """One line as it is."""
        print(line, flush=True)

    def step(self, topic: str, words: str, seconds: float | None = None) -> None:
        """A finished step: topic, what was done, and the seconds since the step before (or those given)."""
        now = time.monotonic()
        taken = now - self._step_started if seconds is None else seconds
        self._step_started = now
        self.say(f"  {topic:<11} {words:<58} {taken:5.1f} s")

    def warn(self, line: str) -> None:
        """Something that works, but less well than it could."""
        self.say(f"  ! {line}")

    def seconds(self) -> float:
        """Seconds since the launcher started."""
        return time.monotonic() - self.started


def fail(problem: LauncherProblem) -> int:
    """Print the one line of `problem` to standard error; the exit status."""
    print(f"lobbycard: {problem}", file=sys.stderr, flush=True)
    return 1
