"""Documents, bodies and addresses that ask for too much, or in a way nobody should."""

import json
import sqlite3

import pytest
import requests

from gateway.app import create_app
from gateway.graph_file import read_graph_file
from gateway.settings import GatewaySettings
from tests.hostile.inside import address_of, secret_of
from tests.hostile.people import an_admin, somebody
from tests.system import Answer, wait_until
from tools.launcher.fleet import SERVICES

TRACES = ("Traceback", "site-packages", 'File "', "sqlalchemy", "sqlite", "SELECT ", ".py", "127.0.0.1")
PARTS = b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nmutation { logout { done } }\r\n--x--'
CHANGE = "mutation { requestEmailVerification { done } }"


def limit(name):
    """A limit of this graph, or the usual one."""
    settings = GatewaySettings()
    own = getattr(read_graph_file(settings.subgraphs_file, {}).documents, name, None)
    return getattr(settings, name) if own is None else own


DEPTH, ALIASES = limit("maximum_depth"), limit("maximum_aliases")


def nested(levels):
    """`levels` of fields, none of them a list."""
    text = "id"
    for level in range(levels - 2):
        text = f"{'payment' if level % 2 else 'booking'} {{ {text} }}"
    return f'{{ {"booking" if levels % 2 == 0 else "payment"}(id: "x") {{ {text} }} }}'


def tokens(count):
    """A document of `count` tokens, most of them in a list."""
    # programme ( from : "…" to : "…" genres : [ … ] ) { movieTitle } and the braces around it: 18 beside the list.
    genres = '"DRAMA" ' * (count - 18)
    dates = 'from: "2026-11-21T00:00:00+00:00" to: "2026-11-22T00:00:00+00:00"'
    return asking(f"{{ programme({dates} genres: [{genres}]) {{ movieTitle }} }}")


def repeated(count):
    return asking("{ cinemas { nodes { " + "id " * count + "} } }")


