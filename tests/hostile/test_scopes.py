"""Who works for one cinema changes nothing in another, whatever the change is."""

import pytest

from tests.hostile.afternoon import SCOPED, an_afternoon
from tests.hostile.test_audit import LEAVES_NONE, MUTATIONS

# Those that give everybody what is theirs: of another cinema, nothing.
GIVES_ONE_S_OWN = {"exportBookings": "a file of bookings of one's own cinemas, here an empty one"}
# Whatever else is wrong with a document would be refused to anybody.
NO_REFUSAL_OF_THE_PERSON = {"INTERNAL", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "RATE_LIMITED"}


@pytest.mark.parametrize("name", sorted(SCOPED & set(MUTATIONS) - set(GIVES_ONE_S_OWN) - set(LEAVES_NONE)))
def test_a_manager_of_another_cinema_is_refused(system, name):
    tries = an_afternoon(system).tries

    assert name in tries, "no deed makes this change: tests/hostile/deeds.py"
    for codes in tries[name]:
        assert codes, f"{name} was carried out"
        assert not NO_REFUSAL_OF_THE_PERSON & set(codes), codes
