# ruff: noqa: N805  # Graphene resolvers take the parent first
"""The door of a service: who may come in, what is refused, what is hidden, what streams."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphene
import jwt
import pytest
from graphql import build_schema as parse_sdl

from chassis.errors import Forbidden, NotFound, RateLimited, Refusal, Refusals
from chassis.federation import build_schema, inaccessible, key, shareable
from chassis.graphql_types import Date, DateTime, DonePayload, mutation_payload
from chassis.identity import CALLER_HEADER, VISITOR, Caller, Role, read_caller, sign_caller
from chassis.runtime import Runtime
from chassis.service import build_service
from chassis.settings import ServiceSettings
from chassis.testing import REDIS_URL, ServiceClient, as_peer, as_user
from chassis.testing_rooms import KEYS, ROOM_KEYS, SECRET


@key("id")
@shareable
class Thing(graphene.ObjectType):
    """A thing."""

    id = graphene.ID(required=True)
    name = graphene.String(description="What it is called.")
    secret = inaccessible(graphene.String())

    @classmethod
    def resolve_references(cls, representations: list[Any], info: Any) -> list[Any]:
        info.context.shared.setdefault("batches", []).append(len(representations))
        known = {"1": {"id": "1", "name": "one"}, "2": {"id": "2", "name": "two"}}
        return [NotFound() if found["id"] == "gone" else known.get(found["id"]) for found in representations]


class Query(graphene.ObjectType):
    """Questions."""

    things = graphene.List(graphene.NonNull(Thing))
    bug = graphene.String()
    forbidden = graphene.String()
    limited = graphene.String()
    instant = graphene.Field(DateTime, at=graphene.Argument(DateTime))
    day = graphene.Field(Date, on=graphene.Argument(Date))
    batches = graphene.List(graphene.Int)

    def resolve_things(root: Any, info: Any) -> list[Any]:
        return [{"id": "1", "name": "one"}, {"id": "2", "name": "two"}]

    def resolve_bug(root: Any, info: Any) -> str:
        raise ValueError("SELECT secret FROM table")

    def resolve_forbidden(root: Any, info: Any) -> str:
        raise Forbidden

    def resolve_limited(root: Any, info: Any) -> str:
        raise RateLimited(retry_after_seconds=7)

    def resolve_instant(root: Any, info: Any, at: Any = None) -> Any:
        return at

    def resolve_day(root: Any, info: Any, on: Any = None) -> Any:
        return on

    def resolve_batches(root: Any, info: Any) -> Any:
        return info.context.shared.get("batches")


class Mutation(graphene.ObjectType):
    """Commands."""

    refuse = graphene.Field(graphene.NonNull(DonePayload), several=graphene.Argument(graphene.Boolean))

    @mutation_payload(DonePayload, done=False)
    def resolve_refuse(root: Any, info: Any, several: bool = False) -> Any:
        if several:
            raise Refusals([Refusal("one", field=("input", 0)), Refusal("two", code="TWO")])
        return DonePayload(done=True)


class Subscription(graphene.ObjectType):
    """Streams."""

    counted = graphene.Field(Thing, up_to=graphene.Argument(graphene.NonNull(graphene.Int)))

    def subscribe_counted(root: Any, info: Any, up_to: int) -> Iterator[Any]:
        if up_to > 5:
            raise Forbidden
        for number in range(up_to):
            yield {"id": str(number), "name": f"number {number}"}
            yield None


SCHEMA = build_schema(Query, Mutation, Subscription)


@pytest.fixture
def client(tmp_path: Path) -> ServiceClient:
    settings = ServiceSettings.model_validate(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
            "INTERNAL_SECRET": SECRET,
            "ROOM_KEYS": ROOM_KEYS,
            "REDIS_URL": REDIS_URL,
            "LOG_LEVEL": "CRITICAL",
        }
    )
    return ServiceClient(build_service(Runtime.start("thing_service", settings), SCHEMA))


def post(client: ServiceClient, **options: Any) -> Any:
    return client.post("/graphql", headers={**client.headers(), **options.pop("headers", {})}, **options)


def code_of(answer: Any) -> str:
    return str(answer.get_json()["errors"][0]["extensions"]["code"])


def test_only_the_gateway_and_siblings_come_in(client: ServiceClient) -> None:
    forged = sign_caller(as_user("ana", "ADMIN"), "thing_service", "another secret of at least 32 letters")
    for_another = sign_caller(as_user("ana"), "other_service", SECRET)
    stale = sign_caller(as_user("ana"), "thing_service", SECRET, now=time.time() - 120)
    unsigned = jwt.encode({"iss": "gateway", "aud": "thing_service", "sub": "ana"}, "", algorithm="none")

    for token in (None, "", "nonsense", forged, for_another, stale, unsigned):
        headers = {} if token is None else {CALLER_HEADER: token}
        answer = client.post("/graphql", json={"query": "{ things { id } }"}, headers=headers)
        assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")
    assert client.get("/anything").status_code == 401


def test_health_is_told_to_anyone(client: ServiceClient) -> None:
    assert client.get("/live").get_json() == {"status": "ok"}
    assert client.get("/ready").get_json() == {"status": "ok"}
    assert client.get("/health").get_json()["checks"] == {"database": "ok", "redis": "ok"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "BAD_USER_INPUT"),
        (b"\xff\xfe", "BAD_USER_INPUT"),
        (b'"text"', "BAD_USER_INPUT"),
        (b"{}", "BAD_USER_INPUT"),
        (b'{"query": 5}', "BAD_USER_INPUT"),
        (b'{"query": "{ things { id } }", "variables": []}', "BAD_USER_INPUT"),
        (b'{"query": "{ things { id } }", "operationName": 5}', "BAD_USER_INPUT"),
        (b'[{"query": "{ things { id } }"}]', "BATCHING_NOT_SUPPORTED"),
        (b'{"query": "{ things { "}', "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nothing }"}', "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "{' + b"bug " * 7000 + b'}"}', "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_what_is_no_question_is_refused_with_a_code(client: ServiceClient, body: bytes, code: str) -> None:
    answer = post(client, data=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, code_of(answer)) == (400, code)


def test_a_form_is_not_a_question(client: ServiceClient) -> None:
    answer = post(client, data={"query": "{ things { id } }"})

    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")


def test_a_bug_is_told_by_its_request_id_alone(client: ServiceClient) -> None:
    answer = client.gql("{ bug things { id } }")

    assert answer["data"] == {"bug": None, "things": [{"id": "1"}, {"id": "2"}]}
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert answer["errors"][0]["path"] == ["bug"]
    assert "SELECT" not in str(answer)
    assert answer["errors"][0]["extensions"]["requestId"]


def test_expected_failures_keep_their_words_and_codes(client: ServiceClient) -> None:
    answer = client.gql("{ forbidden limited }")

    found = {error["path"][0]: error["extensions"] for error in answer["errors"]}
    assert found["forbidden"]["code"] == "FORBIDDEN"
    assert (found["limited"]["code"], found["limited"]["retryAfterSeconds"]) == ("RATE_LIMITED", 7)


def test_refusals_come_in_the_payload(client: ServiceClient) -> None:
    refused = client.data("mutation { refuse(several: true) { done userErrors { code message field } } }")[
        "refuse"
    ]
    done = client.data("mutation { refuse { done userErrors { code } } }")["refuse"]

    assert refused == {
        "done": False,
        "userErrors": [
            {"code": "REFUSED", "message": "one", "field": ["input", "0"]},
            {"code": "TWO", "message": "two", "field": None},
        ],
    }
    assert done == {"done": True, "userErrors": []}


def test_entities_are_asked_for_once_a_type_and_fail_one_by_one(client: ServiceClient) -> None:
    wanted = [{"__typename": "Thing", "id": key} for key in ("1", "gone", "2", "unknown")]
    wanted += [{"__typename": "Thing"}, {"__typename": "Nothing", "id": "1"}, {"id": "1"}]
    answer = client.gql(
        "query($r: [_Any!]!) { _entities(representations: $r) { ... on Thing { name } } batches }",
        {"r": wanted},
    )

    assert answer["data"]["_entities"] == [{"name": "one"}, None, {"name": "two"}, None, None, None, None]
    assert answer["data"]["batches"] == [4]
    codes = {tuple(error["path"]): error["extensions"]["code"] for error in answer["errors"]}
    assert codes == {
        ("_entities", 1): "NOT_FOUND",
        ("_entities", 4): "BAD_USER_INPUT",
        ("_entities", 5): "BAD_USER_INPUT",
        ("_entities", 6): "BAD_USER_INPUT",
    }


def test_the_sdl_carries_directives_and_nothing_of_the_frame(client: ServiceClient) -> None:
    sdl = client.data("{ _service { sdl } }")["_service"]["sdl"]

    assert 'type Thing @key(fields: "id") @shareable' in sdl
    assert "secret: String @inaccessible" in sdl
    assert "_Any" not in sdl
    assert "_entities" not in sdl
    header = """directive @key(fields: String!) on OBJECT directive @shareable on OBJECT
        directive @inaccessible on FIELD_DEFINITION directive @link(url: String, import: [String]) on SCHEMA """
    assert parse_sdl(header + sdl, assume_valid=True).query_type is not None


@pytest.mark.parametrize(
    "text", ["2026-11-21", "2026-11-21T19:30:00", "yesterday", "0001-01-01T00:00:00+14:00"]
)
def test_an_instant_without_its_offset_is_refused(client: ServiceClient, text: str) -> None:
    assert client.error_codes("query($at: DateTime) { instant(at: $at) }", {"at": text}) == ["BAD_USER_INPUT"]


def test_instants_and_days_come_back_as_they_went_in(client: ServiceClient) -> None:
    answer = client.data('{ instant(at: "2026-11-21T20:30:00+01:00") day(on: "2026-11-21") }')

    assert answer == {"instant": "2026-11-21T19:30:00+00:00", "day": "2026-11-21"}
    assert client.error_codes('{ day(on: "21.11.2026") }') == ["BAD_USER_INPUT"]


def test_a_subscription_streams_each_event_and_says_when_it_is_over(client: ServiceClient) -> None:
    answer = post(client, json={"query": "subscription { counted(upTo: 2) { name } }"})

    assert answer.mimetype == "text/event-stream"
    events = [part for part in answer.get_data(as_text=True).split("\n\n") if part and part != ":"]
    assert events == [
        'event: next\ndata: {"data":{"counted":{"name":"number 0"}}}',
        'event: next\ndata: {"data":{"counted":{"name":"number 1"}}}',
        "event: complete\ndata:",
    ]


def test_a_stream_that_may_not_begin_is_an_ordinary_refusal(client: ServiceClient) -> None:
    answer = post(client, json={"query": "subscription { counted(upTo: 9) { name } }"})

    assert (answer.mimetype, code_of(answer)) == ("application/json", "FORBIDDEN")


def test_a_callers_statement_is_read_as_it_was_signed() -> None:
    caller = Caller("ana", Role.MANAGER, frozenset({"a", "b"}), "s1")

    assert read_caller(sign_caller(caller, "x", SECRET), "x", KEYS) == caller
    assert read_caller(sign_caller(VISITOR, "x", SECRET), "x", KEYS) == VISITOR
    assert as_peer("thing_service").is_peer


@pytest.mark.parametrize(
    ("role", "scope", "asked", "place", "may"),
    [
        ("CUSTOMER", (), Role.STAFF, None, False),
        ("STAFF", ("a",), Role.STAFF, "a", True),
        ("STAFF", ("a",), Role.STAFF, "b", False),
        ("STAFF", ("a",), Role.MANAGER, "a", False),
        ("MANAGER", ("a",), Role.STAFF, "a", True),
        ("ADMIN", (), Role.MANAGER, "a", True),
    ],
)
def test_a_role_holds_within_its_scope(
    role: str, scope: tuple[str, ...], asked: Role, place: str | None, may: bool
) -> None:
    assert as_user("x", role, scope).has_role(asked, scope=place) is may
