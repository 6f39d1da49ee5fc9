"""Door 1, "someone asks": queries to queries.py, mutations to commands; nothing is decided here."""

from __future__ import annotations

from dataclasses import replace

import graphene
import orjson

from chassis.errors import Unavailable
from chassis.federation import build_schema, inaccessible
from chassis.graphql_types import Date, mutation_payload
from chassis.identity import Role
from chassis.paging import check_first
from payment_service import lifecycle
from payment_service.commands import approving, refunding, settling, taking
from payment_service.daily_close import daily_close
from payment_service.errors import PaymentNotFound
from payment_service.permissions import PERMISSIONS
from payment_service.providers import STRIPE, NoAnswer, offered_by, provider_names
from payment_service.queries import (
    Wanted,
    may_read_in_full,
    payment_rows,
    payments_by_id,
    payments_of,
    payments_page,
    personal_data,
)
from payment_service.rules import DESK, Order, checked_key, checked_reason, money_of, told_reason
from payment_service.schema.types import (
    DailyClose,
    Payment,
    PaymentConnection,
    PaymentFilter,
    PaymentOption,
    PaymentPayload,
    RefundForBookingInput,
    RefundForBookingPayload,
    RefundInput,
    TakePaymentInput,
    TakePaymentPayload,
)

BOOKING = "booking_service"
LARGEST_PORTION = 2000
_DESK = (lifecycle.PaymentMethod.CASH, lifecycle.PaymentMethod.COMP)


class Query(graphene.ObjectType):
    payment_options = graphene.List(graphene.NonNull(PaymentOption))
    payment = graphene.Field(
        Payment,
        id=graphene.ID(required=True),
        description="Own payments; MANAGER those of the own cinemas, ADMIN all.",
    )
    my_payments = graphene.Field(
        PaymentConnection, first=graphene.Int(default_value=20), after=graphene.String()
    )
    payments = graphene.Field(
        PaymentConnection,
        filter=PaymentFilter(),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="MANAGER of the cinema or ADMIN, as the one below.",
    )
    daily_close = graphene.Field(
        DailyClose,
        cinema_id=graphene.ID(required=True),
        day=Date(required=True),
        description="What we booked against what the provider says, for one day of a cinema.",
    )
    payment_rows = inaccessible(
        graphene.Field(
            graphene.String,
            since=Date(required=True, name="from"),
            until=Date(required=True, name="to"),
            cinema_ids=graphene.List(graphene.NonNull(graphene.ID)),
            after=graphene.String(),
            first=graphene.Int(required=True),
            description="For siblings: JSON text of a portion of the payments begun on these days.",
        )
    )
    payment_personal_data = inaccessible(graphene.Field(graphene.String, user_id=graphene.ID(required=True)))

    def resolve_payment_options(_root, info):
        settings = info.context.runtime.settings
        name = provider_names(settings)[0]
        public = settings.stripe_publishable_key if name == STRIPE else None
        offered = [
            PaymentOption(method=method, provider=name, publishable_key=public) for method in offered_by(name)
        ]
        at_desk = [PaymentOption(method=method, provider=DESK) for method in _DESK]
        return offered + (at_desk if info.context.caller.has_role(Role.STAFF) else [])

    def resolve_payment(_root, info, id):
        context = info.context
        found = context.runtime.database.read(lambda session: payments_by_id(session, [id])).get(id)
        if found is None or not may_read_in_full(context.caller, found):
            raise PaymentNotFound
        return found

    def resolve_my_payments(_root, info, first=None, after=None):
        user_id = info.context.caller.require_user()
        return info.context.runtime.database.read(lambda session: payments_of(session, user_id, first, after))

    def resolve_payments(_root, info, filter=None, first=None, after=None):
        context, wanted = info.context, Wanted(**(filter or {}))
        return context.runtime.database.read(
            lambda session: payments_page(session, context.caller, wanted, first, after)
        )

    def resolve_daily_close(_root, info, cinema_id, day):
        try:
            return daily_close(info.context.runtime, info.context.caller, cinema_id, day)
        except NoAnswer:
            raise Unavailable("The payment provider does not answer right now.") from None

    def resolve_payment_rows(_root, info, since, until, first, cinema_ids=None, after=None):
        info.context.caller.require_peer(BOOKING)
        portion = info.context.runtime.database.read(
            lambda session: payment_rows(
                session, since, until, cinema_ids, after=after, first=check_first(first, LARGEST_PORTION)
            )
        )
        return orjson.dumps(vars(portion)).decode()

    def resolve_payment_personal_data(_root, info, user_id):
        info.context.caller.require_peer()
        kept = info.context.runtime.database.read(lambda session: personal_data(session, user_id))
        return orjson.dumps(kept).decode()


