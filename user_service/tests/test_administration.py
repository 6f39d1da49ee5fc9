"""What administrators do with people, and what everybody else may not."""

import pytest

from chassis.events import Envelope
from chassis.identity import VISITOR, Role
from chassis.revocations import Revocations
from chassis.testing import as_peer, as_user
from user_service import totp
from user_service.tests.builders import AUTH_PARTS, at_once, codes, signed
from user_service.worker import build_worker

USERS = """
query ($search: String, $role: Role, $active: Boolean, $first: Int, $after: String) {
  users(search: $search, role: $role, active: $active, first: $first, after: $after) {
    nodes { id email } totalCount pageInfo { hasNextPage endCursor }
  }
}"""
INVITE = """
mutation ($input: InviteUserInput!) {
  inviteUser(input: $input) { user { id role cinemaIds } userErrors { code field } }
}"""
SET_ROLE = """
mutation ($input: SetUserRoleInput!) {
  setUserRole(input: $input) { user { role cinemaIds } userErrors { code } }
}"""
SET_ACTIVE = """
mutation ($userId: ID!, $active: Boolean!) {
  setUserActive(userId: $userId, active: $active) { user { active } userErrors { code } }
}"""
ERASE = "mutation ($id: ID!) { eraseUser(id: $id) { done userErrors { code } } }"
AUDIT = """
query ($filter: AuditFilter) {
  auditEntries(filter: $filter) {
    nodes { id action actor { id name } objectType objectId before after requestId at } totalCount
  }
}"""
GUARDED = [
    ("{ user(id: \"x\") { id } }", None),
    (USERS, {}),
    (AUDIT, {}),
    (INVITE, {"input": {"email": "x@example.org", "name": "X", "role": "ADMIN"}}),
    (SET_ROLE, {"input": {"userId": "x", "role": "ADMIN"}}),
    (SET_ACTIVE, {"userId": "x", "active": False}),
    (ERASE, {"id": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "variables"), GUARDED)
def test_people_are_managed_by_administrators_alone(service, query, variables):
    assert service.error_codes(query, variables, caller=VISITOR) == ["UNAUTHENTICATED"]
    for role in ("CUSTOMER", "STAFF", "MANAGER"):
        assert service.error_codes(query, variables, caller=as_user("u", role)) == ["FORBIDDEN"]


def test_people_are_found_by_name_and_address_without_regard_to_accents(people, service):
    admin = people.an_admin()
    zoe = people.register("zoe@example.org", name="Zoë Müller")
    people.register("ana@example.org", name="100% Ana")

    def found(search):
        return [
            node["email"] for node in service.data(USERS, {"search": search}, caller=admin)["users"]["nodes"]
        ]

    assert found("zoe") == found("MULLER") == found("zoë müller") == ["zoe@example.org"]
    assert found("zoe@example") == ["zoe@example.org"]
    assert found("nobody") == []
    one = service.data("query ($id: ID!) { user(id: $id) { email } }", {"id": zoe.id}, caller=admin)
    assert one == {"user": {"email": "zoe@example.org"}}
    assert service.error_codes('{ user(id: "x") { id } }', caller=admin) == ["NOT_FOUND"]


def test_people_come_in_pages_newest_first(people, service, clock):
    admin = people.an_admin()
    for number in range(3):
        clock.advance(minutes=1)
        people.register(f"p{number}@example.org")

    first = service.data(USERS, {"role": "CUSTOMER", "first": 2}, caller=admin)["users"]
    second = service.data(
        USERS, {"role": "CUSTOMER", "first": 2, "after": first["pageInfo"]["endCursor"]}, caller=admin
    )["users"]

    assert [node["email"] for node in first["nodes"] + second["nodes"]] == [
        "p2@example.org", "p1@example.org", "p0@example.org",
    ]  # fmt: skip
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (3, False)
    assert service.error_codes(USERS, {"first": 101}, caller=admin) == ["BAD_USER_INPUT"]


def test_somebody_invited_chooses_a_password_by_the_link_and_has_the_role(people, service):
    admin = people.an_admin()
    wanted = {"email": "Stan@example.org", "name": "Stan", "role": "STAFF", "cinemaIds": ["c2", "c1"]}

    user = service.data(INVITE, {"input": wanted}, caller=admin)["inviteUser"]["user"]
    chosen = {"token": people.mailed_token("user.invited"), "newPassword": "usher with a torch"}
    answer = service.data(
        f"mutation ($input: ResetPasswordInput!) {{ resetPassword(input: $input) {{ {AUTH_PARTS} }} }}",
        {"input": chosen},
    )["resetPassword"]

    stan = signed(answer)
    assert user == {"id": stan.id, "role": "STAFF", "cinemaIds": ["c1", "c2"]}
    assert stan.caller.has_role(Role.STAFF)
    assert stan.caller.scope == {"c1", "c2"}
    assert answer["user"]["emailVerified"] is True
    assert people.published("user.role_changed") == [
        {"userId": stan.id, "role": "STAFF", "scope": ["c1", "c2"]}
    ]


def test_an_invitation_can_be_sent_anew_until_it_is_accepted(people, service):
    admin = people.an_admin()
    wanted = {"email": "stan@example.org", "name": "Stan", "role": "STAFF"}
    service.data(INVITE, {"input": wanted}, caller=admin)
    people.register("ana@example.org")

    again = service.data(INVITE, {"input": {**wanted, "role": "MANAGER"}}, caller=admin)["inviteUser"]
    taken = service.data(INVITE, {"input": {**wanted, "email": "ana@example.org"}}, caller=admin)[
        "inviteUser"
    ]

    assert again["user"]["role"] == "MANAGER"
    assert len(people.published("user.invited")) == 2
    assert codes(taken) == ["EMAIL_TAKEN"]


def test_a_new_role_ends_the_sessions_that_tell_the_old_one(people, service, runtime):
    admin, ana = people.an_admin(), people.register()
    wanted = {"input": {"userId": ana.id, "role": "MANAGER", "cinemaIds": ["c1"]}}

    answer = service.data(SET_ROLE, wanted, caller=admin)["setUserRole"]

    assert answer["user"] == {"role": "MANAGER", "cinemaIds": ["c1"]}
    assert Revocations(runtime.redis).is_revoked(ana.session_id)
    assert people.login("ana@example.org").caller.role.name == "MANAGER"
    assert "user.set_role" in people.audited()


def test_the_last_administrator_stays_one(people, service):
    first, second = people.an_admin(), people.an_admin("second@example.org")
    demote = {"input": {"userId": first.user_id, "role": "CUSTOMER"}}
    assert codes(service.data(SET_ROLE, demote, caller=second)["setUserRole"]) == []

    last = second.user_id
    to_staff = {"input": {"userId": last, "role": "STAFF"}}
    assert codes(service.data(SET_ROLE, to_staff, caller=second)["setUserRole"]) == ["LAST_ADMIN"]
    off = service.data(SET_ACTIVE, {"userId": last, "active": False}, caller=second)["setUserActive"]
    assert codes(off) == ["LAST_ADMIN"]
    assert codes(service.data(ERASE, {"id": last}, caller=second)["eraseUser"]) == ["LAST_ADMIN"]


def test_an_account_that_is_switched_off_has_no_sessions_and_gets_none(people, service, runtime):
    admin, ana = people.an_admin(), people.register()

    service.data(SET_ACTIVE, {"userId": ana.id, "active": False}, caller=admin)

    assert Revocations(runtime.redis).is_revoked(ana.session_id)
    assert codes(people.try_login("ana@example.org")) == ["ACCOUNT_DEACTIVATED"]
    assert codes(people.try_login("ana@example.org", "not this one")) == ["INVALID_CREDENTIALS"]
    service.data('mutation { requestPasswordReset(email: "ana@example.org") { done } }')
    assert people.published("password.reset_requested") == []

    service.data(SET_ACTIVE, {"userId": ana.id, "active": True}, caller=admin)
    assert people.login("ana@example.org").id == ana.id


def test_an_administrator_erases_somebody(people, service):
    admin, ana = people.an_admin(), people.register()

    assert service.data(ERASE, {"id": ana.id}, caller=admin)["eraseUser"]["done"] is True
    assert service.error_codes(ERASE, {"id": ana.id}, caller=admin) == ["NOT_FOUND"]
    assert service.data(USERS, {"role": "CUSTOMER"}, caller=admin)["users"]["totalCount"] == 0


def entry(number, action, actor=None, object_type="Showtime", object_id="s1", at="2026-11-21T12:00:00+00:00"):
    payload = {
        "actorId": actor, "action": action, "objectType": object_type, "objectId": object_id,
        "before": '{"status":"ON_SALE"}', "after": '{"status":"CANCELLED"}', "requestId": f"request-{number}", "at": at,
    }  # fmt: skip
    return Envelope("audit.recorded", payload, id=f"event-{number}")


def test_changes_in_all_services_are_collected_and_told_by_whom(people, service, runtime):
    admin = people.an_admin()
    worker = build_worker(runtime)
    cancelled = entry(1, "showtime.cancel", admin.user_id)

    assert worker.handle(cancelled) is True
    assert worker.handle(cancelled) is False
    worker.handle(entry(2, "booking.expire", at="2026-11-21T13:00:00+00:00"))

    page = service.data(AUDIT, {}, caller=admin)["auditEntries"]
    assert page["totalCount"] == 2
    assert page["nodes"][0]["actor"] is None
    assert page["nodes"][1] == {
        "id": "event-1", "action": "showtime.cancel", "actor": {"id": admin.user_id, "name": "Rita Root"},
        "objectType": "Showtime", "objectId": "s1", "before": '{"status":"ON_SALE"}', "after": '{"status":"CANCELLED"}',
        "requestId": "request-1", "at": "2026-11-21T12:00:00+00:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"action": "showtime.cancel"}, ["event-1"]),
        ({"actorId": "a2"}, ["event-2"]),
        ({"objectType": "Coupon", "objectId": "k1"}, ["event-2"]),
        ({"from": "2026-11-21T12:30:00+00:00"}, ["event-2"]),
        ({"to": "2026-11-21T12:30:00+00:00"}, ["event-1"]),
    ],
)
def test_the_audit_trail_can_be_narrowed(people, service, runtime, wanted, found):
    admin, worker = people.an_admin(), build_worker(runtime)
    worker.handle(entry(1, "showtime.cancel", "a1"))
    worker.handle(entry(2, "coupon.create", "a2", "Coupon", "k1", "2026-11-21T13:00:00+00:00"))

    nodes = service.data(AUDIT, {"filter": wanted}, caller=admin)["auditEntries"]["nodes"]

    assert [node["id"] for node in nodes] == found


