"""Facts that user_service publishes; their schemas are in contracts/events/."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from chassis.events import Event


class Person(Protocol):
    """What the events tell of a person."""

    id: str
    email: str | None
    name: str
    phone: str | None
    locale: str
    role: str
    cinema_ids: list[str]


def registered(person: Person) -> Event:
    """A person made an account."""
    return Event("user.registered", _contact(person))


def updated(person: Person) -> Event:
    """Name, address, phone or language changed."""
    return Event("user.updated", _contact(person))


def erased(user_id: str) -> Event:
    """Personal data must go, everywhere."""
    return Event("user.erased", {"userId": user_id})


def role_changed(person: Person) -> Event:
    """Role or cinemas changed."""
    return Event(
        "user.role_changed",
        {"userId": person.id, "role": person.role, "scope": list(person.cinema_ids)},
    )


def invited(person: Person, link: str, expires_at: datetime) -> Event:
    """An account was made for a person, who is to choose a password."""
    return Event("user.invited", _letter(person, str(person.email), link, expires_at))


def reset_requested(person: Person, link: str, expires_at: datetime) -> Event:
    """A person asked for a new password."""
    return Event("password.reset_requested", _letter(person, str(person.email), link, expires_at))


def email_changed(person: Person, email: str) -> Event:
    """An account has another address now; told to `email`, the one before."""
    return Event("email.changed", _notice(person, email))


def password_changed(person: Person) -> Event:
    """An account has another password now."""
    return Event("password.changed", _notice(person, str(person.email)))


def verification_requested(person: Person, email: str, link: str, expires_at: datetime) -> Event:
    """A person is to prove that `email` is theirs."""
    return Event("email.verification_requested", _letter(person, email, link, expires_at))


def _contact(person: Person) -> dict[str, object]:
    return {
        "userId": person.id,
        "email": person.email,
        "name": person.name,
        "phone": person.phone,
        "locale": person.locale,
    }


def _letter(person: Person, email: str, link: str, expires_at: datetime) -> dict[str, object]:
    return {
        "userId": person.id,
        "email": email,
        "name": person.name,
        "locale": person.locale,
        "link": link,
        "expiresAt": expires_at.isoformat(),
    }


def _notice(person: Person, email: str) -> dict[str, object]:
    return {"userId": person.id, "email": email, "name": person.name, "locale": person.locale}
