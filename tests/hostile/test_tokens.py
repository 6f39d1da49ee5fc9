"""Forged, stale and stolen tokens, at the gateway and past it."""

import base64
import hashlib
import hmac
import json
import secrets
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.identity import CALLER_HEADER, Caller, Role, sign_caller
from tests.architecture.sources import SERVICES
from tests.hostile.inside import (
    ask_directly,
    by_hand,
    claims_of,
    fresh,
    public_pem,
    secret_of,
    signed_truly,
    true_key,
)
from tests.journeys.guests import LOGIN, REGISTER, a_guest, signed_in
from tests.system import wait_until

ME = "{ me { id } }"
PROTECTED = "{ myBookings { totalCount } }"
ALGORITHMS = ("none", "None", "nOnE", "NONE", "")
IDS = ("../../../../etc/passwd", "' OR '1'='1", "/dev/null", "http://127.0.0.1:1/key", "", None, 7)


@pytest.fixture(scope="module")
def guest(system):
    return a_guest(system)


def refused(system, token):
    answer = system.gql(PROTECTED, token=token)
    return answer.status == 401 and answer.codes == ["UNAUTHENTICATED"] and answer.data is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_without_a_signature_opens_nothing(system, guest, algorithm):
    """H01 at the gateway."""
    header = {"typ": "JWT", "alg": algorithm, "kid": true_key(system)[0]}

    for claims in (claims_of(guest.token), fresh(claims_of(guest.token), role="ADMIN")):
        assert refused(system, by_hand(header, claims))
        assert refused(system, by_hand(header, claims, b"x" * 64))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_takes_no_token_at_all_but_a_signed_caller(system, guest, service):
    """H01 and H14 past the gateway: even a good token is none there, and a caller without a signature is none."""
    unsigned = by_hand(
        {"alg": "none", "typ": "JWT"}, fresh({"iss": "gateway", "aud": service, "sub": guest.id})
    )
    for headers in (
        {"Authorization": f"Bearer {guest.token}"},
        {CALLER_HEADER: unsigned},
        {CALLER_HEADER: ""},
    ):
        answer = ask_directly(system, service, "{ __typename }", **headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
            401,
            "UNAUTHENTICATED",
        )

    assert ask_directly(system, service, "{ __typename }", caller=Caller()).json() == {
        "data": {"__typename": "Query"}
    }


def test_a_public_key_is_no_secret_to_sign_with(system, guest):
    """H02: HS256 under what everybody can read, or could guess."""
    claims, key_id = fresh(claims_of(guest.token)), true_key(system)[0]
    for key in (public_pem(system), b"secret", b"", key_id.encode()):
        header = {"typ": "JWT", "alg": "HS256", "kid": key_id}
        text = by_hand(header, claims).rstrip(".")
        assert refused(system, f"{text}.{signature_of(text, key)}")


def signature_of(text, key):
    """As HS256 signs; by hand, since a library refuses to take a public key for a secret."""
    return (
        base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    )


@pytest.mark.parametrize("key_id", IDS)
def test_a_key_id_is_looked_up_and_never_opened(system, guest, key_id):
    """H02: a path, SQL or an address as key id names no key."""
    header = {"typ": "JWT", "alg": "EdDSA"} | ({} if key_id is None else {"kid": key_id})

    assert refused(system, by_hand(header, fresh(claims_of(guest.token)), b"x" * 64))


