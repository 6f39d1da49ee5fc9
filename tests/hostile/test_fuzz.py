"""Schemathesis asks every operation things that its types allow and no person would: nothing may break."""

import pytest
import schemathesis
from graphql import build_schema, graphql_sync, print_schema
from hypothesis import HealthCheck, Phase, given, settings

from gateway.engine import Engine
from tests.hostile.people import an_admin, somebody
from tools.export_contracts import subgraphs

# These would end the session that asks.
ENDS_THE_SESSION = {"logout", "logoutEverywhere", "deleteMyAccount"}
BROKEN = {"INTERNAL"}


def hunt(sdl, ask, examples):
    """What broke, by operation: what was asked, and what came back."""
    found = {}
    for result in schemathesis.graphql.from_file(sdl).get_all_operations():
        operation = result.ok()
        kind, _, name = operation.label.partition(".")
        if kind != "Subscription" and name not in ENDS_THE_SESSION:
            trouble = trouble_of(operation, ask, examples)
            found |= {name: trouble} if trouble else {}
    return found


def trouble_of(operation, ask, examples):
    broken = []

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def try_it(case):
        trouble = ask(case.body)
        if trouble and not broken:
            broken.append((trouble, case.body))

    try_it()
    return broken


def asking(who):
    def ask(document):
        answer = who.ask(document)
        broken = answer.status >= 500 or BROKEN & set(answer.codes)
        return f"{answer.status} {answer.codes} {answer.request_id}" if broken else None

    return ask


@pytest.mark.parametrize(
    ("who", "examples"),
    [
        (an_admin, 4),
        pytest.param(an_admin, 40, marks=pytest.mark.slow),
        pytest.param(somebody, 20, marks=pytest.mark.slow),
    ],
)
@pytest.mark.timeout(1800)
def test_nothing_breaks_whatever_an_operation_is_asked(system, who, examples):
    sdl = print_schema(Engine.compose(subgraphs()).api_schema)

    assert hunt(sdl, asking(who(system)), examples) == {}


def test_the_hunt_finds_what_was_planted():
    """A resolver that forgets that a default can be overridden with null."""
    sdl = "type Query { films(first: Int = 10): [Int!] fine(text: String): String }"
    weak = build_schema(sdl)
    weak.query_type.fields["films"].resolve = lambda _root, _info, first: list(range(min(3, first + 0)))

    def ask(document):
        errors = graphql_sync(weak, document).errors or []
        return [str(error) for error in errors if error.original_error is not None]

    assert list(hunt(sdl, ask, 40)) == ["films"]
