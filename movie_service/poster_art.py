"""Draws a film's poster from its title: the twin of frontend/app/ui/poster-art.js, with the same bytes.

Everything is integer arithmetic. A hash of the slug seeds a generator; its draws choose inks, a motif and the
motif's shape, in the order in which the code asks. The title is set as large as fits its lines, on a band that the
motif never reaches; a credit line stands under it. The algorithm is told at length in the JavaScript file;
frontend/tests/golden/posters holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape

# Background, text, and three colours for the motif. Text on background: at least 6:1.
INKS = (
    ("#F2E8CF", "#1D1826", "#C9553D", "#2F6DB5", "#1D1826"),
    ("#15101C", "#F6C35B", "#F08BB4", "#5E9BE0", "#F6C35B"),
    ("#3D1D66", "#FFE0B5", "#FF6F6B", "#8FC8E6", "#FFD6A5"),
    ("#123C38", "#F2E8CF", "#E07A5F", "#81B29A", "#F2E8CF"),
    ("#7A1945", "#FBE9D7", "#F4B942", "#F28FB1", "#FBE9D7"),
    ("#CFE3F7", "#1C2A4A", "#E4572E", "#1F4F8C", "#F4B942"),
)
# Font size, lines allowed.
SIZES = ((58, 2), (52, 2), (46, 3), (40, 3), (36, 4), (32, 4), (28, 5), (24, 6))
LINE = 344
# Width of characters in thousandths of the font size; 720 for others, 1000 from U+2E80 on.
WIDTHS = (
    ("il|!.,:;'’ jIJíìïî·", 380),
    ('frt()[]-“”"', 500),
    ("csz?", 600),
    ("mwMW%@Œœ", 1050),
    ("ABCDGHKNOQRUVXÀÁÂÄÅÈÉÊËÖÓÔØÜÚÛÑ&", 840),
)
_WORD_GAPS = re.compile(r"[ \t\r\n]+")

Inks = Sequence[str]
Pick = Callable[[int], int]
Motif = Callable[[Pick, int, Inks], str]


def poster_slug(title: str) -> str:
    """Address form of a title: NFKD, marks dropped, lower case, other runs one hyphen."""
    plain = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", title)).lower()
    return re.sub(r"^-|-$", "", re.sub(r"[^a-z0-9]+", "-", plain)) or title


def poster_svg(*, slug: str, title: str, genre: str | None = None, minutes: int | None = None) -> str:
    """The poster as SVG text, 400 by 600."""
    pick = _chance(_fnv1a(slug))
    inks = INKS[pick(len(INKS))]
    background, ink = inks[:2]
    motif = MOTIFS[pick(len(MOTIFS))]
    size, lines = _set_title(title)
    leading = size * 105 // 100
    first = 536 - (len(lines) - 1) * leading
    room = first - size - 20
    credit = " · ".join(part for part in (f"{minutes} MIN" if minutes else "", (genre or "").upper()) if part)
    spans = "".join(
        f'<tspan x="28" y="{first + index * leading}">{_escape(line)}</tspan>'
        for index, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 600" role="img" aria-label="{_escape(title)}">'
        f'<rect width="400" height="600" fill="{background}"/>'
        f"{motif(pick, room, inks)}"
        f'<rect y="{room}" width="400" height="{600 - room}" fill="{background}"/>'
        "<text font-family=\"'Bricolage Grotesque',Inter,'DejaVu Sans',Helvetica,Arial,sans-serif\" "
        f'font-weight="800" font-size="{size}" letter-spacing="-1" fill="{ink}">{spans}</text>'
        '<text x="28" y="572" font-family="Inter,\'DejaVu Sans\',Helvetica,Arial,sans-serif" font-weight="600" '
        f'font-size="14" letter-spacing="1" fill="{ink}">{_escape(credit)}</text></svg>'
    )


def _fnv1a(text: str) -> int:
    result = 2166136261
    for byte in text.encode():
        result = (result ^ byte) * 16777619 & 0xFFFFFFFF
    return result


def _chance(seed: int) -> Pick:
    state = seed

    def pick(count: int) -> int:
        nonlocal state
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        mixed = (state ^ state >> 16) * 2246822507 & 0xFFFFFFFF
        return (mixed ^ mixed >> 13) % count

    return pick


def _width_of(text: str, size: int) -> int:
    thousandths = sum(
        next(
            (width for members, width in WIDTHS if character in members),
            1000 if ord(character) >= 0x2E80 else 720,
        )
        for character in text
    )
    return (thousandths * size + 999) // 1000


def _wrap(words: Sequence[str], size: int, limit: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width_of(longer, size) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _set_title(title: str) -> tuple[int, list[str]]:
    words = [word for word in _WORD_GAPS.split(title) if word]
    for size, most in SIZES:
        lines = _wrap(words, size, LINE)
        if len(lines) > most or any(_width_of(line, size) > LINE for line in lines):
            continue
        for limit in range(LINE - 8, 0, -8):
            narrower = _wrap(words, size, limit)
            if len(narrower) > len(lines) or any(_width_of(line, size) > limit for line in narrower):
                break
            lines = narrower
        return size, lines
    lines = _wrap([piece for word in words for piece in _cut(word, 24)], 24, LINE)
    return 24, lines if len(lines) <= 6 else [*lines[:5], f"{lines[5]}…"]


def _cut(word: str, size: int) -> list[str]:
    pieces = [""]
    for character in word:
        if _width_of(pieces[-1] + character, size) > LINE - 24:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _escape(text: str) -> str:
    return escape(text, quote=False).replace('"', "&quot;")


def _disc(x: int, y: int, r: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>'


def _bar(x: int, y: int, width: int, height: int, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>'


def _shape(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def _sun_and_sea(pick: Pick, room: int, inks: Inks) -> str:
    """A sun half over the water, its light broken into bars."""
    horizon = room * (56 + pick(12)) // 100
    x = 110 + pick(180)
    r = 70 + pick(44)
    up = pick(r)
    art = _disc(x, horizon - up, r, inks[2]) + _bar(0, horizon, 400, room - horizon, inks[3])
    y, step = horizon + 14, 0
    while y < room - 8:
        half = r - r * step // 9 - pick(24)
        art += _bar(x - half, y, 2 * half, 6 + step, inks[4] if step % 2 else inks[2])
        y += 16 + 3 * step
        step += 1
    return art


def _beam(pick: Pick, room: int, inks: Inks) -> str:
    """A projector's lens and its light, falling onto the title."""
    x = 60 + pick(280)
    y = 48 + pick(36)
    lean = (200 - x) * 2 // 3
    half = 150 + pick(60)
    middle = x + lean
    art = _shape(f"M{x} {y}L{middle - half} {room}H{middle + half}Z", inks[3])
    art += _shape(f"M{x} {y}L{middle - half // 2} {room}H{middle + half // 3}Z", inks[4])
    for _ in range(7):
        depth = 40 + pick(55)
        reach = half * depth // 130
        across = x + lean * depth // 100 + pick(2 * reach + 1) - reach
        art += _disc(across, y + (room - y) * depth // 100, 3 + pick(5), inks[0])
    return art + _disc(x, y, 26, inks[2]) + _disc(x, y, 10, inks[0])


def _rings(pick: Pick, room: int, inks: Inks) -> str:
    """Rings like ripples or grooves, each a little off the last."""
    x = 150 + pick(100)
    y = room // 2 + pick(31) - 15
    most = room * (42 + pick(14)) // 100
    count = 5 + pick(3)
    dx = pick(13) - 6
    dy = pick(13) - 6
    cycle = (inks[2], inks[0], inks[3], inks[0], inks[4], inks[0])
    return "".join(
        _disc(x + index * dx, y + index * dy, most - most * index // count, cycle[index % 6])
        for index in range(count)
    )


def _peaks(pick: Pick, room: int, inks: Inks) -> str:
    """A moon and three ranges, nearest in front."""
    art = _disc(80 + pick(240), 70 + pick(60), 34 + pick(26), inks[4])
    for index, fill in enumerate((inks[3], inks[2], inks[1])):
        foot = room * (48 + 20 * index) // 100
        step = 70 + pick(50)
        line = f"M-60 {room}"
        x, up = -60 - pick(step), pick(2)
        while x < 520:
            line += f"L{x} {foot - 50 - pick(60) if up else foot + pick(30)}"
            x, up = x + step, 1 - up
        art += _shape(f"{line}V{room}Z", fill)
    return art


def _seats(pick: Pick, room: int, inks: Inks) -> str:
    """An auditorium from above: rows of seats, some taken, one lit."""
    columns = 5 + pick(2)
    gap = 10
    width = (344 - (columns - 1) * gap) // columns
    height = width * 4 // 5
    rows = (room - 28 - 20) // (height + gap)
    lit = pick(columns * rows)
    r = height // 4
    art = ""
    for index in range(columns * rows):
        kind = pick(10)
        if kind < 2 and index != lit:
            continue
        x = 28 + index % columns * (width + gap)
        y = 28 + index // columns * (height + gap)
        fill = inks[4] if index == lit else inks[3] if kind < 7 else inks[2]
        art += _shape(
            f"M{x} {y + r}Q{x} {y} {x + r} {y}H{x + width - r}Q{x + width} {y} {x + width} {y + r}"
            f"V{y + height - 6}Q{x + width // 2} {y + height + 6} {x} {y + height - 6}Z",
            fill,
        )
    return art


def _arcs(pick: Pick, room: int, inks: Inks) -> str:
    """Tiles with quarter discs, turned by chance."""
    side = 100
    art = ""
    for y in range(room - side * (room // side + 1), room, side):
        for x in range(0, 400, side):
            fill = inks[2 + pick(3)]
            turned = (
                f"M{x} {y}h{side}A{side} {side} 0 0 1 {x} {y + side}Z",
                f"M{x + side} {y}v{side}A{side} {side} 0 0 1 {x} {y}Z",
                f"M{x + side} {y + side}h-{side}A{side} {side} 0 0 1 {x + side} {y}Z",
                f"M{x} {y + side}v-{side}A{side} {side} 0 0 1 {x + side} {y + side}Z",
            )
            turn = pick(5)
            art += (
                _shape(turned[turn], fill)
                if turn < len(turned)
                else _disc(x + side // 2, y + side // 2, side // 2, fill)
            )
    return art


MOTIFS: tuple[Motif, ...] = (_sun_and_sea, _beam, _rings, _peaks, _seats, _arcs)
