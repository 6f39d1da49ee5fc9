"""Sessions: refreshed, listed, ended, and told to every room."""

from dataclasses import replace

import redis as redis_package

from chassis.identity import VISITOR
from chassis.revocations import Revocations
from chassis.testing import ServiceClient
from user_service.app import create_app
from user_service.commands import sessions
from user_service.tests.builders import AUTH_PARTS, LOGIN, PASSWORD, REFRESH, REGISTER, at_once, codes, signed

SESSIONS = "{ mySessions { id userAgent ipAddress current createdAt lastSeenAt } }"
BROWSER = {"X-Session": "cookie", "Origin": "http://localhost:5000"}
COOKIE = "lobbycard_refresh"


def refresh(service, token):
    return service.data(REFRESH, {"token": token})["refreshTokens"]


def is_revoked(runtime, person) -> bool:
    return Revocations(runtime.redis).is_revoked(person.session_id)


def test_a_refresh_token_gives_new_tokens_of_the_same_session(people, service, clock):
    ana = people.register()
    clock.advance(minutes=14)

    again = signed(refresh(service, ana.refresh_token))

    assert again.session_id == ana.session_id
    assert again.refresh_token != ana.refresh_token


def test_a_refresh_token_used_twice_ends_the_session_for_both(people, service, runtime):
    ana = people.register()
    thief = signed(refresh(service, ana.refresh_token))

    reused = refresh(service, ana.refresh_token)
    after = refresh(service, thief.refresh_token)

    assert codes(reused) == ["REFRESH_TOKEN_REUSED"]
    assert codes(after) == ["REFRESH_TOKEN_INVALID"]
    assert is_revoked(runtime, ana)


def test_a_refresh_token_that_is_unknown_or_out_of_date_is_refused(people, service, clock):
    ana = people.register()
    clock.advance(days=31)

    assert codes(refresh(service, ana.refresh_token)) == ["REFRESH_TOKEN_INVALID"]
    assert codes(refresh(service, "made up")) == ["REFRESH_TOKEN_INVALID"]
    assert codes(refresh(service, ana.access_token)) == ["REFRESH_TOKEN_INVALID"]


def test_a_browser_gets_its_refresh_token_as_a_cookie_and_never_sees_it(service):
    wanted = {"email": "ana@example.org", "password": PASSWORD, "name": "Ana"}

    answer = service.post(
        "/graphql", json={"query": REGISTER, "variables": {"input": wanted}}, headers={**service.headers(), **BROWSER}
    )  # fmt: skip

    assert answer.get_json()["data"]["register"]["tokens"]["refreshToken"] == ""
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_browser_refreshes_by_its_cookie_from_our_own_pages_only(people, service):
    people.register()
    service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}}, **BROWSER)
    ask = f"mutation {{ refreshTokens {{ {AUTH_PARTS} }} }}"

    foreign = service.gql(ask, **{"X-Session": "cookie", "Origin": "https://evil.example"})
    without = service.gql(ask, **{"X-Session": "cookie"})
    assert foreign["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert without["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}}, **BROWSER)
    own = service.gql(ask, **BROWSER)["data"]["refreshTokens"]
    next_one = service.gql(ask, **BROWSER)["data"]["refreshTokens"]
    assert own["tokens"]["refreshToken"] == ""
    assert next_one["tokens"]["accessToken"]


def test_a_page_of_a_site_that_is_listed_refreshes_by_the_cookie_too(people, runtime):
    listed = {"X-Session": "cookie", "Origin": "https://www.cinema.test"}
    settings = runtime.settings.model_copy(update={"allowed_origins": "https://www.cinema.test"})
    service = ServiceClient(create_app(runtime=replace(runtime, settings=settings)))
    people.register()

    service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}}, **listed)
    refreshed = service.gql(f"mutation {{ refreshTokens {{ {AUTH_PARTS} }} }}", **listed)
    foreign = service.gql(
        f"mutation {{ refreshTokens {{ {AUTH_PARTS} }} }}", **listed | {"Origin": "https://cinema.test"}
    )

    assert refreshed["data"]["refreshTokens"]["tokens"]["accessToken"]
    assert foreign["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_over_https_the_cookie_is_bound_to_the_host(people, runtime):
    from user_service import cookies

    secure = runtime.settings.model_copy(update={"public_url": "https://tickets.example"})

    assert cookies.name_of(secure) == "__Host-lobbycard_refresh"
    assert cookies.own_origins(secure) == {"https://tickets.example"}


def test_signing_out_ends_the_session_everywhere_and_takes_the_cookie(people, service, runtime):
    people.register()
    answer = service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}}, **BROWSER)
    ana = signed(answer["data"]["login"])

    done = service.post(
        "/graphql", json={"query": "mutation { logout { done } }"}, headers=service.headers(ana.caller)
    )

    assert done.get_json()["data"]["logout"]["done"] is True
    assert "Max-Age=0" in done.headers["Set-Cookie"]
    assert is_revoked(runtime, ana)


