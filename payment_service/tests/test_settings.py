"""Which installations may sell, and whose money they take."""

from __future__ import annotations

import pytest

from chassis.settings import SettingsError, load
from chassis.testing_rooms import ROOM_KEYS
from payment_service.providers import provider_names
from payment_service.settings import PaymentSettings

LIVE = "sk_live_7d1fa24b90ce63f58a2d4c7be1"
STRIPE = {
    "STRIPE_PUBLISHABLE_KEY": "pk_live_55ce01",
    "STRIPE_WEBHOOK_SECRETS": "whsec_31f7ab92cd04e8665a7b10f2d4c9, whsec_9e52c04bb7d1a83f6620ce5519ab",
}


@pytest.fixture
def production(monkeypatch):
    """Loads the settings of a live installation with these parts."""

    def settings(**parts):
        sound = {
            "LOBBYCARD_ENV": "production",
            "PUBLIC_URL": "https://tickets.test",
            "INTERNAL_SECRET": "6c0e9b8ad1f24735a7c2e4f6081b3d5f",
            "ROOM_KEYS": ROOM_KEYS,
            "DATABASE_URL": "mysql+pymysql://payment_service:5f0c9ab1e7d24@db.test/payment_db",
            "REDIS_URL": "redis://:9d1b7c3e5a2f0@redis.test:6379/0",
        }
        for name, value in (sound | parts).items():
            monkeypatch.setenv(name, value)
        return load(PaymentSettings)

    return settings


@pytest.mark.parametrize("parts", [{}, STRIPE | {"STRIPE_SECRET_KEY": LIVE.replace("live", "test")}])
def test_production_does_not_start_where_tickets_would_cost_nothing(production, parts):
    with pytest.raises(SettingsError) as refused:
        production(**parts)

    assert [fault.partition(":")[0] for fault in refused.value.faults] == ["ALLOW_PAYMENTS_WITHOUT_MONEY"]


def test_production_takes_no_money_where_somebody_says_so_on_purpose(production):
    settings = production(ALLOW_PAYMENTS_WITHOUT_MONEY="true")

    assert provider_names(settings) == ("simulated",)


def test_production_with_stripes_live_keys_needs_no_more_words_and_takes_two_webhook_secrets(production):
    settings = production(**STRIPE, STRIPE_SECRET_KEY=LIVE)

    assert provider_names(settings)[0] == "stripe"
    assert len(settings.webhook_secrets_of_stripe) == 2


def test_stripe_is_set_up_whole_or_not_at_all(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("INTERNAL_SECRET", "0123456789 0123456789 0123456789")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_0123456789")

    with pytest.raises(SettingsError, match="STRIPE_WEBHOOK_SECRETS"):
        load(PaymentSettings)


def test_a_key_for_stripes_form_without_the_one_that_takes_the_money_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("INTERNAL_SECRET", "0123456789 0123456789 0123456789")
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    monkeypatch.setenv("STRIPE_PUBLISHABLE_KEY", "pk_test_0123456789")

    with pytest.raises(SettingsError, match="STRIPE_PUBLISHABLE_KEY needs STRIPE_SECRET_KEY"):
        load(PaymentSettings)
