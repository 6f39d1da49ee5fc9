"""Changes come from our own pages, or from programs that are no browser."""

from __future__ import annotations

from typing import Any

import pytest

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
