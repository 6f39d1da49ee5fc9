"""What notification_service refuses, each with its stable code."""

from __future__ import annotations

from chassis.errors import Refusal


class KindUnknown(Refusal):
    """There is no such kind of message, or it is not one to choose about."""

    code = "KIND_UNKNOWN"
    message = "There is no message of this kind to choose channels for."


class ChannelNotOffered(Refusal):
    """This kind of message does not travel on that channel."""

    code = "CHANNEL_NOT_OFFERED"
    message = "Messages of this kind are not sent this way."


class PushEndpointInvalid(Refusal):
    """Not the address of a push service that may be called."""

    code = "PUSH_ENDPOINT_INVALID"
    message = "This is not the address of a push service."


class PushKeysInvalid(Refusal):
    """Not the keys of a browser's subscription."""

    code = "PUSH_KEYS_INVALID"
    message = "These are not the keys of a push subscription."


class NotResendable(Refusal):
    """The words are not kept, because they held a link that works once."""

    code = "NOT_RESENDABLE"
    message = "This message held a link that works once. Ask the person to request a new one."
