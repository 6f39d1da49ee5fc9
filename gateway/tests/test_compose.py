"""Composition: what several subgraphs say becomes one graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_ast_schema, parse, print_ast

from gateway.composition.api_schema import api_schema
from gateway.composition.compose import compose
from gateway.composition.read_supergraph import read_supergraph
from gateway.composition.sdl import MACHINERY, Subgraph
from gateway.engine import CompositionFailed, Engine
from gateway.tests.shop import LINK, SDLS

CONTRACT = Path(__file__).parents[2] / "contracts" / "api"


def composed(**sdls: str) -> str:
    return compose([Subgraph(name, f"http://{name}/graphql", sdl) for name, sdl in sdls.items()])


def public(**sdls: str) -> GraphQLSchema:
    return api_schema(read_supergraph(composed(**sdls))[1])


def test_the_order_of_subgraphs_makes_no_difference():
    forward, backward = composed(**SDLS), composed(**dict(reversed(SDLS.items())))

    assert forward == backward == composed(**dict(sorted(SDLS.items())))


def test_a_composed_graph_reads_back_as_it_was_written():
    sdl = composed(**SDLS)

    assert (
        Engine.from_supergraph(sdl).supergraph
        == Engine.compose(
            [Subgraph(name, f"http://{name}/graphql", one) for name, one in SDLS.items()]
        ).supergraph
    )


def test_an_output_is_nullable_if_any_subgraph_says_so_and_an_input_required_if_any_does():
    schema = public(
        a=LINK + "type Query { one(n: Int): String! @shareable }",
        b=LINK + "type Query { one(n: Int!): String @shareable }",
    )

    one = schema.query_type.fields["one"]
    assert (str(one.type), str(one.args["n"].type)) == ("String", "Int!")


def test_an_enum_that_only_comes_out_is_united_and_one_that_only_goes_in_is_intersected():
    schema = public(
        a=LINK + "enum Out { A B } enum In { A B } type Query { a(x: In): Out }",
        b=LINK + "enum Out { B C } enum In { B C } type Query { b(x: In): Out }",
    )

    assert set(schema.type_map["Out"].values) == {"A", "B", "C"}
    assert set(schema.type_map["In"].values) == {"B"}


def test_an_input_keeps_the_fields_that_all_know():
    schema = public(
        a=LINK + "input F { x: Int y: Int } type Query { a(f: F): Int }",
        b=LINK + "input F { y: Int! z: Int } type Query { b(f: F): Int }",
    )

    assert {name: str(field.type) for name, field in schema.type_map["F"].fields.items()} == {"y": "Int!"}


def test_what_is_inaccessible_is_not_public_wherever_it_stands():
    schema = public(
        a=LINK
        + """
        enum Kind { OPEN HIDDEN @inaccessible }
        input Filter { open: Int hidden: Int @inaccessible }
        type Secret @inaccessible { x: Int }
        type Open { x: Int }
        union Either = Open | Secret
        type Query {
          one(f: Filter, more: Int @inaccessible): Kind
          either: Either
          secret: Secret @inaccessible
        }
        """
    )

    query = schema.query_type.fields
    assert set(query) == {"one", "either"}
    assert set(query["one"].args) == {"f"}
    assert set(schema.type_map["Kind"].values) == {"OPEN"}
    assert set(schema.type_map["Filter"].fields) == {"open"}
    assert [one.name for one in schema.type_map["Either"].types] == ["Open"]
    assert "Secret" not in schema.type_map


def test_descriptions_survive_whichever_subgraph_gives_them():
    schema = public(
        a=LINK + 'type Query { a: T } "What it is." type T @shareable { "Its \\"name\\"." x: Int }',
        b=LINK + 'type Query { "How to get one." b("How many." n: Int): T } type T @shareable { x: Int }',
    )

    assert schema.type_map["T"].description == "What it is."
    assert schema.type_map["T"].fields["x"].description == 'Its "name".'
    assert schema.query_type.fields["b"].description == "How to get one."
    assert schema.query_type.fields["b"].args["n"].description == "How many."


def test_an_interface_object_gives_its_fields_to_every_implementation():
    schema = public(**SDLS)

    assert {"reviews", "rating"} <= set(schema.type_map["Product"].fields)
    assert {"reviews", "rating"} <= set(schema.type_map["Bundle"].fields)


def test_federation_1_subgraphs_compose_with_their_own_words():
    schema = public(
        a='type Query { one: User } type User @key(fields: "id") { id: ID! name: String! shared: Int }',
        b="""
        extend type User @key(fields: "id") { id: ID! @external name: String! @external
          greeting: String @requires(fields: "name") }
        type Plain { x: Int } extend type Query { two: Plain }
        """,
        c='type User @extends @key(fields: "id") { id: ID! @external age: Int } type Plain { x: Int }',
    )

    assert set(schema.type_map["User"].fields) == {"id", "name", "shared", "greeting", "age"}


def test_imported_names_may_be_one_s_own():
    schema = public(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", as: "fed",
          import: [{ name: "@key", as: "@identity" }])
        type Query { a: T } type T @identity(fields: "id") { id: ID! x: Int @fed__shareable }
        """,
        b=LINK + 'type T @key(fields: "id") { id: ID! x: Int @shareable y: Int }',
    )

    assert set(schema.type_map["T"].fields) == {"id", "x", "y"}


