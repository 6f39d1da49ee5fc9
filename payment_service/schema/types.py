"""Types of this subgraph; what they mean is told in contracts/api/payment.graphql."""

from __future__ import annotations

import graphene

from chassis.federation import inaccessible, key
from chassis.graphql_types import Date, DateTime, Money, MoneyInput, UserError, connection_type, required_list
from chassis.identity import Role
from payment_service import lifecycle
from payment_service.commands import taking
from payment_service.queries import may_see_in_passing, payments_by_id
from payment_service.receipts import receipt_url

PaymentMethod = graphene.Enum.from_enum(lifecycle.PaymentMethod, name="PaymentMethod")
PaymentStatus = graphene.Enum.from_enum(lifecycle.PaymentStatus, name="PaymentStatus")
RefundStatus = graphene.Enum.from_enum(lifecycle.RefundStatus, name="RefundStatus")
RefundAttention = graphene.Enum.from_enum(lifecycle.Attention, name="RefundAttention")
PaymentOutcome = inaccessible(graphene.Enum.from_enum(taking.PaymentOutcome, name="PaymentOutcome"))


@key("id", resolvable=False)
class Booking(graphene.ObjectType):
    id = graphene.ID(required=True)


@key("id", resolvable=False)
class User(graphene.ObjectType):
    id = graphene.ID(required=True)


class Refund(graphene.ObjectType):
    """Money on its way back, or back already."""

    id = graphene.ID(required=True)
    amount = graphene.Field(Money, required=True)
    reason = graphene.String()
    status = graphene.Field(RefundStatus, required=True)
    attention = graphene.Field(
        RefundAttention,
        description="What staff have to see to: RETURN_AT_TERMINAL by hand, GIVEN_AT_PROVIDER past our books, "
        "AMOUNT_DIFFERS there, STUCK without an answer.",
    )
    requested_by = graphene.Field(User, description="Null: the booking's own rules.")
    decided_by = graphene.Field(User, description="The second person, for or against it.")
    created_at = DateTime(required=True)

    def resolve_requested_by(refund, info):
        return _person(refund.requested_by, info)

    def resolve_decided_by(refund, info):
        return _person(refund.decided_by, info)


def _person(user_id, info):
    """Who of the house: told to the house alone."""
    is_staff = info.context.caller.has_role(Role.STAFF)
    return User(id=user_id) if user_id is not None and is_staff else None


@key("id")
class Payment(graphene.ObjectType):
    """One try to take money for a booking."""

    id = graphene.ID(required=True)
    booking = graphene.Field(Booking)
    user = graphene.Field(User)
    cinema_id = graphene.ID(required=True)
    method = graphene.Field(PaymentMethod, required=True)
    provider = graphene.String(
        required=True,
        description="simulated or stripe.",  # the contract's own words; desk and terminal where staff took it
    )
    provider_reference = graphene.String()
    status = graphene.Field(PaymentStatus, required=True)
    failure_code = graphene.String(
        description="Stable code of a failure, e.g. CARD_DECLINED, INSUFFICIENT_FUNDS."
    )
    amount = graphene.Field(Money, required=True)
    refunded = graphene.Field(Money, required=True)
    refundable = graphene.Field(
        Money, required=True, description="What could still go back: not what went back or is on its way."
    )
    refunds = required_list(Refund)
    receipt_url = graphene.String(description="PDF, for the payer and staff.")
    created_at = DateTime(required=True)
    settled_at = DateTime()

    def resolve_booking(payment, _info):
        return Booking(id=payment.booking_id)

    def resolve_user(payment, _info):
        return User(id=payment.user_id) if payment.user_id else None

    def resolve_receipt_url(payment, info):
        runtime = info.context.runtime
        return receipt_url(runtime.settings, payment, runtime.clock.now())

    @classmethod
    def resolve_references(cls, representations, info):
        context = info.context
        ids = [str(representation["id"]) for representation in representations]
        found = context.runtime.database.read(lambda session: payments_by_id(session, ids))
        return [
            payment
            if (payment := found.get(wanted)) and may_see_in_passing(context.caller, payment)
            else None
            for wanted in ids
        ]


