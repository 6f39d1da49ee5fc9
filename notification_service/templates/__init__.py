"""Words of every message in every language (one TOML file each), and the layout of a mail."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Words:
    """A message in words: the whole of it, and the few that fit an SMS or a push message."""

    subject: str
    text: str
    html: str
    inside: str
    short: str


def words(kind: str, language: str, facts: Mapping[str, Any], link: str | None) -> Words:
    """The message of `kind` about `facts`, in one of our languages; `link` is where its button leads.

    Raises KeyError for a kind or language without words, jinja2.UndefinedError for a fact that is missing.
    """
    book = catalogue(language)
    parts: Mapping[str, Any] = book[kind.replace(".", "_")]
    filled = dict(facts)
    subject = " ".join(_fill(parts["subject"], filled).split())
    paragraphs = [text for part in parts["paragraphs"] if (text := _fill(part, filled).strip())]
    greeting = _fill(book["letter"]["greeting" if filled.get("name") else "greeting_without_name"], filled)
    layout = {
        "language": language,
        "subject": subject,
        "greeting": greeting,
        "paragraphs": paragraphs,
        "link": link,
        "files": [
            {"label": label, "url": filled[fact]}
            for fact, label in parts.get("files", {}).items()
            if filled.get(fact)
        ],
        "button": _fill(parts.get("button", ""), filled),
        "closing": book["letter"]["closing"],
        "footer": book["letter"]["footer"],
    }
    return Words(
        subject=subject,
        text=_layout("letter.txt").render(layout),
        html=_layout("letter.html").render(layout),
        inside="\n\n".join(paragraphs),
        short=" ".join(_fill(parts["short"], filled).split()),
    )


@lru_cache(maxsize=8)
def catalogue(language: str) -> Mapping[str, Any]:
    """All words of a language."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def fill(pattern: str, facts: Mapping[str, Any]) -> str:
    """`pattern` with its {{ places }} filled."""
    return _fill(pattern, facts)


def _fill(pattern: str, facts: Mapping[str, Any]) -> str:
    return str(_plain(pattern).render(facts))


@lru_cache(maxsize=512)
def _plain(pattern: str) -> Any:
    # Plain text: what goes into the HTML layout is escaped there, once.
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(pattern)  # noqa: S701


@lru_cache(maxsize=4)
def _layout(name: str) -> Any:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
