"""Languages by which films are filtered: a code and the English name mean the same."""

from __future__ import annotations

from chassis.folding import fold

_NAMES = """
    ar arabic, bg bulgarian, bn bengali, ca catalan, cs czech, da danish, de german, el greek, en english, es spanish,
    et estonian, fa persian, fi finnish, fr french, he hebrew, hi hindi, hr croatian, hu hungarian, id indonesian,
    is icelandic, it italian, ja japanese, ko korean, lt lithuanian, lv latvian, nl dutch, no norwegian, pl polish,
    pt portuguese, ro romanian, ru russian, sk slovak, sl slovenian, sr serbian, sv swedish, ta tamil, te telugu,
    th thai, tr turkish, uk ukrainian, ur urdu, vi vietnamese, yi yiddish, zh chinese
"""
_CODES = {name: code for code, name in (entry.split() for entry in _NAMES.split(","))}


def language_key(language: str) -> str:
    """What "en", "EN", "en-GB" and "English" have in common: "en". Unknown ones stand for themselves."""
    folded = fold(language)
    first = folded.split(" ")[0] if len(folded) <= 6 else folded
    return _CODES.get(folded, first)[:40]
