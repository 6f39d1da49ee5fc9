"""Which messages there are, who gets them how, and when a delivery is tried again; on plain values."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from notification_service import errors

EMAIL, SMS, PUSH, IN_APP = "EMAIL", "SMS", "PUSH", "IN_APP"
CHANNELS = (EMAIL, SMS, PUSH, IN_APP)
QUEUED, SENT, FAILED, READ = "QUEUED", "SENT", "FAILED", "READ"
LANGUAGES = ("en", "de", "fr")
LONGEST_ENDPOINT = 1000
LONGEST_NAME = 80

# The wait after each failed attempt; a worker that dies while sending leaves the message to be tried after it too.
_WAITS = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))


@dataclass(frozen=True)
class Kind:
    """A kind of message: the channels it may travel on, and those it does unless the person chose others.

    `is_chosen` False: about the account itself, always sent. `is_secret`: holds a link that works once, so its
    words are dropped once they are sent and never shown.
    """

    name: str
    offered: tuple[str, ...] = CHANNELS
    usual: tuple[str, ...] = (EMAIL, PUSH, IN_APP)
    is_chosen: bool = True
    is_secret: bool = False


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("booking.confirmed"),
        Kind("booking.cancelled"),
        Kind("booking.expired", offered=(IN_APP,), usual=(IN_APP,)),
        Kind("payment.refunded"),
        Kind("showtime.rescheduled"),
        Kind("showtime.cancelled"),
        Kind("waiting_list.seats_free"),
        Kind("movie.showings_announced"),
        Kind("coupon.granted"),
        Kind("user.registered", (EMAIL, IN_APP), (EMAIL, IN_APP), is_chosen=False),
        Kind("email.verification_requested", (EMAIL,), (EMAIL,), is_chosen=False, is_secret=True),
        Kind("password.reset_requested", (EMAIL,), (EMAIL,), is_chosen=False, is_secret=True),
        Kind("email.changed", (EMAIL,), (EMAIL,), is_chosen=False),
        Kind("password.changed", (EMAIL,), (EMAIL,), is_chosen=False),
        Kind("user.invited", (EMAIL,), (EMAIL,), is_chosen=False, is_secret=True),
    )
}
CHOSEN_KINDS = tuple(kind for kind in KINDS.values() if kind.is_chosen)


@dataclass(frozen=True)
class Reach:
    """The ways in which somebody can be reached."""

    has_account: bool
    has_email: bool
    has_phone: bool
    has_device: bool


def channels_for(kind: Kind, chosen: Sequence[str] | None, reach: Reach) -> list[str]:
    """The channels a message of `kind` travels on, in a fixed order.

    `chosen` is the person's own choice, None without one. A guest without an account has not chosen and gets
    mail, or an SMS where there is no address.
    """
    if not reach.has_account:
        wanted: tuple[str, ...] = (EMAIL,) if reach.has_email else (SMS,)
    elif kind.is_chosen and chosen is not None:
        wanted = tuple(chosen)
    else:
        wanted = kind.usual
    possible = {
        EMAIL: reach.has_email,
        SMS: reach.has_phone,
        PUSH: reach.has_device,
        IN_APP: reach.has_account,
    }
    return [
        channel for channel in CHANNELS if channel in wanted and channel in kind.offered and possible[channel]
    ]


def check_choice(kind_name: str, channels: Sequence[str], field: Sequence[str | int]) -> list[str]:
    """A person's choice in a fixed order. Raises KindUnknown, ChannelNotOffered."""
    kind = KINDS.get(kind_name)
    if kind is None or not kind.is_chosen:
        raise errors.KindUnknown(field=(*field, "kind"))
    if any(channel not in kind.offered for channel in channels):
        raise errors.ChannelNotOffered(field=(*field, "channels"))
    return [channel for channel in CHANNELS if channel in channels]


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts (1 or more) before the next."""
    return _WAITS[min(attempts, len(_WAITS)) - 1]


def language_of(locale: str | None) -> str:
    """The language of ours that is nearest to a language tag."""
    language = (locale or "").split("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def masked(channel: str, recipient: str) -> str:
    """`recipient` as others than its owner may see it."""
    if channel == EMAIL and "@" in recipient:
        name, _, domain = recipient.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    if channel == SMS and recipient:
        return f"{recipient[:3]}•••{recipient[-2:]}"
    return recipient


def is_one_address(text: str) -> bool:
    """Whether `text` can stand as the one recipient of a mail: no list, no name, nothing that ends a header."""
    return (
        re.fullmatch(r"[^\s,;:<>()\[\]\"\\@\x00-\x1f\x7f]+@[^\s,;:<>()\[\]\"\\@\x00-\x1f\x7f]+", text)
        is not None
    )


def shown_name(name: str) -> str:
    """`name` for a greeting; empty where it could be mistaken for a message of its own, e.g. holds an address."""
    plain = " ".join(name.split())
    is_strange = re.search(r"://|www\.|[@/\\]|\w\.\w{2,}", plain, re.IGNORECASE) is not None
    return "" if is_strange or len(plain) > LONGEST_NAME else plain


def dialled(phone: str) -> str:
    """A telephone number as providers want it: digits, with a + in front if there was one."""
    return ("+" if phone.startswith("+") else "") + re.sub(r"\D", "", phone)


def check_endpoint(endpoint: str, allowed_hosts: Sequence[str] | None) -> str:
    """Host of a push endpoint. Raises PushEndpointInvalid unless it is https and, when a list is given, on it."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise errors.PushEndpointInvalid(field=("endpoint",)) from None
    is_fine = parts.scheme == "https" and bool(host) and port in (None, 443) and parts.username is None
    if not is_fine or len(endpoint) > LONGEST_ENDPOINT:
        raise errors.PushEndpointInvalid(field=("endpoint",))
    if allowed_hosts is not None and not any(
        host == known or host.endswith(f".{known}") for known in allowed_hosts
    ):
        raise errors.PushEndpointInvalid(field=("endpoint",))
    return host


def check_push_keys(p256dh: str, auth: str) -> None:
    """Raises PushKeysInvalid unless these are a point of P-256 and 16 bytes, both in URL-safe base 64."""
    point, secret = _decoded(p256dh), _decoded(auth)
    if len(point) != 65 or point[0] != 4:
        raise errors.PushKeysInvalid(field=("p256dh",))
    if len(secret) != 16:
        raise errors.PushKeysInvalid(field=("auth",))


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""
