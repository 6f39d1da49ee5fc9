"""3-D Secure: the payer confirms or refuses on the provider's page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from payment_service.commands.settling import reconcile


def _page_of(taken):
    address = urlsplit(taken["redirectUrl"])
    return f"{address.path}?{address.query}"


def test_the_payer_is_sent_to_a_page_that_asks(till):
    taken = till.take("pm_3ds")

    page = till.client.get(_page_of(taken))

    assert taken["outcome"] == "ACTION_REQUIRED"
    assert taken["clientSecret"]
    assert taken["redirectUrl"].startswith("http://lobby.example/payments/3ds/")
    assert "25.00 EUR for 2 seats for Häxan" in page.text
    assert "script" not in page.text
    assert till.captured_by_provider() == 0


@pytest.mark.parametrize(
    ("decision", "outcome", "code"),
    [("confirm", "SUCCEEDED", None), ("refuse", "DECLINED", "AUTHENTICATION_FAILED")],
)
def test_the_payers_decision_settles_the_payment(till, decision, outcome, code):
    taken = till.take("pm_3ds")

    answer = till.client.post(_page_of(taken), data={"decision": decision, "secret": taken["clientSecret"]})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "http://lobby.example/bookings/booking-1/pay"
    assert till.take("pm_3ds")["outcome"] == outcome
    assert [(e["outcome"], e["failureCode"]) for e in till.published("payment.settled")] == [(outcome, code)]


def test_a_program_may_decide_by_json(till):
    taken = till.take("pm_3ds")

    answer = till.client.post(_page_of(taken), json={"decision": "confirm"})

    assert answer.get_json() == {"state": "SUCCEEDED"}


def test_a_decision_stands(till):
    taken = till.take("pm_3ds")
    till.client.post(_page_of(taken), json={"decision": "refuse"})

    again = till.client.post(_page_of(taken), json={"decision": "confirm"})

    assert again.get_json() == {"state": "FAILED"}
    assert till.captured_by_provider() == 0
    assert "was not made" in till.client.get(_page_of(taken)).text


def test_a_wrong_secret_or_a_strange_decision_changes_nothing(till):
    taken = till.take("pm_3ds")
    path = urlsplit(taken["redirectUrl"]).path

    guessed = till.client.post(f"{path}?secret=guess", json={"decision": "confirm"})
    strange = till.client.post(_page_of(taken), json={"decision": "maybe"})
    unseen = till.client.get(f"{path}?secret=guess")

    assert [guessed.status_code, strange.status_code, unseen.status_code] == [404, 400, 404]
    assert till.settle()["outcome"] == "ACTION_REQUIRED"


def test_a_payer_who_never_comes_back_is_given_up(till):
    till.take("pm_3ds")
    till.clock.advance(minutes=5)
    waiting = reconcile(till.runtime)
    till.clock.advance(minutes=6)

    given_up = reconcile(till.runtime)

    assert (waiting, given_up) == (0, 1)
    assert till.take("pm_3ds")["payment"]["failureCode"] == "NOT_CONFIRMED_IN_TIME"
