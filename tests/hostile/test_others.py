"""What belongs to others: not found by any path, changed by none, and nothing is to be had by asking for more."""

import json
import secrets
import sqlite3

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull

from chassis.identity import CALLER_HEADER, Caller, Role, sign_caller
from chassis.permissions import operations_of
from gateway.engine import Engine
from tests.architecture.sources import SERVICES
from tests.contracts.callers import request_of
from tests.contracts.test_permissions import permissions_of
from tests.hostile.inside import ask_directly, secret_of
from tests.hostile.people import an_admin, somebody, what_is_owned
from tools.export_contracts import subgraphs

ENTITIES = "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on %s { id } } }"
STATE = """query($id: ID!) { booking(id: $id) { status couponCode extensionsLeft holdExpiresAt total { amount }
  tickets { id seat { id } status } payment { status refunded { amount } } timeline { step outcome } } }"""


@pytest.fixture(scope="module")
def owner(system):
    return somebody(system)


@pytest.fixture(scope="module")
def owned(owner):
    return what_is_owned(owner)


@pytest.fixture(scope="module")
def others(system):
    """Who may not see it: a guest, and those who work for another cinema."""
    return [
        somebody(system),
        somebody(system, "STAFF", ("another",)),
        somebody(system, "MANAGER", ("another",)),
    ]


@pytest.fixture(scope="module")
def graph():
    return Engine.compose(subgraphs()).api_schema


def paths_to(owned, owner):
    """Every way to ask for it by name."""
    return [
        ("query($v: ID!) { it: booking(id: $v) { id } }", owned.bought),
        ("query($v: ID!) { it: booking(id: $v) { id } }", owned.held),
        ("query($v: String!) { it: bookingByReference(reference: $v) { id } }", owned.reference),
        ("query($v: ID!) { it: payment(id: $v) { id } }", owned.payment),
        ("query($v: ID!) { it: user(id: $v) { email } }", owner.id),
    ]


def test_somebody_elses_booking_and_payment_are_not_found_by_any_name(owned, owner, others):
    """H09: fields."""
    for other in others:
        for query, value in paths_to(owned, owner):
            answer = other.ask(query, {"v": value})
            assert answer.data is None or answer.data["it"] is None, (query, answer.body)
            assert set(answer.codes) <= {"NOT_FOUND", "FORBIDDEN"}
    for query, value in paths_to(owned, owner)[:4]:
        assert owner.ask(query, {"v": value}).data["it"]  # the control: the owner finds each


def test_it_is_in_no_list_and_no_filter_reaches_it(owned, owner, others):
    """H09: lists."""
    lists = (
        ("{ myBookings(first: 100) { nodes { id } } }", "myBookings"),
        ("{ myPayments(first: 100) { nodes { id } } }", "myPayments"),
        (f'{{ bookings(filter: {{ userId: "{owner.id}" }}, first: 100) {{ nodes {{ id }} }} }}', "bookings"),
        ("{ payments(first: 100) { nodes { id } } }", "payments"),
        (
            f'{{ notifications(filter: {{ userId: "{owner.id}" }}, first: 100) {{ nodes {{ id }} }} }}',
            "notifications",
        ),
    )
    for other in others:
        for query, field in lists:
            answer = other.ask(query)
            found = (answer.data or {}).get(field)
            assert found is None or found["nodes"] == [], (query, answer.body)
            if found is None:
                assert answer.codes == ["FORBIDDEN"], (query, answer.body)


@pytest.mark.parametrize(("service", "entity", "which"), [
    ("booking_service", "Booking", "bought"), ("booking_service", "Booking", "held"),
    ("payment_service", "Payment", "payment"),
])  # fmt: skip
def test_a_representation_past_the_gateway_gives_it_to_the_owner_alone(
    system, owned, owner, others, service, entity, which
):
    """H09 and H14: nodes, asked of the service itself by a caller the gateway signed."""
    asked = {"r": [{"__typename": entity, "id": getattr(owned, which)}]}

    def seen_by(caller):
        found = ask_directly(system, service, ENTITIES % entity, asked, caller=caller).json()
        return found["data"]["_entities"]

    strangers = [Caller(), *(Caller(one.id, Role.MANAGER, frozenset({"another"})) for one in others)]
    assert [seen_by(stranger) for stranger in strangers] == [[None]] * 4
    assert seen_by(Caller(owner.id, Role.CUSTOMER))[0]["id"] == getattr(owned, which)