def test_who_has_only_the_cookie_left_can_still_sign_out(people, service, runtime):
    people.register()
    answer = service.gql(LOGIN, {"input": {"email": "ana@example.org", "password": PASSWORD}}, **BROWSER)
    ana = signed(answer["data"]["login"])

    assert service.gql("mutation { logout { done } }", **BROWSER)["data"]["logout"]["done"] is True
    assert is_revoked(runtime, ana)


def test_a_visitor_has_nothing_to_sign_out_of(service):
    assert service.error_codes("mutation { logout { done } }") == ["UNAUTHENTICATED"]


def test_the_list_of_sessions_shows_where_one_is_signed_in_and_which_this_is(people, service):
    phone = people.register()
    desk = people.login("ana@example.org")

    listed = service.data(SESSIONS, caller=desk.caller)["mySessions"]

    assert {entry["id"]: entry["current"] for entry in listed} == {
        phone.session_id: False, desk.session_id: True,
    }  # fmt: skip
    assert service.error_codes(SESSIONS, caller=VISITOR) == ["UNAUTHENTICATED"]


def test_one_session_can_be_ended_from_another(people, service, runtime):
    phone, desk = people.register(), people.login("ana@example.org")
    end = "mutation ($id: ID!) { revokeSession(id: $id) { done } }"

    service.data(end, {"id": phone.session_id}, caller=desk.caller)

    assert is_revoked(runtime, phone)
    assert not is_revoked(runtime, desk)
    assert [entry["id"] for entry in service.data(SESSIONS, caller=desk.caller)["mySessions"]] == [
        desk.session_id
    ]
    assert service.error_codes(end, {"id": phone.session_id}, caller=desk.caller) == ["NOT_FOUND"]


def test_the_session_of_somebody_else_is_not_found(people, service, runtime):
    ana, eve = people.register(), people.register("eve@example.org")

    ask = "mutation ($id: ID!) { revokeSession(id: $id) { done } }"

    assert service.error_codes(ask, {"id": ana.session_id}, caller=eve.caller) == ["NOT_FOUND"]
    assert not is_revoked(runtime, ana)


def test_signing_out_everywhere_ends_them_all(people, service, runtime):
    phone, desk = people.register(), people.login("ana@example.org")

    service.data("mutation { logoutEverywhere { done } }", caller=desk.caller)

    assert is_revoked(runtime, phone)
    assert is_revoked(runtime, desk)
    assert codes(refresh(service, phone.refresh_token)) == ["REFRESH_TOKEN_INVALID"]


def test_sessions_that_end_while_redis_is_away_are_told_once_it_is_back(
    people, service, runtime, monkeypatch
):
    ana = people.register()

    def away(*_arguments):
        raise redis_package.ConnectionError("away")

    with monkeypatch.context() as outage:
        outage.setattr(Revocations, "revoke", away)
        service.data("mutation { logout { done } }", caller=ana.caller)
    assert not is_revoked(runtime, ana)

    assert sessions.tell_ended(runtime) == 1
    assert is_revoked(runtime, ana)
    assert sessions.tell_ended(runtime) == 0


def test_the_mark_of_an_ended_session_outlives_its_access_tokens(people, service, runtime):
    ana = people.register()
    service.data("mutation { logout { done } }", caller=ana.caller)

    left = runtime.redis.ttl(f"revoked:session:{ana.session_id}")

    assert left > 15 * 60


def test_old_sessions_are_forgotten(people, service, runtime, clock):
    from user_service.worker import tidy

    ana = people.register()
    service.data("mutation { logout { done } }", caller=ana.caller)
    clock.advance(days=8)

    tidy(runtime)

    assert codes(refresh(service, ana.refresh_token)) == ["REFRESH_TOKEN_INVALID"]


def test_a_refresh_token_used_by_many_at_once_is_good_for_one_of_them(people, service, runtime):
    ana = people.register()

    answers = at_once(*[lambda: refresh(service, ana.refresh_token)] * 6)

    assert sum(answer["tokens"] is not None for answer in answers) <= 1
    assert {code for answer in answers for code in codes(answer)} <= {
        "REFRESH_TOKEN_REUSED",
        "REFRESH_TOKEN_INVALID",
    }
    assert is_revoked(runtime, ana)
