"""The matrix: every operation of every service, asked through the door by everybody who could stand before it."""

import dataclasses
import importlib
from contextlib import contextmanager

import pytest

from chassis.identity import Role
from chassis.permissions import anybody, operations_of
from chassis.testing import ServiceClient
from gateway.engine import Engine
from tests.architecture.sources import SERVICES
from tests.contracts.callers import CALLERS, PEOPLE, request_of
from tools.export_contracts import subgraphs

REFUSALS = {"UNAUTHENTICATED", "FORBIDDEN", "NO_SUCH_OPERATION"}
# Let in by its row, and refused for want of the object the row speaks of: the cookie, a cinema of theirs.
WITHOUT_OBJECT = {
    ("logout", "visitor"): "UNAUTHENTICATED",
    ("bookingChanged", "STAFF"): "FORBIDDEN",
    ("bookingChanged", "MANAGER"): "FORBIDDEN",
}


def permissions_of(service):
    return importlib.import_module(f"{service}.permissions").PERMISSIONS


def schema_of(service):
    return importlib.import_module(f"{service}.schema").SCHEMA


@pytest.fixture
def door(room_runtime, redis_client):
    """Gives a client of the service that is named, with an account for everybody who asks."""

    def make(service):
        runtime = room_runtime(service)
        if service == "user_service":
            add_accounts(runtime)
        return ServiceClient(importlib.import_module(f"{service}.app").create_app(runtime=runtime))

    return make


def add_accounts(runtime):
    from user_service.models import UserRow

    def add(session):
        for role, caller in PEOPLE.items():
            if caller.user_id is not None:
                session.add(
                    UserRow(id=caller.user_id, email=f"{role}@a.example", name=role, locale="en", role=role)
                )

    runtime.database.transact(add)


def verdict(client, name, caller):
    """UNAUTHENTICATED, FORBIDDEN or NO_SUCH_OPERATION; PASSED for whatever came of a question that was let in."""
    for error in errors_of(client, name, caller):
        code = error["extensions"]["code"]
        if code in REFUSALS:
            return code
        if code == "NOT_FOUND" and error["message"] == "There is no such operation.":
            return "NO_SUCH_OPERATION"
        assert code != "INTERNAL", (name, error)
        assert "path" in error or code == "NOT_FOUND", (name, error)  # else the question itself was none
    return "PASSED"


def errors_of(client, name, caller):
    text, variables = request_of(client.app.extensions["endpoint"].schema.core, name)
    answer = client.post(
        "/graphql", json={"query": text, "variables": variables}, headers=client.headers(caller)
    )
    if answer.mimetype == "text/event-stream":
        answer.close()
        return []
    return answer.get_json().get("errors", [])


def expected(access, who):
    """What the row says of somebody, read without the code that enforces it."""
    if who in SERVICES:
        return "PASSED" if who in access.siblings else "NO_SUCH_OPERATION"
    if access.everyone:
        return "PASSED"
    if access.role is None:
        return "NO_SUCH_OPERATION"
    if who == "visitor":
        return "UNAUTHENTICATED"
    return "PASSED" if Role[who] >= access.role else "FORBIDDEN"


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_open_to_those_its_row_names_and_to_nobody_else(service, door):
    """H12: operations × callers, by the table that is published in docs/reference/permissions.md."""
    client, table = door(service), permissions_of(service)

    wrong = {
        (name, who): found
        for name, access in table.operations.items()
        for who, caller in CALLERS.items()
        if (found := verdict(client, name, caller)) != expected(access, who)
    }

    assert {cell: found for cell, found in wrong.items() if WITHOUT_OBJECT.get(cell) != found} == {}


def test_no_operation_of_the_composed_graph_is_without_a_row():
    told = [name for service in SERVICES for name in permissions_of(service).operations]

    composed = operations_of(Engine.compose(subgraphs()).api_schema)

    assert set(composed) <= set(told)
    assert len(told) == len(set(told))


def test_a_graph_is_not_built_when_an_operation_has_no_row_or_a_row_no_operation():
    schema, rows = schema_of("cinema_service"), permissions_of("cinema_service")
    fewer = {name: access for name, access in rows.operations.items() if name != "deleteCinema"}
    more = {**rows.operations, "sellCinema": anybody()}

    for operations, named in ((fewer, "deleteCinema"), (more, "sellCinema")):
        with pytest.raises(ValueError, match=named):
            dataclasses.replace(rows, operations=operations).enforce(schema.core, schema.entities)


@pytest.mark.parametrize("service", SERVICES)
def test_what_staff_may_do_is_refused_to_others_even_with_the_door_open(service, door):
    """The second lock: the command, or the look-up, asks for the role itself."""
    client = door(service)
    for_staff = {
        name: row
        for name, row in permissions_of(service).operations.items()
        if row.role is not None and row.role > Role.CUSTOMER
    }

    with open_door(schema_of(service).core, for_staff):
        let_in = [
            (name, who)
            for name, access in for_staff.items()
            for who, caller in PEOPLE.items()
            if expected(access, who) != "PASSED" and not refused(client, name, caller)
        ]

    assert let_in == []


def refused(client, name, caller):
    codes = {error["extensions"]["code"] for error in errors_of(client, name, caller)}
    return bool(codes & {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"})


@contextmanager
def open_door(schema, names):
    """The resolvers themselves, without the table before them."""
    guarded = {
        name: (field, field.resolve, field.subscribe) for name, (_, field) in operations_of(schema).items()
    }
    for name in names:
        field, resolve, subscribe = guarded[name]
        field.resolve = getattr(resolve, "__wrapped__", resolve)
        field.subscribe = getattr(subscribe, "__wrapped__", subscribe)
    try:
        yield
    finally:
        for field, resolve, subscribe in guarded.values():
            field.resolve, field.subscribe = resolve, subscribe


@pytest.mark.parametrize(
    ("words", "role"), [("ADMIN.", Role.ADMIN), ("MANAGER", Role.MANAGER), ("STAFF", Role.STAFF)]
)
def test_the_table_says_what_the_published_contract_says(words, role):
    composed = operations_of(Engine.compose(subgraphs()).api_schema)
    rows = {name: row for service in SERVICES for name, row in permissions_of(service).operations.items()}
    told = [name for name, (_, field) in composed.items() if (field.description or "").startswith(words)]

    assert told
    assert {name: rows[name].role for name in told if rows[name].role is not role} == {}
