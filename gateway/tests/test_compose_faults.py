"""Composition says all that is wrong at once, in words, with the subgraphs' names."""

from __future__ import annotations

import pytest

from gateway.composition.sdl import Subgraph
from gateway.engine import CompositionFailed, Engine
from gateway.tests.shop import LINK

LATER = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@%s"])\n'
T = 'type T @key(fields: "id") { id: ID! '
Q = "type Query { t: T } "


def faults_of(*sdls: str) -> list[str]:
    names = "abcdef"
    subgraphs = [Subgraph(names[i], f"http://{names[i]}", sdl) for i, sdl in enumerate(sdls)]
    with pytest.raises(CompositionFailed) as caught:
        Engine.compose(subgraphs)
    return list(caught.value.faults)


def test_every_fault_is_told_at_once():
    found = faults_of(
        LINK + Q + T + "x: Int y: Int same: Int }",
        LINK + T + "x: Int y: String @shareable same: Int } enum Odd { A }",
        LINK + "type Odd { x: Int }",
    )

    assert found == [
        '"Odd" is not the same kind of type everywhere: enum in "b"; object in "c"',
        '"T.x" is resolved by "a" and "b", but is not @shareable in "a" and "b"',
        '"T.y" is resolved by "a" and "b", but is not @shareable in "a"',
        '"T.y" has types that do not fit together: Int in "a"; String in "b"',
        '"T.same" is resolved by "a" and "b", but is not @shareable in "a" and "b"',
    ]


@pytest.mark.parametrize(
    ("sdls", "fault"),
    [
        ([], "there are no subgraphs"),
        (["type Query {"], 'subgraph "a" cannot be parsed at line 1: '),
        ([LINK + "type T { x: Int }"], "no subgraph has a Query field"),
        ([LINK + "type Query { x: Nope }"], '"Query.x" uses the unknown type "Nope" in subgraph "a"'),
        (
            [LINK + Q + 'type T @key(fields: "nope") { id: ID! }'],
            'the @key of "T" asks for "T.nope", which does not exist in subgraph "a"',
        ),
        (
            [LINK + Q + 'type T @key(fields: "id {") { id: ID! }'],
            'the @key of "T" cannot be parsed ("id {")',
        ),
        (
            [LINK + Q + T + 'x: Int @requires(fields: "y") y: Int }'],
            'the @requires of "T.x" asks for "T.y", which is not @external in subgraph "a"',
        ),
        (
            [LINK + 'type Query { t: T @provides(fields: "y") } ' + T + "y: Int }"],
            'the @provides of "Query.t" asks for "T.y", which is not @external in subgraph "a"',
        ),
        (
            [LINK + Q + T + "x: Int @external }", LINK + T + "x: Int }"],
            '"T.x" is @external but nothing uses it in subgraph "a"',
        ),
        (
            [LINK + Q + T + 'x: Int @external y: Int @requires(fields: "x") }'],
            '"T.x" is @external in "a" and resolved by no subgraph',
        ),
        (
            [LINK + Q + T + 'x: Int @override(from: "a") }'],
            '"T.x" overrides itself in subgraph "a"',
        ),
        (
            [LINK + "type Query { x: Int } type I @interfaceObject { id: ID! }"],
            '"I" is an @interfaceObject without a @key in subgraph "a"',
        ),
        (
            [LINK + 'type Query { x: I } type I @interfaceObject @key(fields: "id") { id: ID! }'],
            '"I" is an @interfaceObject in "a", but an interface nowhere',
        ),
        (
            [
                LINK
                + 'type Query { x: I } interface I @key(fields: "id") { id: ID! } type T implements I { id: ID! }'
            ],
            '"T" lacks the @key "id" of its interface "I" in subgraph "a"',
        ),
        (
            [
                LINK + "type Query { a(x: E): E } enum E { A B }",
                LINK + "type Query { b: E } enum E { A }",
            ],
            'enum "E" goes in and comes out, so it must be the same everywhere, but "B" is missing in "b"',
        ),
        (
            [
                LINK + "type Query { a(f: F): Int } input F { x: Int! }",
                LINK + "type Query { b(f: F): Int } input F { y: Int }",
            ],
            '"F.x" is required in "a" but missing in "b"',
        ),
        (
            [
                LINK + "type Query { a(n: Int!): Int @shareable }",
                LINK + "type Query { a: Int @shareable }",
            ],
            '"Query.a(n:)" is required in "a" but missing in "b"',
        ),
        (
            [
                LINK + "type Query { a(n: Int = 1): Int @shareable }",
                LINK + "type Query { a(n: Int = 2): Int @shareable }",
            ],
            '"Query.a(n:)" has different defaults: 1 in "a"; 2 in "b"',
        ),
        (
            [LATER % "context" + Q + 'type T @key(fields: "id") @context(name: "t") { id: ID! }'],
            'subgraph "a" uses @context, which is not supported',
        ),
        (
            [LATER % "fromContext" + 'type Query { a(x: Int @fromContext(field: "$t { id }")): Int }'],
            'subgraph "a" uses @fromContext, which is not supported',
        ),
        (
            [LATER % "keys" + "type Query { a: Int }"],
            'subgraph "a" imports @keys, which Federation does not have',
        ),
        (
            [
                LINK + Q + "type T { id: ID! }",
                LINK + 'type T @key(fields: "id") { id: ID! @shareable x: Int }',
            ],
            '"T.id" is resolved by "a" and "b", but is not @shareable in "a"',
        ),
        (
            [LINK + Q + 'type T @key(fields: "o") { o: O } type O { x: Int }'],
            'the @key of "T" asks for "T.o" and does not say what of it in subgraph "a"',
        ),
        (
            [
                LINK + Q + 'type T @key(fields: "id") { id: ID! y(n: Int): Int @external'
                ' x: Int @requires(fields: "y(m: 1)") }',
                LINK + 'type T @key(fields: "id") { id: ID! y(n: Int): Int }',
            ],
            'the @requires of "T.x" gives "T.y" an argument "m", which it does not take in subgraph "a"',
        ),
        (
            [
                LINK + Q + 'type T @key(fields: "id") { id: ID! y(n: Int!): Int @external'
                ' x: Int @requires(fields: "y") }',
                LINK + 'type T @key(fields: "id") { id: ID! y(n: Int!): Int }',
            ],
            'the @requires of "T.x" asks for "T.y" without its argument "n" in subgraph "a"',
        ),
        (
            [LINK + "type Query { a(n: Int! @inaccessible): Int }"],
            '"Query.a(n:)" must be given, but is @inaccessible',
        ),
        (
            [LINK + "type Query { a(f: F): Int } input F { x: Int y: Int! @inaccessible }"],
            '"F.y" must be given, but is @inaccessible',
        ),
    ],
)
def test_a_fault_is_told_in_words(sdls: list[str], fault: str):
    assert any(found.startswith(fault) for found in faults_of(*sdls)), faults_of(*sdls)


def test_a_field_that_no_key_leads_to_is_told_with_the_way_that_ends():
    found = faults_of(
        LINK + "type Query { t: T } type T { id: ID! @shareable }",
        LINK + "type T { id: ID! @shareable x: Int }",
    )

    way = "the object comes from a, the field from b, and no key that can be had there leads across"
    assert found == [f"T.x cannot be reached at Query.t: {way}"]


def test_two_subgraphs_may_not_share_a_name():
    with pytest.raises(CompositionFailed, match='two subgraphs are named "a"'):
        Engine.compose([Subgraph("a", "http://a", "type Query { x: Int }")] * 2)
