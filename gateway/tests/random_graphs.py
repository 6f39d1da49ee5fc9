"""Draws federated graphs: types whose fields are dealt out to subgraphs, with data for them.

What is drawn: entities with one or more keys (also compound and nested), fields of one or several owners,
@requires (of leaves, values, entities, unions, interfaces, with arguments, of one another), @provides (also nested and
on unions), @override, interface objects, entity interfaces, unions with other members elsewhere, value types in one
piece and in parts, lists of lists, stubs that can't be entered, members of Federation 1, what is not public, and
fields whose nullability differs. Not every drawing makes a graph; composition says which.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode, value_from_ast_untyped

from gateway.composition.selection import field_set_node
from gateway.tests.mesh import Compute, Record, Ref, Store

KEYS = ("id", "code", "id code", "home { id }", "home { id area { name } }")
LEAVES = ("Int", "String", "Boolean", "Float", "Kind", "[String]", "[[Int]]", "[Kind!]!", "ID")
IDS = ("1", "2", "3")


@dataclass
class Field:
    """A field: who resolves it, and what is special about it. `loose`: subgraphs where it may be null."""

    name: str
    type: str
    owners: list[str]
    argued: bool = False
    requires: str = ""
    overridden: str = ""
    label: str = ""
    provides: dict[str, str] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    hidden: bool = False

    @property
    def named(self) -> str:
        """The type without lists and bangs."""
        return self.type.strip("[]!")

    @property
    def is_leaf(self) -> bool:
        """Whether nothing is asked below it."""
        return self.named in {leaf.strip("[]!") for leaf in LEAVES}


@dataclass
class Entity:
    """A type with keys, by subgraph; `external` are fields that a subgraph knows from elsewhere."""

    name: str
    fields: list[Field] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    external: dict[str, set[str]] = field(default_factory=dict)
    is_face: bool = False

    def lacks(self, graph: str) -> list[Field]:
        """Fields of one other owner that may be named in a @requires or @provides of `graph`."""
        return [
            one
            for one in self.fields
            if graph not in one.owners and graph != one.overridden and not one.loose and not one.hidden
        ]


class RandomGraph:
    """One drawing. The same seed gives the same one."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.graphs = [f"g{n}" for n in range(self._random.randint(2, 4))]
        self.old = self._random.choice(self.graphs) if self._chance(0.25) else ""
        self.entities = [Entity(f"E{n}") for n in range(self._random.randint(2, 4))]
        names = [one.name for one in self.entities]
        self.members = {graph: [n for n in names if self._chance(0.8)] or names[:1] for graph in self.graphs}
        self.added: list[Field] = []
        self.roots: list[Field] = []
        self.mutations: list[Field] = []
        self._draw_interface()
        self._draw_fields()
        self._draw_roots()
        self._draw_keys()
        self._draw_requires()
        self._draw_provides()
        self.store = self._store()

    # --- drawing --------------------------------------------------------------------------------------

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _some(self, least: int = 1, most: int = 9) -> list[str]:
        count = min(self._random.randint(least, most), len(self.graphs))
        return sorted(self._random.sample(self.graphs, count))

    def _draw_interface(self) -> None:
        if self._chance(0.65):
            for entity in self.entities:
                entity.is_face = self._chance(0.7)
        self.faces = [one for one in self.entities if one.is_face]
        others = [graph for graph in self.graphs if graph != self.old]
        self.object_graph = self._random.choice(others) if self.faces and self._chance(0.5) else ""
        self.extra_graph = ""
        if self.faces and self._chance(0.4):
            self.extra_graph = self._random.choice([one for one in self.graphs if one != self.object_graph])

    def _draw_fields(self) -> None:
        for entity in self.entities:
            entity.fields = [self._field(f"f{number}") for number in range(self._random.randint(3, 6))]
            if entity.is_face:
                near = self._random.choice(("Face", entity.name))
                entity.fields.append(Field("near", near, [g for g in self.graphs if g != self.object_graph]))
            if entity.is_face and self.extra_graph:
                entity.fields.append(Field("extra", "String", [self.extra_graph]))
            if self._chance(0.2):
                entity.fields.append(Field("parts", "Parts", list(self.graphs)))
        for number in range(self._random.randint(0, 2) if self.object_graph else 0):
            kind = self._type(self.object_graph)
            requires = "code" if kind == "String" and self._chance(0.7) else ""
            self.added.append(Field(f"added{number}", kind, [self.object_graph], requires=requires))

    def _draw_roots(self) -> None:
        for graph in self.graphs:
            for number in range(self._random.randint(1, 2)):
                self.roots.append(Field(f"{graph}root{number}", self._composite(graph), [graph]))
        if self._chance(0.4):
            self.roots.append(Field("common", f"[{self.entities[0].name}]", self._some(2)))
        if self._chance(0.3):
            self.roots.append(Field("parts", self._random.choice(("Parts", "[Parts]")), list(self.graphs)))
        for graph in self._some():
            self.mutations.append(Field(f"{graph}do", self._composite(graph), [graph]))

    def _field(self, name: str) -> Field:
        owners = self._some(2) if self._chance(0.25) else self._some(1, 1)
        found = Field(name, self._type(*owners), owners, argued=self._chance(0.15), hidden=self._chance(0.05))
        if len(owners) > 1 and not found.type.endswith("!") and self._chance(0.5):
            found.loose, found.type = set(owners[:1]), found.type + "!"
        elif len(owners) == 1 and self.old not in owners and self._chance(0.1):
            others = [graph for graph in self.graphs if graph not in owners]
            found.overridden = self._random.choice(others)
            moving = (
                self._chance(0.4) and found.named != "Either"
            )  # who has it may not know what it holds now
            found.label = "percent(50)" if moving else ""
        return found

    def _type(self, *owners: str) -> str:
        drawn = self._random.random()
        if drawn < 0.4:
            return self._random.choice(LEAVES)
        if drawn < 0.5:
            return self._random.choice(("Home", "[Home]", "[[Home!]]"))
        if drawn < 0.55:
            return "String"
        return self._composite(*owners)

    def _composite(self, *owners: str) -> str:
        names = [
            one.name for one in self.entities if all(self.speaks_of(one.name, graph) for graph in owners)
        ]
        names += ["Face"] if self.faces else []
        names += ["Either"] if len(owners) == 1 and self.speaks_of("Either", owners[0]) else []
        name = self._random.choice(names or ["Home"])
        return self._random.choice((name, f"[{name}]", f"[{name}!]", f"[[{name}]]"))

    def speaks_of(self, name: str, graph: str) -> bool:
        """Whether a type exists in a subgraph: one with an interface object has no real ones."""
        if graph != self.object_graph:
            return True
        return name != "Either" and not any(one.name == name and one.is_face for one in self.entities)

    def _draw_keys(self) -> None:
        for entity in self.entities:
            usual = self._random.choice(KEYS[:2])
            for graph in self.graphs:
                keys = [usual] if self._chance(0.85) else []
                keys += [key for key in KEYS if key != usual and self._chance(0.2)]
                if entity.is_face and "id" not in keys:
                    keys.append("id")
                entity.keys[graph] = keys or ["id"]

    def _draw_requires(self) -> None:
        for entity in self.entities:
            for one in entity.fields:
                if (
                    one.type != "String"
                    or len(one.owners) > 1
                    or one.loose
                    or one.argued
                    or not self._chance(0.7)
                ):
                    continue
                (graph,) = one.owners
                if not self.speaks_of(entity.name, graph):
                    continue
                wanted = self._random.sample(entity.lacks(graph), min(2, len(entity.lacks(graph))))
                texts = [(other, text) for other in wanted if (text := self._set_of(other, graph))]
                for other, _ in texts:
                    entity.external.setdefault(graph, set()).add(other.name)
                one.requires = " ".join(text for _, text in texts)

    def _set_of(self, other: Field, graph: str) -> str:
        """How a @requires of `graph` may ask for a field of another; marks below what that takes."""
        name = f"{other.name}(n: {self._random.randint(1, 3)})" if other.argued else other.name
        if other.is_leaf:
            return name
        if other.named == "Home":
            return f"{name} {{ id area {{ name }} }}"
        if not self.speaks_of(other.named, graph):
            return ""
        if other.named == "Face":
            return (
                f"{name} {{ code }}"
                if graph == self.object_graph
                else f"{name} {{ code {self._on(self.faces, graph)} }}"
            )
        if other.named == "Either":
            members = set(self.members[graph]) & set(self.members[other.owners[0]])
            found = self._on([one for one in self.entities if one.name in members], graph)
            return f"{name} {{ {found} }}" if found else ""
        return f"{name} {{ {self._leaf_of(next(e for e in self.entities if e.name == other.named), graph)} }}"

    def _on(self, entities: list[Entity], graph: str) -> str:
        chosen = [one for one in entities if self._chance(0.7)]
        return " ".join(f"... on {one.name} {{ {self._leaf_of(one, graph)} }}" for one in chosen)

    def _leaf_of(self, entity: Entity, graph: str) -> str:
        """A leaf of another entity that `graph` may name, external there."""
        leaves = [one for one in entity.lacks(graph) if one.is_leaf and not one.argued]
        if not leaves:
            return entity.keys[graph][0]
        leaf = self._random.choice(leaves)
        entity.external.setdefault(graph, set()).add(leaf.name)
        return leaf.name

    def _draw_provides(self) -> None:
        owned = [(None, one) for one in self.roots] + [(e, one) for e in self.entities for one in e.fields]
        for owner, one in owned:
            graph = self._random.choice(one.owners)
            if (
                not self._chance(0.3)
                or graph == self.object_graph
                or (owner and not self.speaks_of(owner.name, graph))
            ):
                continue
            if one.named == "Either":
                members = [e for e in self.entities if e.name in self.members[graph]]
                texts = [
                    f"... on {e.name} {{ {text} }}" for e in members if (text := self._promise(e, graph))
                ]
            else:
                target = next((e for e in self.entities if e.name == one.named), None)
                texts = [self._promise(target, graph)] if target else []
            text = " ".join(part for part in texts if part)
            if text:
                one.provides[graph] = text

    def _promise(self, entity: Entity, graph: str, nested: bool = True) -> str:
        found = [one for one in entity.lacks(graph) if one.is_leaf and not one.argued and not one.requires]
        if found and self._chance(0.7):
            leaf = self._random.choice(found)
            entity.external.setdefault(graph, set()).add(leaf.name)
            return leaf.name
        for one in entity.lacks(graph) if nested else ():
            target = next((e for e in self.entities if e.name == one.named), None)
            if (
                target is not None
                and not one.argued
                and (below := self._promise(target, graph, nested=False))
            ):
                entity.external.setdefault(graph, set()).add(one.name)
                return f"{one.name} {{ {below} }}"
        return ""

    # --- data -----------------------------------------------------------------------------------------

    def _store(self) -> Store:
        records = {one.name: {key: self._record(one, key) for key in IDS} for one in self.entities}
        roots = {one.name: self._value(one, one.name) for one in [*self.roots, *self.mutations]}
        store = Store(records, roots)
        for entity in self.entities:
            for one in entity.fields:
                if one.requires:
                    store.computed[f"{entity.name}.{one.name}"] = computing(store, one.requires)
        for one in self.added:
            if one.requires:
                store.computed[f"Face.{one.name}"] = computing(store, one.requires)
        self._compute(store)
        return store

    def _compute(self, store: Store) -> None:
        """Write what is computed into the records, so that it may be required in turn."""
        for _ in range(3):
            for entity in self.entities:
                added = self.added if entity.is_face else []
                for record in store.records[entity.name].values():
                    for one in [*entity.fields, *added]:
                        if one.requires:
                            spot = f"{'Face' if one in added else entity.name}.{one.name}"
                            record[one.name] = store.computed[spot]({**record, "__typename": entity.name}, {})

    def _record(self, entity: Entity, key: str) -> Record:
        found: Record = {
            "id": f"{entity.name}-{key}",
            "code": f"c{entity.name}{key}",
            "home": {
                "id": f"h{key}",
                "size": int(key),
                "area": {"name": f"{entity.name}{key}", "tags": None},
            },
            "__interfaces": ["Face"] if entity.is_face else [],
        }
        for one in [*entity.fields, *(self.added if entity.is_face else [])]:
            spot = f"{entity.name}/{key}/{one.name}"
            found[one.name] = self._value(one, spot)
            if one.argued:
                found[one.name] = lambda n=1, one=one, spot=spot: self._value(one, f"{spot}/{n}")
        return found

    def _value(self, one: Field, spot: str, kind: str = "") -> Any:
        kind = kind or one.type
        drawn = Random(spot).randrange(1000)
        if kind.endswith("!"):
            kind = kind[:-1]
        elif drawn % 6 == 0:
            return None
        if kind.startswith("["):
            return [self._value(one, f"{spot}/{n}", kind[1:-1]) for n in range(drawn % 4)]
        return self._present(one, kind, spot, drawn)

    def _present(self, one: Field, kind: str, spot: str, drawn: int) -> Any:
        if kind == "Home":
            return {
                "id": spot,
                "size": drawn,
                "area": None if drawn % 3 == 0 else {"name": spot, "tags": ["x"]},
            }
        if kind == "Parts":
            inner = {f"i{graph}": f"{spot}/{graph}" for graph in self.graphs}
            return {
                **{f"p{graph}": drawn for graph in self.graphs},
                "inner": None if drawn % 5 == 0 else inner,
            }
        leaves = {
            "Int": drawn,
            "Float": drawn / 4,
            "Boolean": drawn % 2 == 0,
            "Kind": ("RED", "BLUE")[drawn % 2],
        }
        if kind in ("String", "ID") or kind in leaves:
            return leaves.get(kind, f"{spot} {drawn}")
        names = {"Face": [e.name for e in self.faces], "Either": self.members[one.owners[0]]}.get(
            kind, [kind]
        )
        return Ref(names[drawn % len(names)], IDS[drawn % len(IDS)])


def computing(store: Store, field_set: str) -> Compute:
    """A function that tells all that it was sent."""
    wanted = field_set_node(field_set)

    def compute(sent: Record, _arguments: Any) -> str:
        return json.dumps(_picked(store, sent, wanted), sort_keys=True)

    return compute


def _picked(store: Store, value: Any, wanted: SelectionSetNode) -> Any:
    value = store.follow(value)
    if value is None:
        return None
    if isinstance(value, list):
        return [_picked(store, one, wanted) for one in value]
    found = {}
    for node in wanted.selections:
        if isinstance(node, FieldNode):
            inner = dict.get(value, node.name.value)
            if callable(inner):
                inner = inner(**{one.name.value: value_from_ast_untyped(one.value) for one in node.arguments})
            below = node.selection_set
            found[node.name.value] = inner if below is None else _picked(store, inner, below)
        elif isinstance(node, InlineFragmentNode) and value["__typename"] == node.type_condition.name.value:
            found.update(_picked(store, value, node.selection_set))
    return found
