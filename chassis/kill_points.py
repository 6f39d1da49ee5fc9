"""Named places at which a process can be made to die by its own hand, to prove that dying there does no harm.

Problem: a crash between two steps (stored, not yet sent; sent, not yet marked) can't be hit from outside.
Idea: the code says where it stands, `reached("outbox.before_mark")`; where the setting KILL_POINTS names a
folder, the first process to come by a place whose name lies there as a file takes the file away and ends as by
kill -9. Price: a comparison with None where the setting is empty, which it always is in production.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_folder: Path | None = None


def watch(folder: Path | None) -> None:
    """Look into `folder` from now on; None: never die."""
    global _folder  # one process, one life
    _folder = folder


def is_armed(point: str) -> bool:
    """Whether the next to come by dies there: for a step that has to be done in two halves to be cut in two."""
    return _folder is not None and (_folder / point).exists()


def reached(point: str) -> None:
    """Die here if somebody asked for it; nothing else."""
    if _folder is None:
        return
    try:
        (_folder / point).unlink()
    except FileNotFoundError:
        return
    with (_folder / f"{point}.reached").open("a", encoding="utf-8") as notes:
        notes.write(f"{os.getpid()}\n")
    os.kill(os.getpid(), signal.SIGKILL)
