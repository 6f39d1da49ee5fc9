"""What booking_service asks its siblings, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from booking_service.rules.prices import CouponTerms
from booking_service.rules.seats import Seat
from chassis.errors import NotFound, Refusal, Unavailable
from chassis.identity import Caller
from chassis.money import Money
from chassis.peers import PeerError
from chassis.runtime import Runtime

PAYMENT, COUPON, CINEMA, MOVIE, USER = (
    "payment_service", "coupon_service", "cinema_service", "movie_service", "user_service",
)  # fmt: skip
_PAYMENT_FIELDS = " ".join(
    (
        "payment { id failureCode amount { amount currency } }",
        "outcome clientSecret redirectUrl userErrors { code message }",
    )
)


@dataclass(frozen=True)
class Charge:
    """What payment_service knows of a try: SUCCEEDED, DECLINED, PENDING or ACTION_REQUIRED."""

    outcome: str
    payment_id: str | None = None
    failure_code: str | None = None
    client_secret: str | None = None
    redirect_url: str | None = None
    amount: Money | None = None


@dataclass(frozen=True)
class Room:
    """An auditorium with its cinema and plan, as cinema_service tells of it."""

    id: str
    name: str
    layout_version: int
    formats: tuple[str, ...]
    cinema_id: str
    cinema_name: str
    city: str
    time_zone: str
    currency: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Film:
    """A film as movie_service tells of it."""

    id: str
    title: str
    duration_minutes: int
    genres: tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """How to reach a guest."""

    email: str | None
    phone: str | None
    name: str


def take_payment(runtime: Runtime[Any], question: dict[str, Any], *, deadline_seconds: float) -> Charge:
    """Ask for money once, under a stored key. Raises Unavailable when no answer came: it may have moved or not."""
    query = (
        f"mutation Take($input: TakePaymentInput!) {{ takePayment(input: $input) {{ {_PAYMENT_FIELDS} }} }}"
    )
    data = runtime.peers.call(PAYMENT, query, {"input": question}, deadline_seconds=deadline_seconds)
    return _charge(data["takePayment"])


def settle_payment(runtime: Runtime[Any], provider_key: str) -> Charge:
    """What became of the payment under `provider_key`; DECLINED when nobody ever saw it. Raises Unavailable."""
    query = (
        f"mutation Settle($key: String!) {{ settlePayment(idempotencyKey: $key) {{ {_PAYMENT_FIELDS} }} }}"
    )
    data = runtime.peers.call(PAYMENT, query, {"key": provider_key}, deadline_seconds=5.0)
    return _charge(data["settlePayment"])


def refund(runtime: Runtime[Any], *, payment_id: str, amount: Money, reason: str, key: str) -> bool:
    """Give money back, once for each `key`; whether it is done. Raises Unavailable, PeerError."""
    query = (
        "mutation Refund($input: RefundForBookingInput!) "
        "{ refundForBooking(input: $input) { refund { id status } userErrors { code message } } }"
    )
    question = {
        "paymentId": payment_id,
        "amount": {"amount": amount.amount, "currency": amount.currency},
        "reason": reason,
        "idempotencyKey": key,
    }
    answer = runtime.peers.call(PAYMENT, query, {"input": question}, deadline_seconds=10.0)[
        "refundForBooking"
    ]
    if answer["userErrors"]:
        raise PeerError(
            PAYMENT, [{"message": fault["message"], "extensions": fault} for fault in answer["userErrors"]]
        )
    # PENDING is a promise that the provider may still refuse: then only asking again has it tried anew.
    return bool(answer["refund"] and answer["refund"]["status"] == "SUCCEEDED")


@dataclass(frozen=True)
class CouponReserved:
    """A coupon that is set aside: its code as stored, what it takes off, and by which terms."""

    code: str
    discount: Money
    terms: CouponTerms | None


def reserve_coupon(runtime: Runtime[Any], question: dict[str, Any]) -> CouponReserved:
    """Reserve a use of a coupon for a booking.

    Raises Refusal with coupon_service's code and words, Unavailable.
    """
    query = (
        "mutation Reserve($input: ReserveCouponInput!) { reserveCoupon(input: $input) "
        "{ code discount { amount currency } terms { percent amountOff maximumDiscount minimumSubtotal } "
        "userErrors { code message } } }"
    )
    answer = runtime.peers.call(COUPON, query, {"input": question})["reserveCoupon"]
    for fault in answer["userErrors"]:
        raise Refusal(fault["message"], code=fault["code"], field=("code",))
    told = answer.get("terms")
    terms = told and CouponTerms(
        told["percent"], told["amountOff"], told["maximumDiscount"], told["minimumSubtotal"]
    )
    discount = Money(answer["discount"]["amount"], answer["discount"]["currency"])
    return CouponReserved(answer["code"], discount, terms)


def release_coupon(runtime: Runtime[Any], booking_id: str, *, as_of: int) -> None:
    """Give back a use that was reserved at that version of the booking or before. Raises Unavailable."""
    query = "mutation Release($id: ID!, $asOf: Int) { releaseCoupon(bookingId: $id, asOf: $asOf) { done } }"
    runtime.peers.call(COUPON, query, {"id": booking_id, "asOf": as_of})


def auditorium(runtime: Runtime[Any], auditorium_id: str, caller: Caller) -> Room | None:
    """The room with its present plan, None when there is none. Raises Unavailable."""
    query = (
        "query Room($id: ID!) { auditorium(id: $id) { id name layoutVersion formats "
        "cinema { id name city timeZone currency } seats { id row number category x y } } }"
    )
    found = _lookup(runtime, CINEMA, query, auditorium_id, "auditorium", caller)
    if found is None:
        return None
    cinema = found["cinema"]
    return Room(
        found["id"], found["name"], found["layoutVersion"], tuple(found["formats"]), cinema["id"], cinema["name"],
        cinema["city"], cinema["timeZone"], cinema["currency"], tuple(Seat(**seat) for seat in found["seats"]),
    )  # fmt: skip


def cinema_address(runtime: Runtime[Any], auditorium_id: str) -> str | None:
    """Where the auditorium's cinema stands; None while nobody can tell: an entry in a calendar is good without."""
    query = "query Place($id: ID!) { auditorium(id: $id) { cinema { address city } } }"
    try:
        found = _lookup(runtime, CINEMA, query, auditorium_id, "auditorium", Caller())
    except (Unavailable, PeerError):
        return None
    if found is None:
        return None
    address, city = str(found["cinema"]["address"]), str(found["cinema"]["city"])
    return address if city in address else f"{address}, {city}"