def test_an_export_and_a_file_are_for_who_asked(system, owned, owner, others):
    """H09: exports, tickets, receipts."""
    made = an_admin(system).ask("mutation { exportBookings { export { id } userErrors { code } } }").data
    export_id = made["exportBookings"]["export"]["id"]
    for other in (*others, owner):
        assert other.ask("query($v: ID!) { export(id: $v) { id } }", {"v": export_id}).codes == ["NOT_FOUND"]
    link = owner.ask("query($v: ID!) { booking(id: $v) { ticketsPdfUrl } }", {"v": owned.bought}).data[
        "booking"
    ]["ticketsPdfUrl"]
    path, _, signature = link.partition("?")
    path = path.split("/", 3)[3]
    assert system.get(f"/{path}?{signature}").status_code == 200
    for forged in (
        "",
        signature[:-1] + ("0" if signature[-1] != "0" else "1"),
        signature.replace("expires=1", "expires=2"),
    ):
        assert system.get(f"/{path}?{forged}").status_code == 404
    assert system.get(f"/{path.replace(owned.bought, owned.held)}?{signature}").status_code == 404


def changes_of(owned):
    seats = '[{seatId: "A1"}]'
    return [
        f'cancelBooking(bookingId: "{owned.bought}")',
        f'cancelBooking(bookingId: "{owned.held}")',
        f'extendHold(bookingId: "{owned.held}")',
        f'applyCoupon(bookingId: "{owned.held}", code: "WELCOME10")',
        f'removeCoupon(bookingId: "{owned.held}")',
        f'changeSeats(bookingId: "{owned.bought}", seats: {seats}, idempotencyKey: "stolen")',
        f'holdSeats(input: {{showtimeId: "{owned.showtime}", bookingId: "{owned.held}", seats: {seats}}})',
        f'payBooking(input: {{bookingId: "{owned.held}", method: CARD, paymentToken: "pm_success", idempotencyKey: "s"}})',
        f'cancelBookings(ids: ["{owned.bought}"], reason: "mine")',
        (
            f'refundPayment(input: {{paymentId: "{owned.payment}", amount: {{amount: 1, currency: "EUR"}}, '
            'reason: "mine", idempotencyKey: "stolen-refund"})'
        ),
    ]


def test_nobody_else_cancels_refunds_reseats_or_discounts_it(system, owned, others):
    """H10: refused, and nothing has changed."""
    admin = an_admin(system)

    def state():
        return [admin.ask(STATE, {"id": booking}).data for booking in (owned.bought, owned.held)]

    before = state()
    for other in others:
        for change in changes_of(owned):
            answer = other.ask(f"mutation {{ it: {change} {{ userErrors {{ code }} }} }}")
            codes = answer.codes or [error["code"] for error in answer.data["it"]["userErrors"]]
            assert codes, (change, answer.body)
            assert not set(codes) & {"INTERNAL", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}, (
                change,
                codes,
            )

    assert state() == before


EXTRA = {"role": "ADMIN", "status": "CONFIRMED", "price": 1, "total": 1, "userId": "somebody", "isPaid": True}


def test_nothing_is_to_be_had_by_putting_more_into_an_input(system, owner, graph):
    """H11: every input of every mutation knows its fields; a field too many stops it before it runs."""
    told = 0
    for name, (root, definition) in operations_of(graph).items():
        inputs = [
            key for key, of in definition.args.items() if isinstance(bare(of.type), GraphQLInputObjectType)
        ]
        if root != "Mutation" or not inputs:
            continue
        query, variables = request_of(graph, name)
        for key, value in EXTRA.items():
            given = variables.get(inputs[0])
            if not isinstance(given, dict) or key in bare(definition.args[inputs[0]].type).fields:
                continue
            answer = system.gql(query, {**variables, inputs[0]: {**given, key: value}}, token=owner.token)
            assert answer.codes == ["BAD_USER_INPUT"], (name, key, answer.body)
            told += 1
    assert told > 60


