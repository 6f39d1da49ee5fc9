"""Money, links, limits, settings: values that every room shares."""

from __future__ import annotations

from datetime import timedelta

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import NotFound, RateLimited
from chassis.ids import new_id, new_token
from chassis.limits import RateLimiter, source_of
from chassis.links import sign, verify
from chassis.money import CurrencyMismatch, Money, decimal_text, total
from chassis.revocations import Revocations
from chassis.settings import ServiceSettings, SettingsError, load
from chassis.testing import NOON, REDIS_URL
from chassis.testing_rooms import ROOM_KEYS, SECRET


@given(st.lists(st.integers(-(10**9), 10**9)))
def test_a_sum_of_money_is_the_sum_of_its_parts(amounts: list[int]) -> None:
    assert total([Money(amount, "EUR") for amount in amounts], "EUR").amount == sum(amounts)


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [(1001, 50, 501), (999, 50, 500), (1, 50, 1), (333, 10, 33), (0, 99, 0)],
)
def test_a_share_is_rounded_half_up(amount: int, percent: int, expected: int) -> None:
    assert Money(amount, "EUR").percent(percent) == Money(expected, "EUR")


@pytest.mark.parametrize(
    ("money", "percent", "expected"),
    [
        (Money(4550, "KWD"), 50, 2280),
        (Money(4540, "TND"), 50, 2270),
        (Money(4530, "BHD"), 50, 2270),
        (Money(12_300, "MGA"), 50, 6200),
        (Money(4550, "IQD"), 33, 1502),
        (Money(2275, "KWD"), 100, 2275),
    ],
)
def test_a_share_is_one_that_can_be_paid_by_card(money: Money, percent: int, expected: int) -> None:
    assert money.percent(percent).amount == expected


def test_two_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "euro")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1250, "EUR", "12.50"), (1250, "JPY", "1250"), (1250, "KWD", "1.250"), (-5, "EUR", "-0.05")],
)
def test_a_currency_has_the_digits_that_it_has(amount: int, currency: str, text: str) -> None:
    assert decimal_text(amount, currency) == text


def test_a_signed_link_opens_until_it_expires_and_only_as_it_was_signed() -> None:
    link = sign(
        "https://example.org", "/files/a.pdf", SECRET, expires_at=NOON + timedelta(hours=1), subject="ana"
    )
    given = dict(part.split("=") for part in link.partition("?")[2].split("&"))

    verify("/files/a.pdf", SECRET, now=NOON, **given)
    changed = [
        ("/files/b.pdf", SECRET, given, NOON),
        ("/files/a.pdf", "another secret", given, NOON),
        ("/files/a.pdf", SECRET, {**given, "subject": "eve"}, NOON),
        ("/files/a.pdf", SECRET, {**given, "expires": str(int(given["expires"]) + 1)}, NOON),
        ("/files/a.pdf", SECRET, {**given, "expires": "soon"}, NOON),
        ("/files/a.pdf", SECRET, given, NOON + timedelta(hours=2)),
    ]
    for path, secret, query, now in changed:
        with pytest.raises(NotFound):
            verify(path, secret, now=now, **query)


@pytest.mark.usefixtures("redis_client")
def test_a_limit_refuses_the_next_one_and_says_when_to_come_back() -> None:
    limiter = RateLimiter(REDIS_URL, new_id())
    for _ in range(3):
        limiter.hit("sign-in", "ana", limit=3, per_seconds=60)

    with pytest.raises(RateLimited) as refused:
        limiter.hit("sign-in", "ana", limit=3, per_seconds=60)

    assert 1 <= refused.value.retry_after_seconds <= 61
    limiter.hit("sign-in", "ben", limit=3, per_seconds=60)


def test_without_redis_limits_go_on_in_the_process() -> None:
    limiter = RateLimiter("redis://127.0.0.1:1/0", new_id())
    limiter.hit("sign-in", "ana", limit=1, per_seconds=60)

    with pytest.raises(RateLimited):
        limiter.hit("sign-in", "ana", limit=1, per_seconds=60)


def test_an_ended_session_is_known_to_all(redis_client: redis.Redis) -> None:
    ended = Revocations(redis_client)

    ended.revoke("s1", 60)

    assert (ended.is_revoked("s1"), ended.is_revoked("s2")) == (True, False)
    assert 0 < redis_client.ttl("revoked:session:s1") <= 60


def test_all_faults_of_the_environment_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "INTERNAL_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOBBYCARD_ENV", "staging")

    with pytest.raises(SettingsError) as refused:
        load(ServiceSettings)

    assert [fault.partition(":")[0] for fault in refused.value.faults] == [
        "LOBBYCARD_ENV", "DATABASE_URL", "INTERNAL_SECRET",
    ]  # fmt: skip


@pytest.mark.parametrize("secret", ["a" * 40, "short", "change-me-change-me-change-me-change-me"])
def test_production_refuses_secrets_that_are_none(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("LOBBYCARD_ENV", "production")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("INTERNAL_SECRET", secret)
    monkeypatch.setenv("PUBLIC_URL", "https://tickets.test")

    with pytest.raises(SettingsError, match="INTERNAL_SECRET"):
        load(ServiceSettings)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "mysql+pymysql://root@db:3306/some_db"),
        ("DATABASE_URL", "mysql+pymysql://root@127.0.0.1:3306/some_db"),
        ("DATABASE_URL", "mysql+pymysql://some_service:some_service@db/some_db"),
        ("DATABASE_URL", "mysql+pymysql://some_service:short@db/some_db"),
        ("DATABASE_URL", "mysql+pymysql://some_service:change-me-please@db/some_db"),
        ("BROKER_URL", "amqp://guest:guest@rabbitmq:5672/"),
        ("REDIS_URL", "redis://redis:6379/0"),
        ("PUBLIC_URL", "http://tickets.test"),
    ],
)
def test_production_refuses_engines_with_passwords_everybody_knows_and_plain_http(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    """H32, for the settings that every service has."""
    sound = {
        "LOBBYCARD_ENV": "production",
        "DATABASE_URL": "mysql+pymysql://some_service:5f0c9ab1e7d24@db/some_db",
        "BROKER_URL": "amqp://lobbycard:77ab19c0d2e3f@rabbitmq/",
        "REDIS_URL": "redis://:9d1b7c3e5a2f0@redis:6379/0",
        "INTERNAL_SECRET": "6c0e9b8ad1f24735a7c2e4f6081b3d5f",
        "ROOM_KEYS": ROOM_KEYS,
        "PUBLIC_URL": "https://tickets.test",
    }
    for name, text in sound.items():
        monkeypatch.setenv(name, text)
    assert load(ServiceSettings).is_production

    monkeypatch.setenv(setting, value)
    with pytest.raises(SettingsError, match=setting):
        load(ServiceSettings)


def test_peers_are_read_from_one_line() -> None:
    settings = ServiceSettings.model_validate(
        {"DATABASE_URL": "sqlite://", "INTERNAL_SECRET": SECRET, "PEERS": "a=http://x:1/, b=http://y:2"}
    )

    assert settings.peers == {"a": "http://x:1", "b": "http://y:2"}


def test_ids_ascend_and_tokens_are_long() -> None:
    ids = [new_id() for _ in range(100)]

    assert ids == sorted(ids)
    assert len(new_token(8)) * 6 >= 128


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"), ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"), ("::1", "::/64"), (None, "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_a_network_of_the_newer_addresses_counts_as_one_source(address: str | None, source: str) -> None:
    assert source_of(address) == source
