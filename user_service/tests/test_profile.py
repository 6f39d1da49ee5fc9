"""What people see and change of themselves, and what others see of them."""

import json

from chassis.identity import VISITOR
from chassis.revocations import Revocations
from user_service import totp
from user_service.tests.builders import PASSWORD, codes

ALL = "id name email phone role cinemaIds emailVerified totpEnabled active locale createdAt"
ME = f"{{ me {{ {ALL} }} }}"
UPDATE = f"""
mutation ($input: UpdateProfileInput!) {{
  updateProfile(input: $input) {{ user {{ {ALL} }} userErrors {{ code field }} }}
}}"""
CHANGE = """
mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { user { id } userErrors { code field } }
}"""
VERIFY = "mutation ($token: String!) { verifyEmail(token: $token) { user { email } userErrors { code } } }"
ENTITIES = f"query ($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on User {{ {ALL} }} }} }}"
NEW = "orchestra pit at dawn"


def update(service, person, **changes):
    return service.data(UPDATE, {"input": changes}, caller=person.caller)["updateProfile"]


def test_me_is_the_signed_in_person_and_nobody_for_a_visitor(people, service):
    ana = people.register(phone="+351 21 000 0000", locale="pt")

    me = service.data(ME, caller=ana.caller)["me"]

    assert me == {
        "id": ana.id, "name": "Ana Costa", "email": "ana@example.org", "phone": "+351 21 000 0000",
        "role": "CUSTOMER", "cinemaIds": [], "emailVerified": False, "totpEnabled": False, "active": True,
        "locale": "pt", "createdAt": "2026-11-21T12:00:00+00:00",
    }  # fmt: skip
    assert service.data(ME, caller=VISITOR) == {"me": None}


def test_others_see_id_and_name_of_a_person_and_nothing_else(people, service):
    ana, eve = people.register(), people.register("eve@example.org")
    ask = {"r": [{"__typename": "User", "id": ana.id}, {"__typename": "User", "id": "unknown"}]}

    for other in (eve.caller, VISITOR):
        seen, unknown = service.data(ENTITIES, ask, caller=other)["_entities"]
        assert {key: value for key, value in seen.items() if value is not None} == {
            "id": ana.id,
            "name": "Ana Costa",
        }
        assert unknown is None


def test_the_person_and_an_administrator_see_everything(people, service):
    ana, admin = people.register(), people.an_admin()
    ask = {"r": [{"__typename": "User", "id": ana.id}]}

    for caller in (ana.caller, admin):
        assert service.data(ENTITIES, ask, caller=caller)["_entities"][0]["email"] == "ana@example.org"


def test_name_phone_and_language_change_at_once_and_are_told(people, service):
    ana = people.register(phone="+351 21 000 0000")

    answer = update(service, ana, name="Ana C.", phone=None, locale="fr")

    assert (answer["user"]["name"], answer["user"]["phone"], answer["user"]["locale"]) == (
        "Ana C.",
        None,
        "fr",
    )
    assert people.published("user.updated") == [
        {"userId": ana.id, "email": "ana@example.org", "name": "Ana C.", "phone": None, "locale": "fr"}
    ]
    assert people.audited()[-1] == "user.update"


def test_a_change_that_changes_nothing_is_not_told(people, service):
    ana = people.register()

    update(service, ana, name="Ana Costa")

    assert people.published("user.updated") == []
    assert people.audited() == ["user.register"]


def test_what_is_wrong_with_a_change_is_told_at_once(people, service):
    ana = people.register()

    assert codes(update(service, ana, name="", email="x", locale="-")) == [
        "NAME_REQUIRED", "LOCALE_INVALID", "EMAIL_INVALID",
    ]  # fmt: skip


