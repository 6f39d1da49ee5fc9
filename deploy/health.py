"""Whether a container is well: `python -m deploy.health NAME` exits 0 when its server answers.

For a worker, NAME-worker, it looks at what the worker needs: its database and its broker. Asked every few seconds,
so nothing heavy is imported where an HTTP answer tells enough.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

GATEWAY = "gateway"
PROBE_SECONDS = 5


def main() -> None:
    """Exit with the reason on standard error where the container is not well."""
    name = sys.argv[1]
    problem = (
        problem_of_worker(name.removesuffix("-worker"))
        if name.endswith("-worker")
        else problem_of_server(name)
    )
    sys.exit(problem)


def problem_of_server(name: str) -> str | None:
    """Why the server in this container can't serve; None when it can."""
    port = os.environ.get("SERVICE_PORT") or os.environ.get("GATEWAY_PORT") or "5000"
    path = "/health" if name == GATEWAY else "/ready"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PROBE_SECONDS):
            return None
    except (urllib.error.URLError, OSError) as error:
        return str(error)


def problem_of_worker(name: str) -> str | None:
    """What a worker of `name` lacks; None when it has its database and its broker."""
    from chassis.broker import BrokerDown, connect
    from deploy.container import start

    runtime = start(name)
    try:
        connect(runtime.settings.message_url, runtime.settings.prefix).close()
    except BrokerDown as error:
        return str(error)
    return None if runtime.database.answers() else "the database does not answer"


if __name__ == "__main__":
    main()