def with_variable(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return json.dumps({"query": "{ cities }", "variables": {"v": value}}).encode()


def of_size(total):
    shell = json.dumps({"query": "{ cities }", "variables": {"v": ""}})
    return json.dumps({"query": "{ cities }", "variables": {"v": "x" * (total - len(shell))}}).encode()


def asking(text):
    return json.dumps({"query": text}).encode()


def padded(size):
    return asking("{ cities }" + "#" * (size - 10))


LIMITS = [
    pytest.param(of_size(100 * 1024), of_size(100 * 1024 + 1), "PAYLOAD_TOO_LARGE", id="body"),
    pytest.param(padded(10_000), padded(10_001), "QUERY_TOO_COMPLEX", id="document"),
    pytest.param(tokens(1000), tokens(1001), "QUERY_TOO_COMPLEX", id="tokens"),
    pytest.param(repeated(50), repeated(51), "QUERY_TOO_COMPLEX", id="repeats"),
    pytest.param(asking(nested(DEPTH)), asking(nested(DEPTH + 1)), "QUERY_TOO_COMPLEX", id="depth"),
    pytest.param(
        asking("{ cinemas { nodes { " + " ".join(f"a{n}: id" for n in range(ALIASES)) + " } } }"),
        asking("{ cinemas { nodes { " + " ".join(f"a{n}: id" for n in range(ALIASES + 1)) + " } } }"),
        "QUERY_TOO_COMPLEX", id="aliases",
    ),
    pytest.param(
        asking("{ cinemas { nodes { id " + "id @include(if: true) " * 20 + " } } }"),
        asking("{ cinemas { nodes { id " + "id @include(if: true) " * 21 + " } } }"),
        "QUERY_TOO_COMPLEX", id="directives",
    ),
    pytest.param(
        asking("{" + " ".join(f"a{n}: cities" for n in range(10)) + "}"),
        asking("{" + " ".join(f"a{n}: cities" for n in range(11)) + "}"), "QUERY_TOO_COMPLEX", id="root fields",
    ),
    pytest.param(
        asking("{ movies(first: 100) { totalCount } }"), asking("{ movies(first: 101) { totalCount } }"),
        "BAD_USER_INPUT", id="page",
    ),
    pytest.param(with_variable(20), with_variable(21), "QUERY_TOO_COMPLEX", id="variables"),
]  # fmt: skip


@pytest.mark.parametrize(("at_the_limit", "beyond", "code"), LIMITS)
def test_at_each_limit_a_document_passes_and_one_step_beyond_it_does_not(system, at_the_limit, beyond, code):
    """H22: and of what is refused at the door nobody hears."""
    passed, refused = system.post(at_the_limit), system.post(beyond)

    assert code not in passed.codes, passed.body
    assert passed.status < 500
    assert refused.codes == [code], refused.body
    if code != "BAD_USER_INPUT":
        assert refused.status in (400, 413)
        assert not any(system.requests_of(service.name, refused.request_id) for service in SERVICES)


def test_lists_in_lists_are_refused_for_what_they_would_hold(system):
    """H23: at a legal depth; and the longest answer that is given stays short."""
    inner = "showtimes(first: 50) { id startsAt }"
    many = f"{{ movies(first: 100) {{ nodes {{ a: {inner} b: {inner} }} }} }}"

    assert system.gql(many).codes == ["QUERY_TOO_COMPLEX"]

    fields = "id title synopsis genres directors cast { name character } ageRating posterUrl originalLanguage"
    shows = "showtimes(first: 20) { id startsAt endsAt movieTitle cinemaName }"
    longest = system.gql(f"{{ movies(first: 100) {{ nodes {{ {fields} {shows} }} }} }}")
    assert longest.errors == [], longest.body
    assert len(json.dumps(longest.body)) < 2_000_000


@pytest.fixture(scope="module")
def live(system):
    """The gateway of a live installation, before the services that run."""
    settings = GatewaySettings(
        LOBBYCARD_ENV="production",
        PUBLIC_URL="https://tickets.test",
        INTERNAL_SECRET=secret_of(system),
        LOBBYCARD_HOME=str(system.home),
        PEERS=",".join(f"{service.name}={address_of(system, service.name)}" for service in SERVICES),
        ACCESS_LOG=False,
    )
    app = create_app(settings)
    client = app.test_client()

    def ask(query, **options):
        answer = client.post("/graphql", json={"query": query}, **options)
        return Answer(answer.status_code, answer.headers, answer.get_json())

    ask.get = client.get
    wait_until(lambda: ask("{ cities }").status == 200, "the graph is there", 30)
    yield ask
    app.extensions["gateway"].stop()


def test_a_live_installation_shows_nothing_of_itself(live):
    """H24."""
    assert live("{ cities }").errors == []  # the control: it answers

    assert live("{ __schema { types { name } } }").codes == ["INTROSPECTION_DISABLED"]
    assert live('{ __type(name: "User") { fields { name } } }').codes == ["INTROSPECTION_DISABLED"]
    assert live("{ _service { sdl } }").codes == ["GRAPHQL_VALIDATION_FAILED"]
    assert live("{ __typename }").data == {"__typename": "Query"}  # clients need it; it tells nothing
    for wrong in (
        "{ citie }",
        "{ movies { nod { id } } }",
        "{ movies(frist: 1) { totalCount } }",
        "{ movies(sort: TITEL) { totalCount } }",
    ):
        told = json.dumps(live(wrong).body)
        assert "Did you mean" not in told
    for path in ("/graphiql", "/dev/mailbox", "/console", "/debug", "/__debugger__"):
        answer = live.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 404, path
    planned = live("{ cities }", headers={"X-Query-Plan": "1"})
    assert "extensions" not in planned.body
    assert "Strict-Transport-Security" in planned.headers


def send(system, body=b"", *, method="POST", kind="application/json", origin=None, path="/graphql"):
    headers = {"Content-Type": kind} | ({"Origin": origin} if origin else {})
    return requests.request(method, f"{system.url}{path}", data=body, headers=headers, timeout=20)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"query=mutation+%7B+logout+%7B+done+%7D+%7D", "application/x-www-form-urlencoded"),
        (asking(CHANGE), "text/plain"),
        (asking(CHANGE), "application/json; charset=utf-16"),
        (asking(CHANGE), ""),
        (PARTS, "multipart/form-data; boundary=x"),
        (b"[" + asking(CHANGE) + b"]", "application/json"),
    ],
    ids=["form", "text", "charset", "no type", "multipart", "array"],
)  # fmt: skip
def test_a_form_or_anything_else_a_page_could_send_unasked_is_refused(system, body, kind):
    """H25."""
    answer = send(system, body, kind=kind, origin="https://evil.test")

    assert answer.status_code in (400, 415)
    assert not any(system.requests_of(service.name, answer.headers["X-Request-Id"]) for service in SERVICES)


