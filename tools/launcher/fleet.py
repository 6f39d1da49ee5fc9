"""The parts of the system: names, ports, the order of seeds, and the environment each of them is given.

All ports move together with PORT, so that a second copy can stand beside the first: PORT=5100 moves every
service and Redis by 100.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.launcher.console import LauncherProblem
from tools.launcher.home import Home

USUAL_PORT = 5000
USUAL_REDIS_PORT = 6399
USUAL_FIGURES_PORT = 3020
LOWEST_PORT, HIGHEST_PORT = 3100, 30000  # services stay above 1024, Redis below the ephemeral range


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its usual port, and whose sample data its own is built on."""

    name: str
    usual_port: int
    seeded_after: tuple[str, ...] = ()
    threads: int = 16
    # More of its environment; {files} is a folder of its own in the home.
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """Name of its database, on every engine."""
        return self.name.removesuffix("_service") + "_db"


# Streams hold a thread each, so services with subscriptions get more of them; idle ones cost nothing.
# The longest sample data is made first; all rooms read what they share from contracts/seed.
SERVICES = (
    Service(
        name="booking_service",
        usual_port=3007,
        threads=128,
        extra={"SQLITE_SYNCHRONOUS": "FULL", "BOOKING_FILES_DIR": "{files}"},
    ),
    Service(name="user_service", usual_port=3012),
    Service(name="cinema_service", usual_port=3008),
    Service(name="movie_service", usual_port=3010, extra={"POSTER_FOLDER": "{files}"}),
    Service(name="coupon_service", usual_port=3009),
    Service(
        name="payment_service",
        usual_port=3011,
        seeded_after=("booking_service",),
        extra={"SQLITE_SYNCHRONOUS": "FULL"},
    ),
    Service(name="notification_service", usual_port=3013, threads=128),
)

GATEWAY = "gateway"
ROOMS = (GATEWAY, *(service.name for service in SERVICES))
OWN_SECRET = "_INTERNAL_SECRET"  # noqa: S105  # the end of a name


def secret_name(room: str) -> str:
    """What the secret of one room is called among those of all, e.g. USER_INTERNAL_SECRET."""
    return room.removesuffix("_service").upper() + OWN_SECRET


@dataclass(frozen=True)
class Fleet:
    """The parts at their ports, with the addresses of the engines they use."""

    port: int
    home: Home
    environ: Mapping[str, str]

    @property
    def offset(self) -> int:
        """By how much every port is moved."""
        return self.port - USUAL_PORT

    @property
    def gateway_threads(self) -> int:
        """As many as there may be open streams and requests at once; an idle one costs nothing."""
        return int(self.environ.get("GATEWAY_THREADS", "640"))

    @property
    def figures_port(self) -> int:
        """Where the workers tell their figures, to this machine alone."""
        return USUAL_FIGURES_PORT + self.offset

    @property
    def redis_port(self) -> int:
        """Where the embedded Redis listens."""
        return USUAL_REDIS_PORT + self.offset

    @property
    def has_own_redis(self) -> bool:
        """Whether the launcher starts Redis, because none is named."""
        return not self.environ.get("REDIS_URL")

    @property
    def redis_url(self) -> str:
        """The Redis everything uses."""
        return self.environ.get("REDIS_URL") or f"redis://127.0.0.1:{self.redis_port}/0"

    @property
    def broker_url(self) -> str:
        """The broker everything uses: Redis Streams unless another is named."""
        return self.environ.get("BROKER_URL") or self.redis_url

    @property
    def public_url(self) -> str:
        """Where a browser finds the gateway."""
        return self.environ.get("PUBLIC_URL") or f"http://localhost:{self.port}"

    def port_of(self, service: Service) -> int:
        """Where `service` listens."""
        return service.usual_port + self.offset

    def url_of(self, service: Service) -> str:
        """Address of `service` on this machine."""
        return f"http://127.0.0.1:{self.port_of(service)}"

    def ports(self) -> dict[str, int]:
        """Every port the launcher is about to use, by the name of its user."""
        ports = {"gateway": self.port} | {service.name: self.port_of(service) for service in SERVICES}
        return ports | ({"redis": self.redis_port} if self.has_own_redis else {})

    def database_url(self, service: Service) -> str:
        """SQLite file in the home, or the address from LOBBYCARD_DATABASES with {database} filled in."""
        pattern = self.environ.get("LOBBYCARD_DATABASES", "")
        if pattern:
            return pattern.replace("{database}", service.database)
        return f"sqlite:///{self.home.databases / service.database}.sqlite"

    def environment(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """What every part is given."""
        from chassis import room_keys  # needs the packages, which a first start has yet to install

        given = self.environ.get("no_proxy") or self.environ.get("NO_PROXY")
        own = ",".join(filter(None, (given, "127.0.0.1,localhost")))
        return {
            "LOBBYCARD_ENV": self.environ.get("LOBBYCARD_ENV", "development"),
            "LOBBYCARD_HOME": str(self.home.path),
            "REDIS_URL": self.redis_url,
            "BROKER_URL": self.broker_url,
            "PUBLIC_URL": self.public_url,
            # A proxy of this machine is for the world outside, not for rooms that ask one another.
            "NO_PROXY": own,
            "no_proxy": own,
            "ROOM_KEYS": room_keys.told((room, secrets[secret_name(room)]) for room in ROOMS),
            **{name: text for name, text in secrets.items() if not name.endswith(OWN_SECRET)},
        }

    def service_environment(self, service: Service, secrets: Mapping[str, str]) -> dict[str, str]:
        """What one service is given."""
        files = self.home.files / service.name
        files.mkdir(mode=0o700, parents=True, exist_ok=True)
        peers = (f"{other.name}={self.url_of(other)}" for other in SERVICES if other is not service)
        return {
            **self.environment(secrets),
            "INTERNAL_SECRET": secrets[secret_name(service.name)],
            "DATABASE_URL": self.database_url(service),
            "SERVICE_PORT": str(self.port_of(service)),
            "PEERS": ",".join(peers),
            # Sample bookings write what was paid for them; sample payments read it.
            "SEED_SALES_FILE": str(self.home.files / "sample_sales.jsonl"),
            **{name: value.replace("{files}", str(files)) for name, value in service.extra.items()},
        }

    def gateway_environment(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """What the gateway is given."""
        peers = ",".join(f"{service.name}={self.url_of(service)}" for service in SERVICES)
        return {
            **self.environment(secrets),
            "INTERNAL_SECRET": secrets[secret_name(GATEWAY)],
            "GATEWAY_PORT": str(self.port),
            "GATEWAY_THREADS": str(self.gateway_threads),
            "PEERS": peers,
        }


def fleet_from(environ: Mapping[str, str] | None = None) -> Fleet:
    """The fleet that PORT and LOBBYCARD_HOME ask for. Raises LauncherProblem for a PORT that cannot work."""
    environ = os.environ if environ is None else environ
    text = environ.get("PORT") or str(USUAL_PORT)
    if not text.isascii() or not text.isdigit() or not LOWEST_PORT <= int(text) <= HIGHEST_PORT:
        raise LauncherProblem(f"PORT must be a number from {LOWEST_PORT} to {HIGHEST_PORT}, not {text!r}.")
    return Fleet(int(text), Home.at(environ.get("LOBBYCARD_HOME") or "~/.lobbycard"), environ)