def movie(runtime: Runtime[Any], movie_id: str, caller: Caller) -> Film | None:
    """The film, None when there is none. Raises Unavailable."""
    query = "query Film($id: ID!) { movie(id: $id) { id title durationMinutes genres } }"
    found = _lookup(runtime, MOVIE, query, movie_id, "movie", caller)
    return (
        None
        if found is None
        else Film(found["id"], found["title"], found["durationMinutes"], tuple(found["genres"]))
    )


def contact(runtime: Runtime[Any], user_id: str) -> Contact | None:
    """How to reach a person, None when nobody is known. Raises Unavailable."""
    query = "query Contact($id: ID!) { userContact(id: $id) { email phone name } }"
    found = _lookup(runtime, USER, query, user_id, "userContact", Caller())
    return None if found is None else Contact(found["email"], found["phone"], found["name"])


def payment_rows(
    runtime: Runtime[Any], question: Mapping[str, Any], *, after: str | None, first: int
) -> tuple[list[dict[str, Any]], str | None, float]:
    """A portion of the payments begun on the question's days: rows, where to go on (None: that was all), share done.

    Raises Unavailable.
    """
    query = (
        "query Rows($from: Date!, $to: Date!, $cinemaIds: [ID!], $after: String, $first: Int!) "
        "{ paymentRows(from: $from, to: $to, cinemaIds: $cinemaIds, after: $after, first: $first) }"
    )
    asked = {
        "from": question["from"], "to": question["to"], "cinemaIds": question["cinemas"], "after": after, "first": first,
    }  # fmt: skip
    found = orjson.loads(runtime.peers.call(PAYMENT, query, asked, deadline_seconds=10.0)["paymentRows"])
    return found["rows"], found["after"], found["share"]


def _lookup(
    runtime: Runtime[Any], peer: str, query: str, key: str, field: str, caller: Caller
) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = runtime.peers.call(peer, query, {"id": key}, caller=caller)[field]
    except PeerError as error:
        if NotFound.code in error.codes:
            return None
        raise
    return found


def _charge(answer: dict[str, Any]) -> Charge:
    payment = answer["payment"] or {}
    amount = payment.get("amount")
    return Charge(
        outcome=answer["outcome"],
        payment_id=payment.get("id"),
        failure_code=payment.get("failureCode")
        or next((fault["code"] for fault in answer["userErrors"]), None),
        client_secret=answer["clientSecret"],
        redirect_url=answer["redirectUrl"],
        amount=Money(amount["amount"], amount["currency"]) if amount else None,
    )