def test_nothing_is_changed_by_get_or_from_the_pages_of_others(system):
    """H25."""
    got = requests.get(f"{system.url}/graphql", params={"query": CHANGE}, timeout=20)
    foreign = send(system, asking(CHANGE), origin="https://evil.test")
    own = send(system, asking(CHANGE), origin=system.url)

    assert got.status_code == 405
    assert (foreign.status_code, foreign.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert own.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"  # let in, and asked who it is
    for path in ("/posters/upload", "/webhooks/simulated"):
        assert send(system, b"x=1", kind="application/x-www-form-urlencoded", path=path).status_code in (
            400,
            401,
            404,
            415,
        )


def assert_tells_nothing(answer):
    text = json.dumps(answer.body)
    assert not [trace for trace in TRACES if trace in text], text
    assert all(error["extensions"]["requestId"] == answer.request_id for error in answer.errors)


def test_a_fault_of_a_database_is_told_by_its_number_alone(system):
    """H26: the table is away for a moment; the log has the rest, without what was asked with."""
    admin = an_admin(system)
    with sqlite3.connect(system.home / "databases" / "coupon_db.sqlite", timeout=20) as database:
        database.execute("ALTER TABLE coupons RENAME TO coupons_away")
    try:
        answer = admin.ask('{ coupons(search: "myprivateword") { totalCount } }')
    finally:
        with sqlite3.connect(system.home / "databases" / "coupon_db.sqlite", timeout=20) as database:
            database.execute("ALTER TABLE coupons_away RENAME TO coupons")

    assert answer.codes == ["INTERNAL"]
    assert_tells_nothing(answer)
    told = [line for line in system.lines("coupon_service") if line.get("request_id") == answer.request_id]
    assert any("coupons" in str(line.get("error")) for line in told)
    assert "myprivateword" not in json.dumps(told)
    assert admin.ask("{ coupons { totalCount } }").errors == []


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202e\u0000", "\U000e0001" * 50]
)
def test_letters_that_are_none_crash_nothing(system, text):
    """H26."""
    guest = somebody(system)
    for query, variables in (
        ("query($v: String!) { movies(filter: {search: $v}) { totalCount } }", {"v": text}),
        ("query($v: ID!) { movie(id: $v) { title } }", {"v": text}),
        ("query($v: ID!) { booking(id: $v) { id } }", {"v": text}),
        ("mutation($v: String!) { updateProfile(input: {name: $v}) { userErrors { code } } }", {"v": text}),
        (
            'query($v: String!) { quoteCoupon(code: $v, subtotal: {amount: 1, currency: "EUR"}) { userErrors { code } } }',
            {"v": text},
        ),
    ):
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = system.post(body, token=guest.token)
        assert answer.status < 500
        assert not {"INTERNAL", "GRAPHQL_VALIDATION_FAILED"} & set(answer.codes), (query, answer.body)
        assert_tells_nothing(answer)