PaymentConnection = connection_type("PaymentConnection", Payment)


class PaymentFilter(graphene.InputObjectType):
    cinema_id = graphene.ID()
    status = PaymentStatus()
    method = PaymentMethod()
    booking_id = graphene.ID()
    user_id = graphene.ID()
    refund_status = RefundStatus(description="With a refund that stands so.")
    since = DateTime(name="from")
    until = DateTime(name="to")


class DailyCloseLine(graphene.ObjectType):
    """One way of paying on one day, in one currency."""

    method = graphene.Field(PaymentMethod, required=True)
    captured = graphene.Field(Money, required=True)
    refunded = graphene.Field(Money, required=True)
    provider_net = graphene.Field(
        Money,
        required=True,
        description="Captures less refunds by the provider's own ledger; what was taken at the desk counts as booked.",
    )
    count = graphene.Int(required=True)


class DailyCloseDifference(graphene.ObjectType):
    """Money that moved by one of the two books only, or as another sum: captures less refunds of the day."""

    key = graphene.String(required=True, description="The idempotency key that both books know it by.")
    payment = graphene.Field(lambda: Payment, description="Null: we know of no such payment.")
    booked = graphene.Field(Money, required=True)
    provider = graphene.Field(Money, required=True)


class DailyClose(graphene.ObjectType):
    """One day of a cinema, from midnight to midnight there."""

    day = Date(required=True)
    by_method = required_list(DailyCloseLine)
    mismatches = required_list(Payment)
    differences = required_list(
        DailyCloseDifference, description="The same line by line, with what each of the books has."
    )
    attention = required_list(
        Payment,
        description="With a refund that staff have to see to: of this day, or not done yet, from whatever day.",
    )


class RefundInput(graphene.InputObjectType):
    payment_id = graphene.ID(required=True)
    amount = MoneyInput(description="All that is left if omitted.")
    expected_refundable = MoneyInput(
        description="What the page showed as refundable: PAYMENT_CHANGED when it no longer is, as in a second tab."
    )
    reason = graphene.String(required=True)
    idempotency_key = graphene.String(required=True)


class PaymentPayload(graphene.ObjectType):
    payment = graphene.Field(Payment)
    user_errors = required_list(UserError)


class PaymentOption(graphene.ObjectType):
    """What the checkout offers, and what the browser needs to show it."""

    method = graphene.Field(PaymentMethod, required=True)
    provider = graphene.String(required=True)
    publishable_key = graphene.String()


@inaccessible
class TakePaymentInput(graphene.InputObjectType):
    booking_id = graphene.ID(required=True)
    user_id = graphene.ID()
    cinema_id = graphene.ID(required=True)
    amount = MoneyInput(required=True)
    method = PaymentMethod(required=True)
    payment_token = graphene.String(description="Whose money it is, as the provider's form gave it.")
    at_terminal = graphene.Boolean(
        default_value=False,
        description="A card at the box office: with Stripe on a terminal of its own, else simulated.",
    )
    terminal_receipt = graphene.String(description="What the terminal printed.")
    idempotency_key = graphene.String(required=True)
    description = graphene.String()


@inaccessible
class TakePaymentPayload(graphene.ObjectType):
    payment = graphene.Field(Payment)
    outcome = graphene.Field(
        PaymentOutcome,
        required=True,
        description="DECLINED beside userErrors: nothing was tried under this key.",
    )
    client_secret = graphene.String()
    redirect_url = graphene.String()
    user_errors = required_list(UserError)


@inaccessible
class RefundForBookingInput(graphene.InputObjectType):
    payment_id = graphene.ID(required=True)
    amount = MoneyInput(required=True)
    reason = graphene.String(required=True)
    idempotency_key = graphene.String(required=True)


@inaccessible
class RefundForBookingPayload(graphene.ObjectType):
    refund = graphene.Field(Refund)
    payment = graphene.Field(Payment)
    user_errors = required_list(UserError)
