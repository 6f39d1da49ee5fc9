"""Forking: a child in a process group of its own, its output in a log, that never returns to its caller."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path


def fork(log: Path, run: Callable[[], object]) -> int:
    """Run `run` in a child whose output is appended to `log`; its process id.

    The child leads a process group, so that Ctrl-C reaches the launcher alone and everything a part starts
    can be ended with it. It ends with status 0 when `run` returns, 1 when it raises.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        _lead_group(pid)
        return pid
    status = 1
    try:
        _lead_group(0)
        _redirect(log)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        run()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001  # the child's last chance to tell what happened
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Never runs what the launcher registered to run at its own end.
        os._exit(status)


def ended(pid: int) -> int | None:
    """Exit status of child `pid` if it has ended (negative: killed by a signal), else None; never blocks."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return -signal.SIGKILL
    return None if found == 0 else os.waitstatus_to_exitcode(status)


def end_group(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send `number` to every process of the group that `pid` leads or led."""
    # None left; macOS says the second of a group of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _lead_group(pid: int) -> None:
    # Called in parent and child, so that whoever comes first, the group exists from then on.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpgid(pid, pid)


def _redirect(log: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(nothing)
    os.close(out)
    # Whatever the launcher's own streams were, a child's lines reach its log as they are written.
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115  # open for good
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115  # open for good