def test_the_trail_keeps_nothing_that_describes_an_erased_person(people, service, runtime):
    admin, worker, ana = people.an_admin(), build_worker(runtime), people.register()
    worker.handle(entry(1, "user.update", ana.id, "User", ana.id))

    service.data(ERASE, {"id": ana.id}, caller=admin)
    worker.handle(entry(2, "user.update", ana.id, "User", ana.id))

    nodes = service.data(AUDIT, {"filter": {"objectId": ana.id}}, caller=admin)["auditEntries"]["nodes"]
    assert [(node["before"], node["after"]) for node in nodes] == [(None, None), (None, None)]


CONTACTS = "query ($ids: [ID!]!) { usersContacts(ids: $ids) { userId email phone name locale } }"


def test_siblings_ask_how_to_reach_people(people, service):
    ana = people.register(phone="+351 21 000 0000")
    contact = {
        "userId": ana.id, "email": "ana@example.org", "phone": "+351 21 000 0000", "name": "Ana Costa", "locale": "en",
    }  # fmt: skip
    one = "query ($id: ID!) { userContact(id: $id) { userId email phone name locale } }"

    assert service.data(one, {"id": ana.id}, caller=as_peer("booking_service")) == {"userContact": contact}
    several = service.data(CONTACTS, {"ids": ["x", ana.id]}, caller=as_peer("booking_service"))
    assert several == {"usersContacts": [None, contact]}


