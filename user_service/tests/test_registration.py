"""Making an account and signing in."""

from dataclasses import replace

import bcrypt
import jwt
import pytest
from jwt import PyJWKSet

from chassis.identity import Role
from chassis.testing import ServiceClient
from user_service.app import create_app
from user_service.tests.builders import LOGIN, PASSWORD, REGISTER, People, at_once, claims_of, codes


def test_a_new_person_is_a_customer_signed_in_and_asked_to_prove_the_address(people):
    ana = people.register("Ana@Example.org", phone="+351 21 000 0000", locale="pt")

    assert ana.email == "ana@example.org"
    assert ana.caller.role is Role.CUSTOMER
    assert people.published("user.registered") == [
        {"userId": ana.id, "email": "ana@example.org", "name": "Ana Costa", "phone": "+351 21 000 0000", "locale": "pt"}
    ]  # fmt: skip
    asked = people.published("email.verification_requested")[0]
    assert asked["link"].startswith("http://localhost:5000/verify-email?token=")
    assert people.audited() == ["user.register"]


def test_a_role_can_not_be_asked_for(service):
    wanted = {"email": "eve@example.org", "password": PASSWORD, "name": "Eve", "role": "ADMIN"}

    answer = service.gql(REGISTER, {"input": wanted})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_everything_wrong_with_a_registration_is_told_at_once(people):
    answer = people.try_register("not an address", password="short", name=" ", phone="x", locale="!")

    assert codes(answer) == [
        "EMAIL_INVALID", "PASSWORD_TOO_SHORT", "NAME_REQUIRED", "PHONE_INVALID", "LOCALE_INVALID",
    ]  # fmt: skip
    assert [error["field"] for error in answer["userErrors"]][:2] == [
        ["input", "email"],
        ["input", "password"],
    ]
    assert answer["tokens"] is None
    assert answer["user"] is None


def test_an_address_has_one_account_however_it_is_written(people):
    people.register("ana@example.org")

    assert codes(people.try_register(" ANA@EXAMPLE.ORG ")) == ["EMAIL_TAKEN"]


def test_the_language_of_the_browser_is_taken_when_none_is_named(service):
    wanted = {"email": "ana@example.org", "password": PASSWORD, "name": "Ana"}
    query = REGISTER.replace("emailVerified", "locale")

    answer = service.gql(query, {"input": wanted}, **{"Accept-Language": "de-CH,de;q=0.9"})

    assert answer["data"]["register"]["user"]["locale"] == "de-CH"


def test_the_access_token_says_who_and_for_how_long_and_is_signed_with_a_published_key(
    people, service, clock
):
    ana = people.register()

    header = jwt.get_unverified_header(ana.access_token)
    keys = PyJWKSet.from_dict(service.get("/.well-known/jwks.json").get_json())
    claims = jwt.decode(
        ana.access_token, keys[header["kid"]], algorithms=["EdDSA"], audience="lobbycard", issuer="lobbycard",
        options={"verify_exp": False, "verify_iat": False},
    )  # fmt: skip
    assert (claims["sub"], claims["role"], claims["scope"], claims["typ"]) == (
        ana.id,
        "CUSTOMER",
        [],
        "access",
    )
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert claims["iat"] == int(clock.now().timestamp())
    assert claims["sid"]
    assert claims["jti"]


def test_signing_in_works_with_the_address_in_any_case(people):
    ana = people.register("ana@example.org")

    again = people.login("ANA@example.org ")

    assert again.id == ana.id
    assert again.session_id != ana.session_id


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(people):
    people.register("ana@example.org")

    wrong = people.try_login("ana@example.org", "not this one")
    unknown = people.try_login("nobody@example.org", "not this one")

    assert wrong == unknown
    assert codes(wrong) == ["INVALID_CREDENTIALS"]


def test_an_unknown_address_costs_the_same_hashing(people, runtime, monkeypatch):
    import bcrypt

    compared: list[bytes] = []
    real = bcrypt.checkpw

    def compare(text, known):
        compared.append(known)
        return real(text, known)

    monkeypatch.setattr(bcrypt, "checkpw", compare)
    people.register("ana@example.org")

    people.try_login("ana@example.org", "not this one")
    people.try_login("nobody@example.org", "not this one")

    assert len(compared) == 2
    assert {known[:7] for known in compared} == {b"$2b$04$"}


