"""Documents known by their hash: those that were registered beforehand, and those a client registers by asking.

A client may send the hash alone and, when it is not known, hash and text together (automatic persisted queries).
Where only trusted documents are allowed, nothing else is executed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from pathlib import Path

import orjson

from chassis.settings import SettingsError
from gateway.doorway.question import Question
from gateway.doorway.refusal import Refusal

KEPT_DOCUMENTS = 1000
HASH_LENGTH = 64


class PersistedDocuments:
    """Texts by SHA-256. `trusted` never leave; others are kept up to KEPT_DOCUMENTS."""

    def __init__(self, trusted: Mapping[str, str] | None = None, *, trusted_only: bool = False) -> None:
        self._trusted = dict(trusted or {})
        self._trusted_texts = frozenset(self._trusted.values())
        self._trusted_only = trusted_only
        self._registered: dict[str, str] = {}
        self._lock = threading.Lock()

    def text_of(self, question: Question) -> tuple[str, bool]:
        """The document's text, and whether it was known by its hash. Raises Refusal."""
        claimed = _claimed_hash(question)
        if claimed is None:
            assert question.text is not None  # read_question lets no request pass that has neither
            if self._trusted_only and question.text not in self._trusted_texts:
                raise _not_trusted()
            return question.text, False
        known = self._trusted.get(claimed)
        if known is None and not self._trusted_only:
            known = self._registered.get(claimed)
        if known is not None:
            return known, True
        if self._trusted_only:
            raise _not_trusted()
        if question.text is None:
            raise Refusal(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        if hashlib.sha256(question.text.encode("utf-8", "surrogatepass")).hexdigest() != claimed:
            raise Refusal(400, "BAD_USER_INPUT", "The hash is not that of the document.")
        return question.text, False

    def register(self, question: Question) -> None:
        """Keep the document of an accepted question that told its hash."""
        claimed = _claimed_hash(question)
        if claimed is None or question.text is None or claimed in self._registered:
            return
        with self._lock:
            while len(self._registered) >= KEPT_DOCUMENTS:
                del self._registered[next(iter(self._registered))]
            self._registered[claimed] = question.text


def read_trusted(path: Path) -> dict[str, str]:
    """Documents by hash from a JSON file: {hash: text}, or a list of texts. Raises SettingsError."""
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise SettingsError([f"{path}: {error}"]) from None
    if isinstance(content, list) and all(isinstance(text, str) for text in content):
        return {hashlib.sha256(text.encode()).hexdigest(): text for text in content}
    if isinstance(content, dict) and all(isinstance(text, str) for text in content.values()):
        return {str(key).removeprefix("sha256:"): text for key, text in content.items()}
    raise SettingsError([f"{path}: must be an object of texts by hash, or a list of texts"])


def _claimed_hash(question: Question) -> str | None:
    persisted = question.extensions.get("persistedQuery")
    if persisted is None:
        return None
    claimed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(claimed, str) or len(claimed) != HASH_LENGTH or persisted.get("version") != 1:
        raise Refusal(400, "BAD_USER_INPUT", '"persistedQuery" needs version 1 and a sha256Hash.')
    return claimed.lower()


def _not_trusted() -> Refusal:
    return Refusal(
        400, "DOCUMENT_NOT_TRUSTED", "Only documents that were registered beforehand are executed here."
    )
