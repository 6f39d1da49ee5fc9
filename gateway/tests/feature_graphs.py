"""For each feature of Federation the smallest graph that shows it, with questions and the requests they take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.tests.mesh import Ref, Store
from gateway.tests.shop import LINK


@dataclass(frozen=True)
class Feature:
    """A graph, its data, and questions with the number of requests each may take."""

    sdls: dict[str, str]
    roots: dict[str, Any]
    records: dict[str, dict[str, dict[str, Any]]]
    questions: dict[str, int]
    computed: dict[str, Any] = field(default_factory=dict)

    def store(self) -> Store:
        """The data."""
        return Store(self.records, self.roots, self.computed)


T1 = {"T": {"1": {"id": "1", "code": "c1", "home": {"id": "h1"}, "x": 7, "y": "why", "z": None}}}
ONE = {"t": Ref("T", "1")}
PETS = {
    "Dog": {"1": {"__interfaces": ["Pet"], "id": "1", "name": "Rex", "age": 3, "bark": "wuff"}},
    "Cat": {"2": {"__interfaces": ["Pet"], "id": "2", "name": "Tom", "age": 9, "lives": 7}},
}
BOTH = {"pets": [Ref("Dog", "1"), Ref("Cat", "2")]}
PET_KINDS = """
interface Pet { id: ID! }
type Dog implements Pet @key(fields: "id") { id: ID! %s }
type Cat implements Pet @key(fields: "id") { id: ID! %s }
"""


def _t(query: str, keys: str, fields: str) -> str:
    return f"{LINK} {query} type T {keys} {{ {fields} }}"


def _by(sent: dict[str, Any], by: int) -> Any:
    """What was sent of x; from a whole record, x for this argument."""
    found = dict.get(sent, "x")
    return found(by=by) if callable(found) else found


FEATURES: dict[str, Feature] = {
    "@key": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID!"),
            "b": _t("", '@key(fields: "id")', "id: ID! x: Int"),
        },
        ONE,
        T1,
        {"{ t { id } }": 1, "{ t { x } }": 2, "{ t { __typename x again: x id } }": 2},
    ),
    "several keys": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID!"),
            "b": _t("", '@key(fields: "id") @key(fields: "code")', "id: ID! code: ID!"),
            "c": _t("", '@key(fields: "code")', "code: ID! x: Int"),
        },
        ONE,
        T1,
        {"{ t { x } }": 3, "{ t { code } }": 2},
    ),
    "a compound key": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id code")', "id: ID! code: ID!"),
            "b": _t("", '@key(fields: "id code")', "id: ID! code: ID! x: Int"),
        },
        ONE,
        T1,
        {"{ t { x } }": 2},
    ),
    "a nested key": Feature(
        {
            "a": _t(
                "type Query { t: T } type H @shareable { id: ID! }", '@key(fields: "home { id }")', "home: H"
            ),
            "b": _t("type H @shareable { id: ID! }", '@key(fields: "home { id }")', "home: H x: Int"),
        },
        ONE,
        T1,
        {"{ t { x } }": 2, "{ t { x home { id } } }": 2},
    ),
    "@key(resolvable: false)": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id", resolvable: false)', "id: ID!"),
            "b": _t("type Query { all: T }", '@key(fields: "id")', "id: ID! x: Int"),
        },
        {**ONE, "all": Ref("T", "1")},
        T1,
        {"{ t { id x } }": 2, "{ all { id x } }": 1},
    ),
    "@external and @requires": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID! x: Int"),
            "b": _t("", '@key(fields: "id")', 'id: ID! x: Int @external twice: Int @requires(fields: "x")'),
        },
        ONE,
        T1,
        {"{ t { twice } }": 2, "{ t { x twice } }": 2},
        {"T.twice": lambda sent, _: sent["x"] * 2},
    ),
    "@requires with arguments": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID! x(by: Int = 1): Int"),
            "b": _t(
                "",
                '@key(fields: "id")',
                "id: ID! x(by: Int = 1): Int @external"
                ' ten: Int @requires(fields: "x(by: 10)") two: Int @requires(fields: "x(by: 2)")',
            ),
        },
        ONE,
        {"T": {"1": {"id": "1", "x": lambda by=1: 7 * by}}},
        {"{ t { ten } }": 2, "{ t { ten x(by: 3) } }": 2, "{ t { ten two } }": 2},
        {
            "T.ten": lambda sent, _: _by(sent, 10),
            "T.two": lambda sent, _: _by(sent, 2),
        },
    ),
    "@requires with fragments": Feature(
        {
            "a": LINK
            + "type Query { t: T } union Part = P | Q type P @shareable { p: Int } type Q @shareable { q: Int }"
            + ' type T @key(fields: "id") { id: ID! parts: [Part!] }',
            "b": LINK
            + "union Part = P | Q type P @shareable { p: Int } type Q @shareable { q: Int } type T"
            + ' @key(fields: "id") { id: ID! parts: [Part!] @external'
            + ' sum: Int @requires(fields: "parts { ... on P { p } ... on Q { q } }") }',
        },
        ONE,
        {"T": {"1": {"id": "1", "parts": [{"__typename": "P", "p": 3}, {"__typename": "Q", "q": 4}]}}},
        {"{ t { sum } }": 2},
        {"T.sum": lambda sent, _: sum(one.get("p", 0) + one.get("q", 0) for one in sent["parts"])},
    ),
    "@provides": Feature(
        {
            "a": _t(
                'type Query { t: T @provides(fields: "x") }', '@key(fields: "id")', "id: ID! x: Int @external"
            ),
            "b": _t("type Query { all: T }", '@key(fields: "id")', "id: ID! x: Int @shareable y: String"),
        },
        {**ONE, "all": Ref("T", "1")},
        T1,
        {"{ t { x } }": 1, "{ t { x y } }": 2},
    ),
    "@provides on a union": Feature(
        {
            "a": LINK
            + 'type Query { found: [F!] @provides(fields: "... on A { x }") } union F = A | B'
            + ' type A @key(fields: "id") { id: ID! x: Int @external }'
            + ' type B @key(fields: "id") { id: ID! }',
            "b": LINK
            + 'type A @key(fields: "id") { id: ID! x: Int } type B @key(fields: "id") { id: ID! x: Int }',
        },
        {"found": [Ref("A", "1"), Ref("B", "2")]},
        {"A": {"1": {"id": "1", "x": 1}}, "B": {"2": {"id": "2", "x": 2}}},
        {"{ found { ... on A { x } } }": 1, "{ found { ... on A { x } ... on B { x } } }": 2},
    ),
    "@shareable": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID! x: Int @shareable"),
            "b": _t("", '@key(fields: "id")', "id: ID! x: Int @shareable y: String"),
        },
        ONE,
        T1,
        {"{ t { x } }": 1, "{ t { x y } }": 2},
    ),
    "@override": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID! x: Int"),
            "b": _t("", '@key(fields: "id")', 'id: ID! x: Int @override(from: "a")'),
            "c": _t("", '@key(fields: "id")', 'id: ID! y: String @override(from: "long gone")'),
        },
        ONE,
        T1,
        {"{ t { x } }": 2, "{ t { y } }": 2},
    ),
    "@inaccessible and @tag": Feature(
        {
            "a": _t(
                "type Query { t: T }",
                '@key(fields: "code")',
                'code: ID! @inaccessible id: ID! @tag(name: "x")',
            ),
            "b": _t("", '@key(fields: "code")', "code: ID! @inaccessible x: Int"),
        },
        ONE,
        T1,
        {"{ t { id x } }": 2},
    ),
    "@interfaceObject": Feature(
        {
            "a": LINK
            + 'type Query { pets: [Pet!] } interface Pet @key(fields: "id") { id: ID! name: String }'
            + ' type Dog implements Pet @key(fields: "id") { id: ID! name: String bark: String }'
            + ' type Cat implements Pet @key(fields: "id") { id: ID! name: String lives: Int }',
            "b": LINK
            + 'type Query { old: [Pet!] } type Pet @key(fields: "id") @interfaceObject { id: ID! age: Int }',
        },
        {**BOTH, "old": [Ref("Cat", "2")]},
        PETS,
        {
            "{ pets { name age } }": 2,
            "{ old { age } }": 1,
            "{ old { age ... on Cat { lives } } }": 2,
            "{ pets { ... on Dog { bark age } } }": 2,
        },
    ),
    "an interface object that can't be entered": Feature(
        {
            "a": LINK
            + 'type Query { pets: [Pet!] } interface Pet @key(fields: "id") { id: ID! name: String }'
            + ' type Dog implements Pet @key(fields: "id") { id: ID! name: String }'
            + ' type Cat implements Pet @key(fields: "id") { id: ID! name: String }',
            "b": LINK
            + "type Query { old: [Pet!] }"
            + ' type Pet @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }',
        },
        {**BOTH, "old": [Ref("Cat", "2")]},
        PETS,
        {"{ old { id } }": 1, "{ old { __typename name } }": 2, "{ pets { name } }": 1},
    ),
    "entity interfaces": Feature(
        {
            "a": LINK + "type Query { pets: [Pet!] }" + PET_KINDS % ("name: String", ""),
            "b": LINK + PET_KINDS % ("age: Int", "age: Int name: String"),
        },
        BOTH,
        PETS,
        {
            "{ pets { id } }": 1,
            "{ pets { __typename ... on Dog { name } } }": 1,
            "{ pets { ... on Dog { name age } ... on Cat { name age } } }": 2,
        },
    ),
    "unions that differ": Feature(
        {
            "a": LINK + 'type Query { one: F } union F = A type A @key(fields: "id") { id: ID! }',
            "b": LINK
            + 'type Query { two: F } union F = A | B type A @key(fields: "id") { id: ID! x: Int }'
            + ' type B @key(fields: "id") { id: ID! x: Int }',
        },
        {"one": Ref("A", "1"), "two": Ref("B", "2")},
        {"A": {"1": {"id": "1", "x": 1}}, "B": {"2": {"id": "2", "x": 2}}},
        {"{ one { ... on A { x } ... on B { x } } two { ... on A { x } ... on B { x } } }": 2},
    ),
    "enum and input intersection": Feature(
        {
            "a": LINK
            + "type Query { a(by: By, f: F): Int } enum By { X Y } input F { x: Int y: Int } enum Out { P }"
            + " type V @shareable { out: Out }",
            "b": LINK
            + "type Query { v(by: By = Y, f: F): V } enum By { Y Z } input F { y: Int z: Int } enum Out { P Q }"
            + " type V @shareable { out: Out }",
        },
        {
            "a": lambda by=None, f=None: len(str(by)) + (f or {}).get("y", 0),
            "v": lambda by=None, f=None: {"out": "Q"},
        },
        {},
        {"{ a(by: Y, f: { y: 4 }) v(f: { y: 1 }) { out } }": 2},
    ),
    "value types": Feature(
        {
            "a": LINK + "type Query { v: V @shareable } type V { a: Int both: Int @shareable }",
            "b": LINK + "type Query { v: V @shareable } type V { b: Int both: Int @shareable }",
        },
        {"v": {"a": 1, "b": 2, "both": 3}},
        {},
        {"{ v { a both } }": 1, "{ v { a b both } }": 2},
    ),
    "Federation 1, extend type": Feature(
        {
            "a": 'type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }',
            "b": 'extend type T @key(fields: "id") { id: ID! @external x: Int @external'
            ' twice: Int @requires(fields: "x") } extend type Query { u: T @provides(fields: "x") }',
        },
        {**ONE, "u": Ref("T", "1")},
        T1,
        {"{ t { x twice } }": 2, "{ u { x } }": 1, "{ u { twice } }": 2},
        {"T.twice": lambda sent, _: sent["x"] * 2},
    ),
    "Federation 1, @extends beside Federation 2": Feature(
        {
            "a": _t("type Query { t: T }", '@key(fields: "id")', "id: ID! x: Int @shareable"),
            "b": 'type T @extends @key(fields: "id") { id: ID! @external y: String x: Int }',
        },
        ONE,
        T1,
        {"{ t { x } }": 1, "{ t { x y } }": 2},
    ),
}
