"""What people are told when something happens: once, on the right channels, in their language."""

from html import escape

import pytest
from sqlalchemy import delete

from chassis.tables import INBOX
from chassis.testing import as_user
from notification_service.tests.builders import (
    ANA,
    BOOKING,
    CHOOSE_CHANNELS,
    CINEMA,
    DEVICE,
    REGISTER_DEVICE,
    SHOWTIME,
)

BEN = "01938f2e-7c00-7abc-8def-000000000002"


def guest(number, user_id=None, email=None, phone=None):
    return {
        "bookingId": f"b{number}", "reference": f"REF-{number}", "userId": user_id, "contactEmail": email,
        "contactPhone": phone,
    }  # fmt: skip


def test_a_booking_is_confirmed_by_mail_and_in_the_app(post):
    post.a_person()

    post.happen("booking.confirmed", BOOKING)

    mail, inside = post.told()
    assert (mail.channel, mail.recipient, mail.status) == ("EMAIL", "ana@example.org", "QUEUED")
    assert (inside.channel, inside.user_id, inside.booking_id, inside.cinema_id) == (
        "IN_APP",
        ANA,
        "b1",
        CINEMA,
    )
    assert mail.subject == "Your seats for Metropolis"
    for part in ("Ana Costa", "K7QM-2ZPX", "Saturday 21 November 2026, 20:30", "A1, A2", "25.00 EUR",
                 "http://localhost:5000/bookings/b1"):  # fmt: skip
        assert part in mail.body


@pytest.mark.parametrize("locale", ["en", "de", "fr"])
def test_the_confirmation_leads_to_the_tickets_on_paper_and_to_the_calendar(post, locale):
    post.a_person(locale=locale)

    post.happen("booking.confirmed", BOOKING)

    mail = post.told(channel="EMAIL")[0]
    for name in ("ticketsUrl", "calendarUrl"):
        assert BOOKING[name] in mail.body
        assert f'href="{escape(BOOKING[name])}"' in mail.html


def test_a_confirmation_without_files_leaves_them_out(post):
    """Events from before they were told of."""
    old = {name: value for name, value in BOOKING.items() if name not in ("ticketsUrl", "calendarUrl")}

    post.happen("booking.confirmed", old)

    assert "PDF" not in post.told()[0].body


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("de-AT", "Ihre Plätze für Metropolis"),
        ("fr", "Vos places pour Metropolis"),
        ("ja", "Your seats for Metropolis"),
    ],
)
def test_each_person_is_told_in_their_language(post, locale, subject):
    post.a_person(locale=locale)

    post.happen("booking.confirmed", BOOKING)

    assert {row.subject for row in post.told()} == {subject}


def test_an_event_that_arrives_again_tells_nobody_again(post):
    post.a_person()
    event = post.happen("booking.confirmed", BOOKING)

    assert post.arrive_again(event) is False
    # Even without the note that it was handled, the unique key holds.
    post.runtime.database.transact(lambda session: session.execute(delete(INBOX)))
    assert post.arrive_again(event) is True

    assert post.channels() == ["EMAIL", "IN_APP"]


def test_events_in_any_order_tell_each_thing_once(post, clock):
    post.a_person(locale="de")
    refund = {
        "paymentId": "p1", "refundId": "r1", "bookingId": "b1", "userId": ANA,
        "amount": {"amount": 2500, "currency": "EUR"}, "reason": None,
    }  # fmt: skip
    given_back = {"amount": 2500, "currency": "EUR"}

    events = [
        post.happen("payment.refunded", refund),
        post.happen("booking.cancelled", {**BOOKING, "refund": given_back, "reason": None}),
        post.happen("booking.confirmed", BOOKING),
    ]
    assert [post.arrive_again(event) for event in reversed(events)] == [False, False, False]

    mails = {row.kind: row.subject for row in post.told(channel="EMAIL")}
    assert len(post.told(channel="EMAIL")) == len(mails) == 3
    assert mails["booking.confirmed"] == "Ihre Plätze für Metropolis"


