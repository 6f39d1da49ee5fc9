"""Which way out each channel has in this installation."""

from __future__ import annotations

from notification_service import rules
from notification_service.channels import Channel, DeliveryFailed, Parcel
from notification_service.channels.in_app import InApp
from notification_service.channels.mail import Smtp
from notification_service.channels.mailbox import Mailbox
from notification_service.channels.push import WebPush
from notification_service.channels.sms import HttpSms
from notification_service.settings import NotificationRuntime


class Nowhere:
    """A channel that this installation does not offer."""

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryFailed, always."""
        raise DeliveryFailed(f"{parcel.channel} is not set up here", is_final=True)


def channels(runtime: NotificationRuntime) -> dict[str, Channel]:
    """The way out of every channel."""
    settings = runtime.settings
    otherwise: Channel = Mailbox(runtime) if settings.has_mailbox else Nowhere()
    return {
        rules.EMAIL: Smtp(settings.smtp_url, settings.mail_from) if settings.smtp_url else otherwise,
        rules.SMS: HttpSms(settings.sms_url, settings.sms_token) if settings.sms_url else otherwise,
        rules.PUSH: WebPush(runtime) if settings.web_push else otherwise,
        rules.IN_APP: InApp(runtime),
    }


def is_open(runtime: NotificationRuntime, channel: str) -> bool:
    """Whether anything can leave by `channel`; what can't is not even queued."""
    return not isinstance(channels(runtime)[channel], Nowhere)
