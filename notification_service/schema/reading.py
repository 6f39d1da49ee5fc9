"""Queries."""

from __future__ import annotations

import graphene
import orjson

from chassis.federation import inaccessible
from chassis.identity import Role
from chassis.loaders import Batch
from notification_service import queries
from notification_service.channels.push import public_key
from notification_service.schema.types import (
    NotificationConnection,
    NotificationFilter,
    NotificationPreference,
    PushKey,
    preferences_of,
)


class Query(graphene.ObjectType):
    my_notifications = graphene.Field(
        NotificationConnection,
        unread_only=graphene.Boolean(default_value=False),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="The signed-in person's inbox: what was told inside the application, newest first.",
    )
    my_notification_preferences = graphene.List(
        graphene.NonNull(NotificationPreference),
        description="For every kind of message one can choose about: the channels it travels on.",
    )
    push_key = graphene.Field(PushKey)
    notifications = graphene.Field(
        NotificationConnection,
        filter=NotificationFilter(),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="STAFF those of their cinemas' bookings, ADMIN all.",
    )
    notification_personal_data = inaccessible(
        graphene.Field(
            graphene.String,
            user_id=graphene.ID(required=True),
            description="For siblings: JSON text of what this service holds about somebody.",
        )
    )

    def resolve_my_notifications(_root, info, unread_only=False, first=20, after=None):
        user_id = info.context.caller.require_user()
        return info.context.runtime.database.read(
            lambda session: queries.inbox(
                session, user_id, unread_only=bool(unread_only), first=first, after=after
            )
        )

    def resolve_my_notification_preferences(_root, info):
        return preferences_of(info, info.context.caller.require_user())

    def resolve_push_key(_root, info):
        return PushKey(public_key=public_key(info.context.runtime.settings.vapid_key_file))

    def resolve_notifications(_root, info, filter=None, first=20, after=None):
        caller = info.context.caller
        caller.require_role(Role.STAFF)
        given = dict(filter or {})
        channel, status = given.pop("channel", None), given.pop("status", None)
        wanted = queries.Wanted(
            channel=channel.value if channel else None,
            status=status.value if status else None,
            earliest=given.pop("from_", None),
            latest=given.pop("to", None),
            **given,
        )
        page = info.context.runtime.database.read(
            lambda session: queries.notifications(session, caller, wanted, first, after)
        )
        info.context.shared["people"] = Batch(row.user_id for row in page.nodes if row.user_id)
        return page

    def resolve_notification_personal_data(_root, info, user_id):
        info.context.caller.require_peer()
        held = info.context.runtime.database.read(lambda session: queries.personal_data(session, user_id))
        return orjson.dumps(held).decode()
