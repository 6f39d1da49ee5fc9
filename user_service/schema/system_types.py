"""Types of the graph: how the system is."""

from __future__ import annotations

import graphene

from chassis.graphql_types import DateTime, required_list
from user_service.system_status import LONGEST_BODY


class ServiceState(graphene.Enum):
    """DEGRADED: it answers, but a part of it does not. STOPPED: no answer."""

    OK = "OK"
    DEGRADED = "DEGRADED"
    STOPPED = "STOPPED"


class BreakerState(graphene.Enum):
    CLOSED = "CLOSED"
    HALF_OPEN = "HALF_OPEN"
    OPEN = "OPEN"


class BreakerStatus(graphene.ObjectType):
    """Whether a way to a service is open to requests, since when, and what failed last."""

    name = graphene.String(required=True)
    state = graphene.Field(BreakerState, required=True)
    since = graphene.Field(DateTime)
    last_error = graphene.String()


class ServiceStatus(graphene.ObjectType):
    """One service; null where nobody knows. Figures of requests are of its last minutes."""

    name = graphene.String(required=True)
    status = graphene.Field(ServiceState, required=True)
    requests = graphene.Int()
    p95_milliseconds = graphene.Int()
    error_rate = graphene.Float(description="0 to 1: failures of ours, not refusals.")
    outbox_waiting = graphene.Int(description="Events stored and not sent yet.")
    outbox_age_seconds = graphene.Float(description="Of the oldest of these.")
    queue_depth = graphene.Int(description="Events that wait for it.")
    dead_letters = graphene.Int(description="Events that it failed to act on.")
    breaker = graphene.Field(BreakerStatus, description="The gateway's way to it.")
    peers = required_list(BreakerStatus, description="Its own ways to its siblings.")


class SystemStatus(graphene.ObjectType):
    """How everything is, at one moment."""

    at = graphene.Field(DateTime, required=True)
    services = required_list(ServiceStatus)
    dead_letters = graphene.Int(description="Of all services; null when the broker does not answer.")
    last_backup_at = graphene.Field(DateTime, description="Null when nobody told where backups lie.")


class DeadLetter(graphene.ObjectType):
    """An event that a service failed to act on five times, laid aside with its cause."""

    id = graphene.String(required=True, description="Empty when the event can't be read.")
    name = graphene.String(required=True)
    cause = graphene.String(required=True)
    body = graphene.String(required=True, description="As it came, 4000 characters at most.")

    def resolve_body(root, _info):
        return root.body.decode(errors="replace")[:LONGEST_BODY]
