"""Types of the graph: messages, preferences, the parts of people and bookings that this service adds."""

from __future__ import annotations

from dataclasses import dataclass

import graphene

from chassis.federation import key
from chassis.graphql_types import DateTime, UserError, connection_type, required_list
from chassis.loaders import Batch
from notification_service import queries, rules
from notification_service.commands.inbox import may_handle


class Channel(graphene.Enum):
    EMAIL = "EMAIL"
    SMS = "SMS"
    PUSH = "PUSH"
    IN_APP = "IN_APP"


class NotificationStatus(graphene.Enum):
    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"
    READ = "READ"


@key("id", resolvable=False)
class Booking(graphene.ObjectType):
    id = graphene.ID(required=True)


@dataclass(frozen=True)
class Person:
    """A person by id, among those that were asked for together."""

    id: str
    together: Batch


@key("id")
class User(graphene.ObjectType):
    id = graphene.ID(required=True)
    notifications = graphene.Field(
        lambda: NotificationConnection,  # type: ignore[has-type]  # made below, from what is declared between
        unread_only=graphene.Boolean(default_value=False),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="Everything the person was told, on any channel; null to all but the person and ADMIN.",
    )

    def resolve_notifications(person, info, unread_only=False, first=20, after=None):
        caller, database = info.context.caller, info.context.runtime.database
        if not (caller.sees_all() or caller.user_id == person.id):
            return None
        unread_only = bool(unread_only)
        if after is not None:
            return database.read(
                lambda session: queries.told_to(
                    session, person.id, unread_only=unread_only, first=first, after=after
                )
            )
        return person.together.load(
            ("notifications", unread_only, first),
            person.id,
            lambda ids: database.read(
                lambda session: queries.told_to_each(session, ids, unread_only=unread_only, first=first)
            ),
        )

    @classmethod
    def resolve_references(cls, representations, _info):
        """People as they were named: what this service adds is empty for those it never wrote to."""
        ids = [str(representation["id"]) for representation in representations]
        together = Batch(ids)
        return [Person(user_id, together) for user_id in ids]


@key("id")
class Notification(graphene.ObjectType):
    id = graphene.ID(required=True)
    kind = graphene.String(
        required=True, description="What happened, e.g. booking.confirmed, showtime.rescheduled."
    )
    channel = graphene.Field(Channel, required=True)
    recipient = graphene.String(
        required=True,
        description="Address, number or device it went to, masked for anyone but the owner.",
    )
    subject = graphene.String(required=True)
    body = graphene.String(required=True)
    status = graphene.Field(NotificationStatus, required=True)
    attempts = graphene.Int(required=True, description="In all, over every time it was sent again.")
    last_error = graphene.String()
    booking = graphene.Field(Booking)
    user = graphene.Field(User)
    created_at = graphene.Field(DateTime, required=True)
    sent_at = graphene.Field(DateTime)
    read_at = graphene.Field(DateTime)

    def resolve_recipient(row, info):
        is_own = row.user_id is not None and row.user_id == info.context.caller.user_id
        return row.recipient if is_own else rules.masked(row.channel, row.recipient)

    def resolve_attempts(row, _info):
        return row.earlier_attempts + row.attempts

    def resolve_booking(row, _info):
        return Booking(id=row.booking_id) if row.booking_id else None

    def resolve_user(row, info):
        if row.user_id is None:
            return None
        together = info.context.shared.get("people") or Batch([row.user_id])
        return Person(row.user_id, together if row.user_id in together.keys else Batch([row.user_id]))

    @classmethod
    def resolve_references(cls, representations, info):
        """Messages in the order asked for; those of others only for who may handle them."""
        ids = [str(representation["id"]) for representation in representations]
        caller = info.context.caller
        found = info.context.runtime.database.read(lambda session: queries.by_ids(session, ids))
        shown = {
            row.id: row
            for row in found.values()
            if may_handle(caller, row) or (row.user_id is not None and row.user_id == caller.user_id)
        }
        return [shown.get(notification_id) for notification_id in ids]


NotificationConnection = connection_type("NotificationConnection", Notification)


class NotificationPreference(graphene.ObjectType):
    kind = graphene.String(required=True)
    channels = required_list(Channel)
    offered = required_list(Channel, description="Channels that this kind can travel on, to choose from.")


class NotificationFilter(graphene.InputObjectType):
    booking_id = graphene.ID()
    kind = graphene.String()
    channel = Channel()
    status = NotificationStatus()
    user_id = graphene.ID()
    from_ = graphene.InputField(DateTime, name="from")
    to = graphene.InputField(DateTime)


class NotificationPreferenceInput(graphene.InputObjectType):
    kind = graphene.String(required=True)
    channels = graphene.List(graphene.NonNull(Channel), required=True)


class PushKey(graphene.ObjectType):
    """The key a browser needs before registerPushDevice."""

    public_key = graphene.String(required=True)


class PreferencesPayload(graphene.ObjectType):
    preferences = required_list(NotificationPreference)
    user_errors = required_list(UserError)


class NotificationPayload(graphene.ObjectType):
    notification = graphene.Field(Notification)
    user_errors = required_list(UserError)


def preferences_of(info, user_id):
    """The preferences to show for somebody."""
    found = info.context.runtime.database.read(lambda session: queries.preferences(session, user_id))
    return [
        NotificationPreference(kind=kind, channels=channels, offered=list(rules.KINDS[kind].offered))
        for kind, channels in found
    ]
