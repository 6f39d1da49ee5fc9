"""Prints every stage of planning one operation."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.composition.selection import Selection
from gateway.composition.supergraph import Supergraph
from gateway.planning.choice import AbstractChoice, Choice, Local, ObjectChoice
from gateway.planning.operation import Operation
from gateway.planning.plan import print_path, print_plan
from gateway.planning.planner import choose, plan, write


def explain(supergraph: Supergraph, operation: Operation) -> str:
    """All stages as text, in the order in which they run. Raises Unplannable."""
    stages = [
        ("normalised", "\n".join(_selection(operation.selection, "  "))),
        ("chosen", "\n".join(line for one in choose(supergraph, operation) for line in _choice(one, "  "))),
        ("visits", "\n".join(_visits(supergraph, operation))),
        ("plan", print_plan(plan(supergraph, operation)).rstrip()),
    ]
    name = operation.name or "(unnamed)"
    head = f"{operation.kind} {name}\n"
    return head + "".join(f"\n== {title}\n{text or '  nothing'}\n" for title, text in stages)


def _selection(selection: Selection, indent: str) -> Iterator[str]:
    for item in selection.fields.values():
        yield f"{indent}{item.name}{item.arguments}"
        if item.selection is not None:
            yield from _selection(item.selection, indent + "  ")
    for name, inner in selection.fragments.items():
        yield f"{indent}... on {name}"
        yield from _selection(inner, indent + "  ")


def _choice(choice: Choice, indent: str) -> Iterator[str]:
    if isinstance(choice, AbstractChoice):
        yield from _local(choice.direct, indent)
        for name, branch in choice.branches:
            yield f"{indent}when {name}"
            yield from _choice(branch, indent + "  ")
        return
    yield from _local(choice.local, indent)
    yield from _moves(choice, indent)


def _moves(choice: ObjectChoice, indent: str) -> Iterator[str]:
    for door in choice.doors:
        key = f" by {{ {door.key.text} }}" if door.key else ""
        yield f"{indent}enter {door.entry.graph} as {door.entry.as_type}{key}, wave +{door.wave}"
        if door.way is not None:
            yield from _moves(door.way, indent + "  ")
    for move in choice.moves:
        requires = f" requires {{ {move.requires.text} }}" if move.requires else ""
        what = move.item.name if move.item else "(real type)"
        yield f"{indent}{what} from {move.entry.graph}{requires}"
        if move.way is not None:
            yield from _moves(move.way, indent + "  ")
        if move.below is not None:
            yield from _choice(move.below, indent + "  ")


def _local(fields: tuple[Local, ...], indent: str) -> Iterator[str]:
    for local in fields:
        yield f"{indent}{local.item.name} here"
        if local.below is not None:
            yield from _choice(local.below, indent + "  ")


def _visits(supergraph: Supergraph, operation: Operation) -> Iterator[str]:
    for step in write(supergraph, operation):
        where = print_path(step.path) or "(root)"
        needs = f" with {{ {step.needs.text} }}" if step.key else ""
        after = f" after {', '.join(f'#{one}' for one in sorted(step.after))}" if step.after else ""
        yield f"  #{step.id} {step.entry.graph} at {where}{needs}{after}"
