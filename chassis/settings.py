"""Settings of a process: read once from the environment, all faults told together, frozen afterwards."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis import production
from chassis.room_keys import RoomKeys

DEVELOPMENT = "development"
PRODUCTION = "production"


class SettingsError(Exception):
    """The environment does not make a valid configuration; `faults` names each setting in words."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class ServiceSettings(BaseSettings):
    """What every service needs to know; a service's own settings.py extends it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    environment: str = Field(DEVELOPMENT, alias="LOBBYCARD_ENV", pattern="^(development|production)$")
    database_url: str = Field(alias="DATABASE_URL")
    redis_url: str = Field("redis://127.0.0.1:6379/0", alias="REDIS_URL")
    broker_url: str = Field(
        "", alias="BROKER_URL", description="amqp://… for RabbitMQ; empty or redis://…: Redis Streams."
    )
    internal_secret: str = Field(
        alias="INTERNAL_SECRET",
        min_length=32,
        description="Of this service alone: what it says to other rooms is signed by it, and its links.",
    )
    room_keys: str = Field(
        "",
        alias="ROOM_KEYS",
        description="name=public half of each room's secret, separated by commas; nobody else is believed.",
    )
    peer_list: str = Field("", alias="PEERS", description="name=url, separated by commas.")
    public_url: str = Field(
        "http://localhost:5000", alias="PUBLIC_URL", description="Where people reach the gateway."
    )
    log_level: str = Field("INFO", alias="LOG_LEVEL")
    prefix: str = Field("lobbycard", alias="MESSAGE_PREFIX", description="Start of queue and stream names.")
    writes_per_minute: int = Field(
        60, alias="WRITES_PER_MINUTE", ge=1, description="Changes by one person, in all services together."
    )
    introspection: bool = Field(True, alias="INTROSPECTION")
    sqlite_synchronous: str = Field("NORMAL", alias="SQLITE_SYNCHRONOUS", pattern="^(NORMAL|FULL)$")
    metrics_port: int = Field(
        0, alias="METRICS_PORT", ge=0, le=65535,
        description="Where a worker tells its figures, to this machine and private networks; 0: nowhere.",
    )  # fmt: skip
    kill_points: Path | None = Field(
        None,
        alias="KILL_POINTS",
        description="Folder that names where to die, for chaos tests; refused in production.",
    )

    @field_validator("internal_secret")
    @classmethod
    def _secret_is_not_an_example(cls, secret: str) -> str:
        # chassis.production checks again; a blank-looking key never passes.
        if len(set(secret)) < 8:
            raise ValueError("has too few different characters to be a secret")
        return secret

    @field_validator("room_keys")
    @classmethod
    def _keys_can_be_read(cls, text: str) -> str:
        RoomKeys.read(text)
        return text

    @field_validator("kill_points")
    @classmethod
    def _nobody_dies_in_production(cls, folder: Path | None, facts: ValidationInfo) -> Path | None:
        if folder is not None and facts.data.get("environment") == PRODUCTION:
            raise ValueError("is for tests; production does not end itself")
        return folder

    @property
    def is_production(self) -> bool:
        """Whether the strict rules of a live installation hold."""
        return self.environment == PRODUCTION

    @cached_property
    def rooms(self) -> RoomKeys:
        """Whom to believe, by name."""
        return RoomKeys.read(self.room_keys)

    @cached_property
    def peers(self) -> dict[str, str]:
        """Base URL by service name."""
        pairs = (entry.split("=", 1) for entry in self.peer_list.split(",") if "=" in entry)
        return {name.strip(): url.strip().rstrip("/") for name, url in pairs}

    @property
    def message_url(self) -> str:
        """The broker's address; Redis carries the messages where no other broker is named."""
        return self.broker_url or self.redis_url


Settings = TypeVar("Settings", bound=ServiceSettings)


def load(kind: type[Settings], **overrides: object) -> Settings:
    """Settings of `kind` from the environment.

    Raises SettingsError naming every wrong or missing setting at once; in production also what
    chassis.production refuses.
    """
    try:
        settings = kind(**overrides)  # type: ignore[arg-type]  # the environment gives what is not overridden
    except ValidationError as error:
        raise SettingsError(
            [f"{_name(kind, fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        ) from None
    if settings.is_production and (faults := _faults_in_production(settings)):
        raise SettingsError(faults)
    return settings


def refuse_foreign_keys(name: str, secret: str, rooms: RoomKeys) -> None:
    """Raises SettingsError where the list of public halves has another one for `name` than its secret makes."""
    if rooms.by_name and not rooms.belong(name, secret):
        raise SettingsError(
            [f"ROOM_KEYS: what it has for {name} does not fit the INTERNAL_SECRET given here"]
        )


def _faults_in_production(settings: ServiceSettings) -> list[str]:
    faults = production.faults_of(told(settings), settings.public_url)
    if not settings.rooms.by_name:
        faults.append("ROOM_KEYS: is empty, so nobody could ask; python -m deploy.room_keys makes them")
    return faults


def told(settings: BaseSettings) -> dict[str, tuple[str, Any]]:
    """By field, its name in the environment and its value."""
    fields = type(settings).model_fields.items()
    return {name: (str(field.alias or name), getattr(settings, name)) for name, field in fields}


def _name(kind: type[ServiceSettings], location: tuple[int | str, ...]) -> str:
    first = str(location[0]) if location else "settings"
    field = kind.model_fields.get(first)
    return str(field.alias) if field is not None and field.alias else first