def test_an_older_change_of_a_person_that_comes_late_undoes_nothing(post, clock):
    newer = {"userId": ANA, "email": "new@example.org", "name": "Ana", "phone": None, "locale": "fr"}
    post.happen("user.updated", newer)
    clock.advance(minutes=-5)
    post.happen("user.updated", {**newer, "email": "old@example.org", "locale": "en"})

    post.happen(
        "coupon.granted", {"couponId": "k", "code": "C", "userId": ANA, "percent": 10, "expiresAt": None}
    )

    mail = post.told(channel="EMAIL")[0]
    assert (mail.recipient, mail.language) == ("new@example.org", "fr")


def test_nobody_is_asked_for_a_contact_while_the_database_is_locked(post, peers, runtime):
    """The question to user_service stands outside the transaction: another writer gets through meanwhile."""
    written = []

    def answer(_variables):
        written.append(runtime.database.transact(lambda session: session.execute(delete(INBOX)).rowcount))
        return {"email": "ana@example.org", "phone": None, "name": "Ana", "locale": "en"}

    peers.answers["user_service", "userContact"] = answer

    post.happen("booking.confirmed", BOOKING)

    assert written == [0]
    assert post.told(channel="EMAIL")[0].body.startswith("Hello Ana,")


def test_a_choice_of_channels_is_respected(post, service):
    post.a_person()
    service.data(REGISTER_DEVICE, DEVICE, caller=as_user(ANA))
    service.data(
        CHOOSE_CHANNELS,
        {"input": [{"kind": "booking.confirmed", "channels": ["SMS", "PUSH"]}]},
        caller=as_user(ANA),
    )

    post.happen("booking.confirmed", BOOKING)
    post.happen("booking.cancelled", {**BOOKING, "refund": None, "reason": None})

    assert post.channels(kind="booking.confirmed") == ["PUSH", "SMS"]
    assert post.channels(kind="booking.cancelled") == ["EMAIL", "IN_APP", "PUSH"]
    text = post.told(channel="SMS")[0]
    assert text.recipient == "+351 21 000 0000"
    assert "K7QM-2ZPX" in text.body
    assert post.told(channel="PUSH")[0].recipient == "push.example.org"


def test_a_booking_of_a_guest_without_an_account_goes_to_its_contact(post):
    post.happen("booking.confirmed", BOOKING, userId=None)
    post.happen(
        "booking.confirmed", BOOKING, bookingId="b2", userId=None, contactEmail=None, contactPhone="+351 9"
    )

    assert [(row.channel, row.recipient) for row in post.told()] == [
        ("EMAIL", "ana@example.org"),
        ("SMS", "+351 9"),
    ]


@pytest.mark.parametrize(
    ("refund", "words"),
    [
        ({"amount": 0, "currency": "EUR"}, "There is no refund for this booking."),
        (None, "a payment that was still on its way goes back to you in full."),
    ],
)
def test_only_what_was_paid_for_is_said_to_have_no_refund(post, refund, words):
    """A showtime may be cancelled while its seats are being paid for: that money goes back."""
    post.a_person()
    post.happen("booking.cancelled", {**BOOKING, "refund": refund, "reason": None})

    [mail] = post.told(channel="EMAIL")
    assert words in mail.body
    assert ("no refund" in mail.body) is (refund is not None)


def test_a_cancelled_booking_tells_what_goes_back(post):
    post.a_person()

    post.happen(
        "booking.cancelled", {**BOOKING, "refund": {"amount": 1250, "currency": "EUR"}, "reason": "Ill"}
    )
    post.happen("booking.cancelled", {**BOOKING, "refund": {"amount": 0, "currency": "EUR"}, "reason": None})

    first, second = post.told(channel="EMAIL")
    assert "12.50 EUR go back to you" in first.body
    assert "Reason: Ill" in first.body
    assert "There is no refund" in second.body


def test_a_hold_that_ran_out_is_told_in_the_app_alone(post):
    post.a_person()
    expired = {
        "bookingId": "b1",
        "reference": "K7QM-2ZPX",
        "userId": ANA,
        "showtimeId": "s1",
        "couponCode": None,
    }

    post.happen("booking.expired", expired)
    post.happen("booking.expired", expired, userId=None)

    assert post.channels() == ["IN_APP"]


