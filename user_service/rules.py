"""Decisions about people, on plain values."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from chassis.errors import Refusal, Refusals
from user_service import errors

T = TypeVar("T")

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1024
LONGEST_NAME, LONGEST_EMAIL, LONGEST_LOCAL_PART = 120, 254, 64
MOST_CINEMAS = 100
CUSTOMER, STAFF, MANAGER, ADMIN = "CUSTOMER", "STAFF", "MANAGER", "ADMIN"
DELETED_NAME = "Deleted account"

LONGEST_DELAY = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=1)

_LOCAL_PART = re.compile(r"[^\s@\"(),:;<>\[\\\]]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}[0-9]")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
# What turns the direction of the text around it, and tags that nobody sees.
_MISLEADING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080))))
_KEY_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "abcdefghijklmnopqrstuvwxyz",
)


class Gathering:
    """Collects the refusals of one request, to tell them together."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def check(self, rule: Callable[..., T], *arguments: object) -> T | None:
        """What `rule` answers; None when it refuses, which is remembered."""
        try:
            return rule(*arguments)
        except Refusal as refusal:
            self.refusals.append(refusal)
            return None

    def tell(self) -> None:
        """Raises Refusals when there are any."""
        if self.refusals:
            raise Refusals(self.refusals)


def normal_email(text: str) -> str:
    """The one form in which an address is stored and compared, on every database."""
    name, at, domain = unicodedata.normalize("NFKC", text).strip().lower().rpartition("@")
    with contextlib.suppress(UnicodeError):  # not a domain: email_of refuses it
        domain = domain.encode("idna").decode()
    return f"{name}{at}{domain}"


def email_of(text: str, field: Sequence[str]) -> str:
    """`text` as a normal address. Raises EmailInvalid."""
    email = normal_email(text)
    name, _, domain = email.rpartition("@")
    labels = domain.split(".")
    is_address = (
        len(email) <= LONGEST_EMAIL
        and 0 < len(name) <= LONGEST_LOCAL_PART
        and _LOCAL_PART.fullmatch(name) is not None
        and not (name.startswith(".") or name.endswith(".") or ".." in name)
        and _is_printable(name)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )
    if not is_address:
        raise errors.EmailInvalid(field=field)
    return email


def name_of(text: str, field: Sequence[str]) -> str:
    """`text` as a name, without blanks around. Raises NameRequired, NameTooLong, NameInvalid."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise errors.NameRequired(field=field)
    if len(name) > LONGEST_NAME:
        raise errors.NameTooLong(field=field)
    if not _is_printable(name):
        raise errors.NameInvalid(field=field)
    return name


def phone_of(text: str | None, field: Sequence[str]) -> str | None:
    """`text` as a number, None for none. Raises PhoneInvalid."""
    if text is None or not text.strip():
        return None
    phone = " ".join(text.split())
    if not _PHONE.fullmatch(phone):
        raise errors.PhoneInvalid(field=field)
    return phone


def locale_of(text: str, field: Sequence[str]) -> str:
    """`text` as a language tag. Raises LocaleInvalid."""
    locale = text.strip()
    if not _LOCALE.fullmatch(locale):
        raise errors.LocaleInvalid(field=field)
    return locale


def spoken_locale(accept_language: str | None) -> str:
    """The first language that a browser names, "en" for none."""
    first = (accept_language or "").split(",")[0].split(";")[0].strip()
    return first if _LOCALE.fullmatch(first) else "en"


def password_of(text: str, field: Sequence[str]) -> str:
    """`text` if it may be a password. Raises PasswordTooShort, PasswordTooLong, PasswordTooCommon."""
    if len(text) < SHORTEST_PASSWORD:
        raise errors.PasswordTooShort(field=field)
    if len(text) > LONGEST_PASSWORD:
        raise errors.PasswordTooLong(field=field)
    if is_common(text):
        raise errors.PasswordTooCommon(field=field)
    return text


def is_common(password: str) -> bool:
    """Whether others would try this among the first: listed, one character again and again, or a row of keys."""
    word = password.casefold().strip()
    rows = (row + row for row in _KEY_ROWS)
    return (
        len(set(word)) <= 2
        or word in common_passwords()
        or any(word in row or word[::-1] in row for row in rows)
    )


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The list that is shipped, in lower case."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def cinemas_of(role: str, cinema_ids: Sequence[str] | None, field: Sequence[str]) -> list[str]:
    """The cinemas a role holds for: sorted, each once; none for CUSTOMER and ADMIN. Raises CinemasInvalid."""
    if role not in (STAFF, MANAGER):
        return []
    cinemas = sorted({cinema.strip() for cinema in cinema_ids or ()})
    if len(cinemas) > MOST_CINEMAS or any(not 0 < len(cinema) <= 36 for cinema in cinemas):
        raise errors.CinemasInvalid(field=field)
    return cinemas


def keeps_an_admin(admins: Sequence[str], leaving: str) -> None:
    """Raises LastAdmin when `leaving` is the only one of `admins` (ids of active administrators)."""
    if list(admins) == [leaving]:
        raise errors.LastAdmin


def delay_after(failures: int, free: int) -> timedelta:
    """How long to wait after so many failed sign-ins in a row: nothing at first, then twice as long each time."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free + 1, 20)), LONGEST_DELAY)


def failures_left(failures: int, last_at: datetime, now: datetime) -> int:
    """How many failures still count: none once an hour has passed without one."""
    return 0 if now - last_at > FAILURES_FORGOTTEN_AFTER else failures


def _is_printable(text: str) -> bool:
    """Whether a screen can show it, and shows it in the order in which it is written."""
    return any(unicodedata.category(mark)[0] in "LNPS" for mark in text) and not any(
        unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") or mark in _MISLEADING for mark in text
    )
