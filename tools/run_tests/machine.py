"""What this machine offers to tests: real servers, a browser, Node. What is missing is installed or named.

A server that answers at its default local port, or at TEST_DATABASE_URL, TEST_REDIS_URL or TEST_AMQP_URL,
is used as it is. Otherwise an installed program is started privately. Otherwise, where apt-get can be used as
root, Debian's package is installed first. What still is missing is left out, in words.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field

import pika
import pika.exceptions
import pymysql
import redis
from sqlalchemy.engine import make_url

from tools import private_servers
from tools.private_servers import DidNotStart, NotInstalled

MARIADB_URL = "mysql+pymysql://root@127.0.0.1:3306/"
REDIS_URL = "redis://127.0.0.1:6379/9"
AMQP_URL = "amqp://guest:guest@127.0.0.1:5672/"
REDIS_DATABASES = range(9, 14)  # one for each process of tests that may run at the same time
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_SECONDS = 900


@dataclass(frozen=True)
class Server:
    """One kind of server: how to find it, how to start one, which package brings it."""

    name: str
    variable: str
    usual_url: str
    answers: Callable[[str], bool]
    start: Callable[[], AbstractContextManager[str]]
    package: str


@dataclass
class Machine:
    """Finds and starts; everything it started ends with `stack`."""

    stack: ExitStack
    say: Callable[[str], None]
    left_out: list[str] = field(default_factory=list)
    _apt_said: str | None = None

    def server(self, server: Server) -> str | None:
        """Address of a server that answers; None, and a line in left_out, where none can be had."""
        given = os.environ.get(server.variable)
        if server.answers(given or server.usual_url):
            self.say(f"{server.name}: answers at {server.variable if given else 'its usual port'}")
            return given or server.usual_url
        if given:
            self.left_out.append(f"{server.name}: nothing answers at {server.variable}")
            return None
        try:
            url = self._start(server)
        except (NotInstalled, DidNotStart) as problem:
            reason = f"did not start ({problem})" if isinstance(problem, DidNotStart) else "is not installed"
            self.left_out.append(f"{server.name}: {reason}; the suites on it did not run")
            return None
        self.say(f"{server.name}: a private one was started")
        return url

    def _start(self, server: Server) -> str:
        try:
            return self.stack.enter_context(server.start())
        except NotInstalled:
            if not self.install(server.package):
                raise
            return self.stack.enter_context(server.start())

    def browser(self) -> str | None:
        """Path of a Chromium; None, and a line in left_out, where none can be had."""
        given = os.environ.get("CHROMIUM")
        for _ in range(2):
            found = given or next(filter(None, map(shutil.which, BROWSERS)), None) or _playwrights_own()
            if found and runs(found, "--version"):
                return found
            if not self.install("chromium"):
                break
        self.left_out.append("Chromium: not installed; the browser tests did not run")
        return None

    def node(self) -> bool:
        """Whether Node and npm are there; a line in left_out where not."""
        for _ in range(2):
            if shutil.which("node") and shutil.which("npm"):
                return True
            if not self.install("nodejs", "npm"):
                break
        self.left_out.append("Node: not installed; the tests and types of the pages' code did not run")
        return False

    def program(self, name: str, *packages: str, tests: str) -> bool:
        """Whether the program `name` is there, which Debian's `packages` bring; a line in left_out where not."""
        if shutil.which(name) or (self.install(*packages) and shutil.which(name)):
            return True
        self.left_out.append(f"{name}: not installed; {tests} did not run")
        return False

    def install(self, *packages: str) -> bool:
        """Install Debian packages where that is allowed; whether it was done. Says why not, once."""
        command = apt_command()
        if command is None:
            return False
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        steps = [["install", "-y", "--no-install-recommends", *packages]]
        if self._apt_said is None:
            self._apt_said = "updated"
            steps.insert(0, ["update"])
        self.say(f"installing {', '.join(packages)} …")
        for step in steps:
            try:
                done = subprocess.run(
                    [*command, "-q", *step],
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=APT_SECONDS,
                )
            except subprocess.TimeoutExpired:
                return False
            if done.returncode != 0 and step[0] == "install":
                self.say(f"apt-get: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
                return False
        return True


def apt_command() -> list[str] | None:
    """How to call apt-get with a root's rights and no question; None where that can't be done."""
    if os.environ.get("LOBBYCARD_INSTALL") == "0" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and runs("sudo", "-n", "true"):
        return ["sudo", "-n", "-E", "apt-get"]
    return None


def runs(*command: str) -> bool:
    """Whether a command starts and ends well."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def mariadb_answers(address: str) -> bool:
    """Whether databases can be made at `address`."""
    url = make_url(address)
    try:
        connection = pymysql.connect(
            host=url.host or "127.0.0.1",
            port=url.port or 3306,
            user=url.username or "root",
            password=url.password or "",
            connect_timeout=3,
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS test_lobbycard_probe")
            cursor.execute("DROP DATABASE test_lobbycard_probe")
    except (pymysql.MySQLError, OSError):
        return False
    return True


def redis_answers(address: str) -> bool:
    """Whether a Redis answers whose databases for tests hold nothing, since tests empty them."""
    try:
        sizes = [_redis_at(address, number).dbsize() for number in REDIS_DATABASES]
    except (redis.RedisError, OSError):
        return False
    # What an earlier run of tests left is small; somebody's own data is not ours to empty.
    return bool(os.environ.get("TEST_REDIS_URL")) or not any(sizes)


def _redis_at(address: str, number: int) -> redis.Redis:
    return redis.Redis.from_url(redis_database(address, number), socket_timeout=3, socket_connect_timeout=3)


def redis_database(address: str, number: int) -> str:
    """The same server with another database number."""
    parts = address.split("/")
    return "/".join([*parts[:3], str(number)])


def rabbitmq_answers(address: str) -> bool:
    """Whether a broker lets us in at `address`."""
    parameters = pika.URLParameters(address)
    parameters.socket_timeout = 3
    parameters.blocked_connection_timeout = 5
    with contextlib.suppress(pika.exceptions.AMQPError, OSError):
        pika.BlockingConnection(parameters).close()
        return True
    return False


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110  # playwright gives text


SERVERS = (
    Server(
        name="MariaDB or MySQL",
        variable="TEST_DATABASE_URL",
        usual_url=MARIADB_URL,
        answers=mariadb_answers,
        start=private_servers.mariadb,
        package="mariadb-server",
    ),
    Server(
        name="Redis",
        variable="TEST_REDIS_URL",
        usual_url=REDIS_URL,
        answers=redis_answers,
        start=private_servers.real_redis,
        package="redis-server",
    ),
    Server(
        name="RabbitMQ",
        variable="TEST_AMQP_URL",
        usual_url=AMQP_URL,
        answers=rabbitmq_answers,
        start=private_servers.rabbitmq,
        package="rabbitmq-server",
    ),
)
