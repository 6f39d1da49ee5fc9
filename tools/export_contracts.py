"""Writes what rooms may know of one another: each subgraph's SDL and their composition, into contracts/.

`python -m tools.export_contracts` writes; with --check it compares and names the files that differ.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from chassis.federation import FederatedSchema
from gateway.engine import Engine, Subgraph
from tools.launcher.fleet import SERVICES

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts"


def subgraphs() -> list[Subgraph]:
    """Every service as a member of the graph, by name, with the address it has inside the compose network."""
    services = sorted(SERVICES, key=lambda service: service.name)
    return [
        Subgraph(
            service.name, f"http://{service.name}:{service.usual_port}/graphql", _schema_of(service.name).sdl
        )
        for service in services
    ]


def exports() -> dict[Path, str]:
    """Text by file, for every file that is written."""
    members = subgraphs()
    files = {CONTRACTS / "subgraphs" / f"{member.name}.graphql": member.sdl for member in members}
    files[CONTRACTS / "supergraph.graphql"] = Engine.compose(members).supergraph_sdl
    return {path: text.rstrip() + "\n" for path, text in files.items()}


def stale() -> list[Path]:
    """Files that are missing, differ from what would be written, or belong to no service any more."""
    wanted = exports()
    differing = [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return differing + [path for path in (CONTRACTS / "subgraphs").glob("*") if path not in wanted]


def main() -> int:
    """Write or compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    if parser.parse_args().check:
        for path in stale():
            print(f"{path.relative_to(ROOT)} is not what the code says; run python -m tools.export_contracts")
        return int(bool(stale()))
    for path, text in exports().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def _schema_of(service: str) -> FederatedSchema:
    schema: FederatedSchema = importlib.import_module(f"{service}.schema").SCHEMA
    return schema


if __name__ == "__main__":
    sys.exit(main())
