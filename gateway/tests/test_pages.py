"""Pages, their files and the developers' page: one shell for every address, files for ever, strict policies."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest

from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway

SHELL = '<!doctype html><script type="module" src="/assets/__BUILD__/app/main.js"></script>'
SCRIPT = "export const words = 'a page';\n" * 100


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder of pages."""
    folder = tmp_path / "pages"
    for name, content in {
        "shell.html": SHELL,
        "app/main.js": SCRIPT,
        "img/mark.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "sw.js": "const BUILD = '__BUILD__';",
        "package.json": "{}",
        "tests/main.test.js": "",
        "node_modules/x/index.js": "",
        ".secret.js": "",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.fixture
def site(open_small: OpenGateway, pages: Path) -> SmallGateway:
    """A gateway that serves them."""
    return open_small(FRONTEND_DIR=pages)


def _build(site: SmallGateway) -> str:
    found = re.search(r"/assets/([0-9a-f]{16})/app/main\.js", site.send("GET", "/").data.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/", "/admin", "/films/7", "/a/b/c?d=e"])
def test_every_address_of_a_person_gets_the_shell(site: SmallGateway, path: str):
    answer = site.send("GET", path, headers={"Accept": "text/html,*/*"})

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_scripts_of_ours_travel_without_their_comments(open_small: OpenGateway, pages: Path):
    source = (
        "// for readers\n/** More\n * of it. */\nexport const a = `kept // text`;\n"
        "/** @type {b} */ (a).c();\n/** End. */\n"
    )
    (pages / "app/words.js").write_text(source)
    (pages / "vendor").mkdir()
    (pages / "vendor/lib.js").write_text(source)
    site = open_small(FRONTEND_DIR=pages)

    ours = site.send("GET", f"/assets/{_build(site)}/app/words.js").data.decode()
    theirs = site.send("GET", f"/assets/{_build(site)}/vendor/lib.js").data.decode()

    assert ours == "export const a = `kept // text`;\n/** @type {b} */ (a).c();\n"
    assert theirs == source


def test_an_address_that_no_page_has_is_not_found_and_still_gets_the_shell(
    open_small: OpenGateway, pages: Path
):
    (pages / "addresses.txt").write_text("/\n/films/:id\n/films/:id/pay\n")
    site = open_small(FRONTEND_DIR=pages)

    statuses = {
        path: site.send("GET", path).status for path in ("/", "/films/7", "/films/7/pay", "/films", "/x")
    }
    nowhere = site.send("GET", "/x", headers={"Accept": "text/html"})

    assert statuses == {"/": 200, "/films/7": 200, "/films/7/pay": 200, "/films": 404, "/x": 404}
    assert nowhere.headers["Content-Type"] == "text/html; charset=utf-8"


def test_a_service_worker_is_told_the_files_of_its_build(open_small: OpenGateway, pages: Path):
    (pages / "sw.js").write_text('const BUILD="__BUILD__",FILES="__FILES__";')
    for name in ("app/admin/today.js", "app/i18n/staff.en.json", "css/admin.css", "vendor/icons/staff.svg"):
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        (pages / name).write_text("")
    site = open_small(FRONTEND_DIR=pages)

    worker = site.send("GET", "/sw.js").data.decode()

    assert worker == f'const BUILD="{_build(site)}",FILES=["app/main.js", "img/mark.svg"];'


def test_pages_are_held_to_a_strict_policy(site: SmallGateway):
    headers = site.send("GET", "/").headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'; trusted-types lit-html app" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_only_the_page_that_takes_money_may_load_stripes_form_and_only_where_stripe_is_set_up(
    open_small: OpenGateway, pages: Path
):
    (pages / "addresses.txt").write_text("/\n/pay/:id app/main.js takes-money\n")

    def policy_of(path: str, **settings: str) -> dict[str, str]:
        answer = open_small(FRONTEND_DIR=pages, **settings).send("GET", path)
        directives = answer.headers["Content-Security-Policy"].split("; ")
        return dict(directive.split(" ", 1) for directive in directives)

    plain = policy_of("/")
    assert policy_of("/pay/1") == plain
    assert policy_of("/", STRIPE_PUBLISHABLE_KEY="pk_test_1") == plain
    opened = policy_of("/pay/1", STRIPE_PUBLISHABLE_KEY="pk_test_1")
    assert {name for name in opened if opened[name] != plain.get(name)} == {
        "script-src",
        "connect-src",
        "frame-src",
        "trusted-types",
    }
    assert opened["script-src"] == "'self' https://js.stripe.com https://*.js.stripe.com"
    assert opened["trusted-types"] == "lit-html app stripe"


def test_behind_https_browsers_are_told_to_stay_there(open_small: OpenGateway, pages: Path):
    site = open_small(FRONTEND_DIR=pages, PUBLIC_URL="https://tickets.example.org")

    for answer in (
        site.send("GET", "/"),
        site.post({"query": "{ echo }"}),
        site.send("GET", "/nowhere.json"),
    ):
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_files_of_the_present_build_are_kept_for_ever(site: SmallGateway):
    answer = site.send("GET", f"/assets/{_build(site)}/app/main.js")

    assert answer.data.decode() == SCRIPT
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_files_of_another_build_are_given_but_not_kept(site: SmallGateway):
    answer = site.send("GET", "/assets/0000000000000000/app/main.js")

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/x/app/other.js",
        "/assets/x/shell.html",
        "/assets/x/tests/main.test.js",
        "/assets/x/node_modules/x/index.js",
        "/assets/x/.secret.js",
        "/assets/",
        "/manifest.webmanifest",
    ],
)
def test_what_is_no_file_of_the_pages_is_not_found(site: SmallGateway, path: str):
    answer = site.send("GET", path)

    assert answer.status == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_no_path_leads_out_of_the_pages(site: SmallGateway):
    for path in (
        "/assets/x/../../pyproject.toml",
        "/assets/x/%2e%2e/%2e%2e/etc/passwd",
        "/assets/x//etc/passwd",
    ):
        assert site.status_of_exactly(path) in (308, 404)


