"""The gateway from the command line, on any graph.

python -m gateway --subgraphs FILE --port N        members from a TOML file or a JSON list
python -m gateway --supergraph FILE --port N       a composed supergraph
python -m gateway compose [--subgraphs FILE]       print the supergraph, or write it with --out
python -m gateway explain QUERY [--variables JSON] every stage of planning; QUERY may be a file's name
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson

from chassis.settings import SettingsError
from gateway.engine import CompositionFailed, Engine, Refused
from gateway.graph_file import read_graph_file
from gateway.members import Members
from gateway.settings import GatewaySettings, load

NO_FOLDER = Path("/nonexistent")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when something is wrong, which is told on standard error."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
        run = {"serve": _serve, "compose": _compose, "explain": _explain}[options.command or "serve"]
        return run(options, settings)
    except SettingsError as error:
        return _fail(error.faults)
    except CompositionFailed as failed:
        return _fail(failed.faults)
    except Refused as refused:
        return _fail([str(error.get("message")) for error in refused.errors])
    except (OSError, orjson.JSONDecodeError) as error:
        return _fail([str(error)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m gateway", description="A GraphQL federation gateway.")
    _add_graph(parser)
    parser.add_argument("--port", type=int, help="port to listen on (GATEWAY_PORT)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    commands = parser.add_subparsers(dest="command")
    compose = commands.add_parser("compose", help="print the composed supergraph")
    _add_graph(compose)
    compose.add_argument("--out", type=Path, help="file to write it to")
    explain = commands.add_parser("explain", help="show every stage of planning a query")
    _add_graph(explain)
    explain.add_argument("query", help="the document, or the name of a file that holds it")
    explain.add_argument("--operation", help="which operation of the document")
    explain.add_argument("--variables", default="{}", help="as JSON")
    return parser


def _add_graph(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--subgraphs", type=Path, help="file that names the members", default=argparse.SUPPRESS
    )
    parser.add_argument("--supergraph", type=Path, help="composed supergraph SDL", default=argparse.SUPPRESS)


def _settings(options: argparse.Namespace) -> GatewaySettings:
    given: dict[str, object] = {}
    if "subgraphs" in options:
        given["subgraphs_file"] = options.subgraphs
    if "supergraph" in options:
        given["supergraph_file"] = options.supergraph
    if given:  # another graph: the pages of ours would be lost there
        given["frontend_dir"] = NO_FOLDER
    return load(**given)


def _serve(options: argparse.Namespace, settings: GatewaySettings) -> int:
    # Told before the server starts: a graph that can't be composed, as far as its members answer by now.
    _engine(settings, incomplete_is_fine=True)
    from gateway.server import Server

    Server(settings, options.host, options.port or settings.port).run()


def _compose(options: argparse.Namespace, settings: GatewaySettings) -> int:
    engine = _engine(settings)
    if engine is None:
        return 1
    if options.out is None:
        sys.stdout.write(engine.supergraph_sdl + "\n")
    else:
        options.out.write_text(engine.supergraph_sdl + "\n", encoding="utf-8")
    return 0


def _explain(options: argparse.Namespace, settings: GatewaySettings) -> int:
    engine = _engine(settings)
    if engine is None:
        return 1
    text = options.query
    if "{" not in text:
        text = Path(text).read_text(encoding="utf-8")
    sys.stdout.write(engine.explain(text, options.operation, orjson.loads(options.variables)) + "\n")
    return 0


def _engine(settings: GatewaySettings, *, incomplete_is_fine: bool = False) -> Engine | None:
    """The graph that the settings name; None (and told) when a member does not say what it can."""
    if settings.supergraph_file is not None:
        return Engine.from_supergraph(settings.supergraph_file.read_text(encoding="utf-8"))
    file = read_graph_file(settings.subgraphs_file, settings.peers)
    sdls = Members(file, settings.statements).all_sdl()
    known = [member.subgraph(sdl) for member in file.subgraphs if (sdl := sdls[member.name]) is not None]
    if len(known) == len(file.subgraphs):
        return Engine.compose(known)
    if not incomplete_is_fine:
        silent = ", ".join(name for name, sdl in sdls.items() if sdl is None)
        _fail([f"no answer from {silent}"])
    return None


def _fail(faults: list[str] | tuple[str, ...]) -> int:
    for fault in faults:
        sys.stderr.write(f"gateway: {fault}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
