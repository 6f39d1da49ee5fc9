"""Types of this subgraph; what they mean is told in contracts/api/coupon.graphql."""

from __future__ import annotations

import graphene

from chassis.federation import inaccessible, key
from chassis.graphql_types import DateTime, Money, MoneyInput, UserError, connection_type, required_list
from chassis.identity import Role
from coupon_service import lifecycle
from coupon_service.codes import normal_code
from coupon_service.queries import coupons_by_code, coupons_by_id, redemptions_page

DiscountKind = graphene.Enum.from_enum(lifecycle.DiscountKind, name="DiscountKind")


@key("id", resolvable=False)
class Movie(graphene.ObjectType):
    id = graphene.ID(required=True)


@key("id", resolvable=False)
class Cinema(graphene.ObjectType):
    id = graphene.ID(required=True)


@key("id", resolvable=False)
class User(graphene.ObjectType):
    id = graphene.ID(required=True)


@key("id", resolvable=False)
class Booking(graphene.ObjectType):
    id = graphene.ID(required=True)


class Redemption(graphene.ObjectType):
    """A use of a coupon that was paid for."""

    id = graphene.ID(required=True)
    user = graphene.Field(User)
    booking = graphene.Field(Booking)
    discount = graphene.Field(Money, required=True)
    redeemed_at = DateTime(required=True)

    def resolve_user(use, _info):
        return User(id=use.user_id) if use.user_id else None

    def resolve_booking(use, _info):
        return Booking(id=use.booking_id) if use.booking_id else None


RedemptionConnection = connection_type("RedemptionConnection", Redemption)


@key("id")
@key("code")
class Coupon(graphene.ObjectType):
    """A promise of a discount, and its conditions."""

    id = graphene.ID(required=True)
    code = graphene.String(required=True, description="Matched without regard to case.")
    description = graphene.String()
    kind = graphene.Field(DiscountKind, required=True)
    percent = graphene.Int(description="PERCENT: 1 to 100.")
    amount_off = graphene.Field(Money)
    minimum_subtotal = graphene.Field(Money)
    maximum_discount = graphene.Field(Money)
    starts_at = DateTime()
    expires_at = DateTime()
    usage_limit = graphene.Int(description="Null: unlimited.")
    usage_limit_per_user = graphene.Int()
    times_used = graphene.Int(description="Staff.")
    active = graphene.Boolean(required=True)
    movies = graphene.Field(
        graphene.NonNull(graphene.List(Movie)), description="Empty: any movie, any cinema."
    )
    cinemas = graphene.Field(graphene.NonNull(graphene.List(Cinema)))
    user = graphene.Field(User, description="Whose it is, for one given to a person.")
    redemptions = graphene.Field(
        RedemptionConnection,
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="Staff.",
    )

    def resolve_times_used(coupon, info):
        return coupon.times_used if _is_staff(info) else None

    def resolve_movies(coupon, _info):
        return [Movie(id=link.movie_id) for link in coupon.movie_links]

    def resolve_cinemas(coupon, _info):
        return [Cinema(id=link.cinema_id) for link in coupon.cinema_links]

    def resolve_user(coupon, info):
        return User(id=coupon.user_id) if coupon.user_id and may_see(info.context.caller, coupon) else None

    def resolve_redemptions(coupon, info, first=None, after=None):
        if not _is_staff(info):
            return None
        return info.context.runtime.database.read(
            lambda session: redemptions_page(session, coupon.id, first, after)
        )

    @classmethod
    def resolve_references(cls, representations, info):
        database, caller = info.context.runtime.database, info.context.caller
        ids = [str(given["id"]) for given in representations if given.get("id") is not None]
        codes = [str(given["code"]) for given in representations if given.get("id") is None]
        by_id = database.read(lambda session: coupons_by_id(session, ids)) if ids else {}
        by_code = database.read(lambda session: coupons_by_code(session, codes)) if codes else {}
        found = []
        for given in representations:
            known_by_code = given.get("id") is None
            coupon = (
                by_code.get(normal_code(str(given["code"]))) if known_by_code else by_id.get(str(given["id"]))
            )
            shared = coupon is not None and known_by_code and coupon.user_id is None and coupon.active
            found.append(coupon if coupon is not None and (shared or may_see(caller, coupon)) else None)
        return found


def may_see(caller, coupon):
    """Whether a coupon may be looked up without knowing its code: staff, its owner, a sibling service."""
    return (
        caller.is_peer
        or caller.has_role(Role.STAFF)
        or (caller.user_id is not None and caller.user_id == coupon.user_id)
    )


def _is_staff(info):
    return info.context.caller.is_peer or info.context.caller.has_role(Role.STAFF)


CouponConnection = connection_type("CouponConnection", Coupon)


class CouponInput(graphene.InputObjectType):
    code = graphene.String(required=True)
    description = graphene.String()
    kind = DiscountKind(required=True)
    percent = graphene.Int()
    amount_off = MoneyInput()
    minimum_subtotal = MoneyInput()
    maximum_discount = MoneyInput()
    starts_at = DateTime()
    expires_at = DateTime()
    usage_limit = graphene.Int()
    usage_limit_per_user = graphene.Int()
    active = graphene.Boolean()
    movie_ids = graphene.List(graphene.NonNull(graphene.ID))
    cinema_ids = graphene.List(graphene.NonNull(graphene.ID))


class CouponPayload(graphene.ObjectType):
    coupon = graphene.Field(Coupon)
    user_errors = required_list(UserError)


class CouponsPayload(graphene.ObjectType):
    coupons = required_list(Coupon)
    csv = graphene.String(description="The codes with their terms, as the text of a CSV file.")
    user_errors = required_list(UserError)


class CouponQuote(graphene.ObjectType):
    """What the code would take off; userErrors says why not: COUPON_UNKNOWN, COUPON_EXPIRED, COUPON_NOT_STARTED, COUPON_USED_UP, COUPON_MINIMUM_NOT_MET, COUPON_NOT_APPLICABLE."""  # the contract's own line

    coupon = graphene.Field(Coupon)
    discount = graphene.Field(Money)
    user_errors = required_list(UserError)


@inaccessible
class ReserveCouponInput(graphene.InputObjectType):
    code = graphene.String(required=True)
    booking_id = graphene.ID(required=True)
    user_id = graphene.ID(required=True)
    subtotal = MoneyInput(required=True)
    movie_id = graphene.ID(required=True)
    cinema_id = graphene.ID(required=True)
    as_of = graphene.Int(default_value=0, description="The booking's version; an earlier one comes too late.")
    keeps = graphene.Boolean(default_value=False, description="The discount stands as it was told.")


@inaccessible
class CouponTerms(graphene.ObjectType):
    """What it promises, in minor units of the booking's currency: for a later change of what it is used for."""

    percent = graphene.Int()
    amount_off = graphene.Int()
    maximum_discount = graphene.Int()
    minimum_subtotal = graphene.Int()


@inaccessible
class ReserveCouponPayload(graphene.ObjectType):
    coupon_id = graphene.ID()
    code = graphene.String()
    discount = graphene.Field(Money)
    terms = graphene.Field(CouponTerms)
    user_errors = required_list(UserError)
