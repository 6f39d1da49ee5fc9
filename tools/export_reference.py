"""Writes docs/reference/: settings, failures, events and permissions, as the code declares them; nobody types these pages.

`python -m tools.export_reference` writes; a test compares.
"""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

import chassis.errors
from chassis.errors import Failure, Refusal
from chassis.identity import Role
from chassis.permissions import Access, Permissions, operations_of
from chassis.settings import ServiceSettings
from gateway.settings import GatewaySettings
from tools.launcher.fleet import SERVICES

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
MARK = "<!-- Written by `python -m tools.export_reference`; changes belong in the code. -->"


def pages() -> dict[Path, str]:
    """Text by file, for every page of the reference."""
    return {
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "events.md": events_page(),
        REFERENCE / "permissions.md": permissions_page(),
    }


def settings_page() -> str:
    """Every setting of every part, by the name it has in the environment."""
    parts: list[tuple[str, type[BaseSettings], set[str]]] = [("every service", ServiceSettings, set())]
    shared = set(ServiceSettings.model_fields)
    parts += [(service.name, _settings_of(service.name), shared) for service in SERVICES]
    parts.append(("gateway", GatewaySettings, set()))
    text = [
        MARK,
        "",
        "# Settings",
        "",
        "All are read once, at the start; a wrong one is named and nothing starts.",
    ]
    for title, kind, known in parts:
        fields = {name: field for name, field in kind.model_fields.items() if name not in known}
        if fields:
            text += ["", f"## {title}", "", "| setting | default | meaning |", "| --- | --- | --- |"]
            text += [_setting(name, field) for name, field in fields.items()]
    return "\n".join(text) + "\n"


def _settings_of(service: str) -> type[BaseSettings]:
    module = importlib.import_module(f"{service}.settings")
    kinds = [
        kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, ServiceSettings)
    ]
    return next((kind for kind in kinds if kind is not ServiceSettings), ServiceSettings)


def _setting(name: str, field: FieldInfo) -> str:
    meaning = _cell(field.description or name.replace("_", " "))
    return f"| `{field.alias or _first_alias(field) or name}` | {_default(field)} | {meaning} |"


def _first_alias(field: FieldInfo) -> str:
    """The first of several names that a setting may have in the environment."""
    named = field.validation_alias
    return str(named.choices[0]) if isinstance(named, AliasChoices) else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    if field.default_factory is not None:
        return "in the home"
    value: Any = field.default
    if value is PydanticUndefined or value is None or value == "":
        return "none"
    text = str(value)
    return f"`{text.replace(str(ROOT) + '/', '')}`"


def errors_page() -> str:
    """Every code that an answer may carry, with its usual words."""
    text = [MARK, "", "# Failures", ""]
    text += [
        "Codes are promises; words may change and may be translated. The first table's stand in `extensions.code`"
    ]
    text += ["of a top-level error, the others in `userErrors` of a payload.", "", "## Everywhere", ""]
    text += _failures_table(_classes(chassis.errors, Failure, Refusal))
    for service in sorted(service.name for service in SERVICES):
        found = _classes(importlib.import_module(f"{service}.errors"), Failure)
        if found:
            text += ["", f"## {service}", "", *_failures_table(found)]
    return "\n".join(text) + "\n"


def _classes(module: Any, kind: type[Failure], but: type[Failure] | None = None) -> list[type[Failure]]:
    """Classes that `module` itself declares, in the order of their codes."""
    members = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    own = [member for member in members if issubclass(member, kind) and member.__module__ == module.__name__]
    return sorted(
        (member for member in own if member not in (Failure, but)), key=lambda it: (it.code, it.__name__)
    )


def _failures_table(kinds: list[type[Failure]]) -> list[str]:
    lines = ["| code | when | words |", "| --- | --- | --- |"]
    for kind in kinds:
        when = (inspect.getdoc(kind) or "").splitlines()[:1]
        lines.append(f"| `{kind.code}` | {_cell(when[0] if when else '')} | {_cell(kind.message)} |")
    return lines


def events_page() -> str:
    """Every event with its payload, from contracts/events."""
    text = [
        MARK,
        "",
        "# Events",
        "",
        "Each travels in an envelope: id, name, version, occurredAt, requestId, actorId, payload.",
    ]
    for path in sorted((ROOT / "contracts" / "events").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        payload = schema["properties"]["payload"]
        fields = ", ".join(f"`{name}`" for name in payload.get("properties", {}))
        text += [
            "",
            f"## {path.name.removesuffix('.json')}",
            "",
            schema.get("description", ""),
            "",
            f"Carries {fields}.",
        ]
    return "\n".join(text) + "\n"


def permissions_page() -> str:
    """Every operation with who may call it, and every type and field that not everybody sees."""
    text = [
        MARK,
        "",
        "# Permissions",
        "",
        "Asked at each service's door before any resolver runs, and once more by the command itself. Another",
        'person\'s object is "not found". Siblings are services that ask in their own name.',
    ]
    for service in sorted(service.name for service in SERVICES):
        module = importlib.import_module(f"{service}.schema")
        table: Permissions = module.SCHEMA.permissions
        roots = operations_of(module.SCHEMA.core)
        text += ["", f"## {service}", "", _PERMISSIONS_HEAD, "| --- | " + "--- | " * 7]
        text += [_permission(name, roots[name][0].lower(), row) for name, row in table.operations.items()]
        text += [_permission(name, "entity", row) for name, row in table.entities.items()]
        text += [_permission(name, "field", row) for name, row in table.fields.items()]
    return "\n".join(text) + "\n"


_PERMISSIONS_HEAD = (
    "| what | kind | visitor | CUSTOMER | STAFF | MANAGER | ADMIN | only what, and for which siblings |"
)


def _permission(name: str, kind: str, row: Access) -> str:
    roles = ["yes" if row.everyone or (row.role is not None and role >= row.role) else "" for role in Role]
    cells = [f"`{name}`", kind, "yes" if row.everyone else "", *roles]
    named = ", ".join(sorted(row.siblings))
    words = (row.only, named and f"siblings: {named}", row.per_minute and f"`{row.per_minute.upper()}`")
    return "| " + " | ".join([*cells, "; ".join(filter(None, words))]) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
