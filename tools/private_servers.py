"""Private MariaDB, Redis and RabbitMQ for tests: own folder, own port on loopback, no rights needed.

Each is a context manager that yields the server's address and stops what it started, by process id.
They never touch a server that was already there. A missing program raises NotInstalled.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.launcher import engines

LOWEST_PORT, HIGHEST_PORT = 21000, 30000  # above are the ports that outgoing connections are given
START_SECONDS = 90


class NotInstalled(Exception):
    """The program of a server is not on this machine."""


class DidNotStart(Exception):
    """The server is installed and could not be brought up; the words end with the tail of its log."""


class Running:
    """A started program that can be killed and started again on the same files and port."""

    def __init__(
        self, command: list[str], log: Path, is_up: Callable[[], bool], environment: Mapping[str, str] | None
    ) -> None:
        self._command, self._log, self._is_up = command, log, is_up
        self._environment = {**os.environ, **(environment or {})}
        self._process = self._begin()

    @property
    def pid(self) -> int:
        """Process id of its leader, which leads its process group too."""
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash would, with everything it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)

    def start(self) -> None:
        """Start it again after `kill`; returns when it answers. Raises DidNotStart."""
        self._process = self._begin()
        self.await_answer()

    def await_answer(self) -> None:
        """Wait until it answers. Raises DidNotStart with the tail of its log."""
        deadline = time.monotonic() + START_SECONDS
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart(f"{Path(self._command[0]).name}: {_tail(self._log)}")
            time.sleep(0.1)

    def end(self) -> None:
        """Stop it, by force if need be."""
        _end(self._process)

    def _begin(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


@dataclass(frozen=True)
class Server:
    """A private server: its address, and the program to kill and start again."""

    url: str
    program: Running


@contextlib.contextmanager
def mariadb() -> Iterator[str]:
    """SQLAlchemy address of a fresh MariaDB whose root has no password; it speaks on loopback alone."""
    # A test database is thrown away: it need not survive a crash.
    with mariadb_server("--innodb-flush-log-at-trx-commit=0") as server:
        yield server.url


@contextlib.contextmanager
def mariadb_server(*options: str) -> Iterator[Server]:
    """The same to kill and start again: it keeps what it confirmed, unless `options` say otherwise."""
    server, installer = program("mariadbd", "mysqld"), program("mariadb-install-db", "mysql_install_db")
    with _folder("mariadb") as folder:
        data, log, port = folder / "data", folder / "log", free_port()
        owner = [f"--user={_owner_name()}"] if os.geteuid() == 0 else []
        making = [installer, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        with log.open("wb") as output:
            made = subprocess.run(
                [*making, "--skip-test-db", *owner], stdout=output, stderr=output, check=False
            )
        if made.returncode != 0:
            raise DidNotStart(_tail(log))
        command = [server, "--no-defaults", *owner, f"--datadir={data}", f"--port={port}"]
        command += ["--bind-address=127.0.0.1", f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}"]
        command += ["--skip-log-bin", "--max-connections=400", *options]
        with _running(command, log, lambda: _listens(port)) as running:
            yield Server(f"mysql+pymysql://root@127.0.0.1:{port}/", running)


def real_redis() -> contextlib.AbstractContextManager[str]:
    """Address of a fresh Redis; raises NotInstalled where only the stand-in is to be had."""
    if engines.find_redis()[0] == engines.FAKE:
        raise NotInstalled("redis-server")
    return embedded_redis()


@contextlib.contextmanager
def embedded_redis() -> Iterator[str]:
    """Address of a fresh Redis of the kind that the embedded mode takes on this machine."""
    with redis_server() as server:
        yield server.url


@contextlib.contextmanager
def redis_server() -> Iterator[Server]:
    """A fresh Redis as the embedded mode has it, whose append-only file survives a crash; except the stand-in's."""
    found, _ = engines.find_redis()
    with _folder("redis") as folder:
        port, log = free_port(), folder / "log"
        command = [found, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        command += ["--save", "", "--appendonly", "yes", "--daemonize", "no"]
        if found == engines.FAKE:
            command = [
                sys.executable,
                "-c",
                f"from tools.launcher import engines; engines.serve_fake({port})",
            ]
        with _running(command, log, lambda: engines.redis_answers(port)) as running:
            yield Server(f"redis://127.0.0.1:{port}/9", running)


@contextlib.contextmanager
def rabbitmq() -> Iterator[str]:
    """Address of a fresh RabbitMQ with its usual guest account, and a node name of its own."""
    with rabbitmq_server() as server:
        yield server.url


@contextlib.contextmanager
def rabbitmq_server() -> Iterator[Server]:
    """A fresh RabbitMQ to kill and start again."""
    # Debian's wrapper changes user and folders; the script behind it takes both from the environment.
    behind = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    server = str(behind) if behind.exists() else program("rabbitmq-server")
    with _folder("rabbitmq") as folder:
        port, distribution, mapper = free_port(), free_port(), free_port()
        configuration = folder / "rabbitmq.conf"
        configuration.write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n", encoding="utf-8")
        environment = {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"lobbycard-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_CONFIG_FILE": str(configuration),
            "RABBITMQ_DIST_PORT": str(distribution),
            "ERL_EPMD_PORT": str(mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2",
        }
        epmd = shutil.which("epmd")
        with contextlib.ExitStack() as stack:
            if epmd:  # left to RabbitMQ it would outlive it as a daemon
                stack.enter_context(_running([epmd], folder / "epmd", lambda: _listens(mapper), environment))
            running = stack.enter_context(
                _running([server], folder / "log", lambda: _speaks_amqp(port), environment)
            )
            yield Server(f"amqp://guest:guest@127.0.0.1:{port}/", running)


def program(*names: str) -> str:
    """Path of the first of `names` that is installed; raises NotInstalled."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = next(filter(None, (shutil.which(name, path=folders) for name in names)), None)
    if found is None:
        raise NotInstalled(names[0])
    return found


def free_port() -> int:
    """A port on loopback that nothing uses, below the range of outgoing connections."""
    while True:
        port = LOWEST_PORT + secrets.randbelow(HIGHEST_PORT - LOWEST_PORT)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def _folder(name: str) -> Iterator[Path]:
    # A short path: a unix socket's may have 108 characters at most.
    path = Path(tempfile.mkdtemp(prefix=f"lobbycard-{name}-", dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _running(
    command: list[str], log: Path, is_up: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    running = Running(command, log, is_up, environment)
    try:
        running.await_answer()
        yield running
    finally:
        running.end()


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)  # the group that the process leads, so its children too
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _speaks_amqp(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return len(connection.recv(8)) > 0
    except OSError:
        return False


def _owner_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return " | ".join(lines[-3:])[-400:] or "no output"
