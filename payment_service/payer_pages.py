"""Where a payer of the simulated provider confirms or refuses (3-D Secure): one page, one form, no script."""

from __future__ import annotations

import html

from flask import Blueprint, Response, redirect, request
from sqlalchemy import select

from chassis.endpoint import json_response
from chassis.errors import Invalid, NotFound
from chassis.money import Money
from chassis.runtime import Runtime
from payment_service.commands.settling import settle_payment
from payment_service.models import SimulatedCharge
from payment_service.providers import ChargeState
from payment_service.providers.simulated import SimulatedProvider
from payment_service.settings import PaymentSettings

_CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:10vh auto;padding:0 1rem;color:#1c1b1a;"
    "background:#faf7f2}h1{font-size:1.4rem}button{font:inherit;padding:.7rem 1.2rem;margin:.3rem .5rem 0 0;"
    "border-radius:.5rem;border:2px solid #7a1f2b;background:#7a1f2b;color:#fff;min-height:44px}"
    "button[value=refuse]{background:transparent;color:#7a1f2b}"
    "@media(prefers-color-scheme:dark){body{background:#161413;color:#f3ede4}button[value=refuse]{color:#f0a9b2}}"
)


def payer_pages_blueprint(runtime: Runtime[PaymentSettings]) -> Blueprint:
    """GET and POST /payments/3ds/<reference>; the secret in the address is the payer's alone."""
    blueprint = Blueprint("payer_pages", __name__)

    @blueprint.get("/payments/3ds/<reference>")
    def _ask(reference: str) -> Response:
        secret = request.args.get("secret", "")
        return _page(_charge(runtime, reference, secret), secret)

    @blueprint.post("/payments/3ds/<reference>")
    def _decide(reference: str) -> Response:
        given = (request.get_json(silent=True) if request.is_json else request.form.to_dict()) or {}
        decision, secret = given.get("decision"), given.get("secret") or request.args.get("secret", "")
        if decision not in ("confirm", "refuse") or not isinstance(secret, str):
            raise Invalid('Send "decision": "confirm" or "refuse", and the secret of the address.')
        provider = SimulatedProvider(runtime.database, runtime.settings)
        charge = provider.confirm(reference, secret, agreed=decision == "confirm")
        if charge is None:
            raise NotFound
        settle_payment(runtime, charge.idempotency_key)
        if request.is_json:
            return json_response({"state": charge.state})
        back = f"{runtime.settings.public_url.rstrip('/')}/bookings/{charge.booking_id}/pay"
        answer: Response = redirect(back, 303)  # type: ignore[assignment]  # flask's own subclass of werkzeug's
        return answer

    return blueprint


def _charge(runtime: Runtime[PaymentSettings], reference: str, secret: str) -> SimulatedCharge:
    query = select(SimulatedCharge).where(
        SimulatedCharge.reference == reference, SimulatedCharge.client_secret == secret
    )
    charge = runtime.database.read(lambda session: session.execute(query).scalar_one_or_none())
    if charge is None:
        raise NotFound
    return charge


def _page(charge: SimulatedCharge, secret: str) -> Response:
    amount = html.escape(str(Money(charge.amount_value, charge.currency)))
    purpose = html.escape(charge.description or "your booking")
    if charge.state == ChargeState.ACTION_REQUIRED:
        body = (
            f"<h1>Confirm your payment</h1><p>{amount} for {purpose}.</p>"
            '<p>This is the simulated bank: no real money moves.</p><form method="post">'
            f'<input type="hidden" name="secret" value="{html.escape(secret)}">'
            '<button name="decision" value="confirm">Confirm</button>'
            '<button name="decision" value="refuse">Refuse</button></form>'
        )
    else:
        word = "was confirmed" if charge.state == ChargeState.SUCCEEDED else "was not made"
        body = f"<h1>Nothing left to do</h1><p>The payment of {amount} {word}. You may close this page.</p>"
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Confirm your payment</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><main>{body}</main></html>'
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _CONTENT_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
