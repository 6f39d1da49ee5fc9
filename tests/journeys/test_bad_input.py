"""Whatever is sent, the answer is a refusal with a code: never a 500, never a stack trace."""

import json

import pytest

from tests.journeys.guests import HOLD, PAY, a_guest, a_showtime, free_block

UNKNOWN = "01938f2e-7c00-7abc-8def-00000000dead"
TRACES = ("Traceback", "site-packages", 'File "', "sqlalchemy", "SELECT ", "IntegrityError")


@pytest.fixture(scope="module")
def guest(system):
    return a_guest(system)


def assert_refused(answer, *codes, status=(200, 400)):
    text = json.dumps(answer.body)
    assert answer.status in status, answer.body
    assert not any(trace in text for trace in TRACES), text
    assert answer.codes, answer.body
    assert set(answer.codes) <= set(codes), answer.body
    assert all(error["message"] for error in answer.errors)


UNREADABLE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"{", id="half a body"),
    pytest.param(b"\xff\xfe\x00", id="not text"),
    pytest.param(b"null", id="null"),
    pytest.param(b'"query"', id="a text"),
    pytest.param(b"{}", id="no query"),
    pytest.param(b'{"query": 7}', id="a number for a query"),
    pytest.param(b'{"query": "{ cities }", "variables": [1]}', id="a list for variables"),
    pytest.param(b'{"query": "{ cities }", "operationName": {}}', id="an object for a name"),
    pytest.param(b'[{"query": "{ cities }"}]', id="a batch"),
    pytest.param(b'{"query": "{ cities "}', id="a document cut short"),
    pytest.param(b'{"query": "{ nothingOfTheSort }"}', id="an unknown field"),
    pytest.param(b'{"query": "query A { cities } query B { cities }"}', id="two operations, none named"),
    pytest.param(b'{"query": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="a deep body"),
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_body_that_is_no_question_is_refused(system, body):
    codes = ("BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BATCHING_NOT_SUPPORTED")

    assert_refused(system.post(body), *codes, "PAYLOAD_TOO_LARGE", status=(400, 413))


def test_a_body_of_a_megabyte_is_refused(system):
    body = json.dumps({"query": "{ cities }", "variables": {"filler": "x" * 1_000_000}}).encode()

    assert_refused(system.post(body), "PAYLOAD_TOO_LARGE", status=(400,))


def test_another_content_type_is_refused(system):
    answer = system.post(b'{"query": "{ cities }"}', headers={"Content-Type": "text/plain"})

    assert_refused(answer, "BAD_USER_INPUT", "UNSUPPORTED_MEDIA_TYPE", "CSRF_REFUSED", status=(400, 415))


def test_a_forged_token_is_refused(system):
    answer = system.gql("{ me { id } }", token="eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.")

    assert_refused(answer, "UNAUTHENTICATED", status=(200, 401))


WRONG_TYPES = [
    pytest.param({}, id="nothing"),
    pytest.param({"input": None}, id="null"),
    pytest.param({"input": "A1"}, id="a text for an object"),
    pytest.param({"input": {"showtimeId": {"a": 1}, "seats": []}}, id="an object for an id"),
    pytest.param({"input": {"showtimeId": UNKNOWN, "seats": [{"seatId": ["A1"]}]}}, id="a list for a seat"),
    pytest.param(
        {"input": {"showtimeId": UNKNOWN, "seats": [{"seatId": "A1", "ticketType": "DOG"}]}},
        id="an unknown type",
    ),
    pytest.param({"input": {"showtimeId": UNKNOWN, "seats": [], "colour": "red"}}, id="an unknown field"),
]


@pytest.mark.parametrize("variables", WRONG_TYPES)
def test_variables_of_the_wrong_type_are_refused(guest, variables):
    assert_refused(guest.ask(HOLD, variables), "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")


@pytest.mark.parametrize(
    "identifier", [UNKNOWN, "", "x", "0", "a" * 2000, "'; DROP TABLE booking; --", "\u0000", "💺"]
)
@pytest.mark.parametrize("field", ["booking", "showtime", "movie", "cinema", "auditorium", "payment"])
def test_an_unknown_id_is_not_found(guest, field, identifier):
    answer = guest.ask(f"query Find($id: ID!) {{ {field}(id: $id) {{ id }} }}", {"id": identifier})

    assert answer.status == 200, answer.body
    assert answer.data == {field: None}, answer.body
    assert set(answer.codes) <= {"NOT_FOUND", "BAD_USER_INPUT"}, answer.body


SEATS_REFUSED = [
    pytest.param([], id="no seat"),
    pytest.param(["A1", "A1"], id="a seat twice"),
    pytest.param(["ZZ999"], id="an unknown seat"),
    pytest.param([""], id="a seat without a name"),
    pytest.param(["A" * 5000], id="a very long seat"),
    pytest.param([f"A{number}" for number in range(1, 500)], id="five hundred seats"),
    pytest.param(["A1'; --"], id="a seat with a quote"),
]


@pytest.mark.parametrize("seats", SEATS_REFUSED)
def test_seats_that_cannot_be_held_are_refused_in_words(system, guest, seats):
    answer = guest.hold(a_showtime(system), seats)

    assert answer.status == 200, answer.body
    if answer.errors:
        assert_refused(answer, "BAD_USER_INPUT")
    else:
        assert answer.data["holdSeats"]["booking"] is None
        assert answer.data["holdSeats"]["userErrors"]
        assert all(
            error["code"].isupper() and error["message"] for error in answer.data["holdSeats"]["userErrors"]
        )


def test_a_showtime_that_does_not_exist_cannot_be_held(guest):
    answer = guest.hold(UNKNOWN, ["A1"])

    codes = answer.codes or answer.refusals("holdSeats")
    assert codes
    assert not (answer.data or {}).get("holdSeats") or answer.data["holdSeats"]["booking"] is None


def test_a_booking_that_does_not_exist_cannot_be_paid(guest):
    payment = {"bookingId": UNKNOWN, "method": "CARD", "paymentToken": "pm_success", "idempotencyKey": "k1"}
    answer = guest.ask(PAY, {"input": payment})

    assert answer.codes == ["NOT_FOUND"] or answer.refusals("payBooking")


def test_a_visitor_cannot_hold_seats(system):
    showtime_id = a_showtime(system)
    choice = {
        "showtimeId": showtime_id,
        "seats": [{"seatId": seat} for seat in free_block(system, showtime_id, 1)],
    }

    assert_refused(system.gql(HOLD, {"input": choice}), "UNAUTHENTICATED")


@pytest.mark.parametrize("first", [0, -1, 101, 2147483647])
def test_a_page_of_an_impossible_size_is_refused(system, first):
    answer = system.gql("query Page($first: Int) { movies(first: $first) { totalCount } }", {"first": first})

    assert_refused(answer, "BAD_USER_INPUT", "QUERY_TOO_COMPLEX")


@pytest.mark.parametrize("after", ["", "x", "AAAA", "eyJ9", "💺"])
def test_a_cursor_nobody_gave_is_refused_or_begins_anew(system, after):
    answer = system.gql(
        "query Page($after: String) { movies(after: $after) { totalCount } }", {"after": after}
    )

    assert answer.status in (200, 400)
    assert set(answer.codes) <= {"BAD_USER_INPUT"}


@pytest.mark.parametrize(
    "path", ["/nothing", "/graphql/x", "/%00", "/../etc/passwd", "/health/../x", "/webhooks/none"]
)
def test_an_address_that_does_not_exist_is_not_found(system, path):
    answer = system.get(path)

    assert answer.status_code < 500
    assert not any(trace in answer.text for trace in TRACES)


def test_a_service_reached_past_the_gateway_refuses(system):
    import requests

    from tools.launcher.fleet import SERVICES, fleet_from

    fleet = fleet_from({"PORT": str(system.port)})
    for service in SERVICES:
        answer = requests.post(
            f"{fleet.url_of(service)}/graphql", json={"query": "{ __typename }"}, timeout=10
        )

        assert answer.status_code == 401, service.name
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "question",
    [
        '{ showtimes(filter: {from: "yesterday"}) { totalCount } }',
        "{ showtimes(filter: {from: 5}) { totalCount } }",
        '{ showtimes(filter: {from: "9999-12-31T23:59:59-14:00"}) { totalCount } }',
        '{ showtimeDays(from: "2026-13-01", to: "2026-12-01") }',
    ],
)
def test_a_date_that_is_none_is_refused_wherever_it_is_written(system, question):
    assert_refused(system.gql(question), "BAD_USER_INPUT")
