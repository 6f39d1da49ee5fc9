"""Who had somebody's session for a while keeps neither the account nor what was asked for in it."""

import pytest

from user_service.tests.builders import PASSWORD, codes

NEW = "orchestra pit at dawn"
UPDATE = "mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { email } userErrors { code } } }"
VERIFY = "mutation ($token: String!) { verifyEmail(token: $token) { user { email } userErrors { code } } }"
FORGOT = 'mutation { requestPasswordReset(email: "ana@example.org") { done } }'
RESET = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } userErrors { code } } }"
CHANGE = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } userErrors { code } } }"
EVERYWHERE = "mutation { logoutEverywhere { done } }"


def moved_away(people, service, person):
    """The token in the mail to an address that is not the person's, asked for from their session."""
    service.data(UPDATE, {"input": {"email": "thief@example.net"}}, caller=person.caller)
    return people.mailed_token("email.verification_requested")


def by_reset(people, service, _person):
    service.data(FORGOT)
    token = people.mailed_token("password.reset_requested")
    assert codes(service.data(RESET, {"input": {"token": token, "newPassword": NEW}})["resetPassword"]) == []


def by_change(people, service, person):
    wanted = {"input": {"currentPassword": PASSWORD, "newPassword": NEW}}
    assert codes(service.data(CHANGE, wanted, caller=person.caller)["changePassword"]) == []


def by_leaving_everywhere(people, service, person):
    assert service.data(EVERYWHERE, caller=person.caller)["logoutEverywhere"]["done"] is True


@pytest.mark.parametrize("claim_back", [by_reset, by_change, by_leaving_everywhere])
def test_a_change_of_address_falls_away_when_the_owner_shuts_others_out(people, service, claim_back):
    ana = people.register()
    token = moved_away(people, service, ana)

    claim_back(people, service, ana)

    assert codes(service.data(VERIFY, {"token": token})["verifyEmail"]) == ["LINK_INVALID"]
    password = PASSWORD if claim_back is by_leaving_everywhere else NEW
    assert people.login("ana@example.org", password).id == ana.id


def test_a_new_password_leaves_the_link_that_proves_the_own_address(people, service):
    ana = people.register()
    token = people.mailed_token("email.verification_requested")

    by_change(people, service, ana)

    assert codes(service.data(VERIFY, {"token": token})["verifyEmail"]) == []


def test_an_account_sends_no_more_than_a_few_mails_an_hour_to_addresses_it_names(people, service):
    ana = people.register()

    answers = [
        service.gql(UPDATE, {"input": {"email": f"neighbour{number}@example.net"}}, caller=ana.caller)
        for number in range(6)
    ]

    assert answers[5]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert len(people.published("email.verification_requested")) == 6


EXPORT = "mutation { exportMyData { url userErrors { code } } }"


@pytest.fixture
def told(people, service, peers):
    """Addresses of everything that is kept about Ana, asked for on her phone and at her desk."""
    phone = people.register()
    desk = people.login("ana@example.org")
    for room in ("booking", "coupon", "movie", "notification", "payment"):
        peers.answers[f"{room}_service", f"{room}PersonalData"] = lambda given: "{}"
    paths = [
        service.data(EXPORT, caller=person.caller)["exportMyData"]["url"].removeprefix(
            "http://localhost:5000"
        )
        for person in (phone, desk)
    ]
    return phone, desk, paths


def test_a_link_to_personal_data_ends_with_the_session_it_was_asked_for_in(service, told):
    phone, _, (of_phone, of_desk) = told
    assert service.get(of_phone).status_code == 200

    service.data("mutation { logout { done } }", caller=phone.caller)

    assert service.get(of_phone).status_code == 404
    assert service.get(of_desk).status_code == 200


def test_a_link_to_personal_data_opens_for_nobody_who_is_signed_in_as_another(people, service, told):
    _, desk, (of_phone, _) = told
    eve = people.register("eve@example.org")

    assert service.get(of_phone, headers=service.headers(eve.caller)).status_code == 404
    assert service.get(of_phone, headers=service.headers(desk.caller)).status_code == 200
