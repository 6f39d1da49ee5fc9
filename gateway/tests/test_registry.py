"""The registry: which graph is served, from the first answer of the members on."""

from __future__ import annotations

import threading

import pytest

from chassis.settings import SettingsError
from gateway.__main__ import main
from gateway.app import create_app
from gateway.composition.compose import compose
from gateway.engine import CompositionFailed, Subgraph
from gateway.graph_file import read_graph_file
from gateway.settings import GatewaySettings, load
from gateway.tests.conftest import OpenGateway
from gateway.tests.small_graph import AUTHORS, BOOKS, authors, books, write_graph


def _serves(gateway) -> bool:
    return gateway.app.extensions["gateway"].registry.current is not None


def test_a_start_does_not_wait_for_its_members(open_small: OpenGateway, until):
    members = {"authors": authors(), "books": books()}
    members["books"].served.stop()

    gateway = open_small(members=members, sdl=False)

    assert gateway.send("GET", "/live").status == 200
    assert gateway.send("GET", "/ready").status == 503
    answer = gateway.post({"query": "{ echo }"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")

    members["books"].served.start()
    until(lambda: gateway.send("GET", "/ready").status == 200)
    assert gateway.ask("{ echo }") == {"data": {"echo": None}}


def test_members_are_asked_in_the_gateways_own_name(open_small: OpenGateway, until):
    gateway = open_small(sdl=False)
    until(lambda: _serves(gateway))

    assert "X-Caller" in gateway.members["books"].heard[0].headers


def test_a_member_that_is_down_at_the_start_is_known_from_the_last_one(open_small: OpenGateway, until):
    first = open_small(sdl=False)
    until(lambda: _serves(first))
    until(lambda: list((first.app.extensions["gateway"].registry._memory.parent).glob("*.json")))
    first.app.extensions["gateway"].stop()
    first.members["books"].served.stop()

    second = open_small(members=first.members, sdl=False)
    until(lambda: _serves(second))

    answer = second.ask('{ author(id: "1") { name books { title } } }')
    assert answer["data"] == {"author": {"name": "Ann", "books": None}}


def test_each_graph_of_a_home_is_remembered_apart(open_small: OpenGateway, until, tmp_path):
    first = open_small(sdl=False)
    until(lambda: first.app.extensions["gateway"].registry._memory.exists())
    (tmp_path / "other").mkdir()
    other_file = write_graph(tmp_path / "other", {"authors": first.members["authors"]}, sdl=False)
    other = open_small(members={"authors": first.members["authors"]}, GATEWAY_SUBGRAPHS=other_file)
    memory = other.app.extensions["gateway"].registry._memory
    until(lambda: memory.exists() and b"books" not in memory.read_bytes())
    first.members["books"].served.stop()

    again = open_small(members=first.members, sdl=False)

    until(lambda: _serves(again))


def test_a_change_of_a_member_is_served_without_a_failed_request(open_small: OpenGateway, until):
    gateway = open_small(sdl=False)
    until(lambda: _serves(gateway))
    failed: list[object] = []
    over = threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            answer = gateway.ask('{ author(id: "1") { name } }')
            if "errors" in answer:
                failed.append(answer)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    gateway.members["authors"].say(AUTHORS.replace("name: String! }", "name: String! motto: String }", 1))
    until(lambda: "errors" not in gateway.ask('{ author(id: "1") { motto } }'))
    over.set()
    asking.join()

    assert failed == []


def test_a_change_that_makes_no_graph_is_not_served(open_small: OpenGateway, until):
    gateway = open_small(sdl=False)
    registry = gateway.app.extensions["gateway"].registry
    until(lambda: _serves(gateway))

    gateway.members["books"].sdl = BOOKS.replace("title: String!", "title: String! other: Nowhere")
    until(lambda: registry.faults)

    assert "books" in registry.faults[0] or "Nowhere" in registry.faults[0]
    assert gateway.ask("{ echo }") == {"data": {"echo": None}}


def test_faults_of_composition_are_told_all_at_once_and_end_the_start(tmp_path, capsys):
    members = {"authors": authors(), "books": books()}
    members["books"].sdl = BOOKS.replace("title: String!", "title: Strin") + "type Query2 { a: Nowhere }"
    path = write_graph(tmp_path, members)
    for member in members.values():
        member.served.stop()

    status = main(["--subgraphs", str(path), "--port", "4798"])

    told = capsys.readouterr().err
    assert status == 1
    assert "Strin" in told
    assert "Nowhere" in told
    assert "books" in told


def test_the_composed_supergraph_can_be_written_and_loaded_again(tmp_path, capsys):
    members = {"authors": authors(), "books": books()}
    path = write_graph(tmp_path, members, sdl=False)

    status = main(["compose", "--subgraphs", str(path), "--out", str(tmp_path / "supergraph.graphql")])
    explained = main(
        ["explain", "--supergraph", str(tmp_path / "supergraph.graphql"), "{ books { author { name } } }"]
    )

    for member in members.values():
        member.served.stop()
    assert (status, explained) == (0, 0)
    assert "join__Graph" in (tmp_path / "supergraph.graphql").read_text()
    assert "AUTHORS" in capsys.readouterr().out.upper()


def test_a_silent_member_is_named_when_the_supergraph_is_wanted(tmp_path, capsys):
    members = {"authors": authors(), "books": books()}
    path = write_graph(tmp_path, members, sdl=False)
    for member in members.values():
        member.served.stop()

    assert main(["compose", "--subgraphs", str(path)]) == 1
    assert "no answer from authors, books" in capsys.readouterr().err


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    path = tmp_path / "graph.toml"
    path.write_text('[[subgraphs]]\nname = "a"\nurl = "ftp://x"\nnonsense = 1\n')

    with pytest.raises(SettingsError) as refused:
        read_graph_file(path)

    assert len(refused.value.faults) == 2


def test_a_route_to_nobody_and_a_name_given_twice_are_faults(tmp_path):
    path = tmp_path / "graph.toml"
    member = '[[subgraphs]]\nname = "a"\nurl = "http://x/graphql"\n'
    path.write_text(member + member + '[[routes]]\npath = "/x"\nsubgraph = "b"\n' * 2)

    with pytest.raises(SettingsError) as refused:
        read_graph_file(path)

    assert len(refused.value.faults) == 3


def test_streams_never_take_the_last_threads():
    assert load(GATEWAY_THREADS=640).stream_places == 520
    assert load(WEB_THREADS=64).stream_places == 56


def test_the_file_that_ships_makes_an_application(tmp_path):
    app = create_app(GatewaySettings(LOBBYCARD_HOME=tmp_path, LOG_LEVEL="CRITICAL"))
    app.extensions["gateway"].stop()

    assert app.url_map.bind("x").match("/files/personal-data/x", method="GET")


def test_addresses_of_the_environment_replace_those_of_the_file(tmp_path):
    path = tmp_path / "graph.json"
    path.write_text('[{"name": "a", "url": "http://127.0.0.1:1/graphql"}]')

    assert (
        read_graph_file(path, {"a": "http://10.0.0.7:8000"}).member("a").url == "http://10.0.0.7:8000/graphql"
    )


GOOD_SECRET = "6c0e9b8ad1f24735a7c2e4f6081b3d5f"


def test_production_refuses_a_missing_or_example_secret():
    for secret in ("", "change-me-change-me-change-me-change-me"):
        with pytest.raises(SettingsError, match="INTERNAL_SECRET"):
            load(LOBBYCARD_ENV="production", INTERNAL_SECRET=secret, PUBLIC_URL="https://tickets.test")

    assert load(
        LOBBYCARD_ENV="production", INTERNAL_SECRET=GOOD_SECRET, PUBLIC_URL="https://tickets.test"
    ).is_production


@pytest.mark.parametrize(
    ("setting", "value"),
    [("PUBLIC_URL", "http://tickets.test"), ("UNMASK_ERRORS", True), ("REDIS_URL", "redis://r:1/0")],
)
def test_production_refuses_plain_http_open_engines_and_unmasked_errors(setting, value):
    sound = {"INTERNAL_SECRET": GOOD_SECRET, "PUBLIC_URL": "https://tickets.test"}

    with pytest.raises(SettingsError, match=setting):
        load(LOBBYCARD_ENV="production", **{**sound, setting: value})


def test_a_graph_in_a_file_alone_that_is_none_is_refused_at_once(open_small: OpenGateway):
    members = {"authors": authors(), "books": books()}
    members["books"].sdl = BOOKS.replace("title: String!", "title: Nowhere")

    with pytest.raises(CompositionFailed, match="Nowhere"):
        open_small(members=members)


def test_documents_in_use_are_planned_before_a_changed_graph_is_served(open_small: OpenGateway, until):
    gateway = open_small(sdl=False)
    registry = gateway.app.extensions["gateway"].registry
    until(lambda: _serves(gateway))
    before = registry.current.engine
    needs_values = (
        "query($id: ID!, $more: Boolean!) { author(id: $id) { name books @include(if: $more) { title } } }"
    )
    asked = {"id": "1", "more": True}
    gateway.ask(needs_values, asked)
    gateway.ask("{ gone: echo }")

    gateway.members["authors"].say(AUTHORS.replace("name: String! }", "name: String! motto: String }", 1))
    until(lambda: registry.current.engine is not before)

    engine = registry.current.engine
    assert engine.made == {"documents": 2, "plans": 2}
    engine.prepare(needs_values, None, asked)
    assert engine.made == {"documents": 2, "plans": 2}


def test_what_a_changed_graph_refuses_is_not_planned_beforehand(open_small: OpenGateway, until):
    gateway = open_small(sdl=False)
    registry = gateway.app.extensions["gateway"].registry
    until(lambda: _serves(gateway))
    before = registry.current.engine
    gateway.ask("{ books { title } }")

    gateway.members["books"].say(BOOKS.replace("title: String!", "name: String!"))
    until(lambda: registry.current.engine is not before)

    assert registry.current.engine.made == {"documents": 0, "plans": 0}


def test_a_supergraph_without_addresses_is_told_in_words(tmp_path, capsys):
    path = tmp_path / "supergraph.graphql"
    path.write_text(
        compose([Subgraph("a", "", "type Query { a: Int }"), Subgraph("b", "", "type Query { b: Int }")])
    )

    status = main(["--supergraph", str(path), "--port", "4797"])

    assert status == 1
    told = capsys.readouterr().err
    assert 'subgraph "a" has no http address' in told
    assert 'subgraph "b" has no http address' in told
