"""gunicorn's threaded worker, staying with a client for a moment.

gunicorn hands a connection back to its main thread after each request and waits for the next one there. A client that
asks again at once, as the gateway does with a service and a browser with the gateway, pays for that with two changes
of thread, a wake-up through a pipe and two changes of the poller: a quarter of what gunicorn costs a request. So the
thread that has answered waits a moment for the next request itself, as long as nobody else needs it.

A client that begins a request and never ends it would hold its thread for ever, and a few hundred of them all threads.
So whatever has not been read after a while is not read any more: the thread hears that the client has gone.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

STAY_MILLISECONDS = 20
PATIENCE_SECONDS = 15.0  # from a thread's first look at a request to its last byte
FREE_SHARE = 8  # one thread in so many is kept free for who comes while others wait


class StayingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """`worker_class` for gunicorn: "chassis.gunicorn_worker.StayingWorker"."""

    patience_seconds = PATIENCE_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # Many threads change them: adding and removing one item needs no lock.
        self._queueing: set[Any] = set()
        self._attended: dict[Any, float] = {}

    def run(self) -> None:
        """Serve until told to stop."""
        threading.Thread(target=self._hurry, name="hurry", daemon=True).start()
        super().run()

    def enqueue_req(self, conn: Any) -> None:
        """Have a request answered by the next free thread."""
        self._queueing.add(conn)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer the request, and those that follow at once; what the last one came to."""
        self._queueing.discard(conn)
        self._attended[conn] = time.monotonic()
        try:
            outcome = super().handle(conn)
            while outcome is True and self._may_stay() and _asks_again(conn):
                self._attended[conn] = time.monotonic()
                outcome = super().handle(conn)
            return outcome
        finally:
            del self._attended[conn]

    def _hurry(self) -> None:
        """Let nobody be read from for longer than we have patience; answers under way are not touched by it."""
        while self.alive:
            time.sleep(self.patience_seconds / 4)
            latest = time.monotonic() - self.patience_seconds
            for conn, since in self._attended.copy().items():
                if since < latest:
                    with suppress(OSError):  # it has gone meanwhile
                        conn.sock.shutdown(socket.SHUT_RD)

    def _may_stay(self) -> bool:
        free = self.cfg.threads - len(self._attended)  # streams, too, hold a thread each
        return self.alive and not self._queueing and free > self.cfg.threads // FREE_SHARE


def _asks_again(conn: Any) -> bool:
    if conn.parser.unreader.buf.getvalue():  # read ahead together with the last one
        return True
    poller = select.poll()
    poller.register(conn.sock, select.POLLIN)
    return bool(poller.poll(STAY_MILLISECONDS))
