"""Where uploaded posters are kept: a folder of this machine, or a bucket of an S3 store for several machines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from chassis.errors import Unavailable
from chassis.logs import log
from movie_service.settings import MovieSettings

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
PREFIX = "posters/"
SECONDS_TO_CONNECT, SECONDS_TO_READ = 2, 10
_NAME = re.compile(r"[A-Za-z0-9_-]{20,60}\.(png|jpg|webp)")


class Store(Protocol):
    """Keeps pictures by their names; names that are not ours are never looked for."""

    def put(self, name: str, content: bytes) -> None:
        """Keep `content` as a whole or not at all."""

    def get(self, name: str) -> bytes | None:
        """The picture; None for names that are not ours and pictures that are gone."""

    def remove(self, name: str | None) -> None:
        """Delete a picture or what was left of one; nothing happens for None or when it is gone."""

    def stale(self, *, before: float) -> list[str]:
        """Names of pictures, and of those left half written, last touched before that Unix time."""


class Folder:
    """Pictures as files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, content: bytes) -> None:
        """As Store.put."""
        self._path.mkdir(parents=True, exist_ok=True)
        unfinished = self._path / f".{name}.part"
        try:
            with unfinished.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self._path / name)
        finally:
            unfinished.unlink(missing_ok=True)

    def get(self, name: str) -> bytes | None:
        """As Store.get."""
        path = self._path / name
        return path.read_bytes() if _NAME.fullmatch(name) and path.is_file() else None

    def remove(self, name: str | None) -> None:
        """As Store.remove."""
        if name is not None and _is_ours(name):
            (self._path / name).unlink(missing_ok=True)

    def stale(self, *, before: float) -> list[str]:
        """As Store.stale."""
        if not self._path.is_dir():
            return []
        ours = (path for path in self._path.iterdir() if _is_ours(path.name))
        return [path.name for path in ours if path.stat().st_mtime < before]


class Bucket:
    """Pictures as objects of a bucket; nobody reads them but through us."""

    def __init__(self, name: str, endpoint: str) -> None:
        import boto3  # a second of a start, and only where there is a bucket
        from botocore.config import Config

        patience = Config(
            connect_timeout=SECONDS_TO_CONNECT, read_timeout=SECONDS_TO_READ, retries={"max_attempts": 2}
        )
        self._bucket = name
        # Region and keys come from where AWS's own tools look for them.
        self._client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=patience)

    def put(self, name: str, content: bytes) -> None:
        """As Store.put."""
        kind = TYPES[name.rsplit(".", 1)[1]]
        with _reachable():
            self._client.put_object(Bucket=self._bucket, Key=PREFIX + name, Body=content, ContentType=kind)

    def get(self, name: str) -> bytes | None:
        """As Store.get."""
        if not _NAME.fullmatch(name):
            return None
        with _reachable():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=PREFIX + name)
            except self._client.exceptions.NoSuchKey:
                return None
            content: bytes = found["Body"].read()
            return content

    def remove(self, name: str | None) -> None:
        """As Store.remove."""
        if name is not None and _NAME.fullmatch(name):
            with _reachable():
                self._client.delete_object(Bucket=self._bucket, Key=PREFIX + name)

    def stale(self, *, before: float) -> list[str]:
        """As Store.stale; an object is never half written."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX)
        with _reachable():
            found = [item for page in pages for item in page.get("Contents", ())]
        names = [
            item["Key"].removeprefix(PREFIX) for item in found if item["LastModified"].timestamp() < before
        ]
        return [name for name in names if _NAME.fullmatch(name)]


@contextmanager
def _reachable() -> Iterator[None]:
    """Raises Unavailable where the store does not answer, or not with what was asked."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        log().error("the store of posters does not answer", error=repr(error))
        raise Unavailable("Posters can't be reached right now. Please try again in a moment.") from error


def store_of(settings: MovieSettings) -> Store:
    """The store that the settings name."""
    if settings.poster_bucket:
        return _bucket(settings.poster_bucket, settings.poster_s3_endpoint)
    return Folder(settings.posters)


@lru_cache(maxsize=4)
def _bucket(name: str, endpoint: str) -> Bucket:
    return Bucket(name, endpoint)


def _is_ours(name: str) -> bool:
    return _NAME.fullmatch(name.removeprefix(".").removesuffix(".part")) is not None
