"""Webhooks of providers: /webhooks/<provider>. Each is signed; a repeated one is accepted and does nothing."""

from __future__ import annotations

from flask import Blueprint, Response, request

from chassis.endpoint import json_response
from chassis.errors import NotFound, Unavailable
from chassis.runtime import Runtime
from payment_service.commands.carrying_out import carry_out_refunds_of
from payment_service.commands.given_elsewhere import book_what_others_gave
from payment_service.commands.settling import hear, payment_meant
from payment_service.commands.turns import NoTurn, a_turn
from payment_service.errors import NotAWebhook
from payment_service.providers import NoAnswer, Notice, provider_named
from payment_service.settings import PaymentSettings

LONGEST_BODY = 256 * 1024


def webhooks_blueprint(runtime: Runtime[PaymentSettings]) -> Blueprint:
    """POST /webhooks/stripe and /webhooks/simulated."""
    blueprint = Blueprint("webhooks", __name__)

    @blueprint.post("/webhooks/<name>")
    def _webhook(name: str) -> Response:
        provider = provider_named(runtime, name)
        if provider is None:
            raise NotFound
        if (request.content_length or 0) > LONGEST_BODY:
            raise NotAWebhook
        notice = provider.read_notice(
            request.get_data(cache=False), dict(request.headers), runtime.clock.now()
        )
        try:
            with a_turn(runtime.settings):
                acted = hear(runtime, provider, notice)
                _follow_refunds(runtime, name, notice)
        except (NoAnswer, NoTurn):
            raise Unavailable from None  # told by status, so that the provider sends it again
        return json_response({"received": True, "repeated": not acted})

    return blueprint


def _follow_refunds(runtime: Runtime[PaymentSettings], provider: str, notice: Notice) -> None:
    if "refund" not in notice.kind.lower():
        return
    payment = runtime.database.read(lambda session: payment_meant(session, provider, notice))
    if payment is not None:
        carry_out_refunds_of(runtime, payment.id)
        book_what_others_gave(runtime, payment.id)
