"""Is it us? How each service is, what waits on the roads between them, and what the gateway has noticed.

Each service is asked itself, breaker or not, side by side, so that one that stops is seen with the next look. The
gateway can't be asked from behind; it lays what it knows in Redis every few seconds (chassis.gateway_notes).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from chassis import audit, gateway_notes
from chassis.broker import Broker, BrokerDown, DeadLetter, connect
from chassis.errors import Invalid, Unavailable
from chassis.health import health_of
from chassis.identity import Caller, Role
from user_service.settings import UserRuntime

OK, DEGRADED, STOPPED = "OK", "DEGRADED", "STOPPED"
GATEWAY = "gateway"
MOST_LETTERS = 200
LONGEST_BODY = 4000


@dataclass(frozen=True)
class BreakerStatus:
    """How the way to `name` stands: CLOSED, HALF_OPEN or OPEN; since when, and what failed last."""

    name: str
    state: str
    since: datetime | None
    last_error: str | None


@dataclass(frozen=True)
class ServiceStatus:
    """One service: None where it, or the broker, has nothing to say. `breaker` is the gateway's way to it."""

    name: str
    status: str
    requests: int | None = None
    p95_milliseconds: int | None = None
    error_rate: float | None = None
    outbox_waiting: int | None = None
    outbox_age_seconds: float | None = None
    queue_depth: int | None = None
    dead_letters: int | None = None
    breaker: BreakerStatus | None = None
    peers: tuple[BreakerStatus, ...] = ()


@dataclass(frozen=True)
class SystemStatus:
    """The whole at one moment; `dead_letters` of all services, None when the broker does not answer."""

    at: datetime
    services: tuple[ServiceStatus, ...]
    dead_letters: int | None
    last_backup_at: datetime | None


def system_status(runtime: UserRuntime, caller: Caller) -> SystemStatus:
    """How everything is now. ADMIN. Raises Forbidden."""
    caller.require_role(Role.ADMIN)
    names = names_of(runtime)
    others = [name for name in names if name != runtime.name]
    with ThreadPoolExecutor(max(1, len(others))) as pool:
        told = dict(zip(others, pool.map(runtime.peers.health, others), strict=True))
    told[runtime.name] = health_of(runtime)
    noticed = gateway_notes.latest(runtime.redis)
    queues = _queues(runtime, names)
    services = [_service(name, told[name], queues.get(name), noticed) for name in names]
    dead = [count for _, count in queues.values()]
    return SystemStatus(
        datetime.now(UTC), (_gateway(noticed), *services), sum(dead) if dead else None, _last_backup(runtime)
    )


def names_of(runtime: UserRuntime) -> list[str]:
    """All services, by name."""
    return sorted({*runtime.settings.peers, runtime.name})


def dead_letters(runtime: UserRuntime, caller: Caller, service: str) -> list[DeadLetter]:
    """What a service failed to act on, oldest first. ADMIN. Raises Forbidden, Invalid, Unavailable."""
    caller.require_role(Role.ADMIN)
    with _broker(runtime, service) as broker:
        return broker.dead_letters(service)[:MOST_LETTERS]


def replay_dead_letters(runtime: UserRuntime, caller: Caller, service: str) -> int:
    """Give a service what it had laid aside once more; how many. ADMIN. Raises Forbidden, Invalid, Unavailable."""
    caller.require_role(Role.ADMIN)
    with _broker(runtime, service) as broker:
        count = broker.replay_dead_letters(service)

    def record(session: Session) -> None:
        audit.record(session, caller, "events.replay", "Service", service, after={"events": count})

    runtime.database.transact(record)
    return count


@contextmanager
def _broker(runtime: UserRuntime, service: str) -> Iterator[Broker]:
    if service not in names_of(runtime):
        raise Invalid(f"There is no service of this name. Known: {', '.join(names_of(runtime))}.")
    try:
        broker = connect(runtime.settings.message_url, runtime.settings.prefix)
        try:
            yield broker
        finally:
            broker.close()
    except BrokerDown as error:
        raise Unavailable("The broker does not answer right now.") from error


def _queues(runtime: UserRuntime, names: list[str]) -> dict[str, tuple[int, int]]:
    """Events waiting and dead letters by service; those without a queue yet, or all without a broker, are left out."""
    found = {}
    for name in names:
        try:
            broker = connect(runtime.settings.message_url, runtime.settings.prefix)
        except BrokerDown:
            return {}
        try:
            found[name] = (broker.depth(name), broker.dead_count(name))
        except BrokerDown:
            continue
        finally:
            broker.close()
    return found


def _service(
    name: str,
    told: Mapping[str, Any] | None,
    queue: tuple[int, int] | None,
    noticed: Mapping[str, Any] | None,
) -> ServiceStatus:
    waiting, dead = queue if queue is not None else (None, None)
    breaker = _breaker(name, (noticed or {}).get("breakers", {}).get(name))
    if told is None:
        return ServiceStatus(name, STOPPED, queue_depth=waiting, dead_letters=dead, breaker=breaker)
    outbox = told.get("outbox") or {}
    peers = (_breaker(peer, facts) for peer, facts in sorted(told.get("peers", {}).items()))
    return ServiceStatus(
        name, OK if told.get("status") == "ok" else DEGRADED, told.get("requests"), told.get("p95Milliseconds"),
        told.get("errorRate"), outbox.get("waiting"), outbox.get("ageSeconds"), waiting, dead, breaker,
        tuple(one for one in peers if one is not None),
    )  # fmt: skip


def _gateway(noticed: Mapping[str, Any] | None) -> ServiceStatus:
    """The gateway as it last told of itself; silent for a while, it is not well, though it has just asked."""
    if noticed is None:
        return ServiceStatus(GATEWAY, DEGRADED)
    return ServiceStatus(
        GATEWAY, OK, noticed.get("requests"), noticed.get("p95Milliseconds"), noticed.get("errorRate")
    )


def _breaker(name: str, facts: Mapping[str, Any] | None) -> BreakerStatus | None:
    if facts is None:
        return None
    since = facts.get("since")
    state = str(facts.get("state", "closed")).upper().replace("-", "_")
    return BreakerStatus(
        name, state, datetime.fromisoformat(since) if since else None, facts.get("lastError")
    )


def _last_backup(runtime: UserRuntime) -> datetime | None:
    """When the newest file of the folder of backups was written; None without a folder, or an empty one."""
    folder: Path | None = runtime.settings.backups_dir
    if folder is None or not folder.is_dir():
        return None
    times = [entry.stat().st_mtime for entry in folder.iterdir() if entry.is_file()]
    return datetime.fromtimestamp(max(times), UTC) if times else None
