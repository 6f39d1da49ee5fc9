"""The planner's table of contents.

    normalise   conditions decided, fragments inlined, canonical keys     operation.py
    choose      which subgraphs to visit at each location                 choose.py, ways.py, split.py
    write       visits, each with what it waits for                       steps.py
    order       waves, with requests shared                               waves.py
    print       GraphQL text for each request                             printing.py

Every pass is a pure function of the one before and of the supergraph, so a plan depends on nothing
but the operation: not on the order of subgraphs, not on earlier plans.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.composition.supergraph import Supergraph
from gateway.planning.choice import ObjectChoice
from gateway.planning.choose import Chooser
from gateway.planning.operation import Operation
from gateway.planning.plan import Fetch, Plan, Request
from gateway.planning.printing import Aliases, print_node, print_request
from gateway.planning.steps import Step, StepWriter, Unplannable
from gateway.planning.waves import waves_of


def plan(supergraph: Supergraph, operation: Operation) -> Plan:
    """The plan of an operation. Raises Unplannable when a field cannot be had."""
    steps = write(supergraph, operation)
    ordered = waves_of(steps)
    waves = tuple(tuple(_requests(wave, operation)) for wave in ordered)
    return Plan(operation.kind, waves)


def choose(supergraph: Supergraph, operation: Operation) -> list[ObjectChoice]:
    """Decisions for the root fields: together, or one by one where their order matters."""
    chooser = Chooser(supergraph)
    items = list(operation.selection.fields.values())
    groups = [items] if operation.kind == "query" else [[item] for item in items]
    choices = []
    for group in groups:
        choice = chooser.at_root(operation.root_type, group)
        if choice is None:
            names = ", ".join(item.name for item in group)
            raise Unplannable(f"no subgraphs together answer {operation.root_type}: {names}")
        choices.append(choice)
    return choices


def write(supergraph: Supergraph, operation: Operation) -> list[Step]:
    """The steps of an operation, unordered but for what each waits for."""
    if not operation.selection:
        return []
    choices = choose(supergraph, operation)
    writer = StepWriter(supergraph)
    if operation.kind == "mutation":
        writer.mutations(choices)
    elif operation.kind == "subscription":
        writer.event(choices[0])
    else:
        writer.queries(choices[0], operation.root_type)
    return writer.steps


def _requests(wave: Sequence[Step], operation: Operation) -> list[Request]:
    """One request per subgraph; a root visit below the root travels alone, its names are its own."""
    groups: dict[tuple[str, int], list[Step]] = {}
    for step in wave:
        alone = step.id if step.key is None and step.path else -1
        groups.setdefault((step.entry.graph, alone), []).append(step)
    return [_request(graph, steps, operation) for (graph, _), steps in sorted(groups.items(), key=_order)]


def _order(group: tuple[tuple[str, int], list[Step]]) -> tuple[str, int]:
    return group[0]


def _request(graph: str, steps: Sequence[Step], operation: Operation) -> Request:
    kind = "query"
    if any(step.key is None and not step.path for step in steps):
        kind = operation.kind
    aliases = Aliases()
    aliases.settle([step.node for step in steps if step.key is None])
    for step in steps:
        if step.key is not None:
            aliases.settle([step.node])
    printed = [(step, print_node(step.node, aliases)) for step in steps]
    text, variables, carrying = print_request(kind, printed, operation.variables)
    fetches = tuple(_fetch(step, selection) for step, selection in printed)
    return Request(graph, fetches, kind, text, variables, carrying, aliases.renamed)


def _fetch(step: Step, selection: str) -> Fetch:
    return Fetch(
        id=step.id,
        path=step.path,
        as_type=None if step.key is None else step.entry.as_type,
        key=step.key,
        needs=step.needs,
        after=tuple(sorted(step.after)),
        selection=selection,
        keys=tuple(step.node.fields),
    )
