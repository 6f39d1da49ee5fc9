"""Settings of the gateway: read once from the environment, all faults told together, frozen afterwards."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis import production
from chassis.identity import GATEWAY
from chassis.origins import origins_of
from chassis.room_keys import RoomKeys
from chassis.settings import DEVELOPMENT, PRODUCTION, SettingsError, refuse_foreign_keys, told
from chassis.statements import Statements

HERE = Path(__file__).resolve().parent


class GatewaySettings(BaseSettings):
    """What the gateway needs to know. Sizes in bytes, times in seconds, unless the name says otherwise."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    environment: str = Field(DEVELOPMENT, alias="LOBBYCARD_ENV", pattern="^(development|production)$")
    port: int = Field(5000, alias="GATEWAY_PORT", ge=1, le=65535)
    threads: int = Field(640, validation_alias=AliasChoices("GATEWAY_THREADS", "WEB_THREADS"), ge=2)
    log_level: str = Field("INFO", alias="LOG_LEVEL")
    access_log: bool = Field(True, alias="ACCESS_LOG")
    home: Path = Field(Path("~/.lobbycard"), alias="LOBBYCARD_HOME")
    public_url: str = Field("http://localhost:5000", alias="PUBLIC_URL")

    subgraphs_file: Path = Field(HERE / "subgraphs.toml", alias="GATEWAY_SUBGRAPHS")
    supergraph_file: Path | None = Field(None, alias="GATEWAY_SUPERGRAPH")
    peer_list: str = Field(
        "", alias="PEERS", description="name=url, separated by commas; replaces addresses."
    )
    reload_seconds: float = Field(5.0, alias="RELOAD_SECONDS", gt=0)
    query_deadline_seconds: float = Field(8.0, alias="QUERY_DEADLINE_SECONDS", gt=0)
    mutation_deadline_seconds: float = Field(15.0, alias="MUTATION_DEADLINE_SECONDS", gt=0)
    heartbeat_seconds: float = Field(15.0, alias="HEARTBEAT_SECONDS", gt=0)
    maximum_in_flight: int = Field(160, alias="MAXIMUM_IN_FLIGHT", ge=1)
    maximum_streams: int = Field(520, alias="MAXIMUM_STREAMS", ge=0)

    internal_secret: str = Field(
        "", alias="INTERNAL_SECRET", description="Of the gateway alone: signs callers; empty: none is told."
    )
    room_keys: str = Field(
        "",
        alias="ROOM_KEYS",
        description="Public halves of the rooms' secrets; compared with the gateway's own.",
    )
    redis_url: str = Field(
        "", alias="REDIS_URL", description="Where ended sessions are told; empty: nowhere."
    )
    allowed_origins: str = Field(
        "",
        alias="ALLOWED_ORIGINS",
        description="Other sites whose pages may ask (CORS), as https://www.example.org, separated by commas.",
    )
    trusted_proxies: int = Field(0, alias="TRUSTED_PROXIES", ge=0, description="Proxies before the gateway.")

    frontend_dir: Path = Field(HERE.parent / "frontend", alias="FRONTEND_DIR")
    graphiql_dir: Path = Field(HERE.parent / "frontend" / "vendor-graphiql", alias="GRAPHIQL_DIR")
    stripe_publishable_key: str = Field(
        "",
        alias="STRIPE_PUBLISHABLE_KEY",
        description="Set: pages that take money may load Stripe's form, and only those.",
    )
    graphiql_switch: bool | None = Field(None, alias="GRAPHIQL", description="By default not in production.")
    introspection_switch: bool | None = Field(None, alias="INTROSPECTION")
    unmask_errors: bool = Field(
        False, alias="UNMASK_ERRORS", description="Words of unexpected subgraph errors."
    )

    traces_url: str = Field(
        "",
        alias="TRACES_URL",
        description="Where spans are sent by OTLP over HTTP, as http://collector:4318/v1/traces; empty: nowhere.",
    )
    traces_share: float = Field(
        1.0, alias="TRACES_SHARE", ge=0, le=1, description="Of the traces begun here."
    )
    override_labels: str = Field(
        "", alias="OVERRIDE_LABELS", description="Labels of @override in force, separated by commas."
    )

    trusted_documents_file: Path | None = Field(None, alias="TRUSTED_DOCUMENTS")
    trusted_documents_only: bool = Field(False, alias="TRUSTED_DOCUMENTS_ONLY")

    maximum_body_bytes: int = Field(100 * 1024, alias="LIMIT_BODY_BYTES", ge=1)
    maximum_document_bytes: int = Field(10_000, alias="LIMIT_DOCUMENT_BYTES", ge=1)
    maximum_tokens: int = Field(1000, alias="LIMIT_TOKENS", ge=1)
    maximum_depth: int = Field(12, alias="LIMIT_DEPTH", ge=1)
    maximum_aliases: int = Field(30, alias="LIMIT_ALIASES", ge=0)
    maximum_directives: int = Field(20, alias="LIMIT_DIRECTIVES", ge=0)
    maximum_root_fields: int = Field(10, alias="LIMIT_ROOT_FIELDS", ge=1)
    maximum_fields: int = Field(2000, alias="LIMIT_FIELDS", ge=1, description="With fragments spelt out.")
    maximum_repeats: int = Field(
        50,
        alias="LIMIT_REPEATS",
        ge=1,
        description="Of one field side by side: all pairs of them are compared.",
    )
    maximum_variable_depth: int = Field(20, alias="LIMIT_VARIABLE_DEPTH", ge=1)
    maximum_cost: int = Field(5000, alias="LIMIT_COST", ge=1, description="Objects an answer may hold.")
    maximum_fetches: int = Field(
        50, alias="LIMIT_FETCHES", ge=1, description="Requests to members in a plan."
    )
    assumed_list_size: int = Field(10, alias="ASSUMED_LIST_SIZE", ge=1)

    @field_validator("room_keys")
    @classmethod
    def _keys_can_be_read(cls, text: str) -> str:
        RoomKeys.read(text)
        return text

    @field_validator("allowed_origins")
    @classmethod
    def _origins_can_be_read(cls, text: str) -> str:
        origins_of(text)
        return text

    @property
    def is_production(self) -> bool:
        """Whether the strict rules of a live installation hold."""
        return self.environment == PRODUCTION

    @property
    def stream_places(self) -> int:
        """Streams that may be open: never so many that no thread is left for requests."""
        return min(self.maximum_streams, self.threads - max(1, self.threads // 8))

    @property
    def introspection(self) -> bool:
        """Whether the schema may be asked for."""
        return not self.is_production if self.introspection_switch is None else self.introspection_switch

    @property
    def graphiql(self) -> bool:
        """Whether the developers' page is served."""
        return not self.is_production if self.graphiql_switch is None else self.graphiql_switch

    @property
    def active_labels(self) -> frozenset[str]:
        """Labels of @override that an operator has put in force."""
        return frozenset(label.strip() for label in self.override_labels.split(",") if label.strip())

    @cached_property
    def statements(self) -> Statements | None:
        """What members are told of callers; None where there is no secret to sign it with."""
        return Statements(self.internal_secret) if self.internal_secret else None

    @cached_property
    def foreign_origins(self) -> frozenset[str]:
        """Origins beside our own whose pages may ask."""
        return origins_of(self.allowed_origins)

    @cached_property
    def peers(self) -> dict[str, str]:
        """Base address by subgraph, where it replaces the file's."""
        pairs = (entry.split("=", 1) for entry in self.peer_list.split(",") if "=" in entry)
        return {name.strip(): url.strip().rstrip("/") for name, url in pairs}


def load(**overrides: object) -> GatewaySettings:
    """Settings from the environment.

    Raises SettingsError naming every wrong setting at once; in production also a missing or example secret.
    """
    try:
        settings = GatewaySettings(**overrides)  # type: ignore[arg-type]  # the environment gives the rest
    except ValidationError as error:
        raise SettingsError([f"{_name(fault['loc'])}: {fault['msg']}" for fault in error.errors()]) from None
    secret = settings.internal_secret
    if secret and len(secret) < 32:
        raise SettingsError(["INTERNAL_SECRET: must have at least 32 characters"])
    refuse_foreign_keys(GATEWAY, secret, RoomKeys.read(settings.room_keys))
    if settings.is_production and (faults := _faults_in_production(settings)):
        raise SettingsError(faults)
    return settings


def _faults_in_production(settings: GatewaySettings) -> list[str]:
    faults = production.faults_of(told(settings), settings.public_url)
    if not settings.internal_secret:
        faults.append("INTERNAL_SECRET: production needs a secret of its own")
    if settings.unmask_errors:
        faults.append("UNMASK_ERRORS: production keeps the words of unexpected errors to itself")
    return faults


def _name(location: tuple[int | str, ...]) -> str:
    first = str(location[0]) if location else "settings"
    field = GatewaySettings.model_fields.get(first)
    return str(field.alias) if field is not None and field.alias else first
