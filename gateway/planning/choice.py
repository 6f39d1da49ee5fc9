"""What the planner decides at one location: what to ask here, where to go for the rest, at what price."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.composition.selection import EMPTY, Item, Selection

REQUEST = 1000
WAVE = 10


@dataclass(frozen=True, slots=True)
class Spot:
    """A location: objects of `type` that `graph` has just returned.

    `provided` is what a @provides promises here beyond what the subgraph resolves. `peers` are the
    subgraphs that could have answered here as well; `known` the members of a union that all of
    those know, or None where the question does not arise.
    """

    type: str
    graph: str | None
    provided: Selection = EMPTY
    peers: frozenset[str] = frozenset()
    known: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A way into a subgraph: `_entities` with representations of `as_type`, or a root type."""

    graph: str
    as_type: str

    def __lt__(self, other: Entry) -> bool:
        return (self.graph, self.as_type) < (other.graph, other.as_type)


@dataclass(frozen=True, slots=True)
class Price:
    """Requests as (wave, subgraph): the steps of one wave to one subgraph travel together.

    `ready` is the wave after which everything is there; `moved` counts leaves fetched elsewhere
    than where the objects came from, which breaks ties in favour of staying.
    """

    requests: frozenset[tuple[int, str]] = frozenset()
    ready: int = 0
    moved: int = 0

    @property
    def total(self) -> int:
        """One number to compare by: requests first, then waves, then moved leaves."""
        return REQUEST * len(self.requests) + WAVE * self.ready + self.moved

    def later(self, waves: int) -> Price:
        """The same, begun some waves later."""
        if not waves:
            return self
        shifted = frozenset((wave + waves, graph) for wave, graph in self.requests)
        return Price(shifted, self.ready + waves, self.moved)

    def plus(self, other: Price) -> Price:
        """Both, with shared requests paid once."""
        requests = self.requests | other.requests if other.requests else self.requests
        return Price(requests, max(self.ready, other.ready), self.moved + other.moved)


FREE = Price()


@dataclass(frozen=True, slots=True)
class Local:
    """A field asked where the objects are."""

    item: Item
    below: Choice | None


@dataclass(frozen=True, slots=True)
class Door:
    """An entry with the key it takes and how to come by that key; no key into a root type."""

    entry: Entry
    wave: int
    key: Selection | None
    way: ObjectChoice | None


@dataclass(frozen=True, slots=True)
class Move:
    """A field fetched through an entry. Without an item: the objects themselves, as their real types."""

    entry: Entry
    item: Item | None
    requires: Selection | None
    way: ObjectChoice | None
    below: Choice | None


@dataclass(frozen=True, slots=True)
class ObjectChoice:
    """Decisions for objects of one type. `doors` come in the order in which they open."""

    price: Price
    local: tuple[Local, ...] = ()
    doors: tuple[Door, ...] = ()
    moves: tuple[Move, ...] = ()
    typename: bool = False


@dataclass(frozen=True, slots=True)
class AbstractChoice:
    """Decisions for objects of several types: fields asked on the abstract type, and per type the rest."""

    price: Price
    direct: tuple[Local, ...]
    branches: tuple[tuple[str, ObjectChoice], ...]


Choice = ObjectChoice | AbstractChoice


def count_leaves(item: Item) -> int:
    """How many leaves an item asks for; a composite without leaves counts as one."""
    if item.selection is None:
        return 1
    return max(1, _leaves_in(item.selection))


def _leaves_in(selection: Selection) -> int:
    own = sum(count_leaves(item) for item in selection.fields.values())
    return own + sum(_leaves_in(inner) for inner in selection.fragments.values())
