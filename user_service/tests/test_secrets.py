"""What is kept secret at rest, what the owner is told, and what a crowd at the sign-in costs."""

import threading

import bcrypt
import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import event

from chassis.errors import Unavailable
from user_service import totp
from user_service.models import UserRow
from user_service.passwords import Hasher
from user_service.tests.builders import PASSWORD, PEPPER, codes

ENROL = "mutation { enrolTotp { secret } }"
FORGET = "mutation($email: String!) { requestPasswordReset(email: $email) { done } }"
UPDATE = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }"
VERIFY = "mutation($token: String!) { verifyEmail(token: $token) { user { email } userErrors { code } } }"
CHANGE = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code } } }"
RESET = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { userErrors { code } } }"


def test_the_secret_of_an_authenticator_app_is_stored_sealed(people, service, runtime):
    ana = people.register()

    secret = service.data(ENROL, caller=ana.caller)["enrolTotp"]["secret"]

    stored = runtime.database.read(lambda session: session.get(UserRow, ana.id).totp_secret)
    assert secret not in stored
    assert len(stored) == 64
    assert totp.unseal(stored, PEPPER, ana.id) == secret
    for pepper, user_id in ((PEPPER + "x", ana.id), (PEPPER, "somebody-else")):
        with pytest.raises(InvalidTag):
            totp.unseal(stored, pepper, user_id)


def test_two_who_share_a_secret_are_not_seen_to(people):
    secret = totp.new_secret()

    assert totp.seal(secret, PEPPER, "ana") != totp.seal(secret, PEPPER, "ana")


def test_the_old_address_is_told_that_another_took_its_place(people, service):
    ana = people.register()
    service.data(UPDATE, {"input": {"email": "ana.new@example.org"}}, caller=ana.caller)
    assert people.published("email.changed") == []

    service.data(VERIFY, {"token": people.mailed_token("email.verification_requested")})

    assert [told["email"] for told in people.published("email.changed")] == ["ana@example.org"]


def test_proving_the_first_address_is_no_change_of_it(people, service):
    people.register()

    service.data(VERIFY, {"token": people.mailed_token("email.verification_requested")})

    assert people.published("email.changed") == []


def test_the_owner_is_told_of_a_new_password_however_it_came_about(people, service):
    ana = people.register()

    wanted = {"input": {"currentPassword": PASSWORD, "newPassword": "another good one"}}
    assert codes(service.data(CHANGE, wanted, caller=ana.caller)["changePassword"]) == []
    service.data(FORGET, {"email": "ana@example.org"})
    wanted = {
        "input": {"token": people.mailed_token("password.reset_requested"), "newPassword": "a third good one"}
    }
    assert codes(service.data(RESET, wanted)["resetPassword"]) == []

    assert [told["email"] for told in people.published("password.changed")] == ["ana@example.org"] * 2


@pytest.fixture
def hashes(monkeypatch):
    """Counts what bcrypt is asked for."""
    counted = []
    for name in ("hashpw", "checkpw"):
        work = getattr(bcrypt, name)
        monkeypatch.setattr(bcrypt, name, lambda *given, work=work: counted.append(1) or work(*given))
    return counted


def test_registering_a_taken_address_costs_the_same_hashing_as_a_free_one(people, hashes):
    """H07: the words say EMAIL_TAKEN, as the contract promises; the time says nothing beyond them."""
    people.register("first@example.org")  # makes what everybody is compared with, once a process
    hashes.clear()
    people.register("ana@example.org")
    assert len(hashes) == 1

    assert codes(people.try_register("ana@example.org")) == ["EMAIL_TAKEN"]

    assert len(hashes) == 2


def test_asking_for_a_new_password_costs_as_many_statements_for_an_unknown_address(
    people, service, runtime, hashes
):
    """H07: the same statements go to the database, and nothing is hashed, whoever is asked for."""
    people.register("ana@example.org")
    hashes.clear()
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement.split(None, 1)[0].upper())

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    answers, counted = [], []
    for email in ("ana@example.org", "nobody@example.org"):
        said.clear()
        answers.append(service.gql(FORGET, {"email": email}))
        counted.append({verb: said.count(verb) for verb in ("INSERT", "UPDATE", "DELETE")})

    assert answers[0] == answers[1] == {"data": {"requestPasswordReset": {"done": True}}}
    assert counted[0] == counted[1]
    assert counted[0]["INSERT"] >= 3
    assert hashes == []


def test_a_crowd_at_the_sign_in_is_sent_away_before_it_takes_every_thread():
    hasher = Hasher(PEPPER, 4, workers=1, queue=1, patience_seconds=30)
    let_go, inside = threading.Event(), threading.Barrier(2)

    def hold():
        with hasher._pool:
            inside.wait(20)
            let_go.wait(20)

    at_work = threading.Thread(target=hold)
    at_work.start()
    inside.wait(20)
    waiting = threading.Thread(target=hasher.hash, args=("patient enough",))
    waiting.start()
    until_full(hasher)

    with pytest.raises(Unavailable):
        hasher.hash("one too many")

    let_go.set()
    at_work.join(20)
    waiting.join(20)
    assert hasher.matches("again", hasher.hash("again"))


def until_full(hasher):
    """Wait until the queue's one place is taken."""
    taken = threading.Event()
    while not taken.is_set():
        if not hasher._pool._inside.acquire(blocking=False):
            taken.set()
        else:
            hasher._pool._inside.release()
