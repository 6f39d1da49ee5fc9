"""Scanners: nothing is left that has no written reason, and each scanner finds what is planted for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house_rules import RULES, TOKEN, findings, found_in
from tests.architecture.sources import ROOT, SERVICES, is_test, name_of, tracked

ROOMS = ("chassis", "gateway", "deploy", *SERVICES)
# What bandit says and we keep, with the reason; each must still be there.
BANDIT = {
    ("B101", ""): "an assert states what a type checker can't see; none of them guards anything",
    ("B104", "chassis/metrics.py"): "a worker's figures are read over its container's own network",
    ("B105", "payment_service/providers/simulated_ids.py"): "what the simulated card terminal answers with",
    ("B105", "chassis/testing_rooms.py"): "the secret of tests",
    ("B105", "payment_service/seed.py"): "payment methods of the sample data",
    ("B105", "user_service/schema/changing.py"): "an empty refresh token: the cookie has it",
    ("B108", "booking_service/settings.py"): "a place of last resort; every deployment names its own",
    ("B108", "deploy/gunicorn_settings.py"): "heartbeats in memory, unlinked at once and never read by name",
    ("B108", "gateway/server.py"): "heartbeats in memory, unlinked at once and never read by name",
    ("B110", "chassis/executor.py"): "the ordinary path below reports the fault with its place",
    ("B307", "gateway/execution/quick.py"): "compiled from names that the GraphQL grammar allows, nothing of a client's",
    ("B310", "deploy/health.py"): "the address of its own health page",
    ("B311", "booking_service/seed.py"): "sample data is drawn by a seeded generator",
    ("B311", "booking_service/seed_sales.py"): "sample data is drawn by a seeded generator",
    ("B311", "movie_service/seed.py"): "sample data is drawn by a seeded generator",
    ("B311", "chassis/database.py"): "spreads retries in time",
    ("B311", "chassis/worker.py"): "spreads retries in time",
    ("B606", "deploy/container.py"): "a container becomes the program it starts",
    ("B701", "notification_service/templates/__init__.py"): "plain text: what goes into the HTML layout is escaped there",
}  # fmt: skip
# What our own rules find and we keep.
HOUSE = {
    ("booking_service/seed.py", "chance_is_secret"): "sample data is drawn by a seeded generator",
    ("booking_service/seed_sales.py", "chance_is_secret"): "sample data is drawn by a seeded generator",
    ("movie_service/seed.py", "chance_is_secret"): "sample data is drawn by a seeded generator",
    ("chassis/database.py", "chance_is_secret"): "spreads retries in time",
    ("chassis/worker.py", "chance_is_secret"): "spreads retries in time",
    ("chassis/database.py", "statements_are_not_pasted"): "a setting of two values, and the time of a test's clock",
    ("chassis/migrations.py", "statements_are_not_pasted"): "the name of the database comes from its own address",
    ("chassis/production.py", "secrets_are_compared_in_constant_time"): "settings are compared, at the start",
    ("chassis/testing.py", "statements_are_not_pasted"): "databases of tests",
    ("gateway/execution/quick.py", "nothing_is_run_that_was_read"): "compiled from names that GraphQL's grammar allows",
}  # fmt: skip
WEAK = """import pickle, subprocess, hashlib
def run(command, kept):
    subprocess.call(command, shell=True)
    pickle.loads(kept)
    return hashlib.md5(kept).hexdigest()
"""


def bandit(*paths):
    command = [sys.executable, "-m", "bandit", "-q", "-r", "-f", "json", "-x", "*/tests/*", *map(str, paths)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    told = json.loads(said.stdout)
    assert told["errors"] == [], told["errors"]
    return told["results"]


def test_bandit_finds_nothing_that_has_no_written_reason():
    found = {(one["test_id"], Path(one["filename"]).as_posix()) for one in bandit(*ROOMS)}
    everywhere = {code for code, place in BANDIT if not place}

    assert sorted(one for one in found if one not in BANDIT and one[0] not in everywhere) == []
    assert sorted(one for one in BANDIT if one[1] and one not in found) == []  # a reason for nothing misleads


def test_bandit_finds_what_was_planted(tmp_path):
    (tmp_path / "weak.py").write_text(WEAK)

    assert {"B602", "B301", "B324"} <= {one["test_id"] for one in bandit(tmp_path)}


def test_the_rules_of_the_house_hold_in_every_room():
    sources = [path for path in tracked() if path.suffix == ".py" and not is_test(path)]
    inside = [path for path in sources if name_of(path).split("/")[0] in ROOMS]
    found = {
        (name_of(path), told.partition(":")[0]): line for path in inside for line, told in found_in(path)
    }

    assert len(inside) > 250
    assert {place: line for place, line in found.items() if place not in HOUSE} == {}
    assert sorted(set(HOUSE) - set(found)) == []


@pytest.mark.parametrize(
    ("rule", "weak"),
    [
        pytest.param(rule, weak, id=f"{rule.__name__}: {weak}")
        for rule, planted in RULES.items()
        for weak in planted
    ],
)
def test_each_rule_of_the_house_finds_what_was_planted(rule, weak):
    assert list(findings(weak, (rule,)))


def test_a_rule_of_the_house_leaves_alone_what_is_right():
    assert list(findings(TOKEN, tuple(RULES))) == []
