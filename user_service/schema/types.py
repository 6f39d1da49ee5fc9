"""Types of the graph: people, sessions, the audit trail, payloads, inputs."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

from chassis.federation import inaccessible, key
from chassis.graphql_types import DateTime, UserError, connection_type, required_list
from chassis.loaders import Batch
from user_service import queries
from user_service.models import UserRow


class Role(graphene.Enum):
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"
    MANAGER = "MANAGER"
    ADMIN = "ADMIN"


def know(info: Any, user: UserRow) -> UserRow:
    """Note that the caller has just proved to be `user`: the answer may show them their own account."""
    info.context.shared["proved"] = user.id
    return user


def _may_see(info: Any, user: UserRow) -> bool:
    caller = info.context.caller
    return caller.sees_all() or user.id in (caller.user_id, info.context.shared.get("proved"))


def _shown(attribute: str, user: UserRow, info: Any) -> Any:
    return getattr(user, attribute) if _may_see(info, user) else None


def _private(attribute: str) -> Any:
    return partial(_shown, attribute)


@key("id")
class User(graphene.ObjectType):
    """All but id and name is for the person and those who may manage people; null to everyone else."""

    id = graphene.ID(required=True)
    name = graphene.String(
        required=True, description='As shown beside a review; "Deleted account" after erasure.'
    )
    email = graphene.String(resolver=_private("email"))
    phone = graphene.String(resolver=_private("phone"))
    role = graphene.Field(Role, resolver=_private("role"))
    cinema_ids = graphene.List(
        graphene.NonNull(graphene.ID),
        description="Cinemas a STAFF or MANAGER user works for; empty for others.",
        resolver=_private("cinema_ids"),
    )
    email_verified = graphene.Boolean(resolver=_private("email_verified"))
    totp_enabled = graphene.Boolean(resolver=_private("totp_enabled"))
    active = graphene.Boolean(resolver=_private("active"))
    locale = graphene.String(
        description="BCP 47 tag that notifications and receipts are written in.", resolver=_private("locale")
    )
    created_at = graphene.Field(DateTime, resolver=_private("created_at"))

    @classmethod
    def resolve_references(cls, representations, info):
        """Accounts in the order asked for, by one query."""
        ids = [str(representation["id"]) for representation in representations]
        found = info.context.runtime.database.read(lambda session: queries.users_by_ids(session, ids))
        return [found.get(user_id) for user_id in ids]


class Session(graphene.ObjectType):
    id = graphene.ID(required=True)
    user_agent = graphene.String()
    ip_address = graphene.String()
    created_at = graphene.Field(DateTime, required=True)
    last_seen_at = graphene.Field(DateTime, required=True)
    current = graphene.Boolean(required=True)

    def resolve_current(row, info):
        return row.id == info.context.caller.session_id


UserConnection = connection_type("UserConnection", User)


class AuthTokens(graphene.ObjectType):
    access_token = graphene.String(
        required=True,
        description="JWT, signed with the key published at /.well-known/jwks.json, short-lived.",
    )
    refresh_token = graphene.String(
        required=True,
        description="Opaque, single use (rotated at each refresh); reuse of an old one revokes the session.",
    )
    access_token_expires_at = graphene.Field(DateTime, required=True)


class AuditEntry(graphene.ObjectType):
    """One change by one person; written with the change itself, in whichever service, and collected here."""

    id = graphene.ID(required=True)
    actor = graphene.Field(User, description="Null: the system itself.")
    action = graphene.String(required=True, description="E.g. showtime.cancel.")
    object_type = graphene.String(required=True)
    object_id = graphene.ID(required=True)
    before = graphene.String(description="JSON texts of what differs.")
    after = graphene.String()
    request_id = graphene.String()
    at = graphene.Field(DateTime, required=True)

    def resolve_actor(row, info):
        actors: Batch = info.context.shared["actors"]
        database = info.context.runtime.database
        return actors.load(
            "users",
            row.actor_id,
            lambda ids: database.read(lambda session: queries.users_by_ids(session, ids)),
        )


AuditEntryConnection = connection_type("AuditEntryConnection", AuditEntry)


class AuthPayload(graphene.ObjectType):
    tokens = graphene.Field(AuthTokens)
    user = graphene.Field(User)
    user_errors = required_list(UserError)


class UserPayload(graphene.ObjectType):
    user = graphene.Field(User)
    user_errors = required_list(UserError)


class TotpPayload(graphene.ObjectType):
    """Secret and otpauth address to show as a QR code; on once confirmed."""

    secret = graphene.String()
    otpauth_url = graphene.String()
    user_errors = required_list(UserError)


class PersonalDataPayload(graphene.ObjectType):
    """Link to a JSON file with what all services hold about the person; lives for an hour."""

    url = graphene.String()
    user_errors = required_list(UserError)


@inaccessible
class UserContact(graphene.ObjectType):
    """How a sibling service reaches somebody."""

    user_id = graphene.ID(required=True)
    email = graphene.String()
    phone = graphene.String()
    name = graphene.String(required=True)
    locale = graphene.String(required=True)

    def resolve_user_id(user, _info):
        return user.id


class RegisterInput(graphene.InputObjectType):
    email = graphene.String(required=True)
    password = graphene.String(required=True)
    name = graphene.String(required=True)
    phone = graphene.String()
    locale = graphene.String()


class LoginInput(graphene.InputObjectType):
    email = graphene.String(required=True)
    password = graphene.String(required=True)
    totp_code = graphene.String(description="Asked for by TOTP_REQUIRED.")


class ResetPasswordInput(graphene.InputObjectType):
    token = graphene.String(required=True)
    new_password = graphene.String(required=True)


class ChangePasswordInput(graphene.InputObjectType):
    current_password = graphene.String(required=True)
    new_password = graphene.String(required=True)


class UpdateProfileInput(graphene.InputObjectType):
    name = graphene.String()
    phone = graphene.String()
    locale = graphene.String()
    email = graphene.String()


class InviteUserInput(graphene.InputObjectType):
    email = graphene.String(required=True)
    name = graphene.String(required=True)
    role = Role(required=True)
    cinema_ids = graphene.List(graphene.NonNull(graphene.ID))


class SetUserRoleInput(graphene.InputObjectType):
    user_id = graphene.ID(required=True)
    role = Role(required=True)
    cinema_ids = graphene.List(graphene.NonNull(graphene.ID))


class AuditFilter(graphene.InputObjectType):
    actor_id = graphene.ID()
    action = graphene.String()
    object_type = graphene.String()
    object_id = graphene.ID()
    from_ = graphene.InputField(DateTime, name="from")
    to = graphene.InputField(DateTime)
