"""A small server that answers as Stripe's API does on the wire: intents, refunds, idempotency keys, outages."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

FAILURES = {
    "pm_card_chargeDeclined": {"code": "card_declined", "decline_code": "generic_decline"},
    "pm_card_chargeDeclinedInsufficientFunds": {
        "code": "card_declined",
        "decline_code": "insufficient_funds",
    },
}


class StripeServer:
    """Intents and refunds by id; `outages` counts answers that get lost after they took effect."""

    def __init__(self, created: int) -> None:
        self.created = created
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.lost_answers: list[str] = []
        self.is_silent = False
        self.looked_up = 0
        self.refund_status = "succeeded"
        self._http = _listen(self)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self._http.shutdown()
        self._http.server_close()

    def post(self, path: str, form: dict[str, str], key: str | None) -> tuple[int, dict[str, Any]]:
        """Answer a POST, the same again for the same key."""
        self.asked.append(("POST", path))
        if key is None or key not in self.answers:
            answer = self._act(path, form)
            if key is None:
                return answer
            self.answers[key] = json.loads(json.dumps(answer))
        return self.answers[key]

    def get(self, path: str, wanted_intent: str | None = None) -> tuple[int, dict[str, Any]]:
        """Answer a GET of one object or of a list, of refunds perhaps those of one intent."""
        kind, _, wanted = path.removeprefix("/v1/").partition("/")
        store = self.intents if kind == "payment_intents" else self.refunds
        if wanted:
            return (200, store[wanted]) if wanted in store else _missing(wanted)
        found = [dict(item) for item in store.values()]
        if wanted_intent is not None:
            found = [refund for refund in found if refund["payment_intent"] == wanted_intent]
        for refund in found if kind == "refunds" else []:
            refund["payment_intent"] = self.intents[refund["payment_intent"]]
        return 200, {"object": "list", "data": found, "has_more": False, "url": path}

    def forget_keys(self) -> None:
        """A day has passed: a key that comes again is as good as new."""
        self.answers.clear()

    def refund_by_hand(self, intent: str, amount: int) -> None:
        """Somebody gives money back on Stripe's own pages."""
        self._refund({"payment_intent": intent, "amount": str(amount)})

    def _act(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["payment_intents"]:
            return self._create(form)
        if parts == ["refunds"]:
            return self._refund(form)
        intent = self.intents.get(parts[1])
        if intent is None:
            return _missing(parts[1])
        return self._confirm(intent) if parts[2] == "confirm" else self._cancel(intent)

    def _create(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("payment_method") == "pm_of_nobody":
            return _missing("pm_of_nobody")
        intent: dict[str, Any] = {
            "id": f"pi_{len(self.intents) + 1}",
            "object": "payment_intent",
            "amount": int(form["amount"]),
            "amount_received": 0,
            "currency": form["currency"],
            "status": "requires_confirmation",
            "created": self.created,
            "client_secret": f"pi_{len(self.intents) + 1}_secret",
            "payment_method": form.get("payment_method"),
            "metadata": _metadata(form),
            "last_payment_error": None,
            "latest_charge": None,
            "next_action": None,
        }
        self.intents[intent["id"]] = intent
        return 200, dict(intent)

    def _confirm(self, intent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        failure = FAILURES.get(intent["payment_method"])
        if failure:
            intent |= {"status": "requires_payment_method", "last_payment_error": failure}
            return 402, {"error": {"type": "card_error", "message": "declined", **failure}}
        if intent["payment_method"] == "pm_card_threeDSecure2Required":
            page = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/3ds"}}
            intent |= {"status": "requires_action", "next_action": page}
            return 200, dict(intent)
        self.capture(intent["id"])
        return 200, dict(intent)

    def capture(self, reference: str) -> None:
        """The money comes in."""
        intent = self.intents[reference]
        charge = {"id": "ch_1", "object": "charge", "created": self.created}
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge}

    def _cancel(self, intent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if intent["status"] in ("succeeded", "canceled"):
            return 400, {
                "error": {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}
            }
        intent["status"] = "canceled"
        return 200, dict(intent)

    def _refund(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": int(form["amount"]),
            "payment_intent": form["payment_intent"],
            "currency": self.intents[form["payment_intent"]]["currency"],
            "status": self.refund_status,
            "created": self.created,
            "metadata": _metadata(form),
        }
        self.refunds[str(refund["id"])] = refund
        return 200, dict(refund)


def _metadata(form: dict[str, str]) -> dict[str, str]:
    return {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}


def _missing(name: str) -> tuple[int, dict[str, Any]]:
    return 404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": name}}


def _listen(server: StripeServer) -> ThreadingHTTPServer:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
            path = urlsplit(self.path).path
            answer = server.post(path, form, self.headers.get("Idempotency-Key"))
            if any(path.endswith(lost) for lost in server.lost_answers):
                server.lost_answers.pop()
                answer = (500, {"error": {"type": "api_error", "message": "lost"}})
            self._send(*answer)

        def do_GET(self) -> None:
            server.looked_up += 1
            lost = (500, {"error": {"type": "api_error", "message": "lost"}})
            address = urlsplit(self.path)
            intent = dict(parse_qsl(address.query)).get("payment_intent")
            self._send(*(lost if server.is_silent else server.get(address.path, intent)))

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    for _ in range(200):
        for port in range(4510, 4560):
            try:
                return ThreadingHTTPServer(("127.0.0.1", port), Door)
            except OSError:
                continue
        time.sleep(0.05)
    raise AssertionError("no free port for the server")
