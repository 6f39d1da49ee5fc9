"""docker-compose.yml without containers: its commands, with its environments, on private real servers.

What is left to the container engine is the image and the network; names of hosts are replaced by ports here.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pymysql
import pytest
from sqlalchemy.engine import make_url

from chassis.room_keys import told
from tests.architecture.sources import ROOT, SERVICES
from tests.deployment.compose import INIT, VARIABLE, ours, services, variables
from tools import private_servers
from tools.launcher.fleet import ROOMS, secret_name

GIVEN = {
    "LOBBYCARD_SEED": "1",
    "ALLOW_PAYMENTS_WITHOUT_MONEY": "true",
    "PUBLIC_URL": "https://tickets.test",
    "TICKET_SIGNING_KEYS": "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
}
FAR_AWAY_SECONDS = 240


class FullMode:
    """Every container of ours as a process of this machine."""

    def __init__(self, folder, engines):
        self.folder = folder
        self.engines = engines
        self.ports = {name: private_servers.free_port() for name in (*SERVICES, "gateway")}
        self.processes = {}

    def environment(self, container):
        """What compose gives `container`, with addresses of this machine."""
        declared = services()[container]["environment"]
        chosen = {name: secret_of(name) for name in variables()} | GIVEN | {"ROOM_KEYS": ROOM_KEYS}
        home = str(self.folder / container.removesuffix("_worker").removesuffix("_service"))
        Path(home).mkdir(exist_ok=True)

        def local(text):
            text = VARIABLE.sub(
                lambda found: chosen[found[1]] if found[2] == ":?" or found[1] in GIVEN else found[3], text
            )
            text = re.sub(
                r"http://(\w+_service):\d+", lambda found: f"http://127.0.0.1:{self.ports[found[1]]}", text
            )
            text = text.replace("@mysql:3306", self.engines["mysql"])
            text = text.replace("/var/lib/lobbycard-samples", str(self.folder)).replace(
                "/var/lib/lobbycard", home
            )
            text = re.sub(r"^redis://.*", self.engines["redis"], text)
            return re.sub(r"^amqp://.*", self.engines["rabbitmq"], text)

        port = self.ports.get(container) or private_servers.free_port()
        given = {name: local(str(value)) for name, value in declared.items()}
        system = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        variable = "GATEWAY_PORT" if container == "gateway" else "SERVICE_PORT"
        return {**system, "LOBBYCARD_HOME": home, **given, variable: str(port)}

    def start(self, container):
        output = (self.folder / f"{container}.log").open("wb")
        command = [sys.executable, "-m", "deploy.container", *services()[container]["command"]]
        self.processes[container] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment(container),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def is_healthy(self, container):
        assert self.processes[container].poll() is None, self.log(container)
        check = services()[container]["healthcheck"]["test"][2:]
        return (
            subprocess.run(
                [sys.executable, *check],
                cwd=ROOT,
                env=self.environment(container),
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )

    def log(self, container):
        return (self.folder / f"{container}.log").read_text(errors="replace")[-2000:]

    def wait_for(self, container):
        deadline = time.monotonic() + FAR_AWAY_SECONDS
        while not self.is_healthy(container):
            assert time.monotonic() < deadline, f"{container} is not healthy: {self.log(container)}"

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def ask(self, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['gateway']}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


def make_databases(address):
    """Run mysql-init on a fresh server."""
    names = (f"{service.removesuffix('_service').upper()}_DB_PASSWORD" for service in SERVICES)
    passwords = {name: secret_of(name) for name in names}
    script = subprocess.run(
        ["bash", str(INIT), "--print"],
        env={**os.environ, **passwords},
        capture_output=True,
        text=True,
        check=True,
    )
    url = make_url(address)
    with (
        pymysql.connect(host=url.host or "127.0.0.1", port=url.port or 3306, user="root") as connection,
        connection.cursor() as cursor,
    ):
        for line in filter(None, script.stdout.splitlines()):
            cursor.execute(line.rstrip(";"))


def secret_of(name):
    """Something that looks like nobody's example."""
    return hashlib.sha256(name.encode()).hexdigest()


ROOM_KEYS = told((room, secret_of(secret_name(room))) for room in ROOMS)


@pytest.fixture(scope="module")
def full_mode(tmp_path_factory):
    with ExitStack() as stack:
        mariadb = stack.enter_context(private_servers.mariadb())
        make_databases(mariadb)
        engines = {
            "mysql": f"@127.0.0.1:{make_url(mariadb).port}",
            "redis": stack.enter_context(private_servers.real_redis()).rsplit("/", 1)[0] + "/0",
            "rabbitmq": stack.enter_context(private_servers.rabbitmq()),
        }
        running = FullMode(tmp_path_factory.mktemp("full"), engines)
        stack.callback(running.stop)
        for container in (*SERVICES, "gateway"):
            running.start(container)
        for container in (*SERVICES, "gateway"):
            running.wait_for(container)
        for container in set(ours()) - {*SERVICES, "gateway"}:
            running.start(container)
        yield running


@pytest.mark.slow
@pytest.mark.real
def test_every_container_becomes_healthy_and_the_gateway_sees_eight_parts(full_mode):
    for container in ours():
        full_mode.wait_for(container)

    health = full_mode.ask("/health")

    assert health["status"] == "ok", health
    assert len(health["services"]) == 8


@pytest.mark.slow
@pytest.mark.real
def test_a_query_over_several_services_answers_in_production(full_mode):
    query = "{ movies(first: 3) { totalCount nodes { title showtimes(first: 1) { id startsAt cinema { name } } } } }"

    answer = full_mode.ask("/graphql", {"query": query})

    assert "errors" not in answer, answer
    assert answer["data"]["movies"]["totalCount"] >= 40


@pytest.mark.slow
@pytest.mark.real
def test_a_service_reached_past_the_gateway_refuses(full_mode):
    request = urllib.request.Request(
        f"http://127.0.0.1:{full_mode.ports['booking_service']}/graphql",
        data=b'{"query":"{ __typename }"}',
        headers={"Content-Type": "application/json"},
    )

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)

    assert refused.value.code == 401
