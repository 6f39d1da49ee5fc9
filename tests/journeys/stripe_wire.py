"""Between our Stripe adapter and localstripe: hands every request on, and makes up for what localstripe lacks.

What it takes off a request or adds to an answer is named here and nowhere else, so a field that our adapter sends
and localstripe does not know fails a test by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import requests

UNKNOWN_TO_LOCALSTRIPE = {"description", "return_url", "created[gte]", "created[lt]"}


class StripeWire:
    """A WSGI application; `seen` has method, path, form and headers of each request, in order."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.seen: list[tuple[str, str, dict[str, str], dict[str, str]]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        form = dict(parse_qsl(body, strict_parsing=bool(body)))
        headers = {
            "Authorization": environ.get("HTTP_AUTHORIZATION", ""),
            "Idempotency-Key": environ.get("HTTP_IDEMPOTENCY_KEY", ""),
            "Content-Type": environ.get("CONTENT_TYPE", ""),
        }
        self.seen.append((method, path, form, headers))
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        answer = requests.request(
            method,
            f"{self._target}{path}",
            params=_known(query),
            data=urlencode(_known(form)),
            headers=headers,
            timeout=10,
        )
        text = json.dumps(_completed(answer.json())).encode()
        start_response(f"{answer.status_code} told", [("Content-Type", "application/json")])
        return [text]

    def forms(self, path_end: str) -> list[dict[str, str]]:
        """Forms of the POSTs whose path ends so."""
        return [form for method, path, form, _ in self.seen if method == "POST" and path.endswith(path_end)]


def _known(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in UNKNOWN_TO_LOCALSTRIPE}


def _completed(answer: dict[str, Any]) -> dict[str, Any]:
    """localstripe does not tell how much an intent has received."""
    if answer.get("object") == "payment_intent":
        answer["amount_received"] = answer["amount"] if answer["status"] == "succeeded" else 0
    for item in answer.get("data") or []:
        _completed(item)
    return answer