def test_a_new_address_counts_once_its_owner_has_proved_it(people, service):
    ana = people.register()
    people.register("eve@example.org")

    assert codes(update(service, ana, email="eve@example.org")) == ["EMAIL_TAKEN"]
    answer = update(service, ana, email="Ana.New@example.org")
    assert answer["user"]["email"] == "ana@example.org"
    assert people.published("email.verification_requested")[-1]["email"] == "ana.new@example.org"

    verified = service.data(VERIFY, {"token": people.mailed_token("email.verification_requested")})[
        "verifyEmail"
    ]
    assert verified["user"]["email"] == "ana.new@example.org"
    assert people.published("user.updated")[-1]["email"] == "ana.new@example.org"
    assert people.login("ana.new@example.org").id == ana.id
    assert codes(people.try_login("ana@example.org")) == ["INVALID_CREDENTIALS"]


def test_of_two_who_want_one_address_the_first_to_prove_it_gets_it(people, service):
    ana, eve = people.register(), people.register("eve@example.org")
    update(service, ana, email="shared@example.org")
    token_of_ana = people.mailed_token("email.verification_requested")
    update(service, eve, email="shared@example.org")
    token_of_eve = people.mailed_token("email.verification_requested")

    assert codes(service.data(VERIFY, {"token": token_of_eve})["verifyEmail"]) == []
    assert codes(service.data(VERIFY, {"token": token_of_ana})["verifyEmail"]) == ["EMAIL_TAKEN"]


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(people, service, runtime):
    phone, desk = people.register(), people.login("ana@example.org")

    def change(current, new):
        wanted = {"input": {"currentPassword": current, "newPassword": new}}
        return service.data(CHANGE, wanted, caller=desk.caller)["changePassword"]

    assert codes(change("not this one", NEW)) == ["WRONG_PASSWORD"]
    assert codes(change(PASSWORD, "1234567")) == ["PASSWORD_TOO_SHORT"]
    assert codes(change(PASSWORD, NEW)) == []
    assert Revocations(runtime.redis).is_revoked(phone.session_id)
    assert not Revocations(runtime.redis).is_revoked(desk.session_id)
    assert people.login("ana@example.org", NEW).id == desk.id
    assert "user.change_password" in people.audited()


def test_guessing_the_own_password_from_an_open_session_is_slowed_down(people, service):
    ana = people.register()
    wanted = {"input": {"currentPassword": "not this one", "newPassword": NEW}}

    answers = [service.gql(CHANGE, wanted, caller=ana.caller) for _ in range(6)]

    assert answers[5]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


def test_codes_are_asked_for_once_they_are_set_up(people, service, clock):
    ana = people.register()
    confirm = "mutation ($code: String!) { confirmTotp(code: $code) { done userErrors { code } } }"

    def code(step=0):
        return totp.code_at(secret, totp.step_of(clock.now()) + step)

    assert codes(service.data(confirm, {"code": "123456"}, caller=ana.caller)["confirmTotp"]) == [
        "TOTP_NOT_ENROLLED"
    ]
    enrolled = service.data("mutation { enrolTotp { secret otpauthUrl } }", caller=ana.caller)["enrolTotp"]
    secret = enrolled["secret"]
    assert enrolled["otpauthUrl"].startswith("otpauth://totp/Lobbycard%3Aana%40example.org?secret=")
    assert people.login("ana@example.org").id == ana.id

    wrong = "000000" if code() != "000000" else "111111"
    assert codes(service.data(confirm, {"code": wrong}, caller=ana.caller)["confirmTotp"]) == ["TOTP_INVALID"]
    assert service.data(confirm, {"code": code()}, caller=ana.caller)["confirmTotp"]["done"] is True

    assert codes(people.try_login("ana@example.org")) == ["TOTP_REQUIRED"]
    assert codes(people.try_login("ana@example.org", totpCode=code())) == ["TOTP_INVALID"]
    clock.advance(seconds=30)
    answer = people.try_login("ana@example.org", totpCode=code())
    assert codes(answer) == []
    assert answer["tokens"]


