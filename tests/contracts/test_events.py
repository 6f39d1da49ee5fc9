"""Events: every contract is sound, and what producers send and consumers take suits it."""

import pytest
from jsonschema import Draft202012Validator

from chassis.events import Envelope
from tests.contracts.event_files import event_schemas, example_of, faults_of

NAMES = [name for name, _version in event_schemas()]


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_is_a_valid_schema_and_its_example_suits_it(name):
    Draft202012Validator.check_schema(event_schemas()[name, 1])

    assert faults_of(example_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_survives_the_road(name):
    example = example_of(name)
    envelope = Envelope(name=name, payload=example["payload"], actor_id=example["actorId"])

    arrived = Envelope.from_bytes(envelope.to_bytes())

    assert arrived == envelope


def test_an_event_with_a_field_too_few_or_too_many_is_noticed():
    few, many = example_of("booking.confirmed"), example_of("booking.confirmed")
    del few["payload"]["seats"]
    many["payload"]["seatCount"] = 2

    assert faults_of(few) == ["payload: 'seats' is a required property"]
    assert "seatCount" in faults_of(many)[0]
