"""docker-compose.yml as data, and the settings that services declare."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from chassis.settings import ServiceSettings
from tests.architecture.sources import ROOT, SERVICES

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "deploy" / "service.Dockerfile"
INIT = ROOT / "mysql-init" / "01-databases-and-users.sh"
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:\?|:-)?([^}]*)\}")


def compose() -> dict[str, Any]:
    """The file with its anchors resolved."""
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return read


def services() -> dict[str, dict[str, Any]]:
    """Every container by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def ours() -> list[str]:
    """Names of the containers that run our image."""
    return [name for name, service in services().items() if "build" in service]


def variables() -> dict[str, str]:
    """Name of each variable the file asks for -> ":?", ":-" or nothing."""
    return {name: kind for name, kind, _ in VARIABLE.findall(COMPOSE.read_text(encoding="utf-8"))}


def settings_of(service: str) -> type[ServiceSettings]:
    """The settings class that a service declares."""
    module = import_module(f"{service}.settings")
    kinds = [
        kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, ServiceSettings)
    ]
    return next((kind for kind in kinds if kind is not ServiceSettings), ServiceSettings)


def database_of(service: str) -> str:
    """Name of its database."""
    return service.removesuffix("_service") + "_db"


__all__ = ["COMPOSE", "DOCKERFILE", "INIT", "SERVICES", "Path"]
