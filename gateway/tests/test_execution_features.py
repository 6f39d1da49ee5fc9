"""Corners of Federation, each with the smallest graph that shows it, answered as by one server."""

from __future__ import annotations

from gateway.tests.mesh import Mesh, Ref, Store
from gateway.tests.shop import LINK


def agrees(mesh: Mesh, query: str) -> int:
    """Check the gateway's answer against one server's; the number of requests it took."""
    assert mesh.ask(query, unmask=True) == mesh.whole_answer(query)
    return sum(mesh.transport.waves)


def test_fields_that_require_each_other_s_answers_go_back_and_forth():
    post = {"id": "1", "author": Ref("Author", "1"), "novice": True}
    store = Store(
        {"Post": {"1": post}, "Author": {"1": {"id": "1", "years": 5}}},
        {"feed": [Ref("Post", "1")]},
        {
            "Post.novice": lambda sent, _arguments: sent["author"]["years"] < 10,
            "Post.expert": lambda sent, _arguments: not sent["novice"],
        },
    )
    post_a = 'type Post @key(fields: "id") { id: ID! novice: Boolean! @external'
    mesh = Mesh.of(
        {
            "a": f'{LINK} type Query {{ feed: [Post] }} {post_a} expert: Boolean! @requires(fields: "novice") }}',
            "b": LINK
            + """type Post @key(fields: "id") {
                id: ID! author: Author! novice: Boolean! @requires(fields: "author { years }")
            }
            type Author @key(fields: "id") { id: ID! years: Int! @external }""",
            "c": LINK + 'type Author @key(fields: "id") { id: ID! years: Int! }',
        },
        store,
    )

    assert agrees(mesh, "{ feed { expert } }") == 5


def test_an_interface_is_opened_where_one_implementation_was_overridden():
    rows = {
        "Image": {"1": {"__interfaces": ["Post"], "id": "1", "at": "now"}},
        "Text": {"2": {"__interfaces": ["Post"], "id": "2", "at": "then"}},
    }
    mesh = Mesh.of(
        {
            "a": LINK
            + """type Query { feed: [Post] } interface Post { id: ID! at: String }
            type Image implements Post @key(fields: "id") { id: ID! at: String }
            type Text implements Post @key(fields: "id") { id: ID! at: String }""",
            "b": LINK + 'type Image @key(fields: "id") { id: ID! at: String @override(from: "a") }',
        },
        Store(rows, {"feed": [Ref("Image", "1"), Ref("Text", "2")]}),
    )

    assert agrees(mesh, "{ feed { id at } }") == 2


def test_what_is_provided_on_an_interface_is_not_fetched_again():
    animals = [Ref("Dog", "d"), Ref("Cat", "c")]
    kinds = "interface Animal { id: ID! name: String } interface Media { id: ID! animals: [Animal] }"
    provided = (
        LINK
        + kinds
        + """
        type Query { media: Media @shareable @provides(fields: "animals { name }") }
        type Dog implements Animal @key(fields: "id") { id: ID! name: String @external }
        type Cat implements Animal @key(fields: "id") { id: ID! name: String @external }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @external }"""
    )
    owned = (
        LINK
        + kinds
        + """
        type Dog implements Animal @key(fields: "id") { id: ID! name: String @shareable }
        type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @shareable }"""
    )
    store = Store(
        {
            "Book": {"1": {"__interfaces": ["Media"], "id": "1", "animals": animals}},
            "Dog": {"d": {"__interfaces": ["Animal"], "id": "d", "name": "Rex"}},
            "Cat": {"c": {"__interfaces": ["Animal"], "id": "c", "name": "Tom"}},
        },
        {"media": Ref("Book", "1")},
    )

    assert agrees(Mesh.of({"b": provided, "c": owned}, store), "{ media { animals { id name } } }") == 1


