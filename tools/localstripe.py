"""Run localstripe, a server that answers as Stripe's API does on the wire, as a process of its own on loopback.

It lives in `.venv-localstripe`, made from tools/localstripe.lock: it is under the GPL and no part of what ships. Its
own program listens on every interface and keeps its books in a file; started here it does neither.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from tools.side_environment import scripts_of

SECONDS_UNTIL_READY = 30
_PROGRAM = """
import sys
from aiohttp import web
from localstripe.resources import store
from localstripe.server import app
store.dump_to_disk = lambda: None
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


@contextmanager
def localstripe(port: int) -> Iterator[str]:
    """The address of a running one, ended afterwards. Raises NotMade where it can't be installed."""
    command = [str(scripts_of("localstripe") / "python"), "-c", _PROGRAM, str(port)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_answers(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_UNTIL_READY
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"localstripe ended with {process.returncode}")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/v1/events")
            connection.getresponse()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
