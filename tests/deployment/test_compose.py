"""The full mode, as far as it can be known without a container engine."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from chassis.room_keys import RoomKeys
from deploy.room_keys import lines_for
from tests.architecture.sources import SERVICES
from tests.deployment.compose import COMPOSE, DOCKERFILE, compose, ours, services, settings_of, variables
from tools.launcher.fleet import OWN_SECRET, ROOMS, secret_name

SECRET = ("PASSWORD", "SECRET", "PEPPER", "KEYS")
ENGINES = {"mysql", "redis", "rabbitmq", "mail"}


def test_the_file_keeps_to_the_compose_specification():
    checker = Path(sys.executable).with_name("check-jsonschema")

    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", str(COMPOSE)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_file_is_free_of_known_mistakes():
    linter = Path(sys.executable).with_name("hadolint")

    done = subprocess.run([linter, str(DOCKERFILE)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_part_of_the_system_has_a_container_and_every_service_a_worker():
    workers = {service.replace("_service", "_worker") for service in SERVICES}

    assert set(services()) == {*SERVICES, *workers, *ENGINES, "gateway"}


def test_a_container_waits_only_for_containers_that_exist_and_can_become_healthy():
    everyone = services()

    for name, service in everyone.items():
        for target, how in service.get("depends_on", {}).items():
            assert target in everyone, f"{name} waits for {target}"
            assert how == {"condition": "service_healthy"}
            assert "test" in everyone[target]["healthcheck"], f"{target} never becomes healthy"


def test_no_container_waits_for_itself_through_others():
    everyone = services()

    def before(name, seen=()):
        assert name not in seen, f"{' waits for '.join((*seen, name))}"
        for target in everyone[name].get("depends_on", {}):
            before(target, (*seen, name))

    for name in everyone:
        before(name)


def test_only_the_gateway_is_published_and_the_engines_have_no_way_out():
    everyone = services()

    assert [name for name, service in everyone.items() if service.get("ports")] == ["gateway"]
    assert compose()["networks"]["inside"]["internal"] is True
    assert all(everyone[name]["networks"] == ["inside"] for name in ENGINES)


def test_every_secret_must_be_given_and_none_has_a_default():
    asked = variables()

    secrets = {name: kind for name, kind in asked.items() if any(part in name for part in SECRET)}
    # Stripe and a bucket are a choice: their keys are empty until somebody makes it.
    secrets = {name: kind for name, kind in secrets.items() if not name.startswith(("STRIPE_", "AWS_"))}

    assert len(secrets) >= 12
    assert {name: kind for name, kind in secrets.items() if kind != ":?"} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_container_is_given_the_secret_of_its_own_room_and_no_other(room):
    own = secret_name(room)
    containers = (room,) if room == "gateway" else (room, room.replace("_service", "_worker"))

    for container in containers:
        environment = services()[container]["environment"]
        assert environment["INTERNAL_SECRET"].startswith(f"${{{own}:?")
        assert [text for text in map(str, environment.values()) if OWN_SECRET in text] == [
            environment["INTERNAL_SECRET"]
        ]


def test_missing_secrets_of_rooms_are_made_and_the_older_keys_kept_until_told():
    first = dict(lines_for({"MOVIE_INTERNAL_SECRET": "m" * 30 + "ovie secret"}, keeps_older=True))
    known = first | {"MOVIE_INTERNAL_SECRET": "m" * 30 + "ovie secret"}
    assert set(first) == {"ROOM_KEYS", *map(secret_name, ROOMS)} - {"MOVIE_INTERNAL_SECRET"}
    assert len({*first.values()}) == len(first)
    assert list(lines_for(known, keeps_older=True)) == []

    changed = known | {"USER_INTERNAL_SECRET": "another secret of user service"}
    both = RoomKeys.read(dict(lines_for(changed, keeps_older=True))["ROOM_KEYS"])
    newest = RoomKeys.read(dict(lines_for(changed, keeps_older=False))["ROOM_KEYS"])

    assert [keys.belong("user_service", known["USER_INTERNAL_SECRET"]) for keys in (both, newest)] == [
        True,
        False,
    ]
    assert [keys.belong("user_service", changed["USER_INTERNAL_SECRET"]) for keys in (both, newest)] == [
        True
    ] * 2


def test_the_example_names_every_variable_and_no_secret_has_a_value_there():
    example = (COMPOSE.parent / ".env.example").read_text(encoding="utf-8")
    lines = [line.lstrip("#").strip() for line in example.splitlines()]
    given = dict(line.split("=", 1) for line in lines if line.split("=")[0].isupper() and "=" in line)

    assert set(variables()) - {"LOBBYCARD_IMAGE"} <= set(given)
    assert {name for name, value in given.items() if value and any(part in name for part in SECRET)} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_every_setting_it_requires(service):
    settings = settings_of(service)
    required = {field.alias or name for name, field in settings.model_fields.items() if field.is_required()}

    for container in (service, service.replace("_service", "_worker")):
        assert required - set(services()[container]["environment"]) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_and_its_worker_use_the_one_database_of_their_own(service):
    room = service.removesuffix("_service")

    for container in (service, f"{room}_worker"):
        text = services()[container]["environment"]["DATABASE_URL"]
        url = make_url(text.replace(f"${{{room.upper()}_DB_PASSWORD:?}}", "hidden"))
        assert (url.host, url.database, url.username) == ("mysql", f"{room}_db", service)
        assert url.password == "hidden"


def test_every_container_of_ours_runs_without_rights_and_on_a_file_system_it_cannot_change():
    for name in ours():
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    image = DOCKERFILE.read_text(encoding="utf-8")
    assert image.rindex("USER 10001") > image.rindex("COPY")


def test_the_gateway_reaches_every_service_where_it_listens():
    peers = dict(pair.split("=", 1) for pair in services()["gateway"]["environment"]["PEERS"].split(","))

    assert set(peers) == set(SERVICES)
    for name, url in peers.items():
        assert url == f"http://{name}:{services()[name]['environment']['SERVICE_PORT']}"


def test_another_router_that_reads_the_exported_graph_finds_the_services_here():
    supergraph = (COMPOSE.parent / "contracts" / "supergraph.graphql").read_text(encoding="utf-8")

    for service in SERVICES:
        address = f"http://{service}:{services()[service]['environment']['SERVICE_PORT']}/graphql"
        assert f'"{address}"' in supergraph
