"""Who gets what how, and in which words."""

from datetime import timedelta

import pytest

from notification_service import errors, letters, rules, templates
from notification_service.rules import EMAIL, IN_APP, PUSH, SMS, Reach
from notification_service.tests.builders import AUTH, BOOKING, P256DH

EVERY_WAY = Reach(has_account=True, has_email=True, has_phone=True, has_device=True)
CONFIRMED, RESET, EXPIRED = (
    rules.KINDS[name] for name in ("booking.confirmed", "password.reset_requested", "booking.expired")
)
PAYLOADS = {
    "payment.refunded": {
        "amount": {"amount": 2500, "currency": "EUR"}, "reason": None, "reference": "K7QM-2ZPX", "movieTitle": "Nosferatu",
    },
    "waiting_list.seats_free": {**BOOKING, "seats": 2},
    "coupon.granted": {"code": "THANKS-7QM2", "percent": 10, "expiresAt": "2026-12-21T12:00:00+00:00"},
    "booking.cancelled": {**BOOKING, "refund": {"amount": 2500, "currency": "EUR"}, "reason": "Changed plans"},
}  # fmt: skip
LINK = {"expiresAt": "2026-11-21T12:10:00+00:00", "occurredAt": "2026-11-21T12:00:00+00:00"}


def payload_of(kind):
    return PAYLOADS.get(kind, {**BOOKING, **LINK, "previousStartsAt": None, "reason": None})


def test_a_person_is_told_by_mail_in_the_app_and_at_registered_browsers():
    assert rules.channels_for(CONFIRMED, None, EVERY_WAY) == [EMAIL, PUSH, IN_APP]


def test_a_person_s_own_choice_counts_and_may_be_silence():
    assert rules.channels_for(CONFIRMED, [SMS], EVERY_WAY) == [SMS]
    assert rules.channels_for(CONFIRMED, [], EVERY_WAY) == []


def test_mail_about_the_account_is_always_sent():
    assert rules.channels_for(RESET, [], EVERY_WAY) == [EMAIL]


def test_what_cannot_reach_somebody_is_not_tried():
    assert rules.channels_for(CONFIRMED, list(rules.CHANNELS), Reach(True, False, False, False)) == [IN_APP]


def test_a_guest_without_an_account_gets_a_mail_or_else_an_sms():
    assert rules.channels_for(CONFIRMED, None, Reach(False, True, True, False)) == [EMAIL]
    assert rules.channels_for(CONFIRMED, None, Reach(False, False, True, False)) == [SMS]
    assert rules.channels_for(EXPIRED, None, Reach(False, True, True, False)) == []


def test_only_offered_channels_of_known_kinds_can_be_chosen():
    assert rules.check_choice("booking.confirmed", [IN_APP, EMAIL, EMAIL], ("input",)) == [EMAIL, IN_APP]
    with pytest.raises(errors.ChannelNotOffered):
        rules.check_choice("booking.expired", [EMAIL], ("input",))
    for kind in ("no.such_kind", "password.reset_requested"):
        with pytest.raises(errors.KindUnknown):
            rules.check_choice(kind, [], ("input",))


def test_the_wait_between_attempts_grows():
    waits = [rules.wait_after(attempts) for attempts in range(1, 7)]

    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=1)
    assert waits[-1] == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("channel", "recipient", "shown"),
    [
        (EMAIL, "ana@example.org", "a•••@example.org"),
        (SMS, "+351 21 000 0000", "+35•••00"),
        (IN_APP, "Lobbycard", "Lobbycard"),
    ],
)
def test_an_address_is_masked(channel, recipient, shown):
    assert rules.masked(channel, recipient) == shown


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example.org/x", "https://", "nonsense", "https://user@push.example.org/", "https://push.example.org:8443/x",
     "https://push.example.org/" + "x" * 1000, "https://[::1", "ftp://push.example.org/x"],
)  # fmt: skip
def test_what_is_not_a_plain_https_address_is_no_push_service(endpoint):
    with pytest.raises(errors.PushEndpointInvalid):
        rules.check_endpoint(endpoint, None)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "169.254.169.254", "localhost", "evilfcm.googleapis.com.evil.example"]
)
def test_only_push_services_on_the_list_are_called(host):
    with pytest.raises(errors.PushEndpointInvalid):
        rules.check_endpoint(f"https://{host}/x", ["fcm.googleapis.com", "push.apple.com"])
    assert rules.check_endpoint("https://web.push.apple.com/x", ["push.apple.com"]) == "web.push.apple.com"


def test_the_keys_of_a_browser_are_a_point_and_sixteen_bytes():
    rules.check_push_keys(P256DH, AUTH)
    for p256dh, auth in ((P256DH[:-4], AUTH), (P256DH, "short"), ("!", "!"), ("", "")):
        with pytest.raises(errors.PushKeysInvalid):
            rules.check_push_keys(p256dh, auth)


@pytest.mark.parametrize("language", rules.LANGUAGES)
@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_kind_of_message_has_words_in_every_language(kind, language):
    words = letters.write(
        kind, language, name="Ana", payload=payload_of(kind), link="https://tickets.example/x"
    )

    assert words.subject
    assert words.inside
    assert words.short
    assert len(words.short) <= 320
    assert "https://tickets.example/x" in words.text
    assert "https://tickets.example/x" in words.html
    assert "Ana" in words.text
    assert "{" not in words.text + words.short + words.subject


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_all_languages_have_the_same_messages(language):
    def shape(book):
        return {name: (sorted(parts), len(parts.get("paragraphs", ()))) for name, parts in book.items()}

    assert shape(templates.catalogue(language)) == shape(templates.catalogue("en"))


def test_a_moment_is_told_by_the_clock_of_the_place():
    at = "2026-11-21T19:30:00+00:00"

    assert letters.moment(at, "Europe/Berlin", "en") == "Saturday 21 November 2026, 20:30"
    assert letters.moment(at, "Europe/Berlin", "de") == "Samstag, 21. November 2026, 20:30 Uhr"
    assert letters.moment(at, "Asia/Tokyo", "fr") == "dimanche 22 novembre 2026 à 04 h 30"
    assert letters.moment(at, "Nowhere/At_All", "en") == "Saturday 21 November 2026, 19:30"


def test_sums_are_written_as_the_language_does():
    assert letters.sum_of({"amount": 2550, "currency": "EUR"}, "en") == "25.50 EUR"
    assert letters.sum_of({"amount": 2550, "currency": "EUR"}, "fr") == "25,50 EUR"
    assert letters.sum_of({"amount": 1800, "currency": "JPY"}, "de") == "1800 JPY"
    assert letters.sum_of(None, "en") == letters.sum_of({"amount": 0, "currency": "EUR"}, "en") == ""


def test_a_free_booking_says_that_it_costs_nothing():
    payload = {**BOOKING, "total": {"amount": 0, "currency": "EUR"}}

    assert (
        "Total: 0.00 EUR"
        in letters.write("booking.confirmed", "en", name="", payload=payload, link=None).text
    )


def test_script_in_a_title_is_text_in_a_mail():
    payload = {**BOOKING, "movieTitle": "<script>alert(1)</script>\nBcc: all"}

    words = letters.write(
        "booking.confirmed", "en", name="<b>Ana</b>", payload=payload, link="https://x.example/?a=1&b=2"
    )

    assert "<script>" not in words.html
    assert "<b>Ana" not in words.html
    assert "\n" not in words.subject


def test_a_name_is_never_read_as_a_pattern():
    words = letters.write("user.registered", "en", name="{{ 7 * 7 }}", payload={}, link=None)

    assert "{{ 7 * 7 }}" in words.text
