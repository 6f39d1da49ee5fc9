"""Door 1, "someone asks": queries to queries.py, mutations to commands; nothing is decided here."""

from __future__ import annotations

import graphene
import orjson

from chassis import money
from chassis.errors import Invalid, Refusal, Refusals
from chassis.federation import build_schema, inaccessible
from chassis.graphql_types import DonePayload, MoneyInput, mutation_payload, user_error
from chassis.identity import Role
from coupon_service import lifecycle
from coupon_service.codes import normal_code
from coupon_service.commands import editing, using
from coupon_service.errors import BadField, CouponNotFound
from coupon_service.permissions import PERMISSIONS
from coupon_service.queries import coupons_by_id, coupons_given_to, coupons_page, csv_of, personal_data
from coupon_service.quoting import preview_coupon, quote_coupon
from coupon_service.rules import Order, Terms
from coupon_service.schema.types import (
    Coupon,
    CouponConnection,
    CouponInput,
    CouponPayload,
    CouponQuote,
    CouponsPayload,
    CouponTerms,
    ReserveCouponInput,
    ReserveCouponPayload,
)

BOOKING = "booking_service"


class Query(graphene.ObjectType):
    quote_coupon = graphene.Field(
        CouponQuote,
        code=graphene.String(required=True),
        subtotal=MoneyInput(required=True),
        movie_id=graphene.ID(),
        cinema_id=graphene.ID(),
    )
    preview_coupon = graphene.Field(
        CouponQuote,
        input=CouponInput(required=True),
        subtotal=MoneyInput(required=True),
        movie_id=graphene.ID(),
        cinema_id=graphene.ID(),
        description="MANAGER or ADMIN: what a form that is not saved would take off, asked as by a guest who never used it.",
    )
    my_coupons = graphene.List(
        graphene.NonNull(Coupon),
        description="Coupons given to the signed-in user, e.g. for loyalty: the third, fifth and tenth paid booking "
        "earn 10, 15 and 20 % for 30 days.",
    )
    coupons = graphene.Field(
        CouponConnection,
        search=graphene.String(),
        active=graphene.Boolean(),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="MANAGER or ADMIN, as all below.",
    )
    coupon = graphene.Field(Coupon, id=graphene.ID(required=True))
    coupon_personal_data = inaccessible(graphene.Field(graphene.String, user_id=graphene.ID(required=True)))

    def resolve_quote_coupon(_root, info, code, subtotal, movie_id=None, cinema_id=None):
        context = info.context
        order = _order(subtotal, context.caller.user_id, movie_id, cinema_id)
        answer = quote_coupon(context.runtime, context.caller, code, order, context.client_address)
        errors = [user_error(answer.refusal)] if answer.refusal else []
        return CouponQuote(coupon=answer.coupon, discount=answer.discount, user_errors=errors)

    def resolve_preview_coupon(_root, info, input, subtotal, movie_id=None, cinema_id=None):
        info.context.caller.require_role(Role.MANAGER)
        try:
            form, order = _form(input), _order(subtotal, None, movie_id, cinema_id)
            answer = preview_coupon(info.context.runtime, form.code, form.description, form.terms, order)
        except Refusals as several:
            return CouponQuote(user_errors=[user_error(refusal) for refusal in several.refusals])
        except Refusal as refusal:
            return CouponQuote(user_errors=[user_error(refusal)])
        return CouponQuote(discount=answer, user_errors=[])

    def resolve_my_coupons(_root, info):
        user_id = info.context.caller.require_user()
        return info.context.runtime.database.read(lambda session: coupons_given_to(session, user_id))

    def resolve_coupons(_root, info, search=None, active=None, first=None, after=None):
        info.context.caller.require_role(Role.MANAGER)
        return info.context.runtime.database.read(
            lambda session: coupons_page(session, search, active, first, after)
        )

    def resolve_coupon(_root, info, id):
        info.context.caller.require_role(Role.MANAGER)
        found = info.context.runtime.database.read(lambda session: coupons_by_id(session, [id])).get(id)
        if found is None:
            raise CouponNotFound
        return found

    def resolve_coupon_personal_data(_root, info, user_id):
        info.context.caller.require_peer()
        kept = info.context.runtime.database.read(lambda session: personal_data(session, user_id))
        return orjson.dumps(kept).decode()


