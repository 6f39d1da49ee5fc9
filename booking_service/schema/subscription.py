"""Live streams of the booking graph: plain generators of what happened."""

from __future__ import annotations

from dataclasses import asdict

import graphene
import orjson

from booking_service.live import booking_channel
from booking_service.queries.seat_changes import seat_changes
from booking_service.schema import views
from booking_service.schema.booking_types import Booking
from booking_service.schema.showtime_types import SeatChange
from chassis.errors import NotFound
from chassis.identity import Role
from chassis.streams import subscribe


class Subscription(graphene.ObjectType):
    booking_changed = graphene.Field(
        Booking,
        cinema_id=graphene.Argument(graphene.ID),
        description="Staff: every booking of the cinema as it changes; ADMIN may leave the cinema out.",
    )
    seat_changed = graphene.Field(
        graphene.NonNull(SeatChange),
        showtime_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        description="Each change of a seat of the showtime, as it happens.",
    )

    def subscribe_booking_changed(root, info, cinema_id=None):
        info.context.caller.require_role(Role.STAFF if cinema_id else Role.ADMIN, scope=cinema_id)
        for message in subscribe(info.context.runtime.redis, booking_channel(cinema_id)):
            changed = None if message is None else views.bookings(info, [orjson.loads(message)["id"]])[0]
            yield changed

    def subscribe_seat_changed(root, info, showtime_id):
        if views.showtimes(info, [showtime_id])[0] is None:
            raise NotFound("There is no such showtime.")
        for fact in seat_changes(info.context.runtime, showtime_id):
            yield None if fact is None else {"showtime_id": showtime_id, **asdict(fact)}
