"""Mutations: each reads its arguments, runs one command, and shows what came of it."""

from __future__ import annotations

import graphene

from chassis.graphql_types import DonePayload, mutation_payload
from notification_service.commands import inbox
from notification_service.schema.types import (
    NotificationPayload,
    NotificationPreferenceInput,
    PreferencesPayload,
    preferences_of,
)


class Mutation(graphene.ObjectType):
    mark_notifications_read = graphene.Field(
        DonePayload, ids=graphene.List(graphene.NonNull(graphene.ID), required=True), required=True
    )
    set_notification_preferences = graphene.Field(
        PreferencesPayload,
        input=graphene.List(graphene.NonNull(NotificationPreferenceInput), required=True),
        required=True,
    )
    register_push_device = graphene.Field(
        DonePayload,
        endpoint=graphene.String(required=True),
        p256dh=graphene.String(required=True),
        auth=graphene.String(required=True),
        required=True,
        description="Web Push subscription of this browser.",
    )
    resend_notification = graphene.Field(
        NotificationPayload,
        id=graphene.ID(required=True),
        required=True,
        description="STAFF and up: one more try of the same message.",
    )

    @mutation_payload(DonePayload, done=False)
    def resolve_mark_notifications_read(_root, info, ids):
        inbox.mark_read(info.context.runtime, info.context.caller, ids)
        return DonePayload(done=True)

    @mutation_payload(PreferencesPayload, preferences=())
    def resolve_set_notification_preferences(_root, info, input):
        choices = [
            inbox.Choice(entry["kind"], [channel.value for channel in entry["channels"]]) for entry in input
        ]
        inbox.choose(info.context.runtime, info.context.caller, choices)
        return PreferencesPayload(preferences=preferences_of(info, info.context.caller.require_user()))

    @mutation_payload(DonePayload, done=False)
    def resolve_register_push_device(_root, info, endpoint, p256dh, auth):
        inbox.register_device(info.context.runtime, info.context.caller, endpoint, p256dh, auth)
        return DonePayload(done=True)

    @mutation_payload(NotificationPayload)
    def resolve_resend_notification(_root, info, id):
        return NotificationPayload(notification=inbox.resend(info.context.runtime, info.context.caller, id))
