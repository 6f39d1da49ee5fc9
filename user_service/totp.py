"""Time-based one-time passwords: RFC 6238 with the defaults of authenticator apps (SHA-1, 6 digits, 30 s).

Unlike a password a secret must be read again, so it is stored sealed (AES-256-GCM, bound to its account) under a key
made from the pepper: a stolen table alone makes no codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

STEP_SECONDS = 30
DIGITS = 6
ISSUER = "Lobbycard"
NONCE_BYTES = 12


def new_secret() -> str:
    """A secret of 160 bits, in base 32 as apps want it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(secret: str, account: str) -> str:
    """The otpauth address that apps read from a QR code."""
    label = quote(f"{ISSUER}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def step_of(at: datetime) -> int:
    """Number of the time step that `at` falls into."""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of one time step."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is: the present one or a neighbour, and later than `after`; None if there is none.

    A code counts once: the caller stores the step and gives it as `after` the next time.
    """
    given = "".join(code.split()).encode()
    present = step_of(now)
    for step in (present - 1, present, present + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), given):
            return step
    return None


def seal(secret: str, pepper: str, user_id: str) -> str:
    """What is stored of `secret`: 64 characters that only `unseal` with the same pepper and account reads."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_sealing_key(pepper)).encrypt(nonce, base64.b32decode(secret), user_id.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(stored: str, pepper: str, user_id: str) -> str:
    """The secret again. Raises cryptography's InvalidTag for a text that was sealed otherwise, or for another."""
    whole = base64.urlsafe_b64decode(stored)
    opened = AESGCM(_sealing_key(pepper)).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], user_id.encode())
    return base64.b32encode(opened).decode()


def _sealing_key(pepper: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"secrets of authenticator apps").derive(pepper.encode())
