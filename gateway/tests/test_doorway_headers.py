"""Which headers of a client go on, and to whom: a list for each member, never all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.settings import SettingsError
from gateway.graph_file import read_graph_file
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import SmallGateway, authors, books

QUERY = '{ author(id: "1") { name books { title } } }'


def _heard(gateway: SmallGateway, member: str) -> dict[str, str]:
    return gateway.members[member].questions()[-1].headers


def test_a_member_that_says_nothing_hears_the_usual_headers_alone(gateway: SmallGateway):
    gateway.ask(QUERY, Accept_Language="de", X_Tenant="north", Authorization="Bearer x", Forwarded="for=1")

    for member in ("authors", "books"):
        heard = _heard(gateway, member)
        assert heard["Accept-Language"] == "de"
        assert not {"X-Tenant", "Authorization", "Forwarded"} & set(heard)


def test_each_member_hears_the_headers_on_its_own_list(open_small: OpenGateway):
    members = {"authors": authors(), "books": books()}
    members["books"].more = 'headers = ["X-Tenant", "Authorization"]'

    gateway = open_small(members=members)
    gateway.ask(QUERY, Accept_Language="de", X_Tenant="north", Authorization="Bearer x")

    assert not {"X-Tenant", "Authorization"} & set(_heard(gateway, "authors"))
    heard = _heard(gateway, "books")
    assert (heard["X-Tenant"], heard["Authorization"]) == ("north", "Bearer x")
    assert "Accept-Language" not in heard
    assert {"X-Request-Id", "X-Client-Address"} <= set(heard)


@pytest.mark.parametrize(
    ("name", "fault"),
    [("X-Caller", "the gateway's own"), ("Cookie", "the gateway's own"), ("a b", "no name of a header")],
)
def test_a_header_that_is_not_the_clients_to_send_is_a_fault_of_the_file(
    name: str, fault: str, tmp_path: Path
):
    path = tmp_path / "graph.toml"
    path.write_text(f'[[subgraphs]]\nname = "a"\nurl = "http://a"\nheaders = ["{name}"]\n')

    with pytest.raises(SettingsError, match=fault):
        read_graph_file(path)
