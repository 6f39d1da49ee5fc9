"""What notification_service is told by its environment."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, model_validator

from chassis.runtime import Runtime
from chassis.settings import ServiceSettings

PUSH_SERVICES = "fcm.googleapis.com,updates.push.services.mozilla.com,web.push.apple.com,notify.windows.com,push.apple.com"


def _vapid_file() -> str:
    home = os.environ.get("LOBBYCARD_HOME") or "~/.lobbycard"
    return str(Path(home).expanduser() / "files" / "notification_service" / "vapid.pem")


class NotificationSettings(ServiceSettings):
    """Settings of notification_service. A channel without a way out goes to the dev mailbox, never in production."""

    smtp_url: str = Field(
        "", alias="SMTP_URL", description="smtp://user:password@host:587?starttls=1 or smtps://host:465."
    )
    mail_from: str = Field("Lobbycard <no-reply@lobbycard.example>", alias="MAIL_FROM")
    sms_url: str = Field("", alias="SMS_URL", description="Address of the SMS provider's HTTP interface.")
    sms_token: str = Field("", alias="SMS_TOKEN", description="Bearer token for SMS_URL.")
    web_push: bool = Field(False, alias="WEB_PUSH", description="Send real push messages.")
    vapid_key_file: str = Field(default_factory=_vapid_file, alias="VAPID_KEY_FILE")
    vapid_contact: str = Field("mailto:push@lobbycard.example", alias="VAPID_CONTACT")
    push_hosts: str = Field(
        PUSH_SERVICES,
        alias="PUSH_HOSTS",
        description="Push services that may be called, with their subdomains.",
    )
    delivery_seconds: float = Field(
        10.0,
        alias="DELIVERY_SECONDS",
        gt=0,
        description="How often to look for attempts that are due; new messages leave at once.",
    )
    delivery_attempts: int = Field(5, alias="DELIVERY_ATTEMPTS", ge=1, le=20)

    @model_validator(mode="after")
    def _production_sends_mail(self) -> NotificationSettings:
        if self.is_production and not self.smtp_url:
            raise ValueError("SMTP_URL: production needs a mail server")
        return self

    @property
    def has_mailbox(self) -> bool:
        """Whether the dev mailbox takes what has no other way out."""
        return not self.is_production


NotificationRuntime = Runtime[NotificationSettings]
