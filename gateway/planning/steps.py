"""Walks the choices and writes down steps: one visit to one subgraph for the objects at one path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.composition.selection import EMPTY, Item, Selection, merged
from gateway.composition.supergraph import Supergraph
from gateway.planning.choice import AbstractChoice, Choice, Door, Entry, Local, Move, ObjectChoice


@dataclass(frozen=True, slots=True)
class OnType:
    """A turn in a path: from here on only objects of this type."""

    name: str


Path = tuple[str | OnType, ...]


class Node:
    """What a step asks of the objects at one place; grows while the walk goes on."""

    __slots__ = ("fields", "fragments", "typename")

    def __init__(self) -> None:
        self.fields: dict[str, Asked] = {}
        self.fragments: dict[str, Node] = {}
        self.typename = False

    def ask(self, item: Item, type_there: str) -> Node:
        """Ask for a field; the node below it (unused for leaves)."""
        asked = self.fields.get(item.key)
        if asked is None:
            asked = self.fields[item.key] = Asked(
                item, type_there, Node() if item.selection is not None else None
            )
        return asked.below or self

    def on(self, name: str) -> Node:
        """The part for objects of one type."""
        return self.fragments.setdefault(name, Node())


@dataclass(slots=True)
class Asked:
    """A field as one subgraph is asked for it; `type` as that subgraph declares it."""

    item: Item
    type: str
    below: Node | None


@dataclass(slots=True)
class Step:
    """A visit. Without `key` it enters through a root type; `needs` is all that representations carry."""

    id: int
    entry: Entry
    path: Path
    key: Selection | None
    needs: Selection
    after: set[int] = field(default_factory=set)
    node: Node = field(default_factory=Node)


class Unplannable(Exception):
    """No subgraph, or no way between subgraphs, gives a wanted field. The text names it."""


class StepWriter:
    """Collects the steps of one operation. Use `queries`, `mutations` or `below_event` once."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._supergraph = supergraph
        self.steps: list[Step] = []
        self._at: dict[tuple[Path, Entry], list[Step]] = {}

    def queries(self, choice: ObjectChoice, root_type: str) -> None:
        """Root fields in any order."""
        self._object(choice, root_type, (), None, None)

    def mutations(self, choices: Iterable[ObjectChoice]) -> None:
        """Root fields one after the other; neighbours of one subgraph share a step."""
        current: Step | None = None
        before: set[int] = set()
        for choice in choices:
            for move in choice.moves:
                if current is None or current.entry != move.entry:
                    before = {step.id for step in self.steps}
                    current = self._new((), move.entry, None, before)
                start = len(self.steps)
                self._take(move, (), current)
                for step in self.steps[start:]:
                    step.after |= before

    def event(self, choice: ObjectChoice) -> Step:
        """The one root field of a subscription; the step that streams it."""
        move = choice.moves[0]
        step = self._new((), move.entry, None, set())
        self._take(move, (), step)
        return step

    # --- the walk: every method returns the ids of the steps that bring what was placed -----------

    def _place(self, choice: Choice, name: str, path: Path, step: Step, node: Node) -> set[int]:
        if isinstance(choice, AbstractChoice):
            return self._abstract(choice, name, path, step, node)
        return self._object(choice, name, path, step, node)

    def _abstract(self, choice: AbstractChoice, name: str, path: Path, step: Step, node: Node) -> set[int]:
        node.typename = True
        placed = {step.id} | self._ask(choice.direct, name, path, step, node)
        for member, branch in choice.branches:
            placed |= self._object(branch, member, (*path, OnType(member)), step, node.on(member))
        return placed

    def _object(
        self, choice: ObjectChoice, name: str, path: Path, step: Step | None, node: Node | None
    ) -> set[int]:
        placed: set[int] = set()
        if step is not None and node is not None:
            node.typename = node.typename or choice.typename
            placed |= self._ask(choice.local, name, path, step, node)
        for door in choice.doors:
            placed |= self._open(door, name, path, step, node)
        for move in choice.moves:
            needed = set()
            if move.way is not None:
                needed = self._object(move.way, name, path, step, node)
            visit = self._visit(path, move, needed)
            placed |= self._take(move, path, visit)
        return placed

    def _ask(self, locals_: Sequence[Local], name: str, path: Path, step: Step, node: Node) -> set[int]:
        placed = {step.id} if locals_ else set()
        for local in locals_:
            resolver = self._supergraph.types[name].fields[local.item.name].resolvers[step.entry.graph]
            below = node.ask(local.item, resolver.type)
            if local.below is not None:
                inner = (*path, local.item.key)
                placed |= self._place(local.below, resolver.named, inner, step, below)
        return placed

    def _open(self, door: Door, name: str, path: Path, step: Step | None, node: Node | None) -> set[int]:
        needed = {step.id} if step is not None else set()
        if door.way is not None:
            needed = self._object(door.way, name, path, step, node)
        known = self._at.get((path, door.entry))
        if not known:
            self._new(path, door.entry, door.key, needed)
        return set()

    def _take(self, move: Move, path: Path, visit: Step) -> set[int]:
        if move.item is None:  # the objects themselves, as their real types
            assert move.below is not None
            return self._place(move.below, move.entry.as_type, path, visit, visit.node)
        definition = self._supergraph.types[move.entry.as_type]
        resolver = definition.fields[move.item.name].resolvers[move.entry.graph]
        below = visit.node.ask(move.item, resolver.type)
        placed = {visit.id}
        if move.below is not None:
            placed |= self._place(move.below, resolver.named, (*path, move.item.key), visit, below)
        return placed

    # --- visits -----------------------------------------------------------------------------------

    def _visit(self, path: Path, move: Move, needed: set[int]) -> Step:
        """A step through this entry that may wait for `needed`: an existing one if it can."""
        wanted = move.requires or EMPTY
        known = self._at[path, move.entry]
        for step in known:
            if any(self._waits_for(one, step.id) for one in needed) or _clash(step.needs, wanted):
                continue
            step.after |= needed
            step.needs = merged(step.needs, wanted)
            return step
        first = known[0]
        twin = self._new(path, move.entry, first.key, set(needed) | self._key_sources(first))
        twin.needs = merged(twin.needs, wanted)
        return twin

    def _key_sources(self, step: Step) -> set[int]:
        # The first visit has its key, so whoever comes after what it waits for has it as well.
        return {one for one in step.after if one != step.id}

    def _new(self, path: Path, entry: Entry, key: Selection | None, needed: set[int]) -> Step:
        step = Step(len(self.steps), entry, path, key, key or EMPTY, set(needed))
        self.steps.append(step)
        self._at.setdefault((path, entry), []).append(step)
        return step

    def _waits_for(self, one: int, other: int) -> bool:
        return other in self._closure(one)

    def _closure(self, one: int) -> set[int]:
        seen: set[int] = set()
        waiting = [one]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting.extend(self.steps[current].after)
        return seen


def _clash(first: Selection, second: Selection) -> bool:
    """Whether one representation would need one name with two argument lists."""
    names = {item.name: item for item in _all(first)}
    for item in _all(second):
        known = names.get(item.name)
        if known is None:
            continue
        if known.key != item.key:
            return True
        if (
            known.selection is not None
            and item.selection is not None
            and _clash(known.selection, item.selection)
        ):
            return True
    return False


def _all(selection: Selection) -> Iterator[Item]:
    yield from selection.fields.values()
    for inner in selection.fragments.values():
        yield from _all(inner)
