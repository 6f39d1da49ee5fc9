"""Failures of this service: stable codes and words that are safe to show."""

from __future__ import annotations

from chassis.errors import Failure, NotFound, Refusal


class PaymentNotFound(NotFound):
    """No payment has this id, or it is somebody else's."""

    message = "There is no payment under this id."


class AmountInvalid(Refusal):
    """An amount that nobody can pay or give back."""

    code = "AMOUNT_INVALID"
    message = "The amount must be more than nothing, in a currency of ISO 4217."


class CurrencyMismatch(Refusal):
    """Money goes back in the currency in which it came."""

    code = "CURRENCY_MISMATCH"
    message = "The refund must be in the currency of the payment."


class ReasonMissing(Refusal):
    """A refund says why."""

    code = "REASON_REQUIRED"
    message = "Please say why the money goes back, in at most 255 characters."


class KeyInvalid(Refusal):
    """An idempotency key is short text."""

    code = "IDEMPOTENCY_KEY_INVALID"
    message = "The idempotency key must have 1 to 200 characters."


class PaymentTokenMissing(Refusal):
    """The provider needs to know whose money it is to take."""

    code = "PAYMENT_TOKEN_REQUIRED"
    message = "This way of paying needs what the provider's form gave."


class MethodNotAllowed(Refusal):
    """Cash and complimentary tickets are for the desk."""

    code = "PAYMENT_METHOD_NOT_ALLOWED"
    message = "This way of paying is for the box office only."


class MethodNotOffered(Refusal):
    """The provider in use takes no money this way in time."""

    code = "PAYMENT_METHOD_NOT_OFFERED"
    message = "This way of paying is not offered here. Please choose another one."


class PaymentNotRefundable(Refusal):
    """Nothing was taken, so nothing can go back."""

    code = "PAYMENT_NOT_REFUNDABLE"
    message = "Only a payment that succeeded can be refunded."


class RefundExceedsPayment(Refusal):
    """More than is left of the payment."""

    code = "REFUND_EXCEEDS_PAYMENT"
    message = "This is more than is left of the payment."


class PaymentChanged(Refusal):
    """Somebody gave something back since the page was looked at."""

    code = "PAYMENT_CHANGED"
    message = "This payment has changed since it was shown. Please look at it again."


class SecondPersonRequired(Refusal):
    """Nobody agrees to what they asked for themselves."""

    code = "SECOND_PERSON_REQUIRED"
    message = "Somebody else has to agree to this refund."


class RefundNotAwaited(Refusal):
    """No refund under this id waits for a decision of the caller's."""

    code = "REFUND_NOT_AWAITED"
    message = "This refund does not wait for a decision."


class RefundInProgress(Refusal):
    """The same key came a moment ago, and the provider has not answered yet."""

    code = "REQUEST_IN_PROGRESS"
    message = "This refund is being made at this moment. Please look again shortly."


class ProviderBusy(Refusal):
    """As many wait for the provider as may. Nothing was begun, and nothing will be under this key."""

    code = "SERVICE_UNAVAILABLE"
    message = "Payments are very busy at the moment. Nothing was taken; please try again."


class BadSignature(Failure):
    """A webhook that the provider did not sign, or not lately."""

    code = "BAD_SIGNATURE"
    message = "The signature does not fit."
    http_status = 400


class NotAWebhook(Failure):
    """A signed body that is no notice of the provider's."""

    code = "BAD_USER_INPUT"
    message = "The body is not a notice of this provider."
    http_status = 400
