"""Modules that every page needs, put into one script, so that a phone asks once instead of forty times.

Each module becomes a function that is called once, in the order in which a browser would run them, and leaves an object
of what it exports; whoever imports from it takes that object out of the one script. Names of modules are those of the
folder. Only what our scripts use of the language's modules is understood: anything else raises NotLinkable, and the
modules then travel as they are. Needs: no cycle, no `export let`, no `await` at the top of a module.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

# At the beginning of a line, or after another statement in a script without lines.
_AT = r"(?:^|(?<=[;}]))"
_FROM = r'\s*from\s*"(\.{1,2}/[^"]+)"\s*;?'
_NAMES = r"\{([^{}]*)\}"
_IMPORT = re.compile(rf"{_AT}import\s*(?:{_NAMES}|\*\s*as\s+([\w$]+)|([\w$]+)){_FROM}", re.MULTILINE)
_EXPORT_FROM = re.compile(rf"{_AT}export\s*{_NAMES}{_FROM}", re.MULTILINE)
_EXPORT_NAMES = re.compile(rf"{_AT}export\s*{_NAMES}\s*;?", re.MULTILINE)
_EXPORT_HERE = re.compile(rf"{_AT}export\s+((?:async\s+)?function\*?|class|const)\s+([\w$]+)", re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)')
_LEFT = re.compile(rf"{_AT}(?:import\b(?!\s*[.(])|export\b)", re.MULTILINE)


class NotLinkable(Exception):
    """A module says something that is not understood here; its words say where."""


@dataclass(frozen=True)
class _Script:
    """Where the one script is to stand, and the names in it of the modules it holds."""

    place: str
    held: Mapping[str, str]


def one_script(place: str, modules: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """The script called `place` of `modules`, and each of `others` rewritten to take them from it.

    Both map names to texts; `modules` are all that they import themselves. Raises NotLinkable.
    """
    order = _in_order(modules)
    script = _Script(place, {name: f"m{number}" for number, name in enumerate(order)})
    parts = [_as_function(name, modules[name], script) for name in order]
    exported = f"export {{ {', '.join(script.held.values())} }};\n"
    return {place: "".join([*parts, exported])} | {
        name: _as_module(name, text, script) for name, text in others.items()
    }


def _in_order(modules: Mapping[str, str]) -> list[str]:
    """Each module after those that it imports."""
    done: list[str] = []
    begun: set[str] = set()

    def visit(name: str) -> None:
        if name in done:
            return
        if name in begun:
            raise NotLinkable(f"{name} imports itself by way of others")
        begun.add(name)
        for address in [
            *(match[4] for match in _IMPORT.finditer(modules[name])),
            *(match[2] for match in _EXPORT_FROM.finditer(modules[name])),
        ]:
            other = _beside(name, address)
            if other not in modules:
                raise NotLinkable(f"{name} imports {other}, which is not among them")
            visit(other)
        done.append(name)

    for name in modules:
        visit(name)
    return done


def _as_function(name: str, text: str, script: _Script) -> str:
    exports: list[str] = []

    def passed_on(match: re.Match[str]) -> str:
        held = script.held[_beside(name, match[2])]
        exports.extend(f"{ours}: {held}.{theirs}" for theirs, ours in _pairs(match[1]))
        return ""

    def named(match: re.Match[str]) -> str:
        exports.extend(_pair(theirs, ours) for ours, theirs in _pairs(match[1]))
        return ""

    def here(match: re.Match[str]) -> str:
        exports.append(match[2])
        return f"{match[1]} {match[2]}"

    def taken(match: re.Match[str]) -> str:
        return _taking(match, script.held[_beside(name, match[4])])

    text = _IMPORT.sub(taken, text)
    text = _EXPORT_FROM.sub(passed_on, text)
    text = _EXPORT_NAMES.sub(named, text)
    text = _EXPORT_HERE.sub(here, text)
    _refuse_what_is_left(name, text)
    text = _LATER.sub(lambda match: _later(_beside(name, match[1]), script, script.place), text)
    own = f'new URL("{_address(name, script.place)}", import.meta.url).href'
    text = text.replace("import.meta.url", own)
    return f"const {script.held[name]} = (() => {{\n{text}\nreturn {{ {', '.join(exports)} }};\n}})();\n"


def _as_module(name: str, text: str, script: _Script) -> str:
    address = _address(script.place, name)

    def taken(match: re.Match[str]) -> str:
        held = script.held.get(_beside(name, match[4]))
        return match[0] if held is None else f'import {{ {held} }} from "{address}";{_taking(match, held)}'

    def passed_on(match: re.Match[str]) -> str:
        held = script.held.get(_beside(name, match[2]))
        if held is None:
            return match[0]
        names = ", ".join(f"{theirs}: {ours}" for theirs, ours in _pairs(match[1]))
        return f'import {{ {held} }} from "{address}";export const {{ {names} }} = {held};'

    def later(match: re.Match[str]) -> str:
        other = _beside(name, match[1])
        return _later(other, script, name) if other in script.held else match[0]

    text = _LATER.sub(later, _EXPORT_FROM.sub(passed_on, _IMPORT.sub(taken, text)))
    for other in _IMPORT.finditer(text):
        if _beside(name, other[4]) in script.held:
            raise NotLinkable(f"{name} imports {other[4]} in a way that is not understood")
    return _each_once(text)


def _each_once(text: str) -> str:
    """One module may be imported by several statements; its object is named by the first."""
    seen: set[str] = set()

    def once(match: re.Match[str]) -> str:
        if match[0] in seen:
            return ""
        seen.add(match[0])
        return match[0]

    return re.sub(r'import \{ m\d+ \} from "[^"]+";', once, text)


def _taking(match: re.Match[str], held: str) -> str:
    names, whole, default = match[1], match[2], match[3]
    if whole:
        return f"const {whole} = {held};"
    pairs = [("default", default)] if default else _pairs(names)
    return f"const {{ {', '.join(_pair(theirs, ours) for theirs, ours in pairs)} }} = {held};"


def _later(other: str, script: _Script, asked_from: str) -> str:
    held = script.held.get(other)
    if held is None:
        return f'import("{_address(other, asked_from)}")'
    if asked_from == script.place:
        return f"Promise.resolve().then(() => {held})"
    return f'import("{_address(script.place, asked_from)}").then((all) => all.{held})'


def _pairs(names: str) -> list[tuple[str, str]]:
    """`a, b as c` as (a, a), (b, c)."""
    found = []
    for part in filter(None, (part.strip() for part in names.split(","))):
        first, _, second = part.partition(" as ")
        found.append((first.strip(), second.strip() or first.strip()))
    return found


def _pair(key: str, value: str) -> str:
    return key if key == value else f"{key}: {value}"


def _refuse_what_is_left(name: str, text: str) -> None:
    left = _LEFT.search(text)
    if left:
        raise NotLinkable(f"{name}: {text[left.start() : left.start() + 60]!r}")


def _beside(name: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def _address(target: str, seen_from: str) -> str:
    way = posixpath.relpath(target, posixpath.dirname(seen_from) or ".")
    return way if way.startswith(".") else f"./{way}"
