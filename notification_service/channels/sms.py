"""SMS by the HTTP interface of a provider: POST {"to", "text", "reference"} with a bearer token."""

from __future__ import annotations

import requests

from notification_service.channels import DeliveryFailed, Parcel
from notification_service.rules import dialled

TIMEOUT_SECONDS = 10.0


class HttpSms:
    """A provider, by the address of its interface. The reference is the same at each try of one message."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, parcel: Parcel) -> None:
        """Hand one text over. Raises DeliveryFailed; final when the provider calls the request wrong."""
        body = {"to": dialled(parcel.recipient), "text": parcel.text, "reference": parcel.notification_id}
        headers = {**self._headers, "Idempotency-Key": parcel.notification_id}
        try:
            answer = requests.post(
                self._url, json=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            # Not the error's own words: they tell the address, which may hold a key.
            raise DeliveryFailed(f"the provider did not answer: {type(error).__name__}") from error
        if not 200 <= answer.status_code < 300:
            is_final = answer.status_code in (400, 404, 410, 422)
            raise DeliveryFailed(f"the provider answered {answer.status_code}", is_final=is_final)
