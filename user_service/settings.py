"""What user_service is told by its environment."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, field_validator

from chassis.origins import origins_of
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings


def _keys_folder() -> str:
    home = os.environ.get("LOBBYCARD_HOME") or "~/.lobbycard"
    return str(Path(home).expanduser() / "files" / "user_service" / "keys")


class UserSettings(ServiceSettings):
    """Settings of user_service."""

    password_pepper: str = Field(
        alias="PASSWORD_PEPPER", min_length=32, description="Mixed into every password before it is hashed."
    )
    bcrypt_cost: int = Field(12, alias="BCRYPT_COST", ge=4, le=16)
    hashing_workers: int = Field(2, alias="HASHING_WORKERS", ge=1, le=64)
    hashing_queue: int = Field(
        6,
        alias="HASHING_QUEUE",
        ge=0,
        description="Who may wait for a hashing worker; others are sent away at once.",
    )
    hashing_wait_seconds: float = Field(8.0, alias="HASHING_WAIT_SECONDS", ge=0)
    jwt_keys_dir: str = Field(
        default_factory=_keys_folder, alias="JWT_KEYS_DIR", description="Folder of the signing keys."
    )
    access_token_minutes: int = Field(15, alias="ACCESS_TOKEN_MINUTES", ge=1, le=60)
    refresh_token_days: int = Field(30, alias="REFRESH_TOKEN_DAYS", ge=1, le=365)
    reset_minutes: int = Field(10, alias="RESET_MINUTES", ge=1, le=60)
    verification_hours: int = Field(24, alias="VERIFICATION_HOURS", ge=1, le=168)
    invitation_hours: int = Field(72, alias="INVITATION_HOURS", ge=1, le=720)
    registrations_per_hour: int = Field(60, alias="REGISTRATIONS_PER_HOUR", ge=1)
    local_registrations_per_hour: int = Field(
        200, alias="LOCAL_REGISTRATIONS_PER_HOUR", ge=1, description="From this machine, outside production."
    )
    mails_per_hour: int = Field(
        5, alias="MAILS_PER_HOUR", ge=1, description="Verification and reset mails to one person."
    )
    resets_per_hour: int = Field(60, alias="RESETS_PER_HOUR", ge=1, description="Asked for by one source.")
    local_resets_per_hour: int = Field(
        1000, alias="LOCAL_RESETS_PER_HOUR", ge=1, description="From this machine, outside production."
    )
    failures_of_account: int = Field(
        5, alias="FAILURES_OF_ACCOUNT", ge=1, description="Failed sign-ins before one has to wait."
    )
    failures_of_source: int = Field(50, alias="FAILURES_OF_SOURCE", ge=1)
    local_failures_of_source: int = Field(
        1000, alias="LOCAL_FAILURES_OF_SOURCE", ge=1, description="From this machine, outside production."
    )

    backups_dir: Path | None = Field(
        None, alias="BACKUPS_DIR", description="Where backups are laid; system status tells of the newest."
    )

    quiet_registration: bool = Field(
        False,
        alias="QUIET_REGISTRATION",
        description="Registering says the same for every address; a link in the mail comes before the first sign-in.",
    )
    allowed_origins: str = Field(
        "",
        alias="ALLOWED_ORIGINS",
        description="Other sites whose pages may ask, as the gateway has them: the cookie serves there too.",
    )

    @field_validator("allowed_origins")
    @classmethod
    def _origins_can_be_read(cls, text: str) -> str:
        origins_of(text)
        return text

    sign_ins_per_minute: int = Field(
        60, alias="SIGN_INS_PER_MINUTE", ge=1, description="Tried by one source, whatever comes of them."
    )
    local_sign_ins_per_minute: int = Field(
        6000, alias="LOCAL_SIGN_INS_PER_MINUTE", ge=1, description="From this machine, outside production."
    )

    @property
    def access_token_seconds(self) -> int:
        """How long an access token lives."""
        return self.access_token_minutes * 60


UserRuntime = Runtime[UserSettings]
