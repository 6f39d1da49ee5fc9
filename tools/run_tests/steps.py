"""The checks that `make test` consists of, in the order in which they are begun."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.run_tests.machine import redis_database

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
ROOMS = (
    "chassis",
    "gateway",
    "user_service",
    "movie_service",
    "cinema_service",
    "booking_service",
    "payment_service",
    "coupon_service",
    "notification_service",
    "frontend",
    "tests/architecture",
    "tests/contracts",
    "tests/deployment",
    "tests/model",
    "tests/simulation",
    "tests/tools",
)
WHOLE_SYSTEM = ("tests/launcher", "tests/journeys", "tests/hostile", "tests/chaos")
PYTEST = (sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", "-p", "no:cacheprovider")
# The slowest test takes half a minute on a busy machine; a slow one says its own limit.
HANGING = ("--timeout", "240", "--timeout-method", "thread")
SECONDS_OF_THE_LONG_SUITES = 75 * 60
TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Step:
    """One check: its commands in order, where they run and what they are given."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    counts_tests: bool = False
    seconds: float = 25 * 60  # a command that is still running then hangs, and is ended


@dataclass(frozen=True)
class Servers:
    """Addresses of what the tests talk to; None where it is left out."""

    embedded_redis: str
    mariadb: str | None
    redis: str | None
    rabbitmq: str | None
    browser: str | None

    def missing(self) -> str:
        """Names for tests/left_out.py of the real servers that are left out."""
        known = {"mariadb": self.mariadb, "redis": self.redis, "rabbitmq": self.rabbitmq}
        return ",".join(name for name, address in known.items() if address is None)

    def environment(self, redis_number: int, *, is_real: bool) -> dict[str, str]:
        """What a step's tests are told; each step has Redis databases of its own."""
        redis_address = self.redis if is_real and self.redis else self.embedded_redis
        addresses = {
            "TEST_REDIS_URL": redis_database(redis_address, redis_number),
            "TEST_DATABASE_URL": self.mariadb,
            "TEST_AMQP_URL": self.rabbitmq,
            "CHROMIUM": self.browser,
            "MISSING_SERVERS": self.missing(),
        }
        return {name: address for name, address in addresses.items() if address}


def static_steps() -> list[Step]:
    """Formats, lints, types and the rules of imports."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    linter = str(Path(sys.executable).with_name("lint-imports"))
    return [
        Step("format", ((ruff, "format", "--check", "."),)),
        Step("lint", ((ruff, "check", "."),)),
        Step("imports", ((linter, "--no-cache", "--no-logo"),)),
        Step("compose", ((sys.executable, "-m", "tools.check_compose"),)),
        Step("types", ((sys.executable, "-m", "mypy", *python_folders()),)),
    ]


def python_folders() -> list[str]:
    """Every top-level folder with Python in it, and the root conftest."""
    folders = [path.parent.name for path in ROOT.glob("*/__init__.py")]
    return [*sorted(folders), "conftest.py"]


def page_steps() -> list[Step]:
    """Types and tests of the code that runs in browsers."""
    install = (sys.executable, "-m", "tools.npm_packages", str(FRONTEND))
    in_frontend = ("npm", "--prefix", str(FRONTEND), "run")
    commands = (install, (*in_frontend, "check"), (*in_frontend, "test"))
    return [Step("pages", commands, environment={"CI": "true"}, counts_tests=True)]


def test_steps(servers: Servers, *, everything: bool) -> list[Step]:
    """Tests on the embedded engines, on real ones, of the whole system and in a browser."""

    def step(name: str, marks: str, folders: tuple[str, ...], redis_number: int, *options: str) -> Step:
        marks = marks if everything else f"({marks}) and not slow"
        environment = servers.environment(redis_number, is_real=name != "unit")
        command = (*PYTEST, *HANGING, *options, "-m", marks, *folders)
        seconds = SECONDS_OF_THE_LONG_SUITES if everything else Step.seconds
        return Step(name, (command,), ROOT, environment, counts_tests=True, seconds=seconds)

    steps = [
        step("unit", "not real and not browser", ROOMS, 9, *TWO_AT_ONCE),
        step("system", "not browser", WHOLE_SYSTEM, 11),
        step("real", "real and not browser", ROOMS, 9, *TWO_AT_ONCE),
    ]
    if servers.browser:
        steps.append(step("browser", "browser", ("tests/browser",), 12))
    return steps
