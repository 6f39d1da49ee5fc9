"""Web Push: an encrypted message for each of a person's browsers, signed with this copy's VAPID key."""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import orjson
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush
from sqlalchemy import delete, select

from notification_service import rules
from notification_service.channels import DeliveryFailed, Parcel
from notification_service.errors import PushEndpointInvalid
from notification_service.models import DeviceRow
from notification_service.settings import NotificationRuntime

TIMEOUT_SECONDS = 5.0
KEPT_BY_SERVICE_SECONDS = 86_400
GONE = (404, 410)


class WebPush:
    """Sends to all browsers of the parcel's owner, and forgets those that have unsubscribed."""

    def __init__(self, runtime: NotificationRuntime) -> None:
        self._runtime = runtime

    def send(self, parcel: Parcel) -> None:
        """Raises DeliveryFailed unless at least one browser's push service took it."""
        devices = self._devices(parcel.user_id or "")
        failures = [failure for device in devices if (failure := self._send_to(device, parcel))]
        if len(failures) == len(devices):
            raise DeliveryFailed("; ".join(failures) or "no browser is registered", is_final=not failures)

    def _devices(self, user_id: str) -> list[DeviceRow]:
        mine = select(DeviceRow).where(DeviceRow.user_id == user_id)
        return self._runtime.database.read(lambda session: list(session.scalars(mine)))

    def _send_to(self, device: DeviceRow, parcel: Parcel) -> str | None:
        """What went wrong, None when nothing did."""
        settings = self._runtime.settings
        note = {
            "id": parcel.notification_id,
            "title": parcel.subject,
            "body": parcel.text,
            "url": parcel.link or settings.public_url,
        }
        try:
            rules.check_endpoint(device.endpoint, settings.push_hosts.split(","))
            webpush(
                subscription_info={
                    "endpoint": device.endpoint,
                    "keys": {"p256dh": device.p256dh, "auth": device.auth},
                },
                data=orjson.dumps(note).decode(),
                vapid_private_key=Vapid02(vapid_key(settings.vapid_key_file)),
                vapid_claims={"sub": settings.vapid_contact},
                timeout=TIMEOUT_SECONDS,
                ttl=KEPT_BY_SERVICE_SECONDS,
            )
        except PushEndpointInvalid:
            return "the push service is not on the list"
        except WebPushException as error:
            # Only the status: who knows the address that the error tells could write to the browser.
            if error.response is None:
                return "the push service did not answer"
            if error.response.status_code in GONE:
                self._forget(device)
            return f"the push service answered {error.response.status_code}"
        except (requests.RequestException, ValueError) as error:
            return f"the push service did not answer: {type(error).__name__}"
        return None

    def _forget(self, device: DeviceRow) -> None:
        gone = delete(DeviceRow).where(DeviceRow.id == device.id)
        self._runtime.database.transact(lambda session: session.execute(gone))


@lru_cache(maxsize=2)
def vapid_key(file: str) -> ec.EllipticCurvePrivateKey:
    """This copy's key for push services; made at first use, readable by its owner alone."""
    path = Path(file).expanduser()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        text = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(text)
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(fresh, path)
        fresh.unlink()
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), f"{path} holds another kind of key"
    return key


def public_key(file: str) -> str:
    """The public half as browsers want it: an uncompressed point in URL-safe base 64."""
    point = vapid_key(file).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")
