"""Every change by a person leaves exactly one entry, with who and in which request, collected in one place."""

import contextlib
import json
from collections import defaultdict

import pytest

from chassis.permissions import operations_of
from gateway.engine import Engine
from tests.hostile.afternoon import an_afternoon
from tests.hostile.people import an_admin
from tests.system import wait_until
from tools.export_contracts import subgraphs

LEAVES_NONE = {
    "refreshTokens": "the same session goes on; nothing about anybody changes",
    "requestPasswordReset": "nobody is signed in, and an entry would tell that the address is known",
    "joinWaitingRoom": "a place in a queue, for visitors too, that ends by itself; crowds ask for thousands",
}
TRAIL = """query($from: DateTime!, $after: String) { auditEntries(filter: {from: $from}, first: 100, after: $after) {
  nodes { actor { id } action objectType objectId before after requestId } pageInfo { hasNextPage endCursor } } }"""
MUTATIONS = sorted(
    name
    for name, (root, _) in operations_of(Engine.compose(subgraphs()).api_schema).items()
    if root == "Mutation"
)


@pytest.fixture(scope="module")
def trail(system):
    """The entries of each request, and the requests by the names of their mutations."""
    afternoon, admin = an_afternoon(system), an_admin(system)
    begun, deeds = afternoon.begun.isoformat(), afternoon.deeds
    wanted = {request_id for request_id, _ in deeds.done.values()}
    found = defaultdict(list)

    def collected():
        found.clear()
        after = None
        while True:
            page = admin.ask(TRAIL, {"from": begun, "after": after}).data["auditEntries"]
            for entry in page["nodes"]:
                found[entry["requestId"]].append(entry)
            if not page["pageInfo"]["hasNextPage"]:
                return wanted <= set(found)
            after = page["pageInfo"]["endCursor"]

    with contextlib.suppress(AssertionError):  # the tests below name those that are missing
        wait_until(collected, "every change is on record", 60)
    return deeds.done, found


@pytest.mark.parametrize("mutation", [name for name in MUTATIONS if name not in LEAVES_NONE])
def test_a_change_leaves_one_entry_with_its_actor(trail, mutation):
    done, found = trail
    assert mutation in done, "no deed makes this change: tests/hostile/deeds.py"
    request_id, actor = done[mutation]

    entries = found.get(request_id, [])

    assert len(entries) == 1, [entry["action"] for entry in entries]
    assert entries[0]["actor"]["id"] == actor
    assert entries[0]["objectId"]
    for text in (entries[0]["before"], entries[0]["after"]):
        assert text is None or isinstance(json.loads(text), dict)


def test_what_leaves_no_entry_is_said_with_its_reason():
    assert set(LEAVES_NONE) <= set(MUTATIONS)
    assert len(MUTATIONS) > 65


def test_no_entry_holds_a_secret(trail):
    _done, found = trail
    texts = json.dumps(list(found.values())).lower()

    assert found
    for word in ("password_hash", "passwordhash", "totp_secret", "refresh_token", "$2b$", "qrpayload"):
        assert word not in texts