def bare(kind):
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def test_no_spelling_of_a_document_makes_a_guest_an_administrator(system, owner, graph):
    """H12: under another name, through a fragment, chosen by operationName; the whole matrix is in tests/contracts."""
    rows = {name: row for service in SERVICES for name, row in permissions_of(service).operations.items()}
    tried = 0
    for name, (root, _definition) in operations_of(graph).items():
        if root != "Mutation" or rows[name].role is None or rows[name].role < Role.STAFF:
            continue
        query, variables = request_of(graph, name)
        head, _, body = query.partition("{ ")
        plain = body.rsplit(" }", 1)[0]
        spellings = [
            (f"{head}{{ harmless: {plain} }}", None),
            (f"{head}{{ ...F }} fragment F on Mutation {{ {plain} }}", None) if "$" not in plain else None,
            (f"query Harmless {{ cities }} {query}", "Ask"),
        ]
        for text, operation in filter(None, spellings):
            body = {"query": text, "variables": variables, "operationName": operation}
            answer = system.post(json.dumps(body).encode(), token=owner.token)
            assert answer.codes == ["FORBIDDEN"], (text, answer.body)
            tried += 1
    assert tried > 60


def test_a_review_leads_to_a_name_and_no_further(system, owner):
    """H13: a public type with a path to a person."""
    query = """query($id: ID!) { movie(id: $id) { reviews(first: 20) { nodes { author {
      id name email phone role cinemaIds emailVerified active locale createdAt
      bookings { totalCount } notifications { totalCount } } } } } }"""
    movie_id, author = a_reviewed_film(system), somebody(system, phone="+351 21 000 0000")
    write_review(system, movie_id, author.id)

    for answer in (system.gql(query, {"id": movie_id}), owner.ask(query, {"id": movie_id})):
        reviews = answer.data["movie"]["reviews"]["nodes"]
        authors = [review["author"] for review in reviews if review["author"] is not None]
        assert author.id in {found["id"] for found in authors}
        assert {key for author in authors for key, value in author.items() if value is not None} == {
            "id",
            "name",
        }


def a_reviewed_film(system):
    return system.gql("{ movies(first: 1) { nodes { id } } }").data["movies"]["nodes"][0]["id"]


def write_review(system, movie_id, author_id):
    """As somebody who saw the film has: the showtime would have to be over first."""
    with sqlite3.connect(system.home / "databases" / "movie_db.sqlite", timeout=20) as database:
        row = (secrets.token_hex(16), movie_id, author_id, 4, "Good seats.", "2026-11-20 12:00:00.000000")
        database.execute("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)", row)


def test_the_inside_of_the_graph_is_not_to_be_had_through_the_gateway(system, owner):
    """H14: neither its machinery, nor what only siblings ask, nor a caller of one's own."""
    for query in (
        "{ _service { sdl } }",
        '{ _entities(representations: [{__typename: "User", id: "x"}]) { __typename } }',
        '{ userContact(id: "x") { email } }',
        '{ bookingPersonalData(userId: "x") }',
        'mutation { settlePayment(idempotencyKey: "x") { outcome } }',
    ):
        assert system.gql(query, token=owner.token).codes == ["GRAPHQL_VALIDATION_FAILED"], query
    forged = sign_caller(Caller(owner.id, Role.ADMIN), "user_service", secret_of(system))
    for headers in ({CALLER_HEADER: forged}, {"X-User-Id": owner.id, "X-Role": "ADMIN"}):
        answer = system.gql("{ me { id } users { totalCount } }", headers=headers)
        assert answer.data == {"me": None, "users": None}


def test_a_peer_may_ask_only_what_its_row_names(system):
    """H14: even with the inner secret, a service is no administrator."""
    peer = Caller(issuer="movie_service")

    for service, query in (
        ("user_service", '{ userContact(id: "x") { email } }'),
        ("user_service", "{ users { totalCount } }"),
        ("payment_service", 'mutation { settlePayment(idempotencyKey: "x") { outcome } }'),
        ("booking_service", '{ bookingPersonalData(userId: "x") }'),
    ):
        answer = ask_directly(system, service, query, caller=peer).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"], answer
