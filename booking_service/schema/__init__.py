"""Door one, "someone asks": the booking graph. No decisions here."""

from __future__ import annotations

from booking_service.permissions import PERMISSIONS
from booking_service.schema.mutation import Mutation
from booking_service.schema.query import Query
from booking_service.schema.showtime_types import Auditorium, Cinema, Movie
from booking_service.schema.subscription import Subscription
from chassis.federation import build_schema

SCHEMA = build_schema(
    Query, Mutation, Subscription, types=[Movie, Cinema, Auditorium], permissions=PERMISSIONS
)