def test_a_key_that_a_token_brings_along_is_not_used(system, guest):
    """H02: neither an embedded key nor an address of one."""
    own, key_id = Ed25519PrivateKey.generate(), true_key(system)[0]
    jwk = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(own.public_key()))
    for more in ({"jwk": jwk}, {"jku": f"{system.url}/x.json"}, {"x5u": f"{system.url}/x.pem"}, {}):
        token = jwt.encode(
            fresh(claims_of(guest.token)), own, algorithm="EdDSA", headers={"kid": key_id, **more}
        )
        assert refused(system, token)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1}, {"exp": ...}, {"nbf": int(time.time()) + 3600}, {"aud": "another"}, {"aud": ...},
        {"iss": "another"}, {"iss": ...}, {"sub": ...}, {"jti": ...}, {"sid": ...}, {"iat": ...},
        {"typ": "refresh"}, {"typ": "reset"}, {"typ": ...}, {"role": "ROOT"}, {"role": ...}, {"scope": "all"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_too_little_or_something_else_is_refused_under_the_true_key(system, guest, changes):
    """H03: one generic code for all of it."""
    claims = claims_of(guest.token)
    assert not refused(system, signed_truly(system, fresh(claims)))  # the control: a good one is let in

    assert refused(system, signed_truly(system, fresh(claims, **changes)))


def test_other_things_that_are_tokens_are_no_access_tokens(system, guest):
    """H03: a refresh token, a caller of the inside, an address's signature."""
    inner = sign_caller(Caller(guest.id, Role.ADMIN), "gateway", secret_of(system))
    for token in (inner, secrets.token_urlsafe(32), guest.token + "x", guest.token[:-2], "x" * 5000, "a.b.c"):
        assert refused(system, token)
    assert system.get(f"/graphql?query={{me{{id}}}}&access_token={guest.token}").json()["data"] == {
        "me": None
    }


@pytest.mark.parametrize("service", ["user_service", "booking_service"])
def test_a_caller_for_one_service_is_none_for_another_and_soon_for_nobody(system, guest, service):
    """H03 past the gateway."""
    caller, secret = Caller(guest.id, Role.ADMIN), secret_of(system)
    stale = sign_caller(caller, service, secret, now=time.time() - 3600)
    foreign = sign_caller(caller, "movie_service", secret)
    guessed = sign_caller(caller, service, "x" * 40)

    for statement in (stale, foreign, guessed):
        assert ask_directly(system, service, ME, **{CALLER_HEADER: statement}).status_code == 401


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "movie_service"])
def test_a_service_that_is_taken_over_cannot_speak_as_the_gateway_or_as_another_service(
    system, guest, service
):
    """H14: whoever holds all that movie_service knows is movie_service to the others, and nobody else."""
    stolen = secret_of(system, "movie_service")
    others = [room for room in ("gateway", *SERVICES) if room != "movie_service"]

    for name in others:
        caller = Caller(guest.id, Role.ADMIN, issuer=name)
        truly = sign_caller(caller, service, secret_of(system, name))
        forged = sign_caller(caller, service, stolen)
        assert ask_directly(system, service, "{ __typename }", **{CALLER_HEADER: truly}).status_code == 200
        assert ask_directly(system, service, "{ __typename }", **{CALLER_HEADER: forged}).status_code == 401


SIGN_OUT = "mutation { logout { done } }"
PASSWORD = "another good password"


def test_after_signing_out_the_token_is_refused_everywhere(system):
    """H04: within a second, whatever is asked."""
    guest = a_guest(system)
    assert guest.ask(PROTECTED).errors == []

    guest.ask(SIGN_OUT)

    wait_until(lambda: refused(system, guest.token), "the session has ended", 10)
    for query in (ME, PROTECTED, "mutation { logoutEverywhere { done } }", "{ myPayments { totalCount } }"):
        assert system.gql(query, token=guest.token).codes == ["UNAUTHENTICATED"]


def test_a_switched_off_person_and_a_dropped_role_lose_their_tokens(system):
    """H04: deactivation, erasure of a role."""
    admin = signed_in(system, "admin@lobbycard.example", "curtain-up-admin")
    off, dropped = a_guest(system), a_guest(system)
    set_off = "mutation($u: ID!) { setUserActive(userId: $u, active: false) { userErrors { code } } }"
    set_role = "mutation($i: SetUserRoleInput!) { setUserRole(input: $i) { userErrors { code } } }"

    assert admin.ask(set_off, {"u": off.id}).errors == []
    assert admin.ask(set_role, {"i": {"userId": dropped.id, "role": "STAFF", "cinemaIds": []}}).errors == []

    for person in (off, dropped):
        wait_until(lambda person=person: refused(system, person.token), "the session has ended", 10)


def test_a_new_password_ends_the_other_sessions(system):
    """H04: and keeps the one that it was chosen in."""
    email, password = f"{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(12)
    system.gql(REGISTER, {"input": {"email": email, "password": password, "name": "Ana"}})
    phone, desk = (
        system.gql(LOGIN, {"input": {"email": email, "password": password}}).data["login"]["tokens"][
            "accessToken"
        ]
        for _ in range(2)
    )
    query = "mutation($i: ChangePasswordInput!) { changePassword(input: $i) { userErrors { code } } }"

    changed = system.gql(query, {"i": {"currentPassword": password, "newPassword": PASSWORD}}, token=desk)

    assert changed.data["changePassword"]["userErrors"] == []
    wait_until(lambda: refused(system, phone), "the phone's session has ended", 10)
    assert system.gql(PROTECTED, token=desk).errors == []
