"""Links by mail: proving an address, choosing a new password."""

from chassis.revocations import Revocations
from user_service.tests.builders import AUTH_PARTS, PASSWORD, REFRESH, codes, signed

NEW = "orchestra pit at dawn"
FORGOT = "mutation ($email: String!) { requestPasswordReset(email: $email) { done userErrors { code } } }"
RESET = f"mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ {AUTH_PARTS} }} }}"
VERIFY = "mutation ($token: String!) { verifyEmail(token: $token) { user { id email emailVerified } userErrors { code } } }"
ASK_AGAIN = "mutation { requestEmailVerification { done userErrors { code } } }"


def reset(service, token, password=NEW):
    return service.data(RESET, {"input": {"token": token, "newPassword": password}})["resetPassword"]


def test_the_link_in_the_mail_proves_the_address_once(people, service):
    ana = people.register()
    token = people.mailed_token("email.verification_requested")

    first = service.data(VERIFY, {"token": token})["verifyEmail"]
    second = service.data(VERIFY, {"token": token})["verifyEmail"]

    assert first["user"] == {"id": ana.id, "email": "ana@example.org", "emailVerified": True}
    assert codes(second) == ["LINK_INVALID"]


def test_a_link_that_is_a_day_old_proves_nothing(people, service, clock):
    people.register()
    token = people.mailed_token("email.verification_requested")
    clock.advance(hours=24, seconds=1)

    assert codes(service.data(VERIFY, {"token": token})["verifyEmail"]) == ["LINK_INVALID"]


def test_the_link_is_sent_again_on_request_and_the_old_one_stops_working(people, service):
    ana = people.register()
    old = people.mailed_token("email.verification_requested")

    asked = service.data(ASK_AGAIN, caller=ana.caller)["requestEmailVerification"]
    new = people.mailed_token("email.verification_requested")

    assert asked["done"] is True
    assert codes(service.data(VERIFY, {"token": old})["verifyEmail"]) == ["LINK_INVALID"]
    assert codes(service.data(VERIFY, {"token": new})["verifyEmail"]) == []
    again = service.data(ASK_AGAIN, caller=ana.caller)["requestEmailVerification"]
    assert (again["done"], codes(again)) == (False, ["EMAIL_ALREADY_VERIFIED"])


def test_the_sixth_mail_within_an_hour_is_not_sent(people, service):
    ana = people.register()

    answers = [service.gql(ASK_AGAIN, caller=ana.caller) for _ in range(6)]

    assert answers[5]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert len(people.published("email.verification_requested")) == 6


def test_forgetting_the_password_gets_the_same_answer_for_every_address(people, service):
    people.register()

    known = service.data(FORGOT, {"email": "Ana@example.org"})
    unknown = service.data(FORGOT, {"email": "nobody@example.org"})
    nonsense = service.data(FORGOT, {"email": "not an address"})

    assert known == unknown == nonsense == {"requestPasswordReset": {"done": True, "userErrors": []}}
    assert [mail["email"] for mail in people.published("password.reset_requested")] == ["ana@example.org"]


def test_a_new_password_is_chosen_by_the_link_and_every_session_ends(people, service, runtime):
    ana = people.register()
    service.data(FORGOT, {"email": "ana@example.org"})

    answer = reset(service, people.mailed_token("password.reset_requested"))

    fresh = signed(answer)
    assert fresh.id == ana.id
    assert answer["user"]["emailVerified"] is True
    assert Revocations(runtime.redis).is_revoked(ana.session_id)
    assert not Revocations(runtime.redis).is_revoked(fresh.session_id)
    assert codes(service.data(REFRESH, {"token": ana.refresh_token})["refreshTokens"]) == [
        "REFRESH_TOKEN_INVALID"
    ]
    assert codes(people.try_login("ana@example.org", PASSWORD)) == ["INVALID_CREDENTIALS"]
    assert people.login("ana@example.org", NEW).id == ana.id


def test_a_reset_link_works_once_and_for_ten_minutes(people, service, clock):
    people.register()
    service.data(FORGOT, {"email": "ana@example.org"})
    used = people.mailed_token("password.reset_requested")
    reset(service, used)
    service.data(FORGOT, {"email": "ana@example.org"})
    late = people.mailed_token("password.reset_requested")
    clock.advance(minutes=10, seconds=1)

    assert codes(reset(service, used)) == ["LINK_INVALID"]
    assert codes(reset(service, late)) == ["LINK_INVALID"]


def test_a_weak_new_password_leaves_the_link_usable(people, service):
    people.register()
    service.data(FORGOT, {"email": "ana@example.org"})
    token = people.mailed_token("password.reset_requested")

    assert codes(reset(service, token, "password1")) == ["PASSWORD_TOO_COMMON"]
    assert codes(reset(service, token)) == []


def test_the_link_to_prove_an_address_is_no_key_to_the_password(people, service):
    people.register()

    assert codes(reset(service, people.mailed_token("email.verification_requested"))) == ["LINK_INVALID"]


def test_the_host_of_a_link_comes_from_the_settings_alone(people, service):
    people.register()

    service.gql(FORGOT, {"email": "ana@example.org"}, Host="evil.example", Origin="https://evil.example")

    assert people.published("password.reset_requested")[0]["link"].startswith(
        "http://localhost:5000/reset-password?"
    )


def test_somebody_who_is_locked_out_can_still_reset(people, service):
    people.register()
    for _ in range(5):
        people.try_login("ana@example.org", "not this one")
    service.data(FORGOT, {"email": "ana@example.org"})

    reset(service, people.mailed_token("password.reset_requested"))

    assert people.login("ana@example.org", NEW).email == "ana@example.org"


def test_tokens_of_links_are_stored_hashed_only(people, service, runtime):
    from sqlalchemy import text

    people.register()
    token = people.mailed_token("email.verification_requested")

    stored = runtime.database.read(lambda session: str(session.execute(text("SELECT * FROM links")).all()))

    assert token not in stored
    assert len(token) >= 43
