"""Subscriptions to the client as server-sent events (graphql-sse, distinct connections mode).

Each stream is read from the engine by a thread of its own, which hands every event to those who listen; one
that is equal for all callers has many listeners and one such thread. A stream that breaks off upstream is opened
again, so that a member's restart is a pause, not an end. Comments keep the line awake and find out who has left.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Hashable, Iterator

from chassis.logs import log
from gateway.doorway.admission import Admission
from gateway.doorway.reply import CONTENT_TYPES, EVENT_STREAM, Events, Reply

WAITING_EVENTS = 1000
WATCH_SECONDS = 0.5
OPEN_AGAIN_SECONDS = (0.25, 0.5, 1.0, 2.0, 4.0)
COMPLETE = b"event: complete\ndata:\n\n"
HEARTBEAT = b":\n\n"
END = b""

Source = Callable[[], Iterator[bytes]]
Listener = queue.Queue[bytes]


class _Channel:
    """One stream from the engine and those who listen to it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._left = threading.Event()
        self.over = False

    def join(self) -> Listener | None:
        """A new listener; None when the stream is over."""
        with self._lock:
            if self.over:
                return None
            listener: Listener = queue.Queue(WAITING_EVENTS)
            self._listeners.add(listener)
            return listener

    def leave(self, listener: Listener) -> None:
        """The listener has gone; with the last one the stream ends."""
        with self._lock:
            self._listeners.discard(listener)
            if not self._listeners:
                self.over = True
                self._left.set()

    def run(self) -> None:
        """Read the stream until it is complete or nobody listens."""
        attempt = 0
        while not self.over:
            try:
                for body in self._events():
                    attempt = 0
                    self._hand_out(body)
                break
            except Exception as error:  # noqa: BLE001  # whatever broke it, the listeners stay and we try again
                log().warning("a stream broke off and is opened again", error=repr(error))
            self._left.wait(OPEN_AGAIN_SECONDS[min(attempt, len(OPEN_AGAIN_SECONDS) - 1)])
            attempt += 1
        with self._lock:
            self.over = True
            listeners = tuple(self._listeners)
        for listener in listeners:
            _put(listener, END)

    def _events(self) -> Generator[bytes, None, None]:
        events = self._source()
        try:
            for body in events:
                if self.over:
                    return
                if body:
                    yield body
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()

    def _hand_out(self, body: bytes) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            if not _put(listener, body):
                # It fell behind by WAITING_EVENTS: its client starts afresh and asks for what it missed.
                self.leave(listener)
                _put(listener, END)


class EventStreams:
    """Open streams of this process."""

    def __init__(self, admission: Admission, heartbeat_seconds: float) -> None:
        self._admission = admission
        self._heartbeat_seconds = heartbeat_seconds
        self._shared: dict[Hashable, _Channel] = {}
        self._lock = threading.Lock()
        self.opened_upstream = 0

    def single(self, body: bytes) -> Reply:
        """The answer of a query or mutation, for a client that asked for events."""
        return _reply(Events(_one(body)))

    def open(
        self,
        source: Source,
        *,
        shared_as: Hashable | None = None,
        objection: Callable[[], bytes | None] = lambda: None,
        news: Callable[[], int] | None = None,
    ) -> Reply:
        """Stream what `source` yields; streams of an equal `shared_as` are read once.

        `objection` is asked before each event and heartbeat, and when the number that `news` tells has changed: what
        it returns ends the stream as its last event.
        Raises Refusal (503) when too many streams are open.
        """
        self._admission.enter_stream()
        try:
            channel, listener = self._join(source, shared_as)
        except BaseException:
            self._admission.leave_stream()
            raise
        close = _once(lambda: self._close(channel, listener, shared_as))
        return _reply(Events(self._told(channel, listener, objection, news), close))

    def _join(self, source: Source, shared_as: Hashable | None) -> tuple[_Channel, Listener]:
        with self._lock:
            channel = self._shared.get(shared_as) if shared_as is not None else None
            listener = channel.join() if channel is not None else None
            if channel is None or listener is None:
                channel = _Channel(source)
                listener = channel.join()
                assert listener is not None  # nobody else knows of it yet
                if shared_as is not None:
                    self._shared[shared_as] = channel
                self.opened_upstream += 1
                threading.Thread(target=channel.run, name="stream", daemon=True).start()
            return channel, listener

    def _close(self, channel: _Channel, listener: Listener, shared_as: Hashable | None) -> None:
        channel.leave(listener)
        self._admission.leave_stream()
        with self._lock:
            if shared_as is not None and channel.over and self._shared.get(shared_as) is channel:
                del self._shared[shared_as]

    def _told(
        self,
        channel: _Channel,
        listener: Listener,
        objection: Callable[[], bytes | None],
        news: Callable[[], int] | None,
    ) -> Generator[bytes, None, None]:
        yield HEARTBEAT  # headers leave at once, so that the client knows the stream stands
        known = news() if news else 0
        while True:
            body = self._next(listener, news, known)
            known = news() if news else 0  # before the question: what ends after it is news again
            last = objection()
            if last is not None:
                yield _event(last) + COMPLETE
                return
            if body is None:
                yield HEARTBEAT
            elif body == END:
                yield COMPLETE
                return
            else:
                yield _event(body)

    def _next(self, listener: Listener, news: Callable[[], int] | None, known: int) -> bytes | None:
        """The next event; None when it is time for a heartbeat, or there is news."""
        beat = time.monotonic() + self._heartbeat_seconds
        while True:
            left = max(0.0, beat - time.monotonic())
            try:
                return listener.get(timeout=min(left, WATCH_SECONDS) if news else left)
            except queue.Empty:
                if time.monotonic() >= beat or (news and news() != known):
                    return None


def _event(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"


def _one(body: bytes) -> Generator[bytes, None, None]:
    yield _event(body)
    yield COMPLETE


def _put(listener: Listener, body: bytes) -> bool:
    try:
        listener.put_nowait(body)
    except queue.Full:
        if body == END:
            with listener.mutex:
                listener.queue[-1] = END
        return False
    return True


def _once(act: Callable[[], None]) -> Callable[[], None]:
    done = threading.Lock()

    def run() -> None:
        if done.acquire(blocking=False):
            act()

    return run


def _reply(events: Events) -> Reply:
    headers = [
        ("Content-Type", CONTENT_TYPES[EVENT_STREAM]),
        ("Cache-Control", "no-store"),
        ("X-Accel-Buffering", "no"),
    ]
    return Reply(200, headers, events)
