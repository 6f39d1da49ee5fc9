"""Production mode: no part starts on secrets that others know, or where sign-ins would travel in the clear."""

import importlib
import secrets

import pytest

from chassis.room_keys import told
from chassis.settings import SettingsError
from gateway.app import create_app as create_gateway
from tests.architecture.sources import SERVICES

OWN = "6c0e9b8ad1f24735a7c2e4f6081b3d5f"
SOUND = {
    "LOBBYCARD_ENV": "production",
    "PUBLIC_URL": "https://tickets.test",
    "INTERNAL_SECRET": OWN,
    "ROOM_KEYS": told((room, OWN) for room in ("gateway", *SERVICES)),
    "REDIS_URL": "redis://:9d1b7c3e5a2f0@redis.test:6379/0",
    "BROKER_URL": "amqp://lobbycard:77ab19c0d2e3f@rabbitmq.test/",
    "DATABASE_URL": "mysql+pymysql://some_service:5f0c9ab1e7d24@db.test/some_db",
    "PASSWORD_PEPPER": OWN[::-1],
    "TICKET_SIGNING_KEYS": "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
    "SMTP_URL": "smtp://mail.test:25",
    "ALLOW_PAYMENTS_WITHOUT_MONEY": "true",
}
EXAMPLES: dict[str, tuple[str, ...]] = {
    "INTERNAL_SECRET": ("change-me-change-me-change-me-change-me", "too short", "a" * 40),
    "ROOM_KEYS": ("", "user_service=short", told((room, OWN[::-1]) for room in ("gateway", *SERVICES))),
    "DATABASE_URL": (
        "mysql+pymysql://root@db.test/some_db",
        "mysql+pymysql://some_service:password@db.test/some_db",
    ),
    "BROKER_URL": ("amqp://guest:guest@rabbitmq.test/",),
    "REDIS_URL": ("redis://redis.test:6379/0",),
    "PUBLIC_URL": ("http://tickets.test",),
}
OF_ONE: dict[str, dict[str, tuple[str, ...]]] = {
    "user_service": {"PASSWORD_PEPPER": ("example-example-example-example-example", "short")},
    "booking_service": {"TICKET_SIGNING_KEYS": ("k1:" + "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",)},
    "payment_service": {
        "RECEIPT_SIGNING_KEY": ("secret",),
        "SIMULATED_WEBHOOK_SECRETS": (f"{OWN},change-me",),
    },
}
CASES = [
    (service, setting, value)
    for service in SERVICES
    for setting, values in (EXAMPLES | OF_ONE.get(service, {})).items()
    for value in values
]


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Gives the environment of a live installation, with the settings that are given in place of sound ones."""

    def make(**instead):
        for name, value in {**SOUND, "LOBBYCARD_HOME": str(tmp_path), **instead}.items():
            monkeypatch.setenv(name, value)

    return make


@pytest.mark.parametrize(("service", "setting", "value"), CASES)
def test_a_service_does_not_start_on_an_example_secret_and_names_the_setting(
    environment, service, setting, value
):
    """H32."""
    environment(**{setting: value})

    with pytest.raises(SettingsError) as refused:
        importlib.import_module(f"{service}.app").create_app()

    assert {fault.partition(":")[0] for fault in refused.value.faults} == {setting}


@pytest.mark.parametrize("service", SERVICES)
def test_with_secrets_of_its_own_a_service_starts(environment, service):
    """H32, the control: what is refused above is refused for its value."""
    environment()

    assert importlib.import_module(f"{service}.app").create_app()


@pytest.mark.parametrize("setting", ["INTERNAL_SECRET", "ROOM_KEYS", "REDIS_URL", "PUBLIC_URL"])
def test_the_gateway_does_not_start_either(environment, setting):
    """H32, at the one public door."""
    for value in filter(None, EXAMPLES[setting]):
        environment(**{setting: value})
        with pytest.raises(SettingsError, match=setting):
            create_gateway()


def test_a_secret_made_by_chance_is_taken(environment):
    own = secrets.token_hex(24)
    environment(INTERNAL_SECRET=own, ROOM_KEYS=told({"cinema_service": own}))

    assert importlib.import_module("cinema_service.app").create_app()