def test_a_payload_may_lead_back_to_the_query_root():
    query = {"__typename": "Query", "x": 5, "y": 6, "z": {"a": 3}}
    mesh = Mesh.of(
        {
            "a": LINK + "type Query { x: Int } type Done { query: Query } type Mutation { do: Done }",
            "b": LINK + "type Query { y: Int z: Z } type Z { a: Int }",
        },
        Store({}, {**query, "do": {"__typename": "Done", "query": query}}),
    )

    assert agrees(mesh, "mutation { do { query { __typename x y z { a } } } }") == 2


def test_value_types_without_a_key_are_asked_along_the_path_from_each_who_knows_a_part():
    mesh = Mesh.of(
        {
            "a": LINK
            + "type Query { x: X @shareable } type X { one: Int inner: I @shareable } type I { deep: Int }",
            "b": LINK
            + "type Query { x: X @shareable } type X { two: Int inner: I @shareable } type I { low: Int }",
        },
        Store({}, {"x": {"one": 1, "two": 2, "inner": {"deep": 3, "low": 4}}}),
    )

    assert agrees(mesh, "{ x { one two inner { deep low } } }") == 2


def test_a_field_that_only_real_types_have_is_found_behind_an_interface_object():
    rows = {
        "Dog": {"1": {"__interfaces": ["Pet"], "id": "1", "tag": "d1", "mood": "calm"}},
        "Cat": {"2": {"__interfaces": ["Pet"], "id": "2", "tag": "c2", "mood": "wild"}},
    }
    pets = 'implements Pet @key(fields: "id") { id: ID! '
    mesh = Mesh.of(
        {
            "shelter": LINK
            + 'type Query { pets: [Pet!] } type Pet @interfaceObject @key(fields: "id") { id: ID! }',
            "registry": LINK
            + f'interface Pet @key(fields: "id") {{ id: ID! }} type Dog {pets} }} type Cat {pets} }}',
            "vet": LINK
            + f"interface Pet {{ id: ID! mood: String }} type Dog {pets} mood: String }} "
            + f"type Cat {pets} mood: String }}",
        },
        Store(rows, {"pets": [Ref("Dog", "1"), Ref("Cat", "2")]}),
    )

    assert agrees(mesh, "{ pets { id mood } }") == 3


def test_a_client_may_call_its_variables_as_the_gateway_would_call_its_own():
    store = Store({"T": {"1": {"id": "1", "x": lambda by=None: by}}}, {"t": Ref("T", "1")})
    mesh = Mesh.of(
        {
            "a": f'{LINK} type Query {{ t: T }} type T @key(fields: "id") {{ id: ID! }}',
            "b": f'{LINK} type T @key(fields: "id") {{ id: ID! x(by: Int): Int }}',
        },
        store,
    )
    query, given = "query ($r0: Int, $r2: Int) { t { a: x(by: $r0) b: x(by: $r2) } }", {"r0": 7, "r2": None}

    assert mesh.ask(query, given) == mesh.whole_answer(query, given)
    assert mesh.ask(query, given)["data"] == {"t": {"a": 7, "b": None}}


def test_what_is_required_is_sent_whole_or_not_at_all():
    store = Store(
        {"Post": {"1": {"id": "1", "by": Ref("Author", "1")}}, "Author": {"1": {"id": "1", "name": "Ann"}}},
        {"post": Ref("Post", "1")},
        {"Post.line": lambda sent, _arguments: f"by {sent['by']['name']}"},
    )
    mesh = Mesh.of(
        {
            "posts": LINK
            + 'type Query { post: Post } type Post @key(fields: "id") { id: ID! by: Author } '
            + 'type Author @key(fields: "id") { id: ID! }',
            "authors": LINK + 'type Author @key(fields: "id") { id: ID! name: String }',
            "lines": LINK
            + 'type Post @key(fields: "id") { id: ID! by: Author @external line: String @requires(fields: "by { name }") }'
            + ' type Author @key(fields: "id") { id: ID! name: String @external }',
        },
        store,
    )
    assert agrees(mesh, "{ post { line } }") == 3
    mesh.transport.down = {"authors"}

    answer = mesh.ask("{ post { line } }")

    assert answer["data"] == {"post": {"line": None}}
    assert mesh.members["lines"].bodies[-1]["variables"]["r0"] == [{"__typename": "Post", "id": "1"}]
