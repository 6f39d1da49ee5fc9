"""The table at the door: who is let in, and what is never built without a row."""

import pytest

from chassis.errors import Forbidden, NotFound, RateLimited, Unauthenticated
from chassis.identity import VISITOR, Role
from chassis.limits import WRITES, count_use
from chassis.permissions import anybody, at_least, siblings
from chassis.settings import ServiceSettings
from chassis.testing import as_peer, as_user, make_runtime

GUEST, CLERK, BOSS = as_user("ana"), as_user("sam", "STAFF"), as_user("ada", "ADMIN")


@pytest.mark.parametrize(
    ("row", "caller", "refusal"),
    [
        (anybody(), VISITOR, None),
        (anybody(), as_peer("other_service"), NotFound),
        (anybody(siblings=("other_service",)), as_peer("other_service"), None),
        (at_least(Role.CUSTOMER), VISITOR, Unauthenticated),
        (at_least(Role.CUSTOMER), GUEST, None),
        (at_least(Role.STAFF), GUEST, Forbidden),
        (at_least(Role.STAFF), CLERK, None),
        (at_least(Role.STAFF), BOSS, None),
        (siblings("other_service"), BOSS, NotFound),
        (siblings("other_service"), as_peer("third_service", "ada"), NotFound),
        (siblings("other_service"), as_peer("other_service"), None),
    ],
)
def test_a_row_lets_in_those_it_names(row, caller, refusal):
    found = row.refusal(caller)

    assert found is None if refusal is None else isinstance(found, refusal)


def test_a_person_may_make_so_many_changes_a_minute_and_is_told_when_to_come_back(redis_client, clock):
    runtime = make_runtime("some_service", ServiceSettings, "sqlite://", clock, WRITES_PER_MINUTE=3)

    for caller in (
        GUEST,
        GUEST,
        GUEST,
        CLERK,
        VISITOR,
        VISITOR,
        VISITOR,
        VISITOR,
        as_peer("other_service", "ana"),
    ):
        count_use(runtime, caller, WRITES)

    with pytest.raises(RateLimited) as refused:
        count_use(runtime, GUEST, WRITES)
    assert 1 <= refused.value.extensions["retryAfterSeconds"] <= 61