class Mutation(graphene.ObjectType):
    create_coupon = graphene.Field(CouponPayload, required=True, input=CouponInput(required=True))
    update_coupon = graphene.Field(
        CouponPayload, required=True, id=graphene.ID(required=True), input=CouponInput(required=True)
    )
    delete_coupon = graphene.Field(
        DonePayload,
        required=True,
        id=graphene.ID(required=True),
        description="Refused with COUPON_IN_USE once redeemed: deactivate it instead.",
    )
    create_coupon_batch = graphene.Field(
        CouponsPayload,
        required=True,
        input=CouponInput(required=True),
        prefix=graphene.String(required=True),
        count=graphene.Int(required=True),
        description="count codes with this prefix and the rules of input; its code is ignored.",
    )
    set_coupons_active = graphene.Field(
        CouponsPayload,
        required=True,
        ids=graphene.Argument(graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID)))),
        active=graphene.Boolean(required=True),
    )
    reserve_coupon = inaccessible(
        graphene.Field(ReserveCouponPayload, required=True, input=ReserveCouponInput(required=True))
    )
    release_coupon = inaccessible(
        graphene.Field(
            DonePayload, required=True, booking_id=graphene.ID(required=True), as_of=graphene.Int()
        )
    )
    redeem_coupon = inaccessible(
        graphene.Field(DonePayload, required=True, booking_id=graphene.ID(required=True))
    )

    @mutation_payload(CouponPayload)
    def resolve_create_coupon(_root, info, input):
        info.context.caller.require_role(Role.MANAGER)
        return CouponPayload(
            coupon=editing.create_coupon(info.context.runtime, info.context.caller, _form(input))
        )

    @mutation_payload(CouponPayload)
    def resolve_update_coupon(_root, info, id, input):
        info.context.caller.require_role(Role.MANAGER)
        return CouponPayload(
            coupon=editing.update_coupon(info.context.runtime, info.context.caller, id, _form(input))
        )

    @mutation_payload(DonePayload, done=False)
    def resolve_delete_coupon(_root, info, id):
        info.context.caller.require_role(Role.MANAGER)
        editing.delete_coupon(info.context.runtime, info.context.caller, id)
        return DonePayload(done=True)

    @mutation_payload(CouponsPayload, coupons=())
    def resolve_create_coupon_batch(_root, info, input, prefix, count):
        info.context.caller.require_role(Role.MANAGER)
        runtime, caller = info.context.runtime, info.context.caller
        made = editing.create_batch(runtime, caller, _form(input), prefix, count)
        return CouponsPayload(coupons=made, csv=csv_of(made))

    @mutation_payload(CouponsPayload, coupons=())
    def resolve_set_coupons_active(_root, info, ids, active):
        info.context.caller.require_role(Role.MANAGER)
        found = editing.set_active(info.context.runtime, info.context.caller, ids, active)
        return CouponsPayload(coupons=found, csv=csv_of(found))

    @mutation_payload(ReserveCouponPayload)
    def resolve_reserve_coupon(_root, info, input):
        info.context.caller.require_peer(BOOKING)
        order = _order(input.subtotal, input.user_id, input.movie_id, input.cinema_id)
        wish = using.Wish(input.code, input.booking_id, order, as_of=input.as_of, keeps=input.keeps)
        reserved = using.reserve_coupon(info.context.runtime, wish)
        return ReserveCouponPayload(
            coupon_id=reserved.coupon_id,
            code=reserved.code,
            discount=reserved.discount,
            terms=_terms_told(reserved.terms),
        )

    @mutation_payload(DonePayload, done=False)
    def resolve_release_coupon(_root, info, booking_id, as_of=None):
        info.context.caller.require_peer(BOOKING)
        database = info.context.runtime.database
        database.transact(lambda session: using.release_coupon(session, booking_id, as_of=as_of))
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_redeem_coupon(_root, info, booking_id):
        info.context.caller.require_peer(BOOKING)
        database = info.context.runtime.database
        return DonePayload(done=database.transact(lambda session: using.redeem_coupon(session, booking_id)))


def _terms_told(terms):
    amounts = {
        "amount_off": terms.amount_off,
        "maximum_discount": terms.maximum_discount,
        "minimum_subtotal": terms.minimum_subtotal,
    }
    told = {name: None if money is None else money.amount for name, money in amounts.items()}
    return CouponTerms(percent=terms.percent, **told)


def _order(subtotal, user_id, movie_id, cinema_id):
    amount = _money(subtotal, "subtotal")
    if amount.amount < 0:
        raise Invalid("The subtotal can't be less than nothing.")
    return Order(subtotal=amount, user_id=user_id, movie_id=movie_id, cinema_id=cinema_id)


def _form(given):
    terms = Terms(
        kind=lifecycle.DiscountKind(given.kind),
        percent=given.percent,
        amount_off=_optional_money(given.amount_off, "amountOff"),
        minimum_subtotal=_optional_money(given.minimum_subtotal, "minimumSubtotal"),
        maximum_discount=_optional_money(given.maximum_discount, "maximumDiscount"),
        starts_at=given.starts_at,
        expires_at=given.expires_at,
        usage_limit=given.usage_limit,
        usage_limit_per_user=given.usage_limit_per_user,
        movie_ids=frozenset(given.movie_ids or ()),
        cinema_ids=frozenset(given.cinema_ids or ()),
    )
    description = (given.description or "").strip() or None
    return editing.Form(
        code=normal_code(given.code), description=description, terms=terms, active=given.active
    )


def _optional_money(given, name):
    if given is None:
        return None
    try:
        return money.Money(given.amount, given.currency)
    except ValueError:
        words = "The currency is a code of ISO 4217, e.g. EUR."
        raise BadField(words, field=("input", name, "currency"), code="CURRENCY_INVALID") from None


def _money(given, name):
    try:
        return money.Money(given.amount, given.currency)
    except ValueError:
        raise Invalid(f"{name}: the currency is a code of ISO 4217, e.g. EUR.") from None


SCHEMA = build_schema(Query, Mutation, permissions=PERMISSIONS)
