"""What people put into the system: scripts, pictures, addresses, formulas, pieces of SQL."""

import csv
import io
import json
import secrets
import socket
import struct
import zlib

import pytest
import requests
from graphql import GraphQLNonNull
from PIL import Image

from chassis.permissions import operations_of
from gateway.engine import Engine
from tests.contracts.callers import request_of
from tests.hostile.people import an_admin, somebody
from tests.journeys.guests import a_showtime, free_block
from tests.system import wait_until
from tools.export_contracts import subgraphs

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
UPLOAD = "mutation($m: ID!) { createPosterUpload(movieId: $m) { uploadUrl userErrors { code } } }"


@pytest.fixture(scope="module")
def admin(system):
    return an_admin(system)


@pytest.fixture(scope="module")
def movie_id(admin):
    return admin.ask("{ movies(first: 1, sort: TITLE) { nodes { id } } }").data["movies"]["nodes"][0]["id"]


def test_a_name_that_is_a_script_is_shown_as_text_in_mails_and_answers(system):
    """H27: in mail and API; the pages show it in tests/browser."""
    eve = somebody(system, name=SCRIPT)

    told = requests.post(
        f"{system.url}/graphql",
        json={"query": "{ me { name } }"},
        headers={"Authorization": f"Bearer {eve.token}"},
        timeout=20,
    )
    assert told.json()["data"]["me"]["name"] == SCRIPT
    assert told.headers["Content-Type"].startswith("application/json")
    assert told.headers["X-Content-Type-Options"] == "nosniff"
    pages = mails_to(system, eve.email)
    assert pages
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"].replace("script-src 'none'", "")


def mails_to(system, email):
    found = []

    def arrived():
        import re

        page = system.get("/dev/mailbox", params={"to": email})
        paths = re.findall(r'href="(/dev/mailbox/[^"?]+)', page.text)
        found[:] = [
            page,
            *(system.get(path) for path in paths),
            *(system.get(f"{path}/html") for path in paths),
        ]
        return paths

    wait_until(arrived, "the mail has arrived", 30)
    return found


