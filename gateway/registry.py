"""Which graph is served now.

The registry asks the members what they can, composes that, and keeps asking: a change makes a new engine aside,
warmed with the documents in use, and one assignment swaps it in; requests under way finish on the old one. What
was composed last is kept in a file, so that a start does not wait for a member that is down.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from chassis.logs import log
from gateway.doorway.limits import DocumentLimits
from gateway.doorway.refusal import Refusal
from gateway.engine import CompositionFailed, Engine
from gateway.execution.transport import Transport
from gateway.members import Members

START_POLL_SECONDS = 0.25
WARMED_DOCUMENTS = 200


@dataclass(frozen=True)
class Snapshot:
    """One composed graph with what the doorway has worked out for it."""

    engine: Engine
    limits: DocumentLimits


class Registry:
    """Holds the graph that is served; `current` is None until there is one. `transport` carries all its requests."""

    def __init__(
        self,
        members: Members,
        limits_of: Callable[[Engine], DocumentLimits],
        *,
        memory: Path | None = None,
        reload_seconds: float = 3.0,
        transport: Transport | None = None,
        labels: frozenset[str] = frozenset(),
    ) -> None:
        self.current: Snapshot | None = None
        self.faults: tuple[str, ...] = ()
        self._members = members
        self._limits_of = limits_of
        self._memory = memory
        self._reload_seconds = reload_seconds
        self.transport = transport
        self._labels = labels
        self._composed: dict[str, str] = {}
        self._heard: dict[str, str] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="registry", daemon=True)

    def serve(self, engine: Engine) -> None:
        """Serve `engine` from now on."""
        limits = self._limits_of(engine)
        if self.current is not None:
            _warm(engine, limits, self.current)
        self.current = Snapshot(engine, limits)

    def start(self) -> None:
        """Begin to ask the members, in the background; raises CompositionFailed if the file alone decides and is wrong."""
        written = {
            member.name: member.sdl for member in self._members.file.subgraphs if member.sdl is not None
        }
        if len(written) == len(self._members.names):
            self._compose(written)
            return
        self._thread.start()

    def stop(self) -> None:
        """Stop asking."""
        self._stopping.set()

    def refresh(self) -> bool:
        """Ask every member once and serve what came of it. Whether all of them have been heard since the start."""
        heard = {name: sdl for name, sdl in self._members.all_sdl().items() if sdl is not None}
        self._heard.update(heard)
        complete = len(self._heard) == len(self._members.names)
        wanted = {**({} if complete else self._remembered()), **self._heard}
        if len(wanted) == len(self._members.names) and wanted != self._composed:
            try:
                self._compose(wanted)
            except CompositionFailed as failed:
                self._composed = wanted  # told once, not at each round
                log().error("the subgraphs do not make one graph", faults=list(failed.faults))
            else:
                if complete:
                    self._remember(wanted)
        return complete

    def _compose(self, sdls: Mapping[str, str]) -> None:
        try:
            engine = Engine.compose(
                [member.subgraph(sdls[member.name]) for member in self._members.file.subgraphs],
                self.transport,
                self._labels,
            )
        except CompositionFailed as failed:
            self.faults = failed.faults
            raise
        self.serve(engine)
        self._composed, self.faults = dict(sdls), ()
        log().info("graph served", subgraphs=list(self._members.names))

    def _run(self) -> None:
        complete = False
        while not self._stopping.is_set():
            try:
                complete = self.refresh()
            except Exception as error:  # noqa: BLE001  # the loop outlives any fault of one round
                log().error("refresh of the graph failed", error=repr(error), exc_info=error)
            self._stopping.wait(self._reload_seconds if complete else START_POLL_SECONDS)

    def _remembered(self) -> dict[str, str]:
        if self._memory is None:
            return {}
        try:
            found = orjson.loads(self._memory.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        known = found if isinstance(found, dict) else {}
        return {name: known[name] for name in self._members.names if isinstance(known.get(name), str)}

    def _remember(self, sdls: Mapping[str, str]) -> None:
        if self._memory is None:
            return
        draft = self._memory.with_suffix(".draft")
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(orjson.dumps(dict(sdls)))
            draft.replace(self._memory)
        except OSError as error:
            log().warning("the graph could not be kept for the next start", error=str(error))


def _warm(engine: Engine, limits: DocumentLimits, before: Snapshot) -> None:
    """Judge and plan the documents in use beforehand, so that nobody waits for it after the swap."""
    for text, operation_name in before.limits.recent(WARMED_DOCUMENTS):
        with suppress(Refusal):
            limits.check(text, operation_name, {})
    engine.take_over(before.engine, WARMED_DOCUMENTS)
