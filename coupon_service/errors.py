"""Failures of this service: stable codes and words that are safe to show."""

from __future__ import annotations

from chassis.errors import NotFound, Refusal


class CouponNotFound(NotFound):
    """No coupon has this id."""

    message = "There is no coupon under this id."


class CouponUnknown(Refusal):
    """No such code, or not for this person."""

    code = "COUPON_UNKNOWN"
    message = "We do not know this code. Please check the spelling."


class CouponExpired(Refusal):
    """Its last day is over."""

    code = "COUPON_EXPIRED"
    message = "This coupon has expired."


class CouponNotStarted(Refusal):
    """Its first day is still to come."""

    code = "COUPON_NOT_STARTED"
    message = "This coupon is not valid yet."


class CouponUsedUp(Refusal):
    """It was used as often as it may be, by all or by this person."""

    code = "COUPON_USED_UP"
    message = "This coupon has been used up."


class CouponMinimumNotMet(Refusal):
    """The order is too small."""

    code = "COUPON_MINIMUM_NOT_MET"
    message = "The order is too small for this coupon."


class CouponNotApplicable(Refusal):
    """Another film, another cinema, another currency."""

    code = "COUPON_NOT_APPLICABLE"
    message = "This coupon is not for this showtime."


class CouponInUse(Refusal):
    """Somebody has used it; its history has to stay."""

    code = "COUPON_IN_USE"
    message = "This coupon was used already. Deactivate it instead."


class CodeTaken(Refusal):
    """Another coupon has this code."""

    code = "CODE_TAKEN"
    message = "Another coupon has this code."


class BadField(Refusal):
    """One field of a form can't be as it is; the code says which rule."""

    code = "FIELD_INVALID"