def test_root_types_may_have_names_of_their_own():
    schema = public(
        a=LINK + "schema { query: Root mutation: Doing } type Root { a: Root } type Doing { b: Root }",
    )

    assert str(schema.query_type.fields["a"].type) == "Query"
    assert str(schema.mutation_type.fields["b"].type) == "Query"


def test_federation_s_own_machinery_is_left_out():
    schema = public(
        a=LINK
        + """
        scalar _Any scalar FieldSet union _Entity = T type _Service { sdl: String }
        type Query { t: T _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
        type T @key(fields: "id") { id: ID! }
        """
    )

    assert set(schema.query_type.fields) == {"t"}
    assert not MACHINERY & set(schema.type_map)


def test_tags_and_costs_are_carried_into_the_supergraph():
    sdl = composed(
        a="""
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@tag", "@cost", "@listSize"])
        type Query { many(first: Int): [Int] @listSize(slicingArguments: ["first"]) @cost(weight: 3) @tag(name: "x") }
        """
    )

    assert '@listSize(slicingArguments: ["first"]) @cost(weight: 3) @tag(name: "x")' in sdl
    many = api_schema(read_supergraph(sdl)[1]).query_type.fields["many"]
    assert [one.name.value for one in many.ast_node.directives] == ["listSize", "cost"]


def test_a_composed_directive_comes_along_with_its_definition():
    sdl = composed(
        a="""
        extend schema
          @link(url: "https://specs.apollo.dev/federation/v2.1", import: ["@composeDirective"])
          @link(url: "https://example.org/house/v1.0", import: ["@house"])
          @composeDirective(name: "@house")
        directive @house(number: Int) on FIELD_DEFINITION
        directive @private on FIELD_DEFINITION
        type Query { a: Int @house(number: 3) @private }
        """
    )

    assert "@house(number: 3)" in sdl
    assert '  @link(url: "https://example.org/house/v1.0", import: ["@house"])' in sdl
    assert "directive @house(number: Int) on FIELD_DEFINITION" in sdl
    assert "@private" not in sdl


def test_an_overridden_field_belongs_to_the_one_who_took_it():
    sdl = composed(
        a=LINK + 'type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }',
        b=LINK + 'type T @key(fields: "id") { id: ID! x: Int @override(from: "a") }',
    )

    field = read_supergraph(sdl)[0].types["T"].fields["x"]
    assert set(field.resolvers) == {"b"}


@pytest.fixture(scope="module")
def contract() -> GraphQLSchema:
    return public(**{path.stem: path.read_text() for path in CONTRACT.glob("*.graphql")})


@pytest.mark.parametrize("name", sorted(path.stem for path in CONTRACT.glob("*.graphql")))
def test_every_promise_of_the_public_contract_stands_in_the_composed_graph(
    name: str, contract: GraphQLSchema
):
    text = (CONTRACT / f"{name}.graphql").read_text().split("import: [", 1)[1].split("\n", 1)[1]
    plain = build_ast_schema(parse(_without_directives(text)), assume_valid=True)

    for type_name, promised in plain.type_map.items():
        if type_name.startswith("__"):
            continue
        found: Any = contract.type_map[type_name]
        assert not promised.description or promised.description == found.description
        for field, said in getattr(promised, "fields", {}).items():
            assert str(said.type) == str(found.fields[field].type), f"{type_name}.{field}"
            assert not said.description or said.description == found.fields[field].description
            for argument, given in getattr(said, "args", {}).items():
                there = found.fields[field].args[argument]
                assert (str(given.type), given.default_value) == (str(there.type), there.default_value)


def _without_directives(text: str) -> str:
    document = parse(text, no_location=True)
    for node in document.definitions:
        node.directives = ()
        for field in getattr(node, "fields", None) or ():
            field.directives = ()
    return print_ast(document)


def test_a_text_that_is_no_supergraph_is_refused_in_words():
    with pytest.raises(CompositionFailed) as caught:
        Engine.from_supergraph("type Query { a: Int }")

    assert caught.value.faults == ("the supergraph has no enum join__Graph: is it composed?",)


def test_a_field_that_nobody_may_ask_for_need_not_be_reachable():
    away = LINK + 'type T @key(fields: "id", resolvable: false) { id: ID! x: Int '

    engine = Engine.compose(
        [
            Subgraph("a", "http://a", LINK + 'type Query { t: T } type T @key(fields: "id") { id: ID! }'),
            Subgraph("b", "http://b", away + "@inaccessible }"),
        ]
    )

    assert set(engine.api_schema.type_map["T"].fields) == {"id"}
    with pytest.raises(CompositionFailed, match=r"T\.x cannot be reached"):
        Engine.compose(
            [
                Subgraph("a", "http://a", LINK + 'type Query { t: T } type T @key(fields: "id") { id: ID! }'),
                Subgraph("b", "http://b", away + "}"),
            ]
        )


def test_in_federation_1_an_extension_without_a_key_resolves_the_first_key_of_its_home():
    sdl = composed(
        a='type Query { one: T } type T @key(fields: "id") { id: ID! name: String }',
        b="extend type Query { two: T } extend type T { id: ID! @external name: String @external extra: Int }",
    )

    fields = read_supergraph(sdl)[0].types["T"].fields
    assert {graph for graph, one in fields["id"].resolvers.items() if not one.external} == {"a", "b"}
    assert set(fields["name"].resolvers) == {"a"}


def test_in_federation_1_a_key_on_an_interface_means_nothing():
    schema = public(
        a='type Query { one: I } interface I @key(fields: "id") { id: ID! } type T implements I { id: ID! }'
    )

    assert set(schema.type_map) >= {"I", "T"}
