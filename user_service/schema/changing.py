"""Mutations: each reads its arguments, runs one command, and shows what came of it."""

from __future__ import annotations

from typing import Any

import graphene

from chassis.endpoint import Context
from chassis.errors import Unauthenticated
from chassis.graphql_types import DonePayload, mutation_payload
from user_service import cookies, rules, system_status
from user_service.commands import (
    administration,
    erasure,
    export,
    links,
    profile,
    registration,
    sessions,
    sign_in,
    two_factor,
)
from user_service.commands.sessions import Client, SignedIn
from user_service.errors import RefreshTokenInvalid, TotpRequired
from user_service.schema import types


class Mutation(graphene.ObjectType):
    register = graphene.Field(
        types.AuthPayload,
        input=types.RegisterInput(required=True),
        required=True,
        description="Neither tokens nor refusals: the way on is in a mail to that address (QUIET_REGISTRATION).",
    )
    login = graphene.Field(types.AuthPayload, input=types.LoginInput(required=True), required=True)
    refresh_tokens = graphene.Field(
        types.AuthPayload,
        refresh_token=graphene.String(),
        required=True,
        description="Browsers leave the argument out: the token travels in an HttpOnly cookie.",
    )
    logout = graphene.Field(
        DonePayload,
        required=True,
        description="Ends the current session: its access token is refused from then on, everywhere.",
    )
    logout_everywhere = graphene.Field(DonePayload, required=True)
    revoke_session = graphene.Field(DonePayload, id=graphene.ID(required=True), required=True)
    request_email_verification = graphene.Field(DonePayload, required=True)
    verify_email = graphene.Field(types.UserPayload, token=graphene.String(required=True), required=True)
    request_password_reset = graphene.Field(
        DonePayload,
        email=graphene.String(required=True),
        required=True,
        description="Always done: true, whether or not the address is known.",
    )
    reset_password = graphene.Field(
        types.AuthPayload, input=types.ResetPasswordInput(required=True), required=True
    )
    change_password = graphene.Field(
        types.UserPayload, input=types.ChangePasswordInput(required=True), required=True
    )
    update_profile = graphene.Field(
        types.UserPayload, input=types.UpdateProfileInput(required=True), required=True
    )
    enrol_totp = graphene.Field(types.TotpPayload, required=True)
    confirm_totp = graphene.Field(DonePayload, code=graphene.String(required=True), required=True)
    disable_totp = graphene.Field(DonePayload, password=graphene.String(required=True), required=True)
    export_my_data = graphene.Field(types.PersonalDataPayload, required=True)
    delete_my_account = graphene.Field(
        DonePayload,
        password=graphene.String(required=True),
        required=True,
        description="Erases personal data; bookings stay, without a name.",
    )
    invite_user = graphene.Field(
        types.UserPayload,
        input=types.InviteUserInput(required=True),
        required=True,
        description="ADMIN. Sends a link to choose a password.",
    )
    erase_user = graphene.Field(
        DonePayload,
        id=graphene.ID(required=True),
        required=True,
        description="ADMIN. As deleteMyAccount, for somebody.",
    )
    set_user_role = graphene.Field(
        types.UserPayload,
        input=types.SetUserRoleInput(required=True),
        required=True,
        description="ADMIN. The last ADMIN stays one: LAST_ADMIN.",
    )
    switch_off_totp = graphene.Field(
        types.UserPayload,
        user_id=graphene.ID(required=True),
        required=True,
        description="ADMIN. For somebody who has lost the authenticator app; their sessions end.",
    )
    set_user_active = graphene.Field(
        types.UserPayload,
        user_id=graphene.ID(required=True),
        active=graphene.Boolean(required=True),
        required=True,
        description="ADMIN. Deactivating ends all sessions of the user.",
    )
    replay_dead_letters = graphene.Field(
        DonePayload,
        service=graphene.String(required=True),
        required=True,
        description="ADMIN. Gives a service what it had laid aside once more, when the cause is mended.",
    )

    @mutation_payload(types.AuthPayload)
    def resolve_register(_root, info, input):
        locale = input.get("locale") or rules.spoken_locale(info.context.headers.get("Accept-Language"))
        wanted = registration.Registration(
            input["email"], input["password"], input["name"], input.get("phone"), locale
        )
        signed_in = registration.register(info.context.runtime, _client(info.context), wanted)
        return types.AuthPayload() if signed_in is None else _signed_in(info, signed_in)

    @mutation_payload(types.AuthPayload)
    def resolve_login(_root, info, input):
        signed_in = sign_in.sign_in(
            info.context.runtime,
            _client(info.context),
            input["email"],
            input["password"],
            input.get("totp_code"),
        )
        return _signed_in(info, signed_in)

    @mutation_payload(types.AuthPayload)
    def resolve_refresh_tokens(_root, info, refresh_token=None):
        context: Context = info.context
        by_cookie = refresh_token is None
        token = cookies.read(context) if by_cookie else refresh_token
        try:
            if token is None:
                raise RefreshTokenInvalid
            refreshed = sessions.refresh(context.runtime, token, _client(context))
        except Exception:
            if by_cookie:
                cookies.clear(context)
            raise
        return _signed_in(info, refreshed, by_cookie=by_cookie)

    @mutation_payload(DonePayload, done=False)
    def resolve_logout(_root, info):
        context: Context = info.context
        token = None if context.caller.user_id else cookies.read(context)
        if token is None:
            sessions.end_current(context.runtime, context.caller)
        else:
            sessions.end_by_refresh_token(context.runtime, token)
        cookies.clear(context)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_logout_everywhere(_root, info):
        sessions.end_all(info.context.runtime, info.context.caller)
        cookies.clear(info.context)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_revoke_session(_root, info, id):
        sessions.end_one(info.context.runtime, info.context.caller, id)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_request_email_verification(_root, info):
        links.request_verification(info.context.runtime, info.context.caller)
        return DonePayload(done=True)

    @mutation_payload(types.UserPayload)
    def resolve_verify_email(_root, info, token):
        return types.UserPayload(user=types.know(info, links.verify_email(info.context.runtime, token)))

    @mutation_payload(DonePayload, done=False)
    def resolve_request_password_reset(_root, info, email):
        links.request_reset(info.context.runtime, _client(info.context), email)
        return DonePayload(done=True)

    @mutation_payload(types.AuthPayload)
    def resolve_reset_password(_root, info, input):
        signed_in = links.reset_password(
            info.context.runtime, _client(info.context), input["token"], input["new_password"]
        )
        if signed_in.tokens is None:
            raise TotpRequired("Your password is changed. Sign in with it and the code of your app.")
        return _signed_in(info, signed_in)

    @mutation_payload(types.UserPayload)
    def resolve_change_password(_root, info, input):
        user = profile.change_password(
            info.context.runtime, info.context.caller, input["current_password"], input["new_password"]
        )
        return types.UserPayload(user=user)

    @mutation_payload(types.UserPayload)
    def resolve_update_profile(_root, info, input):
        user = profile.update_profile(info.context.runtime, info.context.caller, dict(input))
        return types.UserPayload(user=user)

    @mutation_payload(types.TotpPayload)
    def resolve_enrol_totp(_root, info):
        enrolment = two_factor.enrol(info.context.runtime, info.context.caller)
        return types.TotpPayload(secret=enrolment.secret, otpauth_url=enrolment.otpauth_url)

    @mutation_payload(DonePayload, done=False)
    def resolve_confirm_totp(_root, info, code):
        two_factor.confirm(info.context.runtime, info.context.caller, code)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_disable_totp(_root, info, password):
        two_factor.disable(info.context.runtime, info.context.caller, password)
        return DonePayload(done=True)

    @mutation_payload(types.PersonalDataPayload)
    def resolve_export_my_data(_root, info):
        return types.PersonalDataPayload(url=export.export_own(info.context.runtime, info.context.caller))

    @mutation_payload(DonePayload, done=False)
    def resolve_delete_my_account(_root, info, password):
        erasure.delete_own(info.context.runtime, info.context.caller, password)
        cookies.clear(info.context)
        return DonePayload(done=True)

    @mutation_payload(types.UserPayload)
    def resolve_invite_user(_root, info, input):
        wanted = administration.Invitation(
            input["email"], input["name"], input["role"].value, input.get("cinema_ids") or ()
        )
        user = administration.invite(info.context.runtime, info.context.caller, wanted)
        return types.UserPayload(user=user)

    @mutation_payload(DonePayload, done=False)
    def resolve_erase_user(_root, info, id):
        erasure.erase(info.context.runtime, info.context.caller, id)
        return DonePayload(done=True)

    @mutation_payload(types.UserPayload)
    def resolve_set_user_role(_root, info, input):
        user = administration.set_role(
            info.context.runtime,
            info.context.caller,
            input["user_id"],
            input["role"].value,
            input.get("cinema_ids") or (),
        )
        return types.UserPayload(user=user)

    @mutation_payload(types.UserPayload)
    def resolve_switch_off_totp(_root, info, user_id):
        user = administration.switch_off_codes(info.context.runtime, info.context.caller, user_id)
        return types.UserPayload(user=user)

    @mutation_payload(types.UserPayload)
    def resolve_set_user_active(_root, info, user_id, active):
        user = administration.set_active(info.context.runtime, info.context.caller, user_id, active)
        return types.UserPayload(user=user)

    @mutation_payload(DonePayload, done=False)
    def resolve_replay_dead_letters(_root, info, service):
        system_status.replay_dead_letters(info.context.runtime, info.context.caller, service)
        return DonePayload(done=True)


def _client(context: Context) -> Client:
    return Client(context.client_address, context.user_agent)


def _signed_in(info: Any, signed_in: SignedIn, *, by_cookie: bool = False) -> Any:
    """Tokens for the client; a browser gets the refresh token as a cookie, out of reach of scripts."""
    tokens = signed_in.tokens
    if tokens is None:
        raise Unauthenticated
    refresh_token = tokens.refresh_token
    if by_cookie or cookies.wants_cookie(info.context):
        cookies.give(info.context, refresh_token)
        refresh_token = ""
    shown = types.AuthTokens(
        access_token=tokens.access_token,
        refresh_token=refresh_token,
        access_token_expires_at=tokens.access_token_expires_at,
    )
    return types.AuthPayload(tokens=shown, user=types.know(info, signed_in.user))
