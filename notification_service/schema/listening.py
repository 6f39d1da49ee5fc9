"""The subscription: a person's messages as they come."""

from __future__ import annotations

import graphene

from chassis.streams import subscribe
from notification_service import queries
from notification_service.channels.in_app import stream_of
from notification_service.schema.types import Notification


class Subscription(graphene.ObjectType):
    notification_received = graphene.Field(Notification, description="For the signed-in user.")

    def subscribe_notification_received(_root, info):
        runtime = info.context.runtime
        user_id = info.context.caller.require_user()
        for message in subscribe(runtime.redis, stream_of(runtime, user_id)):
            if message is None:
                yield None
                continue
            notification_id = message.decode()
            found = runtime.database.read(
                lambda session, wanted=notification_id: queries.by_ids(session, [wanted])
            )
            row = found.get(notification_id)
            if row is not None and row.user_id == user_id:
                yield row

    def resolve_notification_received(row, _info):
        return row
