"""People who guess: passwords, addresses, links."""

import json
import re
import secrets

import requests

from tests.journeys.guests import LOGIN, REGISTER, a_guest
from tests.system import wait_until

FORGET = "mutation($email: String!) { requestPasswordReset(email: $email) { done userErrors { code } } }"
RESET = """mutation($input: ResetPasswordInput!) {
  resetPassword(input: $input) { tokens { accessToken } userErrors { code } } }"""
PROTECTED = "{ myBookings { totalCount } }"


def wrong(email):
    return {"input": {"email": email, "password": "certainly not this one"}}


def test_hundreds_of_sign_ins_under_other_names_in_one_document_are_one_refusal(system):
    """H05: no password is looked at."""
    guess = (
        '{n}: login(input: {{ email: "a@example.org", password: "guess {n}" }}) {{ userErrors {{ code }} }}'
    )
    for count, body in (
        (500, "mutation {{ {0} }}"),
        (2, "mutation {{ {0} }}"),
        (2, "mutation {{ ...F }} fragment F on Mutation {{ {0} }}"),
    ):
        document = body.format(" ".join(guess.format(n=f"a{number}") for number in range(count)))
        answer = system.gql(document)
        assert (answer.status, answer.codes) in ((400, ["QUERY_TOO_COMPLEX"]), (413, ["PAYLOAD_TOO_LARGE"]))
        assert system.requests_of("user_service", answer.request_id) == []


def test_twenty_wrong_passwords_make_one_wait_and_the_owner_still_gets_in(system):
    """H06: pretending to come from elsewhere does not help; a reset does, and the wait has an end."""
    owner = a_guest(system)
    answers = [
        system.gql(LOGIN, wrong(owner.email), headers={"X-Forwarded-For": f"203.0.113.{number % 5}"})
        for number in range(20)
    ]

    last = answers[-1]
    assert last.codes == ["RATE_LIMITED"]
    assert 0 < last.errors[0]["extensions"]["retryAfterSeconds"] <= 900
    assert last.headers["Retry-After"] == str(last.errors[0]["extensions"]["retryAfterSeconds"])
    assert sum(answer.codes == [] for answer in answers) <= 6

    system.gql(FORGET, {"email": owner.email})
    chosen = {
        "input": {"token": token_mailed_to(system, owner.email), "newPassword": secrets.token_urlsafe(12)}
    }
    assert system.gql(RESET, chosen).data["resetPassword"]["tokens"]
    assert system.gql(PROTECTED, token=owner.token).codes == ["UNAUTHENTICATED"]


def test_known_and_unknown_addresses_get_the_same_answer(system):
    """H07: sign-in and reset alike; that the work is the same is counted in user_service's own tests."""
    known, unknown = a_guest(system).email, f"{secrets.token_hex(6)}@example.org"

    for query, variables in ((LOGIN, wrong), (FORGET, lambda email: {"email": email})):
        answers = [system.gql(query, variables(email)) for email in (known, unknown)]
        assert answers[0].status == answers[1].status == 200
        assert without_ids(answers[0].body) == without_ids(answers[1].body)


def test_a_taken_address_costs_a_registration_and_nothing_else_is_told(system):
    """H07: EMAIL_TAKEN is in the contract; it says nothing of whose it is."""
    known = a_guest(system)
    wanted = {"input": {"email": known.email.upper(), "password": secrets.token_urlsafe(12), "name": "Eve"}}

    answer = system.gql(REGISTER, wanted)

    assert answer.refusals("register") == ["EMAIL_TAKEN"]
    assert (answer.data["register"]["user"], answer.data["register"]["tokens"]) == (None, None)


def test_a_link_for_a_new_password_is_ours_works_once_and_ends_every_session(system):
    """H08: whatever host the request claims."""
    guest = a_guest(system)
    forged = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    body = json.dumps({"query": FORGET, "variables": {"email": guest.email}})
    answer = requests.post(
        f"{system.url}/graphql", data=body, headers={"Content-Type": "application/json", **forged}, timeout=20
    )
    assert answer.json()["data"]["requestPasswordReset"]["done"] is True

    link = link_mailed_to(system, guest.email)
    assert link.startswith(f"http://localhost:{system.port}/reset-password?token=")
    token = link.partition("token=")[2]
    assert len(token) * 6 >= 128

    def choose(word):
        return system.gql(RESET, {"input": {"token": token, "newPassword": word}})

    assert choose("first of my passwords").refusals("resetPassword") == []
    assert choose("second of my passwords").refusals("resetPassword") == ["LINK_INVALID"]
    assert system.gql(RESET, {"input": {"token": "x" * 43, "newPassword": "third password"}}).refusals(
        "resetPassword"
    ) == ["LINK_INVALID"]
    wait_until(
        lambda: system.gql(PROTECTED, token=guest.token).codes == ["UNAUTHENTICATED"], "the session ended", 10
    )


def link_mailed_to(system, email, page="reset-password"):
    """The newest link to `page` in the mailbox of `email`."""
    found = []

    def arrived():
        mails = system.get("/dev/mailbox", params={"to": email}).text
        for path in re.findall(r'href="(/dev/mailbox/[^"?]+)', mails):
            found[:] = re.findall(rf"http://[^\s\"<]+/{page}\?token=[\w-]+", system.get(path).text)
            if found:
                return True
        return False

    wait_until(arrived, "the mail has arrived", 30)
    return found[0]


def token_mailed_to(system, email, page="reset-password"):
    """The token in that link."""
    return link_mailed_to(system, email, page).partition("token=")[2]


def without_ids(body):
    return re.sub(r'"requestId": "[^"]*"', '"requestId": ""', json.dumps(body))


def test_what_guesses_is_asked_alone_in_a_document(system):
    """H05: the same holds for every operation that guesses."""
    one = '{n}: requestPasswordReset(email: "{n}@example.org") {{ done }}'

    twice = system.gql(f"mutation {{ {one.format(n='a')} {one.format(n='b')} }}")

    assert twice.codes == ["QUERY_TOO_COMPLEX"]