def test_a_password_of_a_thousand_characters_counts_to_its_last(people):
    long = "ab" * 500 + "-1"
    people.register("ana@example.org", password=long)

    assert codes(people.try_login("ana@example.org", long[:-1] + "2")) == ["INVALID_CREDENTIALS"]
    assert people.login("ana@example.org", long).email == "ana@example.org"


def test_after_five_failures_one_has_to_wait_and_the_wait_ends_by_itself(people, service, clock):
    people.register("ana@example.org")
    for _ in range(5):
        people.try_login("ana@example.org", "not this one")

    answer = service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}})
    assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 1 <= answer["errors"][0]["extensions"]["retryAfterSeconds"] <= 4

    clock.advance(seconds=5)
    assert people.login("ana@example.org").email == "ana@example.org"


def test_a_success_wipes_the_slate(people):
    people.register("ana@example.org")
    for _ in range(3):
        for _ in range(4):
            people.try_login("ana@example.org", "not this one")
        people.login("ana@example.org")

    assert codes(people.try_login("ana@example.org", "not this one")) == ["INVALID_CREDENTIALS"]


def test_one_source_that_tries_many_accounts_has_to_wait_while_others_do_not(people, service):
    people.register("ana@example.org")
    ask = {"input": {"email": "ana@example.org", "password": PASSWORD}}
    for number in range(50):
        wrong = {"input": {"email": f"somebody{number}@example.org", "password": "not this one"}}
        service.gql(LOGIN, wrong, **{"X-Client-Address": "203.0.113.9"})

    from_there = service.gql(LOGIN, ask, **{"X-Client-Address": "203.0.113.9"})
    from_elsewhere = service.gql(LOGIN, ask, **{"X-Client-Address": "198.51.100.7"})

    assert from_there["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert from_elsewhere["data"]["login"]["tokens"] is not None


def test_one_source_registers_sixty_people_an_hour(service):
    def register(number):
        wanted = {"email": "not an address", "password": PASSWORD, "name": str(number)}
        return service.gql(REGISTER, {"input": wanted}, **{"X-Client-Address": "203.0.113.9"})

    answers = [register(number) for number in range(61)]

    assert all("errors" not in answer for answer in answers[:60])
    assert answers[60]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


def test_one_source_signs_in_sixty_times_a_minute_even_with_the_right_password(people, service, monkeypatch):
    """Each takes a fifth of a second of processor time: without a limit one guest could keep everybody out."""
    people.register("ana@example.org")
    ask = {"input": {"email": "ana@example.org", "password": PASSWORD}}
    answers = [service.gql(LOGIN, ask, **{"X-Client-Address": "203.0.113.9"}) for _ in range(60)]
    hashed, check = [], bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: hashed.append(given) or check(*given))

    one_more = service.gql(LOGIN, ask, **{"X-Client-Address": "203.0.113.9"})

    assert [answer for answer in answers if "errors" in answer] == []
    assert one_more["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 0 < one_more["errors"][0]["extensions"]["retryAfterSeconds"] <= 61
    assert hashed == []
    assert "errors" not in service.gql(LOGIN, ask, **{"X-Client-Address": "198.51.100.7"})


def test_whoever_has_a_whole_network_of_addresses_is_one_source(service):
    """A line is given 2^64 addresses of IPv6: one for each try is no way around the limit."""

    def register(number):
        wanted = {"email": "not an address", "password": PASSWORD, "name": "Eve"}
        return service.gql(REGISTER, {"input": wanted}, **{"X-Client-Address": f"2001:db8:1:2::{number:x}"})

    answers = [register(number) for number in range(1, 62)]
    neighbour = service.gql(REGISTER, {"input": {"email": "x", "password": PASSWORD, "name": "Bea"}},
        **{"X-Client-Address": "2001:db8:1:3::1"})  # fmt: skip

    assert [answer for answer in answers[:60] if "errors" in answer] == []
    assert answers[60]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert "errors" not in neighbour


def test_sign_ins_that_fail_from_one_network_wait_together(people, service):
    people.register("ana@example.org")
    ask = {"input": {"email": "ana@example.org", "password": PASSWORD}}
    for number in range(50):
        wrong = {"input": {"email": f"somebody{number}@example.org", "password": "not this one"}}
        service.gql(LOGIN, wrong, **{"X-Client-Address": f"2001:db8:1:2::{number + 1:x}"})

    from_there = service.gql(LOGIN, ask, **{"X-Client-Address": "2001:db8:1:2:ffff::1"})

    assert from_there["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_a_password_that_is_far_too_long_is_only_wrong(people, email):
    people.register("ana@example.org")

    assert codes(people.try_login(email, "x" * 5000)) == ["INVALID_CREDENTIALS"]


def test_who_signs_in_twice_has_two_sessions(people):
    first = people.register("ana@example.org")
    second = people.login("ana@example.org")

    assert claims_of(first.access_token)["sid"] != claims_of(second.access_token)["sid"]


def test_of_many_who_register_one_address_at_once_one_gets_it(people):
    answers = at_once(*[lambda: people.try_register("ana@example.org")] * 6)

    assert sum(answer["tokens"] is not None for answer in answers) == 1
    assert [codes(answer) for answer in answers if answer["tokens"] is None] == [["EMAIL_TAKEN"]] * 5
    assert len(people.published("user.registered")) == 1


def test_many_guesses_at_once_are_not_more_guesses(people, service):
    people.register("ana@example.org")
    wrong = {"input": {"email": "ana@example.org", "password": "not this one"}}

    answers = at_once(*[lambda: service.gql(LOGIN, wrong)] * 12)

    assert sum("errors" not in answer for answer in answers) == 5


def test_a_developer_s_own_machine_may_fail_more_often(people, service):
    people.register("ana@example.org")
    here = {"X-Client-Address": "127.0.0.1"}
    for number in range(60):
        service.gql(LOGIN, {"input": {"email": f"x{number}@example.org", "password": "not this one"}}, **here)

    answer = service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}}, **here)

    assert answer["data"]["login"]["tokens"] is not None