def png(width, height):
    """The beginning of a picture that says it is so large; hardly any bytes."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = zlib.compress(b"\0" * 2_000_000, 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_picture(kind="PNG", size=(64, 96)):
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, kind)
    return written.getvalue()


def upload(admin, movie_id, content, name="poster.png", kind="image/png"):
    address = admin.ask(UPLOAD, {"m": movie_id}).data["createPosterUpload"]["uploadUrl"]
    address = admin.system.url + "/" + address.split("/", 3)[3]
    return requests.post(address, files={"file": (name, content, kind)}, timeout=60)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (SVG, "poster.svg", "image/svg+xml"),
        (SVG, "poster.png", "image/png"),
        (b"GIF89a" + b"\0" * 50 + b"<script>alert(1)</script>", "poster.gif", "image/gif"),
        (png(12_000, 12_000), "poster.png", "image/png"),
        (png(2_000_000_000, 1), "poster.png", "image/png"),
        (b"\0" * (5 * 1024 * 1024 + 1), "poster.png", "image/png"),
        (b"\0" * (50 * 1024 * 1024), "poster.png", "image/png"),
        (b"MZ" + b"\0" * 100, "poster.exe", "application/octet-stream"),
        (b"", "poster.png", "image/png"),
    ],
    ids=["svg", "svg as png", "gif with a script", "144 megapixels", "a line", "5 MB", "50 MB", "program", "nothing"],
)  # fmt: skip
def test_what_is_no_honest_picture_is_refused(admin, movie_id, content, name, kind):
    """H28."""
    answer = upload(admin, movie_id, content, name, kind)

    assert answer.status_code in (400, 413, 422), answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] in {
        "PICTURE_UNREADABLE", "PICTURE_TOO_LARGE", "PICTURE_TOO_MANY_PIXELS", "PICTURE_TOO_SMALL", "PAYLOAD_TOO_LARGE",
        "BAD_USER_INPUT",
    }  # fmt: skip


def test_a_picture_is_written_anew_under_a_name_of_ours(system, admin, movie_id):
    """H28: without what was hidden in it, and wherever its name wanted to go."""
    polyglot = a_picture() + b"<script>alert(1)</script><?php system($_GET[0]); ?>"

    answer = upload(admin, movie_id, polyglot, "../../../../etc/cron.d/poster.png", "text/html")

    assert answer.status_code == 201, answer.text
    address = answer.json()["posterUrl"]
    name = address.rsplit("/", 1)[1].split("?")[0]
    assert "poster" not in name
    assert len(name) > 30
    shown = system.get("/" + address.split("/", 3)[3])
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert b"script" not in shown.content
    assert b"php" not in shown.content
    assert (
        admin.ask(
            "mutation($m: ID!) { removePoster(movieId: $m) { userErrors { code } } }", {"m": movie_id}
        ).errors
        == []
    )


def test_no_address_that_somebody_gives_is_ever_fetched(system, admin):
    """H29: posters are uploaded, never fetched; what is an address stays text."""
    graph = Engine.compose(subgraphs()).api_schema
    addresses = {
        f"{name}.{field}"
        for name, kind in graph.type_map.items()
        if hasattr(kind, "fields") and name.endswith("Input")
        for field in kind.fields
        if "url" in field.lower() or "endpoint" in field.lower() or "poster" in field.lower()
    }
    assert addresses <= {"MovieInput.trailerUrl", "MovieInput.trailerCaptionsUrl", "PushDeviceInput.endpoint"}

    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        target = f"http://127.0.0.1:{trap.getsockname()[1]}/secret"
        made = admin.ask(
            "mutation($i: MovieInput!) { createMovie(input: $i) { movie { id trailerUrl } userErrors { code } } }",
            {"i": {"title": secrets.token_hex(4), "synopsis": "s", "durationMinutes": 90, "genres": ["DRAMA"],
                   "releaseDate": "2026-11-21", "originalLanguage": "en", "ageRating": "0", "trailerUrl": target}},
        )  # fmt: skip
        assert made.data, made.body
        system.get("/")
        for _ in range(3):
            with pytest.raises(BlockingIOError):
                trap.accept()


def test_a_cell_that_would_be_a_formula_is_text_in_an_export(system, admin):
    """H30: an address that a spreadsheet would run."""
    guest = somebody(system, email=f"=1+1.{secrets.token_hex(4)}@example.org")
    showtime = a_showtime(system)
    guest.buys(showtime, free_block(system, showtime, 1))
    query = "mutation($f: BookingFilter) { exportBookings(filter: $f, format: CSV) { export { id } } }"
    export = admin.ask(query, {"f": {"userId": guest.id}}).data["exportBookings"]["export"]["id"]
    found = []

    def ready():
        seen = admin.ask("query($e: ID!) { export(id: $e) { status url } }", {"e": export}).data["export"]
        found[:] = [seen["url"]]
        return seen["status"] == "READY"

    wait_until(ready, "the export is ready", 60)
    text = system.get("/" + found[0].split("/", 3)[3]).content.decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any(cell.startswith("'=1+1.") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]


PIECES = (
    "'",
    '"',
    "' OR '1'='1",
    "'; DROP TABLE movies; --",
    "%",
    "_",
    "\\",
    "%' --",
    "1) OR (1=1",
    "${7*7}",
    "{{7*7}}",
)


def places_of(graph):
    """Every text that a query takes: the query, its argument, and the field where the argument is an object."""
    for name, (root, definition) in operations_of(graph).items():
        for key, argument in definition.args.items() if root == "Query" else ():
            if is_text(argument.type):
                yield name, key, argument.type, None
            fields = getattr(argument.type, "fields", {})
            yield from ((name, key, argument.type, field) for field, of in fields.items() if is_text(of.type))


def is_text(kind):
    return str(kind).rstrip("!") in ("String", "ID")


def test_pieces_of_sql_are_words_like_any_other(system, admin):
    """H31: in each text of each query, nothing breaks and nothing is asked of the database that was not meant."""
    graph, asked = Engine.compose(subgraphs()).api_schema, 0
    for name, key, kind, field in places_of(graph):
        query, variables = request_of(graph, name)
        if not isinstance(kind, GraphQLNonNull):
            query = with_argument(query, name, key, kind)
        for piece in PIECES:
            answer = system.gql(
                query, {**variables, key: piece if field is None else {field: piece}}, token=admin.token
            )
            assert not {"INTERNAL", "GRAPHQL_VALIDATION_FAILED"} & set(answer.codes), (
                query,
                key,
                piece,
                answer.body,
            )
            assert answer.status < 500
            asked += 1
    assert asked > 300


def with_argument(query, name, key, kind):
    """The query with one argument more."""
    rest = query.removeprefix("query Ask")
    declared = f"${key}: {kind}"
    rest = f"({declared}, {rest[1:]}" if rest.startswith("(") else f"({declared}){rest}"
    before, _, after = rest.partition(f"{{ {name}")
    after = f"({key}: ${key}, {after[1:]}" if after.startswith("(") else f"({key}: ${key}){after}"
    return f"query Ask{before}{{ {name}{after}"


@pytest.mark.parametrize("piece", ["%", "_", "' UNION SELECT zzz --", "\\", "%%%"])
def test_a_search_finds_what_is_written_and_not_what_a_pattern_means(system, admin, piece):
    """H31."""
    for query, field in (
        ("query($v: String!) { movies(filter: {search: $v}, first: 100) { nodes { title } } }", "movies"),
        ("query($v: String!) { users(search: $v, first: 100) { nodes { name email } } }", "users"),
        ("query($v: String!) { coupons(search: $v, first: 100) { nodes { code description } } }", "coupons"),
    ):
        answer = admin.ask(query, {"v": piece})
        assert answer.errors == [], answer.body
        found = answer.data[field]["nodes"]
        assert all(piece in json.dumps(node) for node in found), (field, found[:2])
