"""The dev mailbox's pages: what would have been sent, for people who try the system out. Never in production."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from chassis.endpoint import json_response
from chassis.errors import NotFound
from notification_service import queries
from notification_service.models import MailRow
from notification_service.settings import NotificationRuntime

PATH = "/dev/mailbox"
NAMES = {"EMAIL": "E-mail", "SMS": "SMS", "PUSH": "Push message", "IN_APP": "In the app"}
# Mails bring their own styles and nothing else: no script, no picture, no address to call.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'self'"
)


def routes(runtime: NotificationRuntime) -> Blueprint:
    """The routes, for the application."""
    blueprint = Blueprint("mailbox", __name__, template_folder="templates")

    @blueprint.before_request
    def _not_in_production() -> None:
        if not runtime.settings.has_mailbox:
            raise NotFound("There is nothing here.")

    @blueprint.get(PATH)
    def _list() -> Response:
        recipient = request.args.get("to") or None
        mails = runtime.database.read(lambda session: queries.mails(session, recipient))
        if _wants_json():
            return json_response({"messages": [_told(mail) for mail in mails]})
        return _page("mailbox.html", mails=mails, recipient=recipient or "", base=PATH)

    @blueprint.get(f"{PATH}/<mail_id>")
    def _one(mail_id: str) -> Response:
        mail = _mail(runtime, mail_id)
        return json_response(_told(mail)) if _wants_json() else _page("mail.html", mail=mail, base=PATH)

    @blueprint.get(f"{PATH}/<mail_id>/html")
    def _html(mail_id: str) -> Response:
        return _secured(Response(_mail(runtime, mail_id).html or "", mimetype="text/html"))

    return blueprint


def _mail(runtime: NotificationRuntime, mail_id: str) -> MailRow:
    mail = runtime.database.read(lambda session: session.get(MailRow, mail_id))
    if mail is None:
        raise NotFound("There is no such message.")
    return mail


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def _told(mail: MailRow) -> dict[str, object]:
    return {
        "id": mail.id,
        "channel": mail.channel,
        "recipient": mail.recipient,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "receivedAt": mail.received_at.isoformat(),
    }


def _page(template: str, **values: object) -> Response:
    return _secured(Response(render_template(template, names=NAMES, **values), mimetype="text/html"))


def _secured(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