def test_a_refund_names_the_booking_it_is_for(post):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    refund = {
        "paymentId": "p1", "refundId": "r1", "bookingId": "b1", "userId": ANA,
        "amount": {"amount": 2500, "currency": "EUR"}, "reason": "Booking cancelled",
    }  # fmt: skip

    post.happen("payment.refunded", refund)

    mail = post.told(kind="payment.refunded", channel="EMAIL")[0]
    assert mail.subject == "25.00 EUR go back to you"
    assert "K7QM-2ZPX (Metropolis)" in mail.body
    assert mail.cinema_id == CINEMA


def test_a_refund_of_a_guest_s_booking_reaches_the_contact_of_the_booking(post):
    refund = {
        "paymentId": "p1", "refundId": "r1", "bookingId": "b1", "userId": None,
        "amount": {"amount": 2500, "currency": "EUR"}, "reason": None,
    }  # fmt: skip
    post.happen("payment.refunded", refund)
    assert post.told() == []
    post.happen("booking.confirmed", BOOKING, userId=None)

    post.happen("payment.refunded", refund, refundId="r2")

    assert [row.recipient for row in post.told(kind="payment.refunded")] == ["ana@example.org"]


def test_everybody_with_a_booking_is_told_once_that_a_showtime_is_cancelled(post):
    post.a_person()
    post.a_person(BEN, email="ben@example.org", name="Ben", locale="de")
    bookings = [
        guest(1, ANA, "ana@example.org"), guest(2, ANA, "ana@example.org"), guest(3, BEN, "ben@example.org"),
        guest(4, None, "eve@example.org"), guest(5),
    ]  # fmt: skip

    post.happen("showtime.cancelled", {**SHOWTIME, "bookings": bookings})

    mails = {row.recipient: row for row in post.told(channel="EMAIL")}
    assert set(mails) == {"ana@example.org", "ben@example.org", "eve@example.org"}
    assert "REF-1, REF-2" in mails["ana@example.org"].body
    assert "fällt aus" in mails["ben@example.org"].subject
    assert "The projector failed." in mails["eve@example.org"].body
    assert post.channels(user_id=ANA) == ["EMAIL", "IN_APP"]


def test_a_new_time_is_told_beside_the_old_one(post):
    post.a_person()
    changed = {
        **SHOWTIME,
        "previousStartsAt": "2026-11-21T18:00:00+00:00",
        "reason": None,
        "status": "ON_SALE",
    }

    post.happen("showtime.rescheduled", {**changed, "bookings": [guest(1, ANA, "ana@example.org")]})

    mail = post.told(channel="EMAIL")[0]
    assert "Until now: Saturday 21 November 2026, 19:00" in mail.body
    assert "Now: Saturday 21 November 2026, 20:30" in mail.body


@pytest.mark.parametrize(
    ("rights", "is_told"), [([True], True), ([False], False), ([None], False), ([True, False], False)]
)
def test_a_guest_of_a_moved_showtime_reads_that_everything_would_go_back(post, rights, is_told):
    post.a_person()
    bookings = [
        {**guest(number, ANA, "ana@example.org"), **({} if right is None else {"fullRefund": right})}
        for number, right in enumerate(rights)
    ]
    moved = {"previousStartsAt": "2026-11-21T18:00:00+00:00", "reason": None, "status": "ON_SALE"}

    post.happen("showtime.rescheduled", {**SHOWTIME, **moved, "bookings": bookings})

    body = post.told(channel="EMAIL")[0].body
    assert ("until the new start and get everything back" in body) is is_told
    assert "you can cancel the booking" in body


def test_who_waits_for_seats_hears_of_them(post):
    post.a_person()
    free = {
        "showtimeId": "s1", "movieTitle": "Metropolis", "cinemaName": "Lobby Lisboa",
        "startsAt": "2026-11-21T19:30:00+00:00", "timeZone": "Europe/Lisbon", "userId": ANA,
        "contactEmail": "ana@example.org", "seats": 1,
    }  # fmt: skip

    post.happen("waiting_list.seats_free", free)

    assert "1 seat came free" in post.told(channel="EMAIL")[0].body
    assert "http://localhost:5000/showtimes/s1" in post.told(channel="EMAIL")[0].body


