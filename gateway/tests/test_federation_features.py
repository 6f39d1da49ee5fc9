"""Every feature of Federation on its own: answered as by one server, with as few requests as it takes."""

from __future__ import annotations

import pytest

from gateway.engine import Engine
from gateway.tests.feature_graphs import FEATURES
from gateway.tests.mesh import InMemory, Mesh


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_answered_as_by_one_server_with_no_request_too_many(name: str):
    feature = FEATURES[name]
    mesh = Mesh.of(feature.sdls, feature.store())

    for question, requests in feature.questions.items():
        before = sum(mesh.transport.waves)

        assert mesh.ask(question, unmask=True) == mesh.whole_answer(question)
        assert sum(mesh.transport.waves) - before == requests, question


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_survives_the_way_through_a_supergraph_file(name: str):
    feature = FEATURES[name]
    mesh = Mesh.of(feature.sdls, feature.store())
    loaded = Mesh(
        Engine.from_supergraph(mesh.engine.supergraph_sdl, InMemory(mesh.members)),
        mesh.members,
        mesh.transport,
        mesh.store,
    )

    for question in feature.questions:
        assert loaded.ask(question, unmask=True) == mesh.whole_answer(question)
