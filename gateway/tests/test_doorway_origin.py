"""Changes come from our own pages, or from programs that are no browser."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.settings import SettingsError
from gateway.settings import load
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway

RENAME = 'mutation { rename(id: "2", name: "Bo") { name } }'


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://localhost.evil.test:5000", "evil"])
def test_a_change_from_a_page_of_another_origin_is_refused_and_nobody_is_asked(
    gateway: SmallGateway, origin: str
):
    answer = gateway.post({"query": RENAME}, Origin=origin)

    assert (answer.status, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert gateway.questions() == 0


def test_a_change_from_our_own_pages_or_from_a_program_is_carried_out(open_small: OpenGateway):
    gateway = open_small(PUBLIC_URL="https://tickets.test")
    here = gateway.served.url

    origins: tuple[dict[str, Any], ...] = ({}, {"Origin": "https://tickets.test"}, {"Origin": here})
    for headers in origins:
        assert gateway.ask(RENAME, **headers) == {"data": {"rename": {"name": "Bo"}}}


def test_nobody_else_is_told_that_they_may_read_an_answer(gateway: SmallGateway):
    """CORS is closed: no answer names an origin, and nothing is promised before it."""
    asked = gateway.post({"query": "{ echo }"}, Origin="https://evil.test")
    before = gateway.send("OPTIONS", "/graphql", headers={
        "Origin": "https://evil.test", "Access-Control-Request-Method": "POST",
    })  # fmt: skip

    assert asked.status == 200
    assert before.status in (403, 404, 405)
    assert not [
        name
        for answer in (asked, before)
        for name in answer.headers
        if name.lower().startswith("access-control")
    ]


LISTED = "https://www.site.test"
FOREIGN = (
    "https://evil.test",
    "null",
    "https://www.site.test.evil.test",
    "http://www.site.test",
    "https://site.test",
)


@pytest.fixture
def opened(open_small: OpenGateway) -> SmallGateway:
    """A gateway that another site's pages may ask."""
    return open_small(PUBLIC_URL="https://tickets.test", ALLOWED_ORIGINS=f"{LISTED}, http://localhost:3000")


def _preflight(gateway: SmallGateway, origin: str, method: str = "POST") -> Any:
    return gateway.send("OPTIONS", "/graphql", headers={
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    })  # fmt: skip


def _cors(answer: Any) -> dict[str, str]:
    return {
        name.lower().removeprefix("access-control-"): value
        for name, value in answer.headers.items()
        if name.lower().startswith("access-control-")
    }


def test_a_browser_that_asks_first_for_a_listed_site_is_told_what_it_may(opened: SmallGateway):
    answer = _preflight(opened, LISTED)

    told = _cors(answer)
    assert (answer.status, told["allow-origin"], told["allow-credentials"]) == (204, LISTED, "true")
    assert told["allow-methods"] == "GET, POST"
    assert {"authorization", "content-type"} <= set(told["allow-headers"].lower().split(", "))
    assert answer.headers["Vary"] == "Origin"
    assert opened.questions() == 0


@pytest.mark.parametrize("origin", FOREIGN)
def test_every_other_site_is_told_nothing_and_changes_nothing(opened: SmallGateway, origin: str):
    assert _preflight(opened, origin).status == 405
    for answer in (
        _preflight(opened, origin),
        opened.post({"query": "{ echo }"}, Origin=origin),
        opened.post({"query": RENAME}, Origin=origin),
    ):
        assert _cors(answer) == {}
        assert answer.headers["Vary"] == "Origin"
    assert opened.post({"query": RENAME}, Origin=origin).status == 403


def test_a_listed_site_reads_answers_and_refusals_and_may_change_things(opened: SmallGateway):
    for question in ({"query": "{ echo }"}, {"query": "{ nothing }"}, {"query": RENAME}):
        told = _cors(opened.post(question, Origin=LISTED))
        assert (told["allow-origin"], told["allow-credentials"]) == (LISTED, "true")
        assert told["expose-headers"] == "X-Request-Id, Retry-After"
    assert opened.post({"query": RENAME}, Origin=LISTED).json() == {"data": {"rename": {"name": "Bo"}}}


@pytest.mark.parametrize(
    "text", ["*", "null", "https://*.site.test", "www.site.test", "https://site.test/", "http://site.test",
             "https://a@site.test", "https://SITE.test", "ftp://site.test"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_at_the_start(text: str):
    with pytest.raises(SettingsError, match="ALLOWED_ORIGINS"):
        load(ALLOWED_ORIGINS=text)
