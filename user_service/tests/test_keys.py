"""Signing keys: made at first use, rotated without refusing anybody, readable by their owner alone."""

import stat
from datetime import timedelta

import pytest

from chassis import migrations
from user_service import first_admin, seed
from user_service.errors import AdminExists, EmailTaken
from user_service.keys import SigningKeys
from user_service.tests.builders import codes


def test_the_first_key_is_made_when_it_is_needed_and_only_its_owner_can_read_it(tmp_path, clock):
    keys = SigningKeys(tmp_path / "keys")

    name, _ = keys.current(clock.now())

    file = tmp_path / "keys" / f"{name}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [key["kid"] for key in keys.published()] == [name]
    assert keys.current(clock.now())[0] == name


def test_a_new_key_is_published_a_minute_before_it_signs(tmp_path, clock):
    keys, other_process = SigningKeys(tmp_path), SigningKeys(tmp_path)
    old, _ = keys.current(clock.now())
    clock.advance(hours=1)

    new = other_process.rotate(clock.now())

    assert [key["kid"] for key in keys.published()] == [old, new]
    assert keys.current(clock.now())[0] == old
    assert keys.current(clock.now() + timedelta(seconds=61))[0] == new


def test_an_old_key_stays_published_until_its_last_token_has_expired(tmp_path, clock):
    keys = SigningKeys(tmp_path)
    first, _ = keys.current(clock.now())
    clock.advance(hours=1)
    second = keys.rotate(clock.now())
    clock.advance(minutes=90)
    third = keys.rotate(clock.now())
    assert {key["kid"] for key in keys.published()} == {first, second, third}
    clock.advance(hours=1)

    fourth = keys.rotate(clock.now())

    assert {key["kid"] for key in keys.published()} == {second, third, fourth}


def test_published_keys_hold_nothing_secret(tmp_path, clock):
    keys = SigningKeys(tmp_path)
    keys.current(clock.now())

    assert set(keys.published()[0]) == {"kty", "crv", "alg", "use", "kid", "x"}


def test_every_demo_person_can_sign_in_with_the_role_that_is_printed(people, runtime):
    seed.run(runtime)
    seed.run(runtime)

    for role, email, password in seed.DEMO_SIGN_INS:
        person = people.login(email, password)
        assert person.caller.role.name == role
        assert person.id == seed.demo_user_id(email)
        assert person.caller.scope == ({seed.DEMO_CINEMA} if role in ("MANAGER", "STAFF") else set())


def test_production_has_no_demo_people(people, runtime):
    live = runtime.settings.model_copy(update={"environment": "production"})

    seed.run(type(runtime)(runtime.name, live, runtime.database, runtime.redis, runtime.peers, runtime.clock))

    assert codes(people.try_login(seed.DEMO_SIGN_INS[0].email, seed.DEMO_SIGN_INS[0].password)) == [
        "INVALID_CREDENTIALS"
    ]


def test_the_models_and_the_migrations_agree(runtime):
    assert migrations.differences(runtime.database, "user_service") == []


def test_the_first_administrator_is_named_by_who_runs_the_machine_and_only_the_first(
    people, service, runtime
):
    first_admin.appoint(runtime, "Owner@example.org", "Olga Owner")
    link = first_admin.appoint(runtime, "owner@example.org", "Olga Owner")
    chosen = {"token": link.split("token=")[1], "newPassword": "usher with a torch"}
    query = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { user { role } userErrors { code } } }"

    answer = service.data(query, {"input": chosen})["resetPassword"]

    assert answer == {"user": {"role": "ADMIN"}, "userErrors": []}
    for email in ("owner@example.org", "second@example.org"):
        with pytest.raises(AdminExists):
            first_admin.appoint(runtime, email, "Somebody Else")


def test_an_ordinary_account_is_not_taken_over_as_the_first_administrator(people, runtime):
    people.register("ana@example.org")

    with pytest.raises(EmailTaken):
        first_admin.appoint(runtime, "ana@example.org", "Ana")
