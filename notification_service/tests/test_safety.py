"""What strangers type can't become markup, headers or recipients; what is secret can't be read in logs or lists."""

import email
import email.policy

import pytest

from chassis.testing import as_user
from notification_service import letters, rules
from notification_service.tests.builders import (
    ANA,
    BOOKING,
    CHOOSE_CHANNELS,
    REGISTER_DEVICE,
    a_browser,
    a_free_port,
)

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_script_in_titles_and_names_is_shown_as_text(post, mail_server):
    """H27, the mail's part."""
    post.a_person(name=SCRIPT)
    post.happen(
        "booking.cancelled", BOOKING, movieTitle=SCRIPT, cinemaName=SCRIPT, auditoriumName=SCRIPT, reason=SCRIPT, refund=None
    )  # fmt: skip

    post.deliver(smtp_url=mail_server.url)

    message = email.message_from_bytes(mail_server.messages[0].content, policy=email.policy.default)
    text, html = (part.get_content() for part in message.iter_parts())
    assert SCRIPT in text
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_script_is_shown_as_text_by_the_mailbox_s_pages_too(post, service):
    """H27, the dev mailbox."""
    post.a_person(name=SCRIPT)
    post.happen("booking.confirmed", BOOKING, movieTitle=SCRIPT)
    post.deliver()
    mail = post.mailbox()[0]

    pages = [
        service.get(path).text
        for path in ("/dev/mailbox", f"/dev/mailbox/{mail.id}", f"/dev/mailbox/{mail.id}/html")
    ]

    assert not any("<script" in page or "<img" in page for page in pages)
    assert all("&lt;script&gt;" in page for page in pages)
    assert "script" not in service.get("/dev/mailbox").headers["Content-Security-Policy"]


def test_a_line_break_in_a_title_adds_no_header(post, mail_server):
    post.a_person()
    post.happen("booking.confirmed", BOOKING, movieTitle="Metropolis\r\nBcc: eve@example.org\r\n\r\nHello")

    post.deliver(smtp_url=mail_server.url)

    [envelope] = mail_server.messages
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert message["Bcc"] is None
    assert message["Subject"] == "Your seats for Metropolis Bcc: eve@example.org Hello"


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org\r\nBcc: eve@example.org", "ana@example.org, eve@example.org", "Ana <ana@example.org>",
        "ana@example.org\x00", "", "ana", "ana@b@example.org", "ana@example.org;eve@example.org",
    ],
)  # fmt: skip
def test_only_one_plain_address_gets_a_mail(post, mail_server, address):
    post.happen("password.reset_requested", {
        "userId": ANA, "email": address or " ", "name": "Ana", "locale": "en", "link": "http://localhost:5000/x",
        "expiresAt": "2026-11-21T12:10:00+00:00",
    })  # fmt: skip

    post.deliver(smtp_url=mail_server.url)

    assert mail_server.messages == []
    assert [(row.status, row.last_error) for row in post.told()] == [("FAILED", "not an address")]


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ana Costa", "Hello Ana Costa,"),
        ("Zoë O'Neill-Müller", "Hello Zoë O'Neill-Müller,"),
        ("Dr. No", "Hello Dr. No,"),
        ("You won! http://evil.example", "Hello,"),
        ("visit evil.example now", "Hello,"),
        ("www.evil", "Hello,"),
        ("eve@example.org", "Hello,"),
        ("A" * (rules.LONGEST_NAME + 1), "Hello,"),
        ("", "Hello,"),
    ],
)
def test_a_name_that_could_be_a_message_of_its_own_is_not_used_in_the_greeting(name, greeting):
    """Anybody can register somebody else's address under a name of their choice."""
    written = letters.write("user.registered", "en", name=name, payload={}, link=None)

    assert written.text.startswith(greeting)


def test_an_address_with_a_key_in_it_is_kept_out_of_logs_and_lists(post, service, capsys):
    post.a_person()
    service.data(
        CHOOSE_CHANNELS, {"input": [{"kind": "booking.confirmed", "channels": ["SMS"]}]}, caller=as_user(ANA)
    )
    post.happen("booking.confirmed", BOOKING)

    post.deliver(sms_url=f"http://127.0.0.1:{a_free_port()}/send?key=TOP-SECRET", sms_token="SECRET-TOKEN")

    row = post.told(channel="SMS")[0]
    output = "".join(capsys.readouterr())
    assert row.last_error == "the provider did not answer: ConnectionError"
    assert not any(secret in output for secret in ("TOP-SECRET", "SECRET-TOKEN"))


def test_a_browser_s_address_is_kept_out_of_logs_and_lists(post, push_service, service, capsys):
    push_service.status = 500
    post.a_person()
    service.data(REGISTER_DEVICE, a_browser(f"{push_service.address}-SECRET"), caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)

    post.deliver(web_push=True)

    assert post.told(channel="PUSH")[0].last_error == "the push service answered 500"
    assert "SECRET" not in "".join(capsys.readouterr())


def test_the_words_of_a_link_that_works_once_are_in_no_log(post, mail_server, capsys):
    mail_server.refusal = "451 later"
    post.happen("password.reset_requested", {
        "userId": ANA, "email": "ana@example.org", "name": "Ana", "locale": "en",
        "link": "http://localhost:5000/reset?token=SECRET-TOKEN", "expiresAt": "2026-11-21T12:10:00+00:00",
    })  # fmt: skip

    post.deliver(smtp_url=mail_server.url)

    assert post.told()[0].last_error == "451 later"
    assert "SECRET-TOKEN" not in "".join(capsys.readouterr())


def test_a_link_that_could_not_be_sent_is_forgotten_after_a_day(post, mail_server, clock):
    from notification_service.commands.delivery import tidy

    mail_server.refusal = "550 no such mailbox"
    post.happen("password.reset_requested", {
        "userId": ANA, "email": "ana@example.org", "name": "Ana", "locale": "en",
        "link": "http://localhost:5000/reset?token=SECRET-TOKEN", "expiresAt": "2026-11-21T12:10:00+00:00",
    })  # fmt: skip
    post.deliver(smtp_url=mail_server.url)
    tidy(post.runtime)
    assert "SECRET-TOKEN" in post.told()[0].sealed

    clock.advance(hours=25)
    tidy(post.runtime)

    assert post.told()[0].sealed is None
