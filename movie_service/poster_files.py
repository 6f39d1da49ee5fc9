"""Uploaded posters: checked by decoding, written anew without what the file carried along, under a random name."""

from __future__ import annotations

import io
import os
import re
import struct
from pathlib import Path

from PIL import Image, ImageOps

from chassis.ids import new_token
from movie_service.errors import PictureRefused

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
LARGEST_SIDE = 2400
SMALLEST_SIDE = 16
SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}

# What Pillow raises for files that are not what they claim to be; PictureRefused is none of them.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)
_NAME = re.compile(r"[A-Za-z0-9_-]{20,60}\.(png|jpg|webp)")


def keep(folder: Path, picture: bytes) -> str:
    """Store `picture` in `folder`; its new name. Raises PictureRefused unless it is a good PNG, JPEG or WebP."""
    if len(picture) > MOST_BYTES:
        raise PictureRefused("A poster file has at most 5 MB.", field=("file",), code="PICTURE_TOO_LARGE")
    image, kind = _decoded(picture)
    name = f"{new_token(192)}.{SUFFIXES[kind]}"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.part"
    try:
        with unfinished.open("xb") as file:
            file.write(_encoded(image, kind))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(folder / name)
    finally:
        unfinished.unlink(missing_ok=True)
    return name


def remove(folder: Path, name: str | None) -> None:
    """Delete a stored poster or what was left of one; nothing happens for None or when it is gone."""
    if name is not None and _NAME.fullmatch(name.removeprefix(".").removesuffix(".part")):
        (folder / name).unlink(missing_ok=True)


def stale(folder: Path, *, before: float) -> list[str]:
    """Names of stored posters, and files left half written, last touched before that Unix time."""
    if not folder.is_dir():
        return []
    ours = (
        path
        for path in folder.iterdir()
        if _NAME.fullmatch(path.name.removeprefix(".").removesuffix(".part"))
    )
    return [path.name for path in ours if path.stat().st_mtime < before]


def path_of(folder: Path, name: str) -> Path | None:
    """The stored file of this name; None for names that are not ours and files that are gone."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / name
    return path if path.is_file() else None


def _decoded(picture: bytes) -> tuple[Image.Image, str]:
    try:
        image = Image.open(io.BytesIO(picture), formats=list(SUFFIXES))
        kind = image.format or ""
        _check_size(*image.size)  # the header alone was read so far: a bomb is not unpacked
        image.load()
    except BROKEN:
        words = "This file is not a picture in PNG, JPEG or WebP."
        raise PictureRefused(words, field=("file",), code="PICTURE_UNREADABLE") from None
    return _upright(image), kind


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its metadata asks; as it is when they can't be read."""
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        words = "A poster has at most 25 million pixels."
        raise PictureRefused(words, field=("file",), code="PICTURE_TOO_MANY_PIXELS")
    if min(width, height) < SMALLEST_SIDE:
        words = f"A poster is at least {SMALLEST_SIDE} pixels wide and high."
        raise PictureRefused(words, field=("file",), code="PICTURE_TOO_SMALL")


def _encoded(image: Image.Image, kind: str) -> bytes:
    mode = "RGB" if kind == "JPEG" or not image.has_transparency_data else "RGBA"
    plain = image.convert(mode)
    plain.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    fresh = Image.new(mode, plain.size)  # a new picture has no metadata to carry along
    fresh.paste(plain)
    written = io.BytesIO()
    fresh.save(written, kind, **({"optimize": True} if kind == "PNG" else {"quality": 88}))
    return written.getvalue()
