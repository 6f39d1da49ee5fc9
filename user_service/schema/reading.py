"""Queries."""

from __future__ import annotations

import graphene
import orjson

from chassis.errors import NotFound
from chassis.federation import inaccessible
from chassis.identity import Role as CallerRole
from chassis.loaders import Batch
from user_service import queries, system_status
from user_service.accounts import person
from user_service.commands.export import own_data
from user_service.schema.system_types import DeadLetter, SystemStatus
from user_service.schema.types import (
    AuditEntryConnection,
    AuditFilter,
    Role,
    Session,
    User,
    UserConnection,
    UserContact,
)


class Query(graphene.ObjectType):
    me = graphene.Field(User, description="The signed-in user; null for a visitor.")
    my_sessions = graphene.List(graphene.NonNull(Session))
    user = graphene.Field(User, id=graphene.ID(required=True), description="ADMIN.")
    users = graphene.Field(
        UserConnection,
        search=graphene.String(),
        role=Role(),
        active=graphene.Boolean(),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="ADMIN. Search matches name and email.",
    )
    audit_entries = graphene.Field(
        AuditEntryConnection,
        filter=AuditFilter(),
        first=graphene.Int(default_value=50),
        after=graphene.String(),
        description="ADMIN.",
    )
    system_status = graphene.Field(
        SystemStatus, description="ADMIN. How every service is now, and what waits between them."
    )
    dead_letters = graphene.List(
        graphene.NonNull(DeadLetter),
        service=graphene.String(required=True),
        description="ADMIN. What a service failed to act on, oldest first, at most 200.",
    )
    user_contact = inaccessible(
        graphene.Field(
            UserContact,
            id=graphene.ID(required=True),
            description="For siblings: how to reach somebody; null for an unknown or erased account.",
        )
    )
    users_contacts = inaccessible(
        graphene.Field(
            graphene.List(UserContact),
            ids=graphene.List(graphene.NonNull(graphene.ID), required=True),
            description="For siblings: as userContact, in the order of the ids.",
        )
    )
    user_personal_data = inaccessible(
        graphene.Field(
            graphene.String,
            user_id=graphene.ID(required=True),
            description="For siblings: JSON text of what this service holds about somebody.",
        )
    )

    def resolve_me(_root, info):
        user_id = info.context.caller.user_id
        if user_id is None:
            return None
        return info.context.runtime.database.read(lambda session: person(session, user_id))

    def resolve_my_sessions(_root, info):
        user_id = info.context.caller.require_user()
        return info.context.runtime.database.read(lambda session: queries.living_sessions(session, user_id))

    def resolve_user(_root, info, id):
        info.context.caller.require_role(CallerRole.ADMIN)
        found = info.context.runtime.database.read(lambda session: queries.users_by_ids(session, [id]))
        if id not in found:
            raise NotFound("There is no account with this id.")
        return found[id]

    def resolve_users(_root, info, search=None, role=None, active=None, first=20, after=None):
        info.context.caller.require_role(CallerRole.ADMIN)
        wanted = {"search": search, "role": role.value if role else None, "active": active}
        return info.context.runtime.database.read(
            lambda session: queries.users(session, **wanted, first=first, after=after)
        )

    def resolve_audit_entries(_root, info, filter=None, first=50, after=None):
        info.context.caller.require_role(CallerRole.ADMIN)
        given = dict(filter or {})
        wanted = queries.AuditWanted(earliest=given.pop("from_", None), latest=given.pop("to", None), **given)
        page = info.context.runtime.database.read(
            lambda session: queries.audit_entries(session, wanted, first, after)
        )
        info.context.shared["actors"] = Batch(row.actor_id for row in page.nodes if row.actor_id)
        return page

    def resolve_system_status(_root, info):
        return system_status.system_status(info.context.runtime, info.context.caller)

    def resolve_dead_letters(_root, info, service):
        return system_status.dead_letters(info.context.runtime, info.context.caller, service)

    def resolve_user_contact(_root, info, id):
        return _contacts(info, [id])[0]

    def resolve_users_contacts(_root, info, ids):
        return _contacts(info, ids)

    def resolve_user_personal_data(_root, info, user_id):
        info.context.caller.require_peer()
        held = info.context.runtime.database.read(lambda session: own_data(session, user_id))
        return orjson.dumps(held).decode()


def _contacts(info, ids):
    info.context.caller.require_peer()
    found = info.context.runtime.database.read(lambda session: queries.users_by_ids(session, ids))
    return [found[user_id] if user_id in found and found[user_id].email else None for user_id in ids]