@pytest.fixture
def quiet(runtime):
    """Registers and signs in where nobody is told who has an account."""
    settings = runtime.settings.model_copy(update={"quiet_registration": True})
    return People(ServiceClient(create_app(runtime=replace(runtime, settings=settings))))


def test_quietly_a_free_and_a_taken_address_are_told_the_same(people, quiet, monkeypatch):
    """H07: the answer, and the costly hash, which is made once each time."""
    known = people.register("ana@example.org")
    hashed, make = [], bcrypt.hashpw
    monkeypatch.setattr(bcrypt, "hashpw", lambda *given: hashed.append(given) or make(*given))

    answers = [
        quiet.try_register(email) for email in ("ana@example.org", "bea@example.org", "ANA@example.org")
    ]

    assert answers == [{"tokens": None, "user": None, "userErrors": []}] * 3
    assert len(hashed) == 3
    assert [sent["userId"] for sent in people.published("password.reset_requested")] == [known.id] * 2
    assert [sent["email"] for sent in people.published("email.verification_requested")] == [
        "ana@example.org", "bea@example.org",
    ]  # fmt: skip


def test_quietly_who_registers_signs_in_once_the_address_is_proven(quiet):
    """Otherwise the sign-in would tell what the registration did not."""
    quiet.try_register("bea@example.org")
    assert codes(quiet.try_login("bea@example.org")) == ["INVALID_CREDENTIALS"]

    quiet.service.data(
        "mutation ($t: String!) { verifyEmail(token: $t) { user { id } } }",
        {"t": quiet.mailed_token("email.verification_requested")},
    )

    assert quiet.login("bea@example.org").email == "bea@example.org"


def test_quietly_what_is_wrong_beside_the_address_is_still_told(people, quiet):
    people.register("ana@example.org")

    assert codes(quiet.try_register("ana@example.org", password="short")) == ["PASSWORD_TOO_SHORT"]
    assert codes(quiet.try_register("bea@example.org", password="short")) == ["PASSWORD_TOO_SHORT"]