def test_a_client_that_wants_data_is_not_given_a_page(site: SmallGateway):
    assert site.send("GET", "/films/7", headers={"Accept": "application/json"}).status == 404


def test_files_travel_compressed_for_those_who_can(site: SmallGateway):
    path = f"/assets/{_build(site)}/app/main.js"

    packed = site.send("GET", path, headers={"Accept-Encoding": "gzip, br"}, decode_content=False)
    zipped = site.send("GET", path, headers={"Accept-Encoding": "gzip"}, decode_content=False)

    assert (packed.headers["Content-Encoding"], zipped.headers["Content-Encoding"]) == ("br", "gzip")
    assert brotli.decompress(packed.data).decode() == gzip.decompress(zipped.data).decode() == SCRIPT
    assert packed.headers["Vary"] == "Accept-Encoding"


def test_what_the_client_has_already_is_not_sent_again(site: SmallGateway):
    first = site.send("GET", "/")

    again = site.send("GET", "/", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status, again.data) == (304, b"")


def test_a_changed_file_moves_all_addresses(site: SmallGateway, pages: Path):
    before = _build(site)

    (pages / "app/main.js").write_text("export {};")

    assert _build(site) != before
    assert site.send("GET", f"/assets/{_build(site)}/app/main.js").data == b"export {};"


def test_the_service_worker_lives_at_the_root_and_names_the_build(site: SmallGateway):
    answer = site.send("GET", "/sw.js")

    assert answer.data.decode() == f"const BUILD = '{_build(site)}';"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_graphiql_is_served_with_its_recipes_and_from_here_alone(open_small: OpenGateway, pages: Path):
    vendored = Path(__file__).resolve().parents[2] / "frontend" / "vendor-graphiql"
    recipes = pages / "graphiql-recipes"
    recipes.mkdir()
    (recipes / "01-one.graphql").write_text("# Who writes & what\n{ authors { name } }\n")
    (recipes / "01-one.json").write_text('{ "a": "<b>" }')
    site = open_small(FRONTEND_DIR=pages, GRAPHIQL_DIR=vendored)

    answer = site.send("GET", "/graphiql")
    page = answer.data.decode()

    assert "Who writes &amp;amp; what" in page or "Who writes &amp; what" in page
    assert "__" not in re.sub(r"__typename", "", page)
    assert not re.findall(r'(?:src|href)="(?!/|data:)', page)
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"].split("style-src")[0]
    for address in re.findall(r'(?:src|href)="(/graphiql/[^"]+)"', page):
        script = site.send("GET", address)
        assert (script.status, "immutable" in script.headers["Cache-Control"]) == (200, True)


def test_graphiql_is_not_there_in_production(open_small: OpenGateway, pages: Path):
    site = open_small(FRONTEND_DIR=pages, LOBBYCARD_ENV="production")

    assert site.send("GET", "/graphiql").status == 404


def test_the_vendored_page_is_what_its_lock_file_promises():
    vendored = Path(__file__).resolve().parents[2] / "frontend" / "vendor-graphiql"
    promised = json.loads((vendored / "vendor.lock.json").read_text(encoding="utf-8"))

    found = {
        path.relative_to(vendored).as_posix(): base64.b64encode(
            hashlib.sha384(path.read_bytes()).digest()
        ).decode()
        for path in vendored.rglob("*")
        if path.is_file() and path.name != "vendor.lock.json"
    }

    assert found == promised["files"]
    free = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC"}
    assert {package["licence"] for package in promised["packages"].values()} <= free


def test_the_vendored_page_names_no_other_host():
    vendored = Path(__file__).resolve().parents[2] / "frontend" / "vendor-graphiql"
    scripts = [path.read_text(encoding="utf-8") for path in vendored.rglob("*.js")]

    assert scripts
    assert not [
        host for host in ("esm.sh", "unpkg.com", "jsdelivr.net", "cdnjs") if any(host in s for s in scripts)
    ]
