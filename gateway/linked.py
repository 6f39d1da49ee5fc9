"""What files of pages name one another: stylesheets put together, and the modules that a page will need.

Over HTTP/1.1 each step from a file to the next it names costs a round trip, on a phone a seventh of a second. Pages are
written without a build step, so the server looks ahead instead: a stylesheet carries what it imports, and the shell
names every module of the page that is asked for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

Find = Callable[[str], bytes | None]

_IMPORTED_SHEET = re.compile(rb'^@import "(\.{1,2}/[^"]+)";[ \t]*\n', re.MULTILINE)
_ADDRESS_IN_SHEET = re.compile(rb'url\("(\.{1,2}/[^"]+)"\)')
# `import … from`, `export … from` and `import "…"` of relative files; never `import(…)`, which is for later.
IMPORTED_MODULE = re.compile(
    rb"""(?:^|[;}\s])(?:import|export)\b(?:[^;'"()`]*?\bfrom)?\s*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE
)


def sheet(name: str, find: Find) -> bytes:
    """The stylesheet `name` with those it imports in their places; addresses in them lead where they led."""
    content = find(name) or b""

    def inlined(match: re.Match[bytes]) -> bytes:
        other = beside(name, match[1])
        text = sheet(other, find)
        return _ADDRESS_IN_SHEET.sub(lambda address: _moved(other, name, address[1]), text)

    return _IMPORTED_SHEET.sub(inlined, content)


def modules(entries: list[str], find: Find) -> list[str]:
    """`entries` and every module that they import, and those in turn: nearest first, each once."""
    found = dict.fromkeys(entries)
    waiting = list(found)
    for name in waiting:
        for other in _imports(name, find):
            if other not in found:
                found[other] = None
                waiting.append(other)
    return list(found)


def _imports(name: str, find: Find) -> Iterator[str]:
    for address in IMPORTED_MODULE.findall(find(name) or b""):
        other = beside(name, address)
        if find(other) is not None:
            yield other


def beside(name: str, address: bytes) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address.decode()))


def _moved(sheet_name: str, into: str, address: bytes) -> bytes:
    target = posixpath.relpath(beside(sheet_name, address), posixpath.dirname(into) or ".")
    return f'url("{target}")'.encode()
