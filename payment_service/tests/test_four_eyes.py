"""Above the house's limit a second person decides; two tabs never give the same money back twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.testing import as_user
from payment_service.commands.carrying_out import retry_refunds
from payment_service.tests.builders import ADMIN, ANA, LISBON, MANAGER, PORTO, REFUND

OTHER = as_user("otto", "MANAGER", (LISBON,))
FIELDS = """payment { id status refundable { amount } refunded { amount }
  refunds { id status amount { amount } requestedBy { id } decidedBy { id } } } userErrors { code field } } }"""
APPROVE = "mutation($id: ID!) { approveRefund(refundId: $id) { " + FIELDS
REJECT = "mutation($id: ID!, $reason: String!) { rejectRefund(refundId: $id, reason: $reason) { " + FIELDS
SEEN = "query($id: ID!) { payment(id: $id) { refundable { amount } refunds { status requestedBy { id } } } }"
WAITING = "{ payments(filter: { refundStatus: AWAITING_APPROVAL }) { nodes { id } totalCount } }"
LARGE = {"amount": {"amount": 90_000, "currency": "EUR"}}


@pytest.fixture
def payment_id(till):
    return till.take(**LARGE)["payment"]["id"]


@pytest.fixture
def waiting(till, payment_id):
    """A refund of 600.00 euro that waits."""
    [refund] = till.refund(payment_id, 60_000)["payment"]["refunds"]
    assert refund["status"] == "AWAITING_APPROVAL"
    return refund["id"]


def decide(till, document, caller, refund_id, **more):
    payload = till.client.data(document, {"id": refund_id, **more}, caller=caller)
    return next(iter(payload.values()))


def codes(payload):
    return [error["code"] for error in payload["userErrors"]]


def entries(till, action):
    return [entry for entry in till.published("audit.recorded") if entry["action"] == action]


def test_up_to_the_limit_one_person_decides(till, payment_id):
    answer = till.refund(payment_id, 50_000)

    assert [refund["status"] for refund in answer["payment"]["refunds"]] == ["SUCCEEDED"]


def test_what_waits_is_promised_and_not_given(till, payment_id, waiting):
    retry_refunds(till.runtime)

    assert till.captured_by_provider() == 90_000
    assert till.client.data(SEEN, {"id": payment_id}, caller=OTHER)["payment"] == {
        "refundable": {"amount": 30_000}, "refunds": [{"status": "AWAITING_APPROVAL", "requestedBy": {"id": "marta"}}],
    }  # fmt: skip
    assert till.client.data(WAITING, caller=OTHER)["payments"]["totalCount"] == 1
    assert codes(till.refund(payment_id, 60_000, key="again", caller=OTHER)) == ["REFUND_EXCEEDS_PAYMENT"]


def test_small_refunds_of_one_payment_add_up_to_the_limit(till, payment_id):
    till.refund(payment_id, 40_000, key="one")

    second = till.refund(payment_id, 20_000, key="two")

    assert [refund["status"] for refund in second["payment"]["refunds"]] == ["SUCCEEDED", "AWAITING_APPROVAL"]


@pytest.mark.parametrize("document", [APPROVE, REJECT])
def test_a_decision_is_for_managers_of_the_cinema(till, waiting, document):
    more = {} if document is APPROVE else {"reason": "no"}

    assert codes(decide(till, document, as_user("pia", "MANAGER", (PORTO,)), waiting, **more)) == [
        "REFUND_NOT_AWAITED"
    ]
    assert till.client.error_codes(
        document, {"id": waiting, **more}, caller=as_user("s", "STAFF", (LISBON,))
    ) == ["FORBIDDEN"]
    assert till.client.error_codes(document, {"id": waiting, **more}, caller=ANA) == ["FORBIDDEN"]
    assert till.captured_by_provider() == 90_000


def test_nobody_agrees_to_their_own_request(till, waiting):
    assert codes(decide(till, APPROVE, MANAGER, waiting)) == ["SECOND_PERSON_REQUIRED"]
    assert till.captured_by_provider() == 90_000
    assert entries(till, "payment.approve_refund") == []


def test_a_second_person_lets_it_go_back_once(till, waiting):
    done = decide(till, APPROVE, OTHER, waiting)
    again = decide(till, APPROVE, ADMIN, waiting)

    [refund] = done["payment"]["refunds"]
    assert (refund["status"], refund["decidedBy"]) == ("SUCCEEDED", {"id": "otto"})
    assert codes(again) == ["REFUND_NOT_AWAITED"]
    assert (till.captured_by_provider(), till.refunds_of_provider()) == (30_000, 1)
    assert len(entries(till, "payment.approve_refund")) == 1
    assert len(till.published("payment.refunded")) == 1


def test_what_is_rejected_can_be_given_back_otherwise(till, payment_id, waiting):
    done = decide(till, REJECT, MANAGER, waiting, reason="wrong guest")

    assert [refund["status"] for refund in done["payment"]["refunds"]] == ["FAILED"]
    assert done["payment"]["refundable"]["amount"] == 90_000
    assert codes(decide(till, APPROVE, OTHER, waiting)) == ["REFUND_NOT_AWAITED"]
    assert till.refund(payment_id, 10_000, key="less")["payment"]["refunded"]["amount"] == 10_000
    assert len(entries(till, "payment.reject_refund")) == 1
    assert codes(decide(till, REJECT, MANAGER, waiting, reason=" ")) == ["REASON_REQUIRED"]


def test_cash_that_waited_is_given_back_at_the_desk(till):
    taken = till.take(None, method="CASH", **LARGE)["payment"]
    [refund] = till.refund(taken["id"])["payment"]["refunds"]

    done = decide(till, APPROVE, OTHER, refund["id"])

    assert (done["payment"]["status"], done["payment"]["refunded"]["amount"]) == ("REFUNDED", 90_000)


def test_what_the_booking_gives_back_waits_for_nobody(till, payment_id):
    answer = till.refund_for_booking(payment_id, 90_000)

    assert answer["refund"]["status"] == "SUCCEEDED"


def refund_as_seen(till, payment_id, key, *, seen=90_000, amount=10_000):
    money = {"amount": amount, "currency": "EUR"}
    given = {
        "paymentId": payment_id, "reason": "Projector broke", "idempotencyKey": key, "amount": money,
        "expectedRefundable": {"amount": seen, "currency": "EUR"},
    }  # fmt: skip
    return till.client.data(REFUND, {"input": given}, caller=MANAGER)["refundPayment"]


def test_a_second_tab_that_shows_an_older_state_gives_nothing_back(till, payment_id):
    first = refund_as_seen(till, payment_id, "tab-1")
    second = refund_as_seen(till, payment_id, "tab-2")
    repeated = refund_as_seen(till, payment_id, "tab-1")

    assert (codes(first), codes(second), codes(repeated)) == ([], ["PAYMENT_CHANGED"], [])
    assert till.captured_by_provider() == 80_000
    assert codes(refund_as_seen(till, payment_id, "tab-3", seen=80_000)) == []


def test_of_two_tabs_at_once_one_gives_back(till, payment_id):
    with ThreadPoolExecutor(2) as tabs:
        answers = list(tabs.map(lambda key: refund_as_seen(till, payment_id, key), ("tab-1", "tab-2")))

    assert sorted(code for answer in answers for code in codes(answer)) == ["PAYMENT_CHANGED"]
    assert till.captured_by_provider() == 80_000
