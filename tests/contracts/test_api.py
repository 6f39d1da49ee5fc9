"""The composed API keeps every promise of the contract."""

import pytest
from graphql import TypeDefinitionNode, build_schema, parse

from gateway.engine import Engine
from tests.contracts.promises import broken_promises, promised_definitions
from tools.export_contracts import subgraphs


@pytest.fixture(scope="module")
def api():
    return Engine.compose(subgraphs()).api_schema


@pytest.mark.parametrize(
    ("room", "definition"),
    [pytest.param(room, node, id=f"{room}-{node.name.value}") for room, node in promised_definitions()],
)
def test_the_composed_api_has_everything_the_contract_promises(room, definition, api):
    assert list(broken_promises(definition, api)) == []


def test_nothing_that_only_siblings_may_ask_for_is_public(api):
    hidden = [
        "takePayment",
        "refundForBooking",
        "settlePayment",
        "reserveCoupon",
        "releaseCoupon",
        "redeemCoupon",
    ]
    hidden += ["userContact", "usersContacts", "bookingPersonalData"]

    public = {*api.query_type.fields, *api.mutation_type.fields}

    assert public.isdisjoint(hidden)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("type Film { id: ID! }", "Film.title: no such field"),
        ("type Film { id: ID! title(long: Boolean): String }", "Film.title: is String, promised String!"),
        ("type Film { id: ID! title(long: Boolean): String! }", "description is None"),
        ('type Film { id: ID! "As shown." title: String! }', "Film.title(long:): missing"),
        ('type Film { id: ID! "As shown." title(long: Boolean): String! }', "default is None, promised true"),
        (
            'type Film { id: ID! "As shown." title(long: Boolean = true, sort: Int!): String! }',
            "but not promised",
        ),
        ("enum Film { A }", "another kind"),
    ],
)
def test_a_broken_promise_is_noticed(written, fault):
    promise = parse('type Film { id: ID! "As shown." title(long: Boolean = true): String! }').definitions[0]
    assert isinstance(promise, TypeDefinitionNode)

    faults = list(broken_promises(promise, build_schema(written + " type Query { a: Int }")))

    assert any(fault in line for line in faults)
