"""Run steps two at a time, print their lines as they come, count what passed and failed."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.run_tests.steps import Step

AT_ONCE = 2
SECONDS_AFTER_ITS_END = 5  # what a command has printed is read to its end within this
PYTEST_COUNT = re.compile(r"(\d+) (passed|failed|errors?|xfailed)\b")
NODE_COUNT = re.compile(r"^[^a-z]*(pass|fail) (\d+)$")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Outcome:
    """What became of one step."""

    step: Step
    passed: int = 0
    failed: int = 0
    seconds: float = 0.0
    left_out: list[str] = field(default_factory=list)


@dataclass
class Groups:
    """The process groups that run now, so that an interrupted run leaves none behind."""

    numbers: set[int] = field(default_factory=set)

    def end(self, group: int) -> None:
        """Ask a group for its stacks (pytest answers SIGABRT with them), then end all of it."""
        for number, patience in ((signal.SIGABRT, 2.0), (signal.SIGKILL, 0.0)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
                time.sleep(patience)

    def end_all(self) -> None:
        """End every group that still runs."""
        for group in tuple(self.numbers):
            self.end(group)


class Printer:
    """Lines of steps that run side by side, each with its step's name in front."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def say(self, name: str, line: str) -> None:
        """One line, at once."""
        with self._lock:
            print(f"{name:<8}| {line}", flush=True)


def run_all(steps: Sequence[Step], printer: Printer) -> list[Outcome]:
    """Run the steps, at most two at a time, and return the outcomes in their order."""
    groups = Groups()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(run, step, printer, groups) for step in steps]
        try:
            return [one.result() for one in running]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            groups.end_all()
            raise


def run(step: Step, printer: Printer, groups: Groups | None = None) -> Outcome:
    """Run one step's commands until one fails."""
    groups = groups or Groups()
    outcome, started = Outcome(step), time.monotonic()
    with tempfile.NamedTemporaryFile("r", prefix="left-out-", suffix=".jsonl", encoding="utf-8") as left_out:
        environment = {
            **os.environ,
            **step.environment,
            "LEFT_OUT_FILE": left_out.name,
            "PYTHONUNBUFFERED": "1",
        }
        for command in step.commands:
            status, lines = _run_command(step, command, environment, printer, groups)
            passed, failed = counts(lines) if step.counts_tests else (0, 0)
            outcome.passed += passed
            outcome.failed += failed
            if status != 0:
                # A command that fails without naming a failed test has itself failed.
                outcome.failed += failed == 0
                break
        else:
            outcome.passed += not step.counts_tests
        outcome.left_out = [words_of(line) for line in left_out]
    outcome.seconds = time.monotonic() - started
    verdict = "FAILED" if outcome.failed else "ok"
    printer.say(
        step.name, f"{verdict}: {outcome.passed} passed, {outcome.failed} failed in {outcome.seconds:.0f} s"
    )
    return outcome


def words_of(line: str) -> str:
    """A reason that tests/left_out.py wrote, with the number of tests it stands for."""
    entry = json.loads(line)
    return f"{entry['reason']} ({entry['count']} tests)"


def counts(lines: Sequence[str]) -> tuple[int, int]:
    """(passed, failed) as pytest's or Node's closing lines tell; (0, 0) where there are none."""
    for line in reversed(lines[-60:]):
        found = {word.rstrip("s"): int(number) for number, word in PYTEST_COUNT.findall(line)}
        if found and " in " in line:
            passed = found.get("passed", 0) + found.get("xfailed", 0)
            return passed, found.get("failed", 0) + found.get("error", 0)
    node = {found[1]: int(found[2]) for found in map(NODE_COUNT.match, lines[-60:]) if found}
    return node.get("pass", 0), node.get("fail", 0)


def _run_command(
    step: Step, command: tuple[str, ...], environment: dict[str, str], printer: Printer, groups: Groups
) -> tuple[int, list[str]]:
    """Run one command in a process group of its own; its status and its lines.

    What a command leaves behind may hold its output open, so the end of the process counts, not the end of the output.
    """
    process = subprocess.Popen(
        command,
        cwd=step.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    groups.numbers.add(process.pid)
    lines: list[str] = []
    listener = threading.Thread(target=_listen, args=(process, step, printer, lines), daemon=True)
    listener.start()
    try:
        status = process.wait(step.seconds)
    except subprocess.TimeoutExpired:
        printer.say(step.name, f"hangs: did not end within {step.seconds:.0f} s, its stacks follow")
        groups.end(process.pid)
        status = process.wait()
    listener.join(SECONDS_AFTER_ITS_END)
    if listener.is_alive():
        printer.say(step.name, "ended, but what it started still runs and is ended now")
        groups.end(process.pid)
        listener.join(SECONDS_AFTER_ITS_END)
    groups.numbers.discard(process.pid)
    return status, lines


def _listen(process: subprocess.Popen[str], step: Step, printer: Printer, lines: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        plain = COLOURS.sub("", line.rstrip())
        lines.append(plain)
        if plain:
            printer.say(step.name, line.rstrip())
