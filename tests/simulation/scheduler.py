"""Who takes the next step. Every task runs in a greenlet and gives up its turn at each port call.

Idea: FoundationDB's and TigerBeetle's simulation testing: real code, one thread, all chance from one seed. The
price: races inside a transaction are not explored, for each transaction runs whole (SQLite's BEGIN IMMEDIATE is
just that); those are left to the tests on real servers.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from greenlet import greenlet

T = TypeVar("T")


class Crashed(BaseException):
    """The process that ran this task is gone: nothing after this point happens. No handler may catch it."""


class Task:
    """One operation on its way: a request, an event in a consumer's hands, a round of a timer."""

    def __init__(
        self, name: str, run: Callable[[], Any], ended: Callable[[Task], None] | None = None
    ) -> None:
        self.name = name
        self.run = run
        self.ended = ended
        self.thread = greenlet(self._run)
        self.at = "begin"
        self.waits_for: Task | None = None
        self.gave_up = False
        self.is_crashed = False
        self.is_late = False
        self.is_done = False
        self.result: Any = None
        self.error: Exception | None = None

    def _run(self) -> None:
        try:
            self.result = self.run()
        except Exception as error:  # handed to whoever asked, as a network would
            self.error = error
        except Crashed:
            self.is_crashed = True

    @property
    def can_go_on(self) -> bool:
        """Whether it waits for nobody, or for somebody who has ended, and is not held up on its way."""
        return not self.is_late and (self.waits_for is None or self.waits_for.is_done)


class Scheduler:
    """Runs tasks step by step; while `is_calm`, ports never interrupt and everything runs straight through."""

    def __init__(self) -> None:
        self.begin(0)

    def begin(self, seed: int | str) -> None:
        """Forget everything and draw from `seed` from now on."""
        self.random = Random(seed)
        self.tasks: list[Task] = []
        self.trace: list[str] = []
        self.is_calm = True
        self._hub = greenlet.getcurrent()
        self._current: Task | None = None
        self._atomic = 0

    def note(self, words: str) -> None:
        """A line of the trace."""
        self.trace.append(words)

    def start(self, name: str, run: Callable[[], Any], ended: Callable[[Task], None] | None = None) -> Task:
        """A task that is there from now on and has not begun."""
        task = Task(name, run, ended)
        if self.is_calm:
            self._resume(task)
        else:
            self.tasks.append(task)
            self.note(f"+ {name}")
        return task

    def port(self, where: str) -> None:
        """Called by every port: here others may go first, and here a process may die."""
        task = self._current
        if self.is_calm or task is None or self._atomic or task.is_crashed:
            return
        task.at = where
        self._hub.switch()

    def ask(self, name: str, run: Callable[[], T], lost: Callable[[], Exception]) -> T:
        """Ask another house: it works on its own, and its answer may never come (then `lost` is raised)."""
        mine = self._current
        if self.is_calm or mine is None or self._atomic or mine.is_crashed:
            return run()
        other = self.start(name, run)
        mine.waits_for, mine.at = other, f"waits for {name}"
        self._hub.switch()
        mine.waits_for = None
        if mine.gave_up or other.is_crashed:
            mine.gave_up = False
            raise lost()
        if other.error is not None:
            raise other.error
        result: T = other.result
        return result

    def atomic(self, run: Callable[[], T]) -> T:
        """Run without an interruption: a transaction on the database's only connection."""
        self._atomic += 1
        try:
            return run()
        finally:
            self._atomic -= 1

    def go_on(self, task: Task) -> None:
        """Let `task` run to its next port call."""
        self.note(f"  {task.name} · {task.at}")
        self._resume(task)

    def give_up(self, task: Task, *, is_late: bool) -> None:
        """The one whom `task` asked did not answer in time; the question may arrive all the same, much later."""
        self.note(f"? {task.name} no longer {task.at}")
        task.gave_up = True
        if task.waits_for is not None:
            task.waits_for.is_late = is_late
        self._resume(task)

    def crash(self, task: Task) -> None:
        """The process of `task` dies where it stands."""
        self.note(f"x {task.name} · {task.at}")
        task.is_crashed = True
        if task.thread:
            self._resume(task, Crashed())
        else:
            self._end(task)

    def _resume(self, task: Task, crash: Crashed | None = None) -> None:
        before, self._current = self._current, task
        # In calm a task may start another: whoever is running now is the one to come back to.
        hub, self._hub = self._hub, greenlet.getcurrent()
        task.thread.parent = self._hub
        try:
            if crash is not None:
                task.thread.throw(crash)
            else:
                task.thread.switch()
        finally:
            self._current, self._hub = before, hub
        if task.thread.dead:
            self._end(task)

    def _end(self, task: Task) -> None:
        task.is_done = True
        if task in self.tasks:
            self.tasks.remove(task)
        if task.ended is not None:
            task.ended(task)