def test_who_wished_for_a_film_hears_of_its_showings(post):
    post.a_person()
    told = {
        "movieId": "m1", "movieTitle": "Metropolis", "showtimeId": "s1", "cinemaName": "Lobby Lisboa",
        "startsAt": "2026-11-21T19:30:00+00:00", "timeZone": "Europe/Lisbon", "userId": ANA,
    }  # fmt: skip

    post.happen("movie.showings_announced", told)

    mail = post.told(channel="EMAIL")[0]
    assert mail.subject == "Now showing: Metropolis"
    assert "http://localhost:5000/films/m1" in mail.body
    assert post.channels() == ["EMAIL", "IN_APP"]


def test_a_coupon_is_told_to_its_person(post):
    post.a_person()

    post.happen(
        "coupon.granted",
        {"couponId": "k", "code": "THANKS-1", "userId": ANA, "percent": 10, "expiresAt": None},
    )

    assert post.channels() == ["EMAIL", "IN_APP"]
    assert "THANKS-1" in post.told(channel="EMAIL")[0].body


def test_a_new_person_is_welcomed(post):
    post.happen(
        "user.registered",
        {"userId": ANA, "email": "ana@example.org", "name": "Ana", "phone": None, "locale": "fr"},
    )

    assert post.channels() == ["EMAIL", "IN_APP"]
    assert post.told()[0].subject == "Bienvenue chez Lobbycard"


@pytest.mark.parametrize("name", ["email.verification_requested", "password.reset_requested", "user.invited"])
def test_a_link_that_works_once_goes_to_its_address_and_is_kept_nowhere_else(post, name):
    post.a_person(email="other@example.org")
    link = "http://localhost:5000/page?token=SECRET-TOKEN"

    post.happen(name, {
        "userId": ANA, "email": "ana@example.org", "name": "Ana", "locale": "en", "link": link,
        "expiresAt": "2026-11-21T12:10:00+00:00",
    })  # fmt: skip
    assert "SECRET-TOKEN" not in post.told()[0].body
    post.deliver()

    row = post.told()[0]
    assert (row.channel, row.recipient, row.status) == ("EMAIL", "ana@example.org", "SENT")
    assert link in post.mailbox()[0].text
    assert "10 minutes" in post.mailbox()[0].text
    kept = " ".join(str(getattr(row, column.name)) for column in row.__table__.columns)
    assert "SECRET-TOKEN" not in kept


@pytest.mark.parametrize("name", ["email.changed", "password.changed"])
def test_the_address_an_owner_had_is_told_that_the_way_in_was_changed(post, name):
    post.a_person(email="new@example.org")

    post.happen(name, {"userId": ANA, "email": "old@example.org", "name": "Ana", "locale": "en"})
    post.deliver()

    row = post.told()[0]
    assert (row.channel, row.recipient, row.status) == ("EMAIL", "old@example.org", "SENT")
    assert "If it was not you" in post.mailbox()[0].text


def test_a_person_that_no_event_has_told_of_yet_is_asked_for(post, peers):
    peers.answers["user_service", "userContact"] = lambda _: {
        "email": "ana@example.org", "phone": None, "name": "Ana Costa", "locale": "de",
    }  # fmt: skip

    post.happen(
        "coupon.granted",
        {"couponId": "k", "code": "THANKS-1", "userId": ANA, "percent": 10, "expiresAt": None},
    )

    assert post.channels() == ["EMAIL", "IN_APP"]
    assert post.told()[0].subject.startswith("Ein Gutschein")


def test_an_erased_person_leaves_nothing_and_is_told_nothing(post, service):
    post.a_person()
    service.data(REGISTER_DEVICE, DEVICE, caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)
    post.deliver()

    post.happen("user.erased", {"userId": ANA})
    post.a_person()
    post.happen("booking.cancelled", {**BOOKING, "refund": None, "reason": None})

    assert post.told() == []
    assert post.mailbox() == []
