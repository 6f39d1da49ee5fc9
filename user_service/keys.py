"""Signing keys of access tokens: Ed25519, one file each in a folder that only the service can read.

A key's id is its file's name and begins with the time it was made. A new key is published at once and signs a
minute later, when every reader of the published keys may have it; an old one stays published until the last
token it signed has expired. `python -m user_service.keys rotate` makes the next one.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

PUBLISHED_BEFORE_USE = timedelta(minutes=1)
KEPT_AFTER_USE = timedelta(hours=2)  # tokens live an hour at most
_STAMP = "%Y%m%dT%H%M%S"


class SigningKeys:
    """The keys in one folder, read again whenever the folder changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen = -1
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def current(self, now: datetime) -> tuple[str, Ed25519PrivateKey]:
        """Id and key to sign with; made first when there is none. Raises OSError when that is not allowed."""
        keys = self._known()
        if not keys:
            self.add(now)
            keys = self._known()
        known_long_enough = [name for name in keys if made_at(name) + PUBLISHED_BEFORE_USE <= now]
        name = max(known_long_enough, default=min(keys))
        return name, keys[name]

    def published(self) -> list[dict[str, str]]:
        """The public halves, as a JSON Web Key Set lists them."""
        return [_public(name, key) for name, key in sorted(self._known().items())]

    def add(self, now: datetime) -> str:
        """Make one more key; its id. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{now.astimezone(UTC).strftime(_STAMP)}-{secrets.token_hex(4)}"
        text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # Written beside and renamed: nobody ever reads half a key.
        fresh = self._folder / f".{name}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
        fresh.rename(self._folder / f"{name}.pem")
        return name

    def rotate(self, now: datetime) -> str:
        """Make the next key and drop those that no living token was signed with; the new one's id."""
        name = self.add(now)
        names = sorted(self._known())
        for old, successor in pairwise(names):
            if made_at(successor) + PUBLISHED_BEFORE_USE + KEPT_AFTER_USE < now:
                (self._folder / f"{old}.pem").unlink(missing_ok=True)
        return name

    def _known(self) -> dict[str, Ed25519PrivateKey]:
        try:
            changed = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        with self._lock:
            if changed != self._seen:
                self._keys = {path.stem: _read(path) for path in self._folder.glob("[0-9]*.pem")}
                self._seen = changed
            return self._keys


def made_at(name: str) -> datetime:
    """When the key called `name` was made."""
    return datetime.strptime(name.split("-", maxsplit=1)[0], _STAMP).replace(tzinfo=UTC)


@lru_cache(maxsize=4)
def signing_keys(folder: str) -> SigningKeys:
    """The process's view of the keys in `folder`."""
    return SigningKeys(Path(folder).expanduser())


def _read(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{path.name} is not an Ed25519 key"
    return key


def _public(name: str, key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": name, "x": x}


def main(arguments: list[str]) -> int:
    """`rotate`: make the next key. `list`: print the ids."""
    from chassis.settings import load
    from user_service.settings import UserSettings

    keys = signing_keys(load(UserSettings).jwt_keys_dir)
    if arguments == ["rotate"]:
        sys.stdout.write(f"{keys.rotate(datetime.now(UTC))}\n")
        return 0
    if arguments == ["list"]:
        sys.stdout.write("".join(f"{key['kid']}\n" for key in keys.published()))
        return 0
    sys.stderr.write("usage: python -m user_service.keys rotate|list\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
