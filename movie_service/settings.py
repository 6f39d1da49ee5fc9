"""Settings of movie_service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from chassis.settings import ServiceSettings


class MovieSettings(ServiceSettings):
    """What movie_service needs to know."""

    home: str = Field("~/.lobbycard", alias="LOBBYCARD_HOME", description="Where files are kept.")
    poster_folder: str = Field(
        "", alias="POSTER_FOLDER", description="Uploaded posters; empty: posters in the home."
    )
    poster_bucket: str = Field(
        "", alias="POSTER_BUCKET", description="S3 bucket for uploaded posters; empty: the folder."
    )
    poster_s3_endpoint: str = Field(
        "", alias="POSTER_S3_ENDPOINT", description="Address of an S3 store that is not Amazon's."
    )
    poster_upload_minutes: int = Field(
        10, alias="POSTER_UPLOAD_MINUTES", ge=1, le=60, description="How long an upload address is good."
    )

    @property
    def posters(self) -> Path:
        """Folder of the uploaded posters."""
        return Path(self.poster_folder or f"{self.home}/posters").expanduser()