def test_what_only_siblings_may_ask_is_not_there_for_anybody_else(people, service):
    admin = people.an_admin()

    assert service.error_codes(CONTACTS, {"ids": ["x"]}, caller=admin) == ["NOT_FOUND"]
    assert service.error_codes('{ userPersonalData(userId: "x") }', caller=admin) == ["NOT_FOUND"]
    held = service.data('{ userPersonalData(userId: "x") }', caller=as_peer("user_service"))
    assert held == {"userPersonalData": "{}"}


def test_of_two_administrators_who_leave_at_once_one_stays(people, service, runtime):
    first, second = people.an_admin(), people.an_admin("second@example.org")
    remaining = "query { users(role: ADMIN, active: true) { totalCount } }"

    def demote(admin):
        wanted = {"input": {"userId": admin.user_id, "role": "CUSTOMER"}}
        return codes(service.data(SET_ROLE, wanted, caller=admin)["setUserRole"])

    answers = at_once(lambda: demote(first), lambda: demote(second))

    assert sorted(answers) == [[], ["LAST_ADMIN"]]
    assert service.data(remaining, caller=first)["users"]["totalCount"] == 1


def test_an_administrator_switches_codes_off_for_who_has_lost_the_app(people, service, clock, runtime):
    off = "mutation ($id: ID!) { switchOffTotp(userId: $id) { user { totpEnabled } userErrors { code } } }"
    admin, ana = people.an_admin(), people.register()
    assert codes(service.data(off, {"id": ana.id}, caller=admin)["switchOffTotp"]) == ["TOTP_NOT_ENROLLED"]
    secret = service.data("mutation { enrolTotp { secret } }", caller=ana.caller)["enrolTotp"]["secret"]
    code = totp.code_at(secret, totp.step_of(clock.now()))
    service.data("mutation ($c: String!) { confirmTotp(code: $c) { done } }", {"c": code}, caller=ana.caller)

    done = service.data(off, {"id": ana.id}, caller=admin)["switchOffTotp"]

    assert done == {"user": {"totpEnabled": False}, "userErrors": []}
    assert Revocations(runtime.redis).is_revoked(ana.session_id)
    assert people.login("ana@example.org").id == ana.id
    assert people.audited().count("user.switch_off_codes") == 1
    assert service.error_codes(off, {"id": admin.user_id}, caller=admin) == ["FORBIDDEN"]
    assert service.error_codes(off, {"id": "nobody"}, caller=admin) == ["NOT_FOUND"]