class Mutation(graphene.ObjectType):
    refund_payment = graphene.Field(
        PaymentPayload,
        required=True,
        input=RefundInput(required=True),
        description="MANAGER or ADMIN. REFUND_EXCEEDS_PAYMENT when more than is left.",
    )
    approve_refund = graphene.Field(
        PaymentPayload,
        required=True,
        refund_id=graphene.ID(required=True),
        description="MANAGER or ADMIN, but not who asked for it: SECOND_PERSON_REQUIRED.",
    )
    reject_refund = graphene.Field(
        PaymentPayload,
        required=True,
        refund_id=graphene.ID(required=True),
        reason=graphene.String(required=True),
        description="MANAGER or ADMIN: nothing goes back by it.",
    )
    take_payment = inaccessible(
        graphene.Field(TakePaymentPayload, required=True, input=TakePaymentInput(required=True))
    )
    settle_payment = inaccessible(
        graphene.Field(TakePaymentPayload, required=True, idempotency_key=graphene.String(required=True))
    )
    refund_for_booking = inaccessible(
        graphene.Field(RefundForBookingPayload, required=True, input=RefundForBookingInput(required=True))
    )

    @mutation_payload(PaymentPayload)
    def resolve_refund_payment(_root, info, input):
        info.context.caller.require_role(Role.MANAGER)
        wish = replace(_wish(input, checked_reason(input.reason)), expected=_expected(input))
        return PaymentPayload(
            payment=refunding.refund_payment(info.context.runtime, info.context.caller, wish)
        )

    @mutation_payload(PaymentPayload)
    def resolve_approve_refund(_root, info, refund_id):
        context = info.context
        return PaymentPayload(payment=approving.approve_refund(context.runtime, context.caller, refund_id))

    @mutation_payload(PaymentPayload)
    def resolve_reject_refund(_root, info, refund_id, reason):
        context = info.context
        context.caller.require_role(Role.MANAGER)
        checked = checked_reason(reason, field=("reason",))
        return PaymentPayload(
            payment=approving.reject_refund(context.runtime, context.caller, refund_id, checked)
        )

    @mutation_payload(TakePaymentPayload, outcome=taking.PaymentOutcome.DECLINED)
    def resolve_take_payment(_root, info, input):
        info.context.caller.require_peer(BOOKING)
        return _taken(taking.take_payment(info.context.runtime, info.context.caller, _order(input)))

    @mutation_payload(TakePaymentPayload, outcome=taking.PaymentOutcome.DECLINED)
    def resolve_settle_payment(_root, info, idempotency_key):
        info.context.caller.require_peer(BOOKING)
        return _taken(settling.settle_payment(info.context.runtime, checked_key(idempotency_key)))

    @mutation_payload(RefundForBookingPayload)
    def resolve_refund_for_booking(_root, info, input):
        info.context.caller.require_peer(BOOKING)
        refund, payment = refunding.refund_for_booking(
            info.context.runtime, info.context.caller, _wish(input, told_reason(input.reason))
        )
        return RefundForBookingPayload(refund=refund, payment=payment)


def _order(given):
    return Order(
        key=checked_key(given.idempotency_key),
        booking_id=given.booking_id,
        user_id=given.user_id,
        cinema_id=given.cinema_id,
        amount=money_of(given.amount, field=("input", "amount")),
        method=lifecycle.PaymentMethod(given.method),
        token=(given.payment_token or "").strip()[:255] or None,
        description=(given.description or "")[:255] or None,
        at_terminal=given.at_terminal,
        receipt=(given.terminal_receipt or "").strip()[:64] or None,
    )


def _wish(given, reason):
    return refunding.RefundWish(
        payment_id=given.payment_id,
        amount=None if given.amount is None else money_of(given.amount, field=("input", "amount")),
        reason=reason,
        key=checked_key(given.idempotency_key),
    )


def _expected(given):
    seen = given.expected_refundable
    return None if seen is None else money_of(seen, field=("input", "expectedRefundable"))


def _taken(taken):
    return TakePaymentPayload(
        payment=taken.payment,
        outcome=taken.outcome,
        client_secret=taken.client_secret,
        redirect_url=taken.redirect_url,
    )


SCHEMA = build_schema(Query, Mutation, permissions=PERMISSIONS)
