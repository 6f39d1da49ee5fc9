"""Stripe: PaymentIntents, in two steps so that a lost answer never hides money.

Creating an intent moves nothing and repeats safely under its key, so its id is known (and stored) before it is
confirmed. An intent that failed or was never confirmed is cancelled: nobody can pay it behind our back later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import stripe

from chassis.logs import log
from chassis.money import Money
from payment_service.errors import NotAWebhook
from payment_service.providers import (
    STRIPE,
    Charge,
    ChargeOrder,
    ChargeState,
    GivenBack,
    LedgerEntry,
    NoAnswer,
    Notice,
    RefundAnswer,
    RefundOrder,
)
from payment_service.providers.signatures import check_signature
from payment_service.settings import PaymentSettings

_STATES = {
    "succeeded": ChargeState.SUCCEEDED,
    "processing": ChargeState.PROCESSING,
    "requires_action": ChargeState.ACTION_REQUIRED,
    "canceled": ChargeState.FAILED,
}
# Cards and the wallets of phones are both "card" to Stripe. Nobody begins a debit any more; those begun before end.
_TYPES = {"BANK_TRANSFER": ["sepa_debit"]}
_EXPAND = ["latest_charge"]
_COUNTED_IN_HUNDREDTHS = {"ISK": 100, "UGX": 100}  # though they have no smaller part
_COUNTED_IN_WHOLES = {"MGA": 100}  # though ISO 4217 gives it two digits
_PLAIN_CODES = {"generic_decline": "CARD_DECLINED", "resource_missing": "PAYMENT_METHOD_UNKNOWN"}


class StripeProvider:
    """Speaks to Stripe, or to the address in STRIPE_API_BASE."""

    name = STRIPE

    def __init__(self, settings: PaymentSettings) -> None:
        self._settings = settings
        # An order takes two calls; together they keep the deadline.
        transport = stripe.RequestsClient(timeout=settings.provider_deadline_seconds / 2)
        addresses: Any = {"api": settings.stripe_api_base} if settings.stripe_api_base else {}
        self._api: Any = stripe.StripeClient(
            settings.stripe_secret_key, base_addresses=addresses, http_client=transport, max_network_retries=0
        ).v1

    def charge(self, order: ChargeOrder, noted: Callable[[str], None]) -> Charge:
        """As Provider.charge."""
        try:
            # Stripe forgets keys after a day: an intent whose name is known is never made again.
            intent = self._retrieve(order.reference) if order.reference else self._create(order)
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            log().warning("stripe refused an order", code=error.code)
            failure = _stable_code(str(error.code or "order_refused"))
            return Charge(reference=None, state=ChargeState.FAILED, amount=order.amount, failure_code=failure)
        noted(intent["id"])
        if intent["status"] in _STATES:
            return self._told(self._retrieve(intent["id"]))
        page = f"{self._settings.public_url.rstrip('/')}/bookings/{order.booking_id}"
        try:
            confirmed = self._ask(
                self._api.payment_intents.confirm,
                intent["id"],
                {"return_url": page, "expand": _EXPAND},
                {"idempotency_key": f"{order.key}:confirm"},
            )
        except (stripe.CardError, stripe.InvalidRequestError):  # what it is now is the answer
            confirmed = self._retrieve(intent["id"])
        return self._told(confirmed)

    def look_up(self, order: ChargeOrder) -> Charge | None:
        """As Provider.look_up."""
        try:
            intent = self._retrieve(order.reference or self._create(order)["id"])
        except stripe.InvalidRequestError:
            return None
        return None if _never_confirmed(intent) else self._told(intent)

    def close(self, order: ChargeOrder) -> Charge | None:
        """As Provider.close."""
        try:
            reference = order.reference or self._create(order)["id"]
            never = _never_confirmed(self._retrieve(reference))
        except stripe.InvalidRequestError:
            return None
        intent = self._cancel(reference)
        return None if never and intent["status"] == "canceled" else self._told(intent)

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """As Provider.refund."""
        try:
            if order.reference:
                refund = self._ask(self._api.refunds.retrieve, order.reference)
            else:
                refund = self._made_before(order) or self._make(order)
        except stripe.InvalidRequestError as error:
            log().warning("stripe refused a refund", code=error.code)
            return RefundAnswer(reference=order.reference, done=False)
        done = {"succeeded": True, "failed": False, "canceled": False}.get(str(refund["status"]))
        given = _ours(refund["amount"], refund["currency"])
        return RefundAnswer(
            reference=refund["id"], done=done, amount=given, settled_at=_instant(refund["created"])
        )

    def refunds_of(self, charge_reference: str) -> list[GivenBack]:
        """As Provider.refunds_of."""
        return [
            GivenBack(
                reference=refund["id"],
                key=(refund.get("metadata") or {}).get("key"),
                amount=_ours(refund["amount"], refund["currency"]),
                done=refund["status"] == "succeeded",
                settled_at=_instant(refund["created"]),
            )
            for refund in self._every(self._api.refunds.list, {"payment_intent": charge_reference})
        ]

    def read_notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        """As Provider.read_notice; Stripe signs as signatures.py does."""
        check_signature(body, headers.get("Stripe-Signature"), self._settings.webhook_secrets_of_stripe, now)
        try:
            event = orjson.loads(body)
            told = event["data"]["object"]
            reference = told["id"] if told["object"] == "payment_intent" else told.get("payment_intent")
            return Notice(
                event_id=str(event["id"])[:128],
                kind=str(event["type"])[:64],
                reference=str(reference) if reference else None,
                key=(told.get("metadata") or {}).get("key"),
                amount=_amount_told(told),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotAWebhook from None

    def entries(self, cinema_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        """As Provider.entries. An intent may be captured a day after it was made, so the search begins earlier."""
        asked_from = int((start - timedelta(days=1)).timestamp())
        intents = self._every(
            self._api.payment_intents.list,
            {"created": {"gte": asked_from, "lt": int(end.timestamp())}, "expand": ["data.latest_charge"]},
        )
        window = {"gte": int(start.timestamp()), "lt": int(end.timestamp())}
        refunds = self._every(self._api.refunds.list, {"created": window, "expand": ["data.payment_intent"]})
        taken = [
            _entry(intent, intent["amount_received"])
            for intent in intents
            if intent["status"] == "succeeded"
            and _of(intent, cinema_id)
            and start <= _settled_at(intent) < end
        ]
        returned = [
            _entry(refund["payment_intent"], -refund["amount"])
            for refund in refunds
            if refund["status"] == "succeeded" and _of(refund.get("payment_intent"), cinema_id)
        ]
        return taken + returned

    def _made_before(self, order: RefundOrder) -> dict[str, Any] | None:
        """The refund that was made when its answer got lost: Stripe forgets keys after a day, never metadata."""
        if not order.asked_before:
            return None
        made = self._every(self._api.refunds.list, {"payment_intent": order.charge_reference})
        return next((one for one in made if (one.get("metadata") or {}).get("key") == order.key), None)

    def _make(self, order: RefundOrder) -> dict[str, Any]:
        params = {
            "payment_intent": order.charge_reference,
            "amount": _theirs(order.amount),
            "metadata": {"key": order.key},
        }
        return self._ask(self._api.refunds.create, params, {"idempotency_key": order.key})

    def _create(self, order: ChargeOrder) -> dict[str, Any]:
        """The intent of the order's key; asking again with the same order gives the same one."""
        params: dict[str, Any] = {
            "amount": _theirs(order.amount),
            "currency": order.amount.currency.lower(),
            "payment_method_types": _TYPES.get(order.method, ["card"]),
            "description": order.description or "",
            "metadata": {
                "key": order.key,
                "bookingId": order.booking_id,
                "cinemaId": order.cinema_id,
                "method": order.method,
            },
        }
        if order.token:
            params["payment_method"] = order.token
        return self._ask(self._api.payment_intents.create, params, {"idempotency_key": f"{order.key}:create"})

    def _retrieve(self, reference: str) -> dict[str, Any]:
        return self._ask(self._api.payment_intents.retrieve, reference, {"expand": _EXPAND})

    def _cancel(self, reference: str) -> dict[str, Any]:
        try:
            return self._ask(self._api.payment_intents.cancel, reference)
        except stripe.InvalidRequestError:  # it moved on meanwhile: what it is now is the answer
            return self._retrieve(reference)

    def _told(self, intent: dict[str, Any]) -> Charge:
        """What an intent says; a failed one is cancelled first, so that its page can't be paid any more."""
        state, failure = _STATES.get(intent["status"]), _failure_code(intent)
        if state is None:
            intent = self._cancel(intent["id"])
            state = _STATES.get(intent["status"], ChargeState.FAILED)
        action = intent.get("next_action") or {}
        waits = state is ChargeState.ACTION_REQUIRED
        received = intent.get("amount_received") if state is ChargeState.SUCCEEDED else intent["amount"]
        return Charge(
            reference=intent["id"],
            state=state,
            amount=_ours(received or 0, intent["currency"]),
            failure_code=failure if state is ChargeState.FAILED else None,
            client_secret=intent.get("client_secret") if waits else None,
            redirect_url=(action.get("redirect_to_url") or {}).get("url") if waits else None,
            settled_at=_settled_at(intent) if state is ChargeState.SUCCEEDED else None,
            refunded=_refunded(intent),
        )

    def _every(self, listing: Callable[..., Any], params: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return [item.to_dict() for item in listing({**params, "limit": 100}).auto_paging_iter()]
        except stripe.StripeError as error:
            raise NoAnswer(repr(error)) from error

    def _ask(self, call: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """The answer as a plain dict. Raises NoAnswer, or stripe's CardError and InvalidRequestError."""
        try:
            answer: dict[str, Any] = call(*arguments).to_dict()
        except (stripe.CardError, stripe.InvalidRequestError):
            raise
        except stripe.StripeError as error:
            raise NoAnswer(repr(error)) from error
        return answer


def _never_confirmed(intent: dict[str, Any]) -> bool:
    return intent["status"] in ("requires_confirmation", "requires_payment_method") and not intent.get(
        "last_payment_error"
    )


def _failure_code(intent: dict[str, Any]) -> str:
    """A stable code out of Stripe's words, e.g. INSUFFICIENT_FUNDS."""
    error = intent.get("last_payment_error") or {}
    said = str(error.get("decline_code") or error.get("code") or "not_confirmed_in_time")
    return _stable_code(said)


def _stable_code(said: str) -> str:
    return _PLAIN_CODES.get(said, "".join(c if c.isalnum() else "_" for c in said.upper()))[:64]


def _refunded(intent: dict[str, Any]) -> int:
    """What went back of the intent's charge, by us or by hand on Stripe's own pages."""
    charge = intent.get("latest_charge")
    gone = charge.get("amount_refunded") or 0 if isinstance(charge, dict) else 0
    return _ours(gone, intent["currency"]).amount


def _amount_told(told: dict[str, Any]) -> Money | None:
    """The amount of the payment that an event tells of; a refund's own amount is another matter."""
    if told["object"] not in ("payment_intent", "charge"):
        return None
    return _ours(told["amount"], told["currency"])


def _settled_at(intent: dict[str, Any]) -> datetime:
    charge = intent.get("latest_charge")
    return _instant(charge["created"] if isinstance(charge, dict) else intent["created"])


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _of(intent: Any, cinema_id: str) -> bool:
    return isinstance(intent, dict) and (intent.get("metadata") or {}).get("cinemaId") == cinema_id


def _entry(intent: dict[str, Any], amount: int) -> LedgerEntry:
    told = intent.get("metadata") or {}
    money = _ours(amount, intent["currency"])
    return LedgerEntry(key=str(told.get("key")), method=str(told.get("method", "CARD")), amount=money)


def _theirs(money: Money) -> int:
    """The amount as Stripe counts it. Money of before there was a smallest payable step is not taken for more."""
    return (
        money.amount
        * _COUNTED_IN_HUNDREDTHS.get(money.currency, 1)
        // _COUNTED_IN_WHOLES.get(money.currency, 1)
    )


def _ours(amount: int, currency: str) -> Money:
    """An amount as Stripe counts it, in minor units."""
    code = currency.upper()
    return Money(int(amount) * _COUNTED_IN_WHOLES.get(code, 1) // _COUNTED_IN_HUNDREDTHS.get(code, 1), code)
