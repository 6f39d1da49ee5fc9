"""Chooses, location by location, which further subgraphs to visit.

Problem: the objects at a location come from one subgraph; some wanted fields it resolves itself,
others it does not, and each of those may be had from several. Idea: try sets of entries by size,
give every field its cheapest way within the set, and keep the set with the fewest requests, then the
fewest waves, then the fewest moved leaves. A way costs what lies below it and what its @requires
takes; an entry costs getting one of its keys at the same location without going through itself.
Both are the same question again with something forbidden, so every recursion ends. Price: sets grow
as 2^n in the entries useful at one location, which are few; answers are remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.composition.selection import TYPENAME, Item, Selection
from gateway.composition.supergraph import Resolver, Supergraph
from gateway.planning.choice import (
    FREE,
    REQUEST,
    AbstractChoice,
    Choice,
    Door,
    Entry,
    Local,
    Move,
    ObjectChoice,
    Price,
    Spot,
    count_leaves,
)
from gateway.planning.cover import sets_of
from gateway.planning.split import pieces
from gateway.planning.ways import Ways


@dataclass(frozen=True, slots=True)
class _Limits:
    """What this question may not use, and the entries that are open already (with their waves)."""

    banned: frozenset[str] = frozenset()
    shut: frozenset[Entry] = frozenset()
    open: tuple[tuple[Entry, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to one field, priced but for its entry and its @requires."""

    entry: Entry | None
    requires: Selection | None
    below: Choice | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A field with its options; without an item: the real types behind an interface object."""

    item: Item | None
    options: tuple[_Option, ...]

    @property
    def leaves(self) -> int:
        return 1 if self.item is None else count_leaves(self.item)


class Chooser:
    """Plans locations of one supergraph for one operation. Not for use by two threads at once."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._supergraph = supergraph
        self._ways = Ways(supergraph)
        self._seen: dict[tuple[object, ...], ObjectChoice | None] = {}
        self._seen_abstract: dict[tuple[Spot, str], AbstractChoice | None] = {}

    def at_root(self, root_type: str, items: Sequence[Item]) -> ObjectChoice | None:
        """The choice for root fields, or None when some cannot be had at all."""
        spot = Spot(root_type, None, peers=frozenset(self._supergraph.graphs))
        return self._object(spot, items, None, _Limits())

    def at(self, spot: Spot, declared: str, selection: Selection) -> Choice | None:
        """The choice at a location under a field that the supergraph declares as `declared`."""
        definition = self._supergraph.types[spot.type]
        if spot.graph in definition.interface_object_in:
            return self._interface_object(spot, selection)
        if self._supergraph.is_abstract(spot.type):
            return self._abstract(spot, selection)
        items = list(self._supergraph.wanted_on(selection, spot.type).values())
        choice = self._object(spot, items, None, _Limits())
        if choice is not None and self._supergraph.is_abstract(declared):
            return replace(choice, typename=True)
        return choice

    def _interface_object(self, spot: Spot, selection: Selection) -> ObjectChoice | None:
        """Only another subgraph knows the real type: what depends on it is one pseudo-field.

        So are fields that no subgraph answers on the interface itself, but some do on the real types.
        """
        plain = [item for item in selection.fields.values() if item.key != TYPENAME]
        asked = {TYPENAME: selection.fields[TYPENAME]} if TYPENAME in selection.fields else {}
        choice = self._with_real(spot, plain, Selection(asked, selection.fragments))
        if choice is not None:
            return choice
        for item in list(plain):
            if self._object(spot, [item], None, _Limits()) is None:
                plain.remove(item)
                asked[item.key] = item
        return self._with_real(spot, plain, Selection(asked, selection.fragments))

    def _with_real(self, spot: Spot, plain: Sequence[Item], real: Selection) -> ObjectChoice | None:
        return self._object(spot, plain, real or None, _Limits())

    def givers(self, spot: Spot, item: Item) -> set[str]:
        """Subgraphs from which one field can be had at a location."""
        found = set()
        for option in self._options_of(spot, item, _Limits(), quick=False):
            if option.entry is None:
                found.add(str(spot.graph))
            elif self._with_entries(spot, [_Wanted(item, (option,))], [option.entry], _Limits()):
                found.add(option.entry.graph)
        definition = self._supergraph.types[spot.type]
        if not found and spot.graph in definition.interface_object_in:
            found = self._givers_on_real_types(spot, item)
        return found

    def _givers_on_real_types(self, spot: Spot, item: Item) -> set[str]:
        if self._with_real(spot, [], Selection({item.key: item}, {})) is None:
            return set()
        real = [self._supergraph.types[name] for name in self._supergraph.objects[spot.type]]
        fields = [one.fields[item.name] for one in real if item.name in one.fields]
        return {graph for one in fields for graph, resolver in one.resolvers.items() if not resolver.external}

    # --- abstract types ---------------------------------------------------------------------------

    def _abstract(self, spot: Spot, selection: Selection) -> AbstractChoice | None:
        seen = (spot, selection.text)
        if seen not in self._seen_abstract:
            self._seen_abstract[seen] = self._choose_abstract(spot, selection)
        return self._seen_abstract[seen]

    def _choose_abstract(self, spot: Spot, selection: Selection) -> AbstractChoice | None:
        """Ask on the abstract type what every member answers there; the rest member by member."""
        assert spot.graph is not None
        direct: list[Local] = []
        rest: dict[str, Item] = {}
        price = FREE
        for item in selection.fields.values():
            if item.key == TYPENAME:
                continue
            found = self._direct(spot, item)
            if found is None:
                rest[item.key] = item
                continue
            direct.append(found)
            price = price.plus(found.below.price if found.below else FREE)
        members = self._supergraph.possible(spot.type, spot.graph)
        if spot.known is not None:
            members &= spot.known
        leftover = Selection(rest, selection.fragments)
        branches = []
        for name in sorted(members):
            items = [i for i in self._supergraph.wanted_on(leftover, name).values() if i.key != TYPENAME]
            if not items:
                continue
            inner = Spot(name, spot.graph, spot.provided, spot.peers)
            choice = self._object(inner, items, None, _Limits())
            if choice is None:
                return None
            branches.append((name, choice))
            price = price.plus(choice.price)
        return AbstractChoice(price, tuple(direct), tuple(branches))

    def _direct(self, spot: Spot, item: Item) -> Local | None:
        assert spot.graph is not None
        resolver = self._ways.local(spot, item)
        if resolver is None or not self._ways.on_all_members(spot.type, item, spot.graph, spot.provided):
            return None
        if item.selection is None:
            return Local(item, None)
        below = self._below(spot, item, spot.graph, resolver)
        return None if below is None else Local(item, below)

    # --- objects ----------------------------------------------------------------------------------

    def _object(
        self, spot: Spot, items: Sequence[Item], real: Selection | None, limits: _Limits
    ) -> ObjectChoice | None:
        text = " ".join(_text(item) for item in items)
        seen = (spot, text, real.text if real else None, limits)
        if seen not in self._seen:
            self._seen[seen] = None  # a question that meets itself has no answer
            self._seen[seen] = self._choose(spot, items, real, limits)
        return self._seen[seen]

    def _choose(
        self, spot: Spot, items: Sequence[Item], real: Selection | None, limits: _Limits
    ) -> ObjectChoice | None:
        wanted: list[_Wanted] = []
        for item in items:
            if item.key == TYPENAME:
                continue
            found = self._options(spot, item, limits)
            if found is None:
                return None
            wanted.extend(found)
        if real is not None:
            wanted.append(_Wanted(None, tuple(self._jumps(spot, real, limits))))
        return self._cover(spot, wanted, limits)

    def _options(self, spot: Spot, item: Item, limits: _Limits) -> list[_Wanted] | None:
        """The field with its options; in pieces where no single subgraph can give it whole."""
        options = self._options_of(spot, item, limits)
        if options:
            return [_Wanted(item, tuple(options))]
        if item.selection is None or item.name in limits.banned:
            return None
        found: list[_Wanted] = []
        for piece in pieces(item, lambda part: bool(self._options_of(spot, part, limits))):
            if piece is None:
                return None
            found.append(_Wanted(piece, tuple(self._options_of(spot, piece, limits))))
        return found

    def _options_of(self, spot: Spot, item: Item, limits: _Limits, *, quick: bool = True) -> list[_Option]:
        if item.name in limits.banned:
            return []
        found = []
        here = self._ways.local(spot, item)
        if here is not None and spot.graph is not None:
            below = self._below(spot, item, spot.graph, here) if item.selection is not None else None
            if item.selection is None or below is not None:
                found.append(_Option(None, None, below))
                if quick and (below is None or not below.price.requests):
                    return found
        for way in self._ways.remote(spot, item):
            if way.entry in limits.shut:
                continue
            below = None
            if item.selection is not None:
                below = self._below(spot, item, way.entry.graph, way.resolver)
                if below is None:
                    continue
            found.append(_Option(way.entry, way.resolver.requires, below))
        return found

    def _jumps(self, spot: Spot, real: Selection, limits: _Limits) -> list[_Option]:
        found = []
        for entry in self._ways.real_types(spot.type):
            if entry in limits.shut:
                continue
            below = self._abstract(Spot(spot.type, entry.graph), real)
            if below is not None:
                found.append(_Option(entry, None, below))
        return found

    def _below(self, spot: Spot, item: Item, graph: str, resolver: Resolver) -> Choice | None:
        assert item.selection is not None
        declared = self._supergraph.types[spot.type].fields[item.name].named
        return self.at(self._ways.below(spot, item, graph, resolver), declared, item.selection)

    # --- sets of entries --------------------------------------------------------------------------

    def _cover(self, spot: Spot, wanted: Sequence[_Wanted], limits: _Limits) -> ObjectChoice | None:
        """The cheapest set of entries that gives everything wanted."""
        opened = dict(limits.open)
        useful: set[Entry] = set()
        forced: set[Entry] = set()
        for one in wanted:
            entries = {option.entry for option in one.options if option.entry is not None}
            useful |= entries
            if len(one.options) == 1 and entries:
                forced |= entries
        forced -= opened.keys()
        at_hand = {None, *opened, *forced}
        # Fields that still need one of several entries: a set without any of them is not worth a closer look.
        needs = [
            needed for one in wanted if at_hand.isdisjoint(needed := {option.entry for option in one.options})
        ]
        optional = sorted(useful - opened.keys() - forced)
        best: ObjectChoice | None = None
        for extra in sets_of(optional, needs):
            if best is not None and best.price.total <= REQUEST * (len(forced) + len(extra)):
                break
            found = self._with_entries(spot, wanted, sorted(forced | set(extra)), limits)
            if found is not None and (best is None or found.price.total < best.price.total):
                best = found
        return best

    def _with_entries(
        self, spot: Spot, wanted: Sequence[_Wanted], entries: Sequence[Entry], limits: _Limits
    ) -> ObjectChoice | None:
        doors = self._open(spot, entries, limits)
        if doors is None:
            return None
        opened = dict(limits.open) | {door.entry: door.wave for door in doors}
        price = FREE
        for door in doors:
            price = price.plus(door.way.price if door.way else FREE)
        local, moves = [], []
        for one in wanted:
            found = self._cheapest(spot, one, opened, limits, price)
            if found is None:
                return None
            choice, price = found
            if isinstance(choice, Local):
                local.append(choice)
            else:
                moves.append(choice)
        return ObjectChoice(price, tuple(local), doors, tuple(moves))

    def _open(self, spot: Spot, entries: Sequence[Entry], limits: _Limits) -> tuple[Door, ...] | None:
        """Doors in an order in which each opens with what is at hand or came through earlier ones."""
        waiting, doors = list(entries), []
        opened = dict(limits.open)
        while waiting:
            candidates = [door for entry in waiting if (door := self._door(spot, entry, opened, limits))]
            if not candidates:
                return None
            door = min(candidates, key=lambda one: (one.way.price.total if one.way else 0, one.entry))
            doors.append(door)
            opened[door.entry] = door.wave
            waiting.remove(door.entry)
        return tuple(doors)

    def _door(self, spot: Spot, entry: Entry, opened: Mapping[Entry, int], limits: _Limits) -> Door | None:
        best: Door | None = None
        inner = replace(limits, shut=limits.shut | {entry}, open=tuple(sorted(opened.items())))
        for key in self._ways.keys(entry):
            if key is None:
                return Door(entry, 0 if spot.graph is None else 1, None, None)
            way = self._object(spot, list(key.fields.values()), None, inner)
            if way is None:
                continue
            if best is None or best.way is None or way.price.total < best.way.price.total:
                best = Door(entry, way.price.ready + 1, key, way)
        return best

    def _cheapest(
        self, spot: Spot, wanted: _Wanted, opened: Mapping[Entry, int], limits: _Limits, so_far: Price
    ) -> tuple[Local | Move, Price] | None:
        best: tuple[Local | Move, Price] | None = None
        for option in wanted.options:
            found = self._priced(spot, wanted, option, opened, limits)
            if found is None:
                continue
            choice, own = found
            total = so_far.plus(own)
            if best is None or total.total < best[1].total:
                best = choice, total
        return best

    def _priced(
        self, spot: Spot, wanted: _Wanted, option: _Option, opened: Mapping[Entry, int], limits: _Limits
    ) -> tuple[Local | Move, Price] | None:
        below = option.below.price if option.below else FREE
        if option.entry is None:
            assert wanted.item is not None
            return Local(wanted.item, option.below), below
        wave = opened.get(option.entry)
        if wave is None:
            return None
        way = None
        price = FREE
        if option.requires is not None and wanted.item is not None:
            inner = replace(
                limits, banned=limits.banned | {wanted.item.name}, open=tuple(sorted(opened.items()))
            )
            way = self._object(spot, list(option.requires.fields.values()), None, inner)
            if way is None:
                return None
            wave = max(wave, way.price.ready + 1)
            price = way.price
        visit = Price(frozenset({(wave, option.entry.graph)}), wave, wanted.leaves)
        price = price.plus(visit).plus(below.later(wave))
        return Move(option.entry, wanted.item, option.requires, way, option.below), price


def _text(item: Item) -> str:
    return item.key if item.selection is None else f"{item.key}{{{item.selection.text}}}"
