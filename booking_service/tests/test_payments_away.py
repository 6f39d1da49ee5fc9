"""The room of payments is away (reliability 4.4): what was surely not charged is said at once, the rest is asked after."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking_service.commands.change_seats import change_seats
from booking_service.commands.desk import sell_at_box_office
from booking_service.commands.hold import HoldWish, SeatChoice
from booking_service.commands.settle import reconcile
from booking_service.errors import CardNumberGiven, ServiceAway
from booking_service.models import BookingStep, PaymentAttempt
from booking_service.settings import BookingSettings
from booking_service.tests.builders import CINEMA, House, Siblings
from booking_service.tests.conftest import TICKET_KEYS
from chassis.clock import SetClock
from chassis.peers import Peers
from chassis.runtime import Runtime
from chassis.testing import as_user, make_runtime
from chassis.testing_rooms import SECRET

STAFF = as_user("stan", "STAFF", (CINEMA,))


@contextmanager
def a_door(first: int, answer: Callable[[socket.socket], None] | None) -> Iterator[str]:
    """An address: without `answer` it refuses to connect, else each connection is handed to it, then closed."""
    door = _bound(first)
    host = f"http://127.0.0.1:{door.getsockname()[1]}"
    if answer is None:
        yield host
        door.close()
        return
    door.listen(16)

    def serve() -> None:
        while True:
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                answer(connection)

    threading.Thread(target=serve, daemon=True).start()
    yield host
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def _bound(first: int) -> socket.socket:
    for port in range(first, first + 90):
        door = socket.socket()
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            door.close()
            continue
        return door
    raise AssertionError("no free port")


@contextmanager
def a_house(database_url: str, clock: SetClock, tmp_path: object, payments: str) -> Iterator[House]:
    """The service with real peers: payment_service at `payments`, nobody else."""
    runtime = make_runtime(
        "booking_service", BookingSettings, database_url, clock, TICKET_SIGNING_KEYS=TICKET_KEYS,
        BOOKING_FILES_DIR=str(tmp_path), PEERS=f"payment_service={payments}", PAYMENT_DEADLINE_SECONDS=20,
        HOLDS_PER_MINUTE=1_000_000, PAYMENTS_PER_MINUTE=1_000_000,
    )  # fmt: skip
    yield House(runtime)
    runtime.close()


@pytest.fixture
def house_without_payments(
    database_url: str, clock: SetClock, redis_client: object, tmp_path: object
) -> Iterator[House]:
    """A house whose payment room refuses every connection."""
    with (
        a_door(16000, None) as nobody,
        a_house(database_url, clock, tmp_path, nobody) as house,
    ):
        yield house


def _hear(connection: socket.socket) -> None:
    connection.recv(65536)


def ask(house: House, peers: Any) -> None:
    """From now on the house asks these siblings."""
    was = house.runtime
    house.runtime = Runtime(was.name, was.settings, was.database, was.redis, peers, was.clock)


def steps(house: House, booking_id: str) -> list[tuple[str, str, str | None]]:
    query = select(BookingStep).where(BookingStep.booking_id == booking_id).order_by(BookingStep.seq)
    rows = house.runtime.database.read(lambda session: list(session.scalars(query)))
    return [(row.step, row.outcome, row.detail) for row in rows]


def test_where_no_connection_comes_about_nothing_was_charged_and_the_seats_stay_held(
    house_without_payments: House,
) -> None:
    house = house_without_payments
    showtime = house.a_showtime()
    booking_id = house.hold(showtime, ["A1", "A2"])

    paid = house.pay(booking_id)

    assert paid.refusal is not None
    assert paid.refusal.code == "SERVICE_UNAVAILABLE"
    assert "Nothing was charged" in paid.refusal.message
    assert house.booking(booking_id).state == "HELD"
    assert set(house.claims(showtime).values()) == {"HELD"}
    assert ("charge", "DECLINED", "SERVICE_UNAVAILABLE") in steps(house, booking_id)


def test_the_hold_is_extended_once_and_not_at_the_guests_cost(house_without_payments: House) -> None:
    house = house_without_payments
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    before = house.booking(booking_id)

    for key in ("k1", "k2", "k3"):
        assert house.pay(booking_id, key=key).refusal is not None

    after = house.booking(booking_id)
    assert before.expires_at is not None
    assert after.expires_at == before.expires_at + timedelta(minutes=4)
    assert after.extensions_left == before.extensions_left
    assert [step for step in steps(house, booking_id) if step[0] == "extend"] == [
        ("extend", "HELD", "payments were away")
    ]


def test_the_extension_ends_with_the_sale(house_without_payments: House) -> None:
    house = house_without_payments
    booking_id = house.hold(house.a_showtime(in_hours=11 / 60), ["A1", "A2"])

    house.pay(booking_id)

    booking = house.booking(booking_id)
    assert booking.expires_at == house.showtime(booking.showtime_id).sales_close_at


def test_a_hold_whose_time_ran_out_while_we_tried_to_connect_lives_on(
    house_without_payments: House, clock: SetClock
) -> None:
    house = house_without_payments
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    clock.advance(minutes=9, seconds=59)

    house.pay(booking_id, key="k1")
    clock.advance(seconds=2)

    assert house.sweep() == 0
    assert house.booking(booking_id).state == "HELD"


def test_the_same_key_has_the_same_answer_and_another_pays_once_the_room_is_back(
    house_without_payments: House, siblings: Siblings
) -> None:
    house = house_without_payments
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
    house.pay(booking_id, key="k1")
    ask(house, siblings)

    again = house.pay(booking_id, key="k1")
    other = house.pay(booking_id, key="k2")

    assert again.refusal is not None
    assert again.refusal.code == "SERVICE_UNAVAILABLE"
    assert other.refusal is None
    assert house.booking(booking_id).state == "CONFIRMED"
    assert list(siblings.payments) == [f"{booking_id}:2"]


def test_a_connection_that_breaks_after_the_question_leaves_the_outcome_open(
    database_url: str, clock: SetClock, redis_client: object, tmp_path: object
) -> None:
    with (
        a_door(16100, _hear) as deaf,
        a_house(database_url, clock, tmp_path, deaf) as house,
    ):
        booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

        paid = house.pay(booking_id)

        assert paid.refusal is not None
        assert paid.refusal.code == "PAYMENT_PENDING"
        assert house.booking(booking_id).state == "PAYING"


def test_a_try_that_an_earlier_request_may_have_asked_is_not_given_up(
    database_url: str, clock: SetClock, redis_client: object, tmp_path: object
) -> None:
    with (
        a_door(16200, _hear) as deaf,
        a_door(16300, None) as nobody,
        a_house(database_url, clock, tmp_path, deaf) as house,
    ):
        booking_id = house.hold(house.a_showtime(), ["A1", "A2"])
        house.pay(booking_id, key="k1")
        ask(house, Peers("booking_service", {"payment_service": nobody}, SECRET))

        again = house.pay(booking_id, key="k1")

        assert again.refusal is not None
        assert again.refusal.code == "PAYMENT_PENDING"
        assert house.booking(booking_id).state == "PAYING"


def test_a_busy_room_of_payments_that_began_nothing_is_a_refusal_and_not_a_wait(
    house: House, siblings: Siblings
) -> None:
    busy = {"code": "SERVICE_UNAVAILABLE", "message": "Payments are very busy."}
    siblings.answers["payment_service", "takePayment"] = lambda _: {
        "payment": None, "outcome": "DECLINED", "clientSecret": None, "redirectUrl": None, "userErrors": [busy]
    }  # fmt: skip
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    paid = house.pay(booking_id)

    assert paid.refusal is not None
    assert paid.refusal.code == "SERVICE_UNAVAILABLE"
    assert house.booking(booking_id).state == "HELD"


def test_the_desk_says_so_and_sells_nothing(house_without_payments: House) -> None:
    house = house_without_payments
    showtime = house.a_showtime()
    wish = HoldWish(showtime, (SeatChoice("A1", "ADULT"), SeatChoice("A2", "ADULT")))

    with pytest.raises(ServiceAway, match="Nothing was charged"):
        sell_at_box_office(house.runtime, STAFF, wish, method="CASH", tendered=None, reason=None)

    assert house.claims(showtime) == {}


def test_other_seats_are_not_taken_when_their_price_can_not_be(
    house_without_payments: House, siblings: Siblings
) -> None:
    house = house_without_payments
    runtime, showtime = house.runtime, house.a_showtime()
    ask(house, siblings)
    booking_id = house.sold(showtime, ["A1", "A2"])
    choice = [SeatChoice("C1", "ADULT"), SeatChoice("C2", "ADULT")]

    changed = change_seats(
        runtime, as_user("ana"), booking_id, choice, payment_token="pm_success", key="change-1"
    )

    assert changed.refusal is not None
    assert changed.refusal.code == "SERVICE_UNAVAILABLE"
    assert house.claims(showtime) == {"A1": "SOLD", "A2": "SOLD"}
    assert reconcile(runtime) == 0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "nothing was charged"),
        ("AMOUNT_MISMATCH", "goes back to you in full"),
        ("CARD_DECLINED", "another card"),
    ],
)
def test_a_payment_that_was_not_made_is_told_in_its_own_words(
    house: House, siblings: Siblings, code: str | None, words: str
) -> None:
    payment = (
        None if code is None else {"id": "p", "failureCode": code, "amount": {"amount": 1, "currency": "EUR"}}
    )
    siblings.answers["payment_service", "takePayment"] = lambda _: {
        "payment": payment, "outcome": "DECLINED", "clientSecret": None, "redirectUrl": None, "userErrors": []
    }  # fmt: skip

    refusal = house.pay(house.hold(house.a_showtime(), ["A1", "A2"])).refusal

    assert refusal is not None
    assert words in refusal.message


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "tok 5555-5555-5555-4444", "378282246310005"]
)
def test_a_card_number_is_refused_and_not_kept(house: House, siblings: Siblings, number: str) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    with pytest.raises(CardNumberGiven):
        house.pay(booking_id, token=number)

    kept = house.runtime.database.read(lambda session: list(session.scalars(select(PaymentAttempt))))
    assert (kept, siblings.payments, house.booking(booking_id).state) == ([], {}, "HELD")


@pytest.mark.parametrize("token", ["pm_1NXWPnCo6bFb1KQto6C8OWvE", "pm_4242424242424241", "pm_success"])
def test_what_a_provider_gives_is_no_card_number(house: House, token: str) -> None:
    booking_id = house.hold(house.a_showtime(), ["A1", "A2"])

    assert house.pay(booking_id, token=token).refusal is None