def test_codes_are_switched_off_with_the_password(people, service, clock):
    ana = people.register()
    off = "mutation ($password: String!) { disableTotp(password: $password) { done userErrors { code } } }"
    assert codes(service.data(off, {"password": PASSWORD}, caller=ana.caller)["disableTotp"]) == [
        "TOTP_NOT_ENROLLED"
    ]
    secret = service.data("mutation { enrolTotp { secret } }", caller=ana.caller)["enrolTotp"]["secret"]
    code = totp.code_at(secret, totp.step_of(clock.now()))
    service.data(
        "mutation ($code: String!) { confirmTotp(code: $code) { done } }", {"code": code}, caller=ana.caller
    )

    refused = service.data(off, {"password": "not this one"}, caller=ana.caller)["disableTotp"]
    service.data(off, {"password": PASSWORD}, caller=ana.caller)

    assert codes(refused) == ["WRONG_PASSWORD"]
    assert people.login("ana@example.org").id == ana.id


def test_a_reset_does_not_get_around_the_codes(people, service, clock):
    ana = people.register()
    secret = service.data("mutation { enrolTotp { secret } }", caller=ana.caller)["enrolTotp"]["secret"]
    code = totp.code_at(secret, totp.step_of(clock.now()))
    service.data(
        "mutation ($code: String!) { confirmTotp(code: $code) { done } }", {"code": code}, caller=ana.caller
    )
    service.data('mutation { requestPasswordReset(email: "ana@example.org") { done } }')
    wanted = {"input": {"token": people.mailed_token("password.reset_requested"), "newPassword": NEW}}

    answer = service.data(
        """mutation ($input: ResetPasswordInput!) {
          resetPassword(input: $input) { tokens { accessToken } userErrors { code } }
        }""",
        wanted,
    )["resetPassword"]

    assert answer["tokens"] is None
    assert codes(answer) == ["TOTP_REQUIRED"]
    assert codes(people.try_login("ana@example.org", NEW)) == ["TOTP_REQUIRED"]


def test_everything_all_services_hold_comes_as_one_file_for_an_hour(people, service, peers, clock):
    ana = people.register()
    for room in ("booking", "coupon", "movie", "notification", "payment"):
        peers.answers[f"{room}_service", f"{room}PersonalData"] = lambda given, room=room: json.dumps(
            {"from": room, "about": given["userId"]}
        )

    url = service.data("mutation { exportMyData { url userErrors { code } } }", caller=ana.caller)[
        "exportMyData"
    ]["url"]
    path = url.removeprefix("http://localhost:5000")
    file = service.get(path)

    held = file.get_json()["services"]
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "no-store"
    assert held["user_service"]["account"]["email"] == "ana@example.org"
    assert held["booking_service"] == {"from": "booking", "about": ana.id}
    assert set(held) == {
        f"{room}_service" for room in ("user", "booking", "coupon", "movie", "notification", "payment")
    }
    assert service.get(path.replace("signature=", "signature=0")).status_code == 404
    clock.advance(hours=1, seconds=1)
    assert service.get(path).status_code == 404


def test_half_an_export_is_none(people, service):
    ana = people.register()

    assert service.error_codes("mutation { exportMyData { url } }", caller=ana.caller) == [
        "SERVICE_UNAVAILABLE"
    ]


def test_deleting_the_account_needs_the_password_and_leaves_nothing_personal(people, service, runtime):
    ana, admin = people.register(phone="+351 21 000 0000"), people.an_admin()
    delete = (
        "mutation ($password: String!) { deleteMyAccount(password: $password) { done userErrors { code } } }"
    )
    assert codes(
        service.data(delete, {"password": "not this one"}, caller=ana.caller)["deleteMyAccount"]
    ) == ["WRONG_PASSWORD"]

    assert service.data(delete, {"password": PASSWORD}, caller=ana.caller)["deleteMyAccount"]["done"] is True

    ask = {"r": [{"__typename": "User", "id": ana.id}]}
    left = service.data(ENTITIES, ask, caller=admin)["_entities"][0]
    assert (left["name"], left["email"], left["phone"], left["active"]) == (
        "Deleted account",
        None,
        None,
        False,
    )
    assert people.published("user.erased") == [{"userId": ana.id}]
    assert Revocations(runtime.redis).is_revoked(ana.session_id)
    assert codes(people.try_login("ana@example.org")) == ["INVALID_CREDENTIALS"]
    assert service.error_codes(ME, caller=ana.caller) == ["UNAUTHENTICATED"]
    assert people.register("ana@example.org").id != ana.id
