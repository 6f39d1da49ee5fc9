"""An event put into words: its moments, sums and spans as each language writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chassis.money import decimal_text
from notification_service import rules
from notification_service.templates import Words, catalogue, fill, words

HIDDEN_LINK = "•••"
Payload = Mapping[str, Any]


def write(kind: str, language: str, *, name: str, payload: Payload, link: str | None) -> Words:
    """The message of `kind` that tells `payload` to somebody called `name` ("" when we don't know)."""
    facts = {"name": rules.shown_name(name), **FACTS[kind](payload, language)}
    return words(kind, language, facts, link)


def moment(text: str, time_zone: str, language: str) -> str:
    """An instant as the clock at the place shows it, e.g. "Saturday 21 November 2026, 19:30"."""
    try:
        zone: ZoneInfo | Any = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    at = datetime.fromisoformat(text).astimezone(zone)
    calendar = catalogue(language)["calendar"]
    return fill(
        calendar["moment"],
        {
            "weekday": calendar["weekdays"][at.weekday()],
            "day": at.day,
            "month": calendar["months"][at.month - 1],
            "year": at.year,
            "hour": f"{at.hour:02d}",
            "minute": f"{at.minute:02d}",
        },
    )


def sum_of(money: Mapping[str, Any] | None, language: str) -> str:
    """An amount with its currency, e.g. "25,00 EUR"; empty for none or nothing."""
    if not money or not money["amount"]:
        return ""
    text = decimal_text(money["amount"], money["currency"])
    return f"{text.replace('.', catalogue(language)['money']['decimal_point'])} {money['currency']}"


def span(seconds: float, language: str) -> str:
    """A span of time in the unit that suits it, e.g. "10 minutes"."""
    calendar = catalogue(language)["calendar"]
    minutes = round(seconds / 60)
    if minutes < 120:
        return fill(calendar["minutes"], {"count": minutes})
    if minutes < 72 * 60:
        return fill(calendar["hours"], {"count": round(minutes / 60)})
    return fill(calendar["days"], {"count": round(minutes / 1440)})


def _showing(payload: Payload, language: str) -> dict[str, Any]:
    return {
        "movie": payload["movieTitle"],
        "cinema": payload["cinemaName"],
        "when": moment(payload["startsAt"], payload["timeZone"], language),
    }


def _booking(payload: Payload, language: str) -> dict[str, Any]:
    return {
        **_showing(payload, language),
        "auditorium": payload["auditoriumName"],
        "reference": payload["reference"],
        "seats": ", ".join(payload["seats"]),
        "total": sum_of(payload["total"], language) or _nothing(payload["total"], language),
    }


def _confirmed_booking(payload: Payload, language: str) -> dict[str, Any]:
    files = {"tickets_url": payload.get("ticketsUrl"), "calendar_url": payload.get("calendarUrl")}
    return {**_booking(payload, language), **files}


def _cancelled_booking(payload: Payload, language: str) -> dict[str, Any]:
    return {
        **_booking(payload, language),
        "reason": payload["reason"] or "",
        "refund": sum_of(payload["refund"], language),
        "was_paid": payload["refund"] is not None,
    }


def _refund(payload: Payload, language: str) -> dict[str, Any]:
    return {
        "amount": sum_of(payload["amount"], language) or _nothing(payload["amount"], language),
        "reason": payload["reason"] or "",
        "reference": payload.get("reference", ""),
        "movie": payload.get("movieTitle", ""),
    }


def _changed_showtime(payload: Payload, language: str) -> dict[str, Any]:
    previous = payload.get("previousStartsAt") or payload["startsAt"]
    return {
        **_showing(payload, language),
        "auditorium": payload["auditoriumName"],
        "previously": moment(previous, payload["timeZone"], language),
        "reason": payload.get("reason") or "",
        "reference": payload["reference"],
        "full_refund": payload.get("fullRefund", False),
    }


def _seats_free(payload: Payload, language: str) -> dict[str, Any]:
    return {**_showing(payload, language), "seats": payload["seats"]}


def _coupon(payload: Payload, language: str) -> dict[str, Any]:
    expires = payload["expiresAt"]
    return {
        "code": payload["code"],
        "percent": payload["percent"],
        "expires": moment(expires, "UTC", language) if expires else "",
    }


def _link(payload: Payload, language: str) -> dict[str, Any]:
    seconds = (
        datetime.fromisoformat(payload["expiresAt"]) - datetime.fromisoformat(payload["occurredAt"])
    ).total_seconds()
    return {"lifetime": span(seconds, language)}


def _nothing(money: Mapping[str, Any], language: str) -> str:
    return sum_of({"amount": 1, "currency": money["currency"]}, language).replace("1", "0")


FACTS: Mapping[str, Callable[[Payload, str], dict[str, Any]]] = {
    "booking.confirmed": _confirmed_booking,
    "booking.cancelled": _cancelled_booking,
    "booking.expired": lambda payload, _language: {"reference": payload["reference"]},
    "payment.refunded": _refund,
    "showtime.rescheduled": _changed_showtime,
    "showtime.cancelled": _changed_showtime,
    "waiting_list.seats_free": _seats_free,
    "movie.showings_announced": _showing,
    "coupon.granted": _coupon,
    "user.registered": lambda _payload, _language: {},
    "email.verification_requested": _link,
    "password.reset_requested": _link,
    "email.changed": lambda _payload, _language: {},
    "password.changed": lambda _payload, _language: {},
    "user.invited": _link,
}
