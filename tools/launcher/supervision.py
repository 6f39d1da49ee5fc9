"""Starts the parts, restarts the ones that die, and stops them all together.

A part is a process group. When its leader dies, whatever is left of the group is ended too and the part
starts again after a second; one that keeps dying waits longer each time, and the console says so once a try.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.launcher.children import end_group, ended, fork
from tools.launcher.console import Console
from tools.launcher.home import Home

RESTART_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
STEADY_SECONDS = 20.0
TICK_SECONDS = 0.05
STOP_SECONDS = 8.0


@dataclass
class Part:
    """One process group: how to start it, and how it has fared."""

    name: str
    run: Callable[[], object]
    is_engine: bool = False
    pid: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0
    failures: int = 0

    @property
    def is_up(self) -> bool:
        """Whether its leader runs, as far as known."""
        return self.pid != 0


class Supervisor:
    """Keeps parts running until told to stop."""

    def __init__(self, home: Home, console: Console, in_child: Callable[[], None]) -> None:
        self.parts: list[Part] = []
        self._home = home
        self._console = console
        self._in_child = in_child

    def add(self, name: str, run: Callable[[], object], *, is_engine: bool = False) -> Part:
        """Start a part now and keep it running; engines are stopped after the parts that use them."""
        part = Part(name, run, is_engine)
        self.parts.append(part)
        self._start(part)
        return part

    def tick(self) -> None:
        """Look once at every part: note the dead, start those that are due. Never blocks."""
        now = time.monotonic()
        for part in self.parts:
            status = ended(part.pid) if part.is_up else None
            if status is not None:
                self._note_end(part, status, now)
            elif not part.is_up and now >= part.start_again_at:
                self._start(part)

    def run_until(self, is_done: Callable[[], bool], deadline: float | None = None) -> bool:
        """Tick until `is_done`; False when `deadline` (monotonic seconds) came first."""
        while not is_done():
            if deadline is not None and time.monotonic() > deadline:
                return False
            self.tick()
            time.sleep(TICK_SECONDS)
        return True

    def stop(self, is_hurried: Callable[[], bool] = lambda: False) -> None:
        """Stop all parts, engines last, each given a few seconds; whatever stays is killed."""
        self._stop([part for part in self.parts if not part.is_engine], is_hurried)
        self._stop([part for part in self.parts if part.is_engine], is_hurried)
        self.parts.clear()

    def _start(self, part: Part) -> None:
        def run() -> None:
            self._in_child()
            part.run()

        part.pid = fork(self._home.log(part.name), run)
        part.started_at = time.monotonic()
        self._pid_file(part).write_text(f"{part.pid}\n")

    def _note_end(self, part: Part, status: int, now: float) -> None:
        end_group(part.pid)
        part.failures = part.failures + 1 if now - part.started_at < STEADY_SECONDS else 1
        # The first death of a part that ran well is followed at once; a second one soon after is a pattern.
        wait = min(RESTART_SECONDS * 2 ** max(0, part.failures - 2), LONGEST_WAIT_SECONDS)
        part.pid, part.start_again_at = 0, now + wait
        self._pid_file(part).unlink(missing_ok=True)
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        times = f" ({part.failures} times in a row)" if part.failures > 1 else ""
        self._console.warn(
            f"{part.name} {how}{times}; starts again in {wait:.0f} s. Log: {self._home.log(part.name)}"
        )

    def _stop(self, parts: list[Part], is_hurried: Callable[[], bool]) -> None:
        remaining = [part for part in parts if part.is_up]
        for part in remaining:
            os.kill(
                part.pid, signal.SIGTERM
            )  # the leader stops the rest of its group; not reaped yet, so it exists
        deadline = time.monotonic() + STOP_SECONDS
        while remaining and time.monotonic() < deadline and not is_hurried():
            remaining = [part for part in remaining if ended(part.pid) is None]
            time.sleep(TICK_SECONDS)
        for part in parts:
            if part.is_up:
                end_group(part.pid)
                ended(part.pid)
            self._pid_file(part).unlink(missing_ok=True)

    def _pid_file(self, part: Part) -> Path:
        return self._home.run / f"{part.name}.pid"
