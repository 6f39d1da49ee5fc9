"""The chart and its plain manifests, as far as they can be known without a cluster."""

import re
import shutil
import subprocess
from functools import cache

import kubernetes_validate
import pytest
import yaml

from tests.architecture.sources import ROOT, SERVICES
from tests.deployment.compose import ours, services, settings_of, variables
from tools.render_chart import CHART, FOLDER, PACKAGES, RENDERED, NotRendered, manifest, render

VERSION = "1.37"
FOLDERS = ("base", "trial")
NEEDS_GO = pytest.mark.skipif(shutil.which("go") is None, reason=f"needs {', '.join(PACKAGES)}")


@cache
def objects(folder):
    """What `kubectl kustomize` makes of a folder."""
    done = subprocess.run(
        ["kubectl", "kustomize", str(FOLDER / folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def of_kind(folder, *kinds):
    return {each["metadata"]["name"]: each for each in objects(folder) if each["kind"] in kinds}


def pods(folder):
    """Name -> what its pods are made of, of everything that runs our image."""
    found = of_kind(folder, "Deployment", "Job")
    specs = {name: each["spec"]["template"]["spec"] for name, each in found.items()}
    return {
        name: spec for name, spec in specs.items() if spec["containers"][0]["image"].startswith("lobbycard")
    }


def environment(spec):
    return {entry["name"]: entry for entry in spec["containers"][0]["env"]}


@NEEDS_GO
@pytest.mark.parametrize("file", RENDERED, ids=lambda file: file.parent.name)
def test_the_plain_manifests_are_what_the_chart_says(file):
    assert file.read_text(encoding="utf-8") == manifest(RENDERED[file]), "make kubernetes writes them anew"


@NEEDS_GO
def test_what_an_operator_decides_reaches_the_pods(tmp_path):
    values = tmp_path / "yours.yaml"
    values.write_text(
        "image: {repository: registry.test/lobbycard, tag: '9'}\nsecretName: mine\nnetworkPolicies: false\n"
        "engines: {mysql: {host: db.test}}\nsettings: {all: {LOG_LEVEL: DEBUG}, booking: {HOLD_MINUTES: '8'}}\n"
        "services: {booking: {replicas: 9}}\n",
        encoding="utf-8",
    )

    made = [each for each in yaml.safe_load_all(render(values)) if each]

    named = {(each["kind"], each["metadata"]["name"]): each for each in made}
    spec = named["Deployment", "booking-service"]["spec"]
    pod = spec["template"]["spec"]
    assert pod["containers"][0]["image"] == "registry.test/lobbycard:9"
    assert environment(pod)["HOLD_MINUTES"]["value"] == "8"
    assert environment(pod)["LOG_LEVEL"]["value"] == "DEBUG"
    assert "@db.test:3306/" in environment(pod)["DATABASE_URL"]["value"]
    assert environment(pod)["ROOM_KEYS"]["valueFrom"]["secretKeyRef"]["name"] == "mine"
    assert spec["replicas"] == 9
    assert named["HorizontalPodAutoscaler", "booking-service"]["spec"]["maxReplicas"] == 9
    assert not [kind for kind, _ in named if kind == "NetworkPolicy"]


@NEEDS_GO
def test_a_wrong_template_is_told_by_name(tmp_path, monkeypatch):
    broken = tmp_path / "lobbycard"
    shutil.copytree(CHART, broken)
    (broken / "templates" / "wrong.yaml").write_text('{{ include "nowhere" . }}', encoding="utf-8")
    monkeypatch.setattr("tools.render_chart.CHART", broken)

    with pytest.raises(NotRendered, match=r"wrong\.yaml.*nowhere"):
        render()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_object_keeps_to_the_published_schema_of_its_kind(folder):
    for each in objects(folder):
        kubernetes_validate.validate(each, VERSION, strict=True)


def test_an_object_with_an_unknown_field_is_found():
    wrong = {**of_kind("base", "Service")["gateway"]}
    wrong["spec"] = {**wrong["spec"], "selectors": {}}

    with pytest.raises(kubernetes_validate.ValidationError, match="selectors"):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_part_runs_every_service_has_a_worker_and_a_migration(folder):
    rooms = [service.removesuffix("_service") for service in SERVICES]

    commands = {name: tuple(spec["containers"][0]["args"]) for name, spec in pods(folder).items()}

    assert commands == {
        "gateway": ("serve", "gateway"),
        **{f"{room}-service": ("serve", f"{room}_service") for room in rooms},
        **{f"{room}-worker": ("work", f"{room}_service") for room in rooms},
        **{f"{room}-migration": ("migrate", f"{room}_service") for room in rooms},
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_pod_is_given_every_setting_that_its_container_is_given_by_compose(folder):
    for container in ours():
        room = container.rpartition("_")[0] or container
        pod = pods(folder)[container.replace("_", "-")]
        # Sample sales of the past are shared by a volume there; here past sales are left out.
        given = set(services()[container]["environment"]) - {"SEED_SALES_FILE"}
        assert given - set(environment(pod)) == set(), f"{container} of {room}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_is_given_every_setting_its_service_requires(service):
    required = {
        field.alias or name
        for name, field in settings_of(service).model_fields.items()
        if field.is_required()
    }

    for kind in ("service", "worker", "migration"):
        pod = pods("base")[f"{service.removesuffix('_service')}-{kind}"]
        assert required - set(environment(pod)) == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_secrets_stand_in_the_one_secret_under_the_names_of_the_example(folder):
    words = ("PASSWORD", "SECRET", "PEPPER", "KEYS", "TOKEN")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    known = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)) | set(variables())

    for name, spec in pods(folder).items():
        for variable, entry in environment(spec).items():
            asked = entry.get("valueFrom", {}).get("secretKeyRef")
            if asked:
                assert asked["key"] in known, f"{name} asks for {asked['key']}"
            else:
                assert not any(word in variable for word in words), (
                    f"{name} is told {variable} in plain words"
                )


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_filled_in_from_another_setting_comes_after_it(folder):
    for name, spec in pods(folder).items():
        seen = set()
        for entry in spec["containers"][0]["env"]:
            assert set(re.findall(r"\$\((\w+)\)", entry.get("value", ""))) <= seen, f"{name}: {entry['name']}"
            assert entry["name"] not in seen, f"{name} is given {entry['name']} twice"
            seen.add(entry["name"])


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_gateway_reaches_every_service_where_it_listens(folder):
    peers = dict(
        pair.split("=", 1) for pair in environment(pods(folder)["gateway"])["PEERS"]["value"].split(",")
    )
    listening = of_kind(folder, "Service")

    assert set(peers) == set(SERVICES)
    for name, url in peers.items():
        host = name.replace("_", "-")
        port = listening[host]["spec"]["ports"][0]["port"]
        assert url == f"http://{host}:{port}"
        assert str(port) == environment(pods(folder)[host])["SERVICE_PORT"]["value"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_pods_run_without_rights_token_or_a_file_system_they_can_change(folder):
    for name, spec in pods(folder).items():
        container = spec["containers"][0]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        assert {"requests", "limits"} <= set(container["resources"]), name


def test_servers_have_probes_replicas_and_a_budget_and_take_their_leave():
    budgets, scalers = of_kind("base", "PodDisruptionBudget"), of_kind("base", "HorizontalPodAutoscaler")
    servers = {
        name: each for name, each in of_kind("base", "Deployment").items() if not name.endswith("-worker")
    }

    assert set(servers) == set(budgets) == set(scalers)
    for name, each in servers.items():
        container = each["spec"]["template"]["spec"]["containers"][0]
        assert each["spec"]["replicas"] >= 2 == scalers[name]["spec"]["minReplicas"], name
        assert each["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, name
        assert container["livenessProbe"]["httpGet"]["path"] == "/live", name
        assert container["readinessProbe"]["httpGet"]["path"] == "/ready", name
        assert budgets[name]["spec"]["selector"] == each["spec"]["selector"], name
        # After the last second of gunicorn's patience, and the time a proxy needs to hear of it.
        assert each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 20 + 5, name


def test_only_the_gateway_is_open_to_all_and_only_three_services_reach_other_networks():
    policies = of_kind("base", "NetworkPolicy")

    nothing = policies["lobbycard-nothing-else"]["spec"]
    assert nothing["policyTypes"] == ["Ingress", "Egress"]
    assert not nothing.get("ingress")
    assert not nothing.get("egress")
    assert [
        name
        for name, each in policies.items()
        if any("from" not in rule for rule in each["spec"].get("ingress", []))
    ] == ["lobbycard-gateway"]
    outside = policies["lobbycard-outside"]["spec"]["podSelector"]["matchExpressions"][0]["values"]
    declared = {name for name in ours() if "outside" in services()[name]["networks"]} - {"gateway"}
    assert set(outside) == {name.replace("_", "-") for name in declared}


def test_the_trial_brings_the_engines_that_its_parts_name():
    hosts = set(of_kind("trial", "Service"))

    assert {"mysql", "redis", "rabbitmq", "mail", "gateway"} <= hosts
    assert of_kind("trial", "ConfigMap")["mysql-init"]["data"].keys() == {"01-databases-and-users.sh"}
