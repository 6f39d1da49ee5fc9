"""Uploaded posters: checked by decoding, written anew without what the file carried along, under a random name.

Where they are kept: poster_store.py.
"""

from __future__ import annotations

import io
import struct
import threading

from PIL import Image, ImageOps

from chassis.ids import new_token
from movie_service.errors import PictureRefused
from movie_service.poster_store import Store

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
LARGEST_SIDE = 2400
SMALLEST_SIDE = 16
SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}

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
# A picture of 25 million pixels is 100 MB while it is worked on: so many at once, others wait.
_DECODERS = threading.BoundedSemaphore(2)


def keep(store: Store, picture: bytes) -> str:
    """Store `picture`; its new name. Raises PictureRefused unless it is a good PNG, JPEG or WebP."""
    if len(picture) > MOST_BYTES:
        raise PictureRefused("A poster file has at most 5 MB.", field=("file",), code="PICTURE_TOO_LARGE")
    with _DECODERS:
        image, kind = _decoded(picture)
        content = _encoded(image, kind)
    name = f"{new_token(192)}.{SUFFIXES[kind]}"
    store.put(name, content)
    return name


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
