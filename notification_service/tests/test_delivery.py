"""Sending: over real servers, once, again after a failure, and given up in the end."""

import base64
import email
import email.policy
import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.room_keys import told
from chassis.settings import SettingsError, load
from chassis.testing import as_user
from chassis.testing_brokers import wait_until
from notification_service import queries
from notification_service.channels import push
from notification_service.channels.choice import is_open
from notification_service.commands import delivery
from notification_service.settings import NotificationSettings
from notification_service.tests.builders import (
    ANA,
    AUTH,
    BOOKING,
    CHOOSE_CHANNELS,
    REGISTER_DEVICE,
    SHOWTIME,
    a_browser,
    a_free_port,
    runtime_with,
)
from notification_service.worker import build_worker


def statuses(post):
    return {row.channel: row.status for row in post.told()}


def test_what_has_no_way_out_lies_in_the_dev_mailbox(post):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)

    assert post.deliver() == 2
    assert post.deliver() == 0

    assert statuses(post) == {"EMAIL": "SENT", "IN_APP": "SENT"}
    assert [(mail.channel, mail.recipient) for mail in post.mailbox()] == [("EMAIL", "ana@example.org")]
    assert "<html" in post.mailbox()[0].html


def test_a_mail_arrives_at_the_server_as_text_and_html_with_a_stable_id(post, mail_server):
    post.a_person(name="Zoë Müller")
    post.happen("booking.confirmed", BOOKING)

    post.deliver(smtp_url=mail_server.url)

    envelope = mail_server.messages[0]
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    row = post.told(channel="EMAIL")[0]
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert message["Subject"] == "Your seats for Metropolis"
    assert message["Message-ID"] == f"<{row.id}@lobbycard.example>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "Zoë Müller" in next(message.iter_parts()).get_content()
    assert row.status == "SENT"
    assert row.sent_at is not None


def test_a_server_that_is_away_is_tried_again_later_and_later_and_given_up_after_five(post, clock):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    post.deliver()
    post.happen("booking.confirmed", BOOKING, bookingId="b2")
    away, waits = f"smtp://127.0.0.1:{a_free_port()}", []

    for _ in range(5):
        post.deliver(smtp_url=away)
        row = post.told(channel="EMAIL", booking_id="b2")[0]
        waits.append((row.next_attempt_at - clock.now()).total_seconds())
        assert post.deliver(smtp_url=away) == 0
        clock.set(row.next_attempt_at)

    assert waits == [15, 60, 300, 1800, 1800]
    assert (row.status, row.attempts) == ("FAILED", 5)
    assert "ConnectionRefusedError" in row.last_error
    assert post.deliver() == 0


def test_an_address_that_the_server_refuses_for_good_is_not_tried_again(post, mail_server):
    mail_server.refusal = "550 no such mailbox"
    post.a_person()
    post.happen("booking.confirmed", BOOKING)

    post.deliver(smtp_url=mail_server.url)

    row = post.told(channel="EMAIL")[0]
    assert (row.status, row.attempts) == ("FAILED", 1)
    assert "550" in row.last_error


def test_a_server_that_is_busy_is_tried_again(post, mail_server, clock):
    mail_server.refusal = "451 try later"
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    post.deliver(smtp_url=mail_server.url)
    assert post.told(channel="EMAIL")[0].status == "QUEUED"

    mail_server.refusal = None
    clock.advance(seconds=15)
    post.deliver(smtp_url=mail_server.url)

    assert post.told(channel="EMAIL")[0].status == "SENT"
    assert len(mail_server.messages) == 1


def test_mails_go_out_signed_in_and_encrypted_where_the_server_wants_it(post, secure_mail_server):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)

    post.deliver(smtp_url=secure_mail_server.url)

    assert statuses(post)["EMAIL"] == "SENT"
    assert [envelope.rcpt_tos for envelope in secure_mail_server.messages] == [["ana@example.org"]]


def test_a_wrong_password_is_no_fault_of_the_message(post, secure_mail_server, clock):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)

    post.deliver(smtp_url=secure_mail_server.url.replace("p%40ss-word", "wrong"))
    assert statuses(post)["EMAIL"] == "QUEUED"
    clock.advance(seconds=15)
    post.deliver(smtp_url=secure_mail_server.url)

    assert statuses(post)["EMAIL"] == "SENT"


def test_a_message_whose_worker_always_dies_while_sending_is_given_up(post, clock, capsys):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    row = post.told(channel="EMAIL")[0]
    for _ in range(5):
        assert post.runtime.database.transact(lambda session: delivery._claim(session, row.id, 5)) is not None
        clock.advance(seconds=delivery.CLAIMED.total_seconds())

    post.deliver()

    row = post.told(channel="EMAIL")[0]
    assert (row.status, row.attempts, row.last_error) == ("FAILED", 5, "the worker ended while sending")
    assert "message given up" in capsys.readouterr().out


def test_a_new_message_leaves_at_once_however_seldom_the_queue_is_looked_into(post, runtime):
    post.a_person()
    seldom = runtime_with(runtime, delivery_seconds=3600.0, broker_url="")
    worker = build_worker(seldom)
    worker.start()
    try:
        wait_until(lambda: len(worker._threads) > 4)
        post.happen("booking.confirmed", BOOKING)
        wait_until(lambda: set(statuses(post).values()) == {"SENT"})
    finally:
        worker.stop()


def test_a_mail_server_that_hangs_holds_up_nothing_but_mails(post):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)

    assert delivery.deliver_due(post.runtime, "IN_APP") == 1

    assert statuses(post) == {"EMAIL": "QUEUED", "IN_APP": "SENT"}


def test_a_house_full_of_guests_is_told_in_one_go(post):
    bookings = [
        {
            "bookingId": f"b{n}", "reference": f"R{n}", "userId": None, "contactEmail": f"g{n}@example.org",
            "contactPhone": None,
        }
        for n in range(delivery.AT_ONCE + 20)
    ]  # fmt: skip
    post.happen("showtime.cancelled", {**SHOWTIME, "bookings": bookings})

    assert post.deliver() == delivery.AT_ONCE + 20

    assert len({mail.recipient for mail in post.mailbox()}) == delivery.AT_ONCE + 20


def test_how_far_behind_deliveries_are_can_be_read(post, mail_server, clock):
    mail_server.refusal = "550 no such mailbox"
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    post.deliver(smtp_url=mail_server.url)
    post.happen("booking.confirmed", BOOKING, bookingId="b2")
    clock.advance(seconds=40)

    assert post.runtime.database.read(queries.backlog) == queries.Backlog(2, 40.0, 1)


def test_a_message_that_one_worker_has_claimed_is_left_alone_by_another(post, clock):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    row = post.told(channel="EMAIL")[0]

    claimed = post.runtime.database.transact(lambda session: delivery._claim(session, row.id, 5))
    again = post.runtime.database.transact(lambda session: delivery._claim(session, row.id, 5))

    assert claimed is not None
    assert again is None
    clock.advance(seconds=delivery.CLAIMED.total_seconds())
    assert post.deliver() == 2


def test_two_workers_together_send_each_message_once(post):
    post.a_person()
    for number in range(10):
        post.happen("booking.confirmed", BOOKING, bookingId=f"b{number}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _worker: post.deliver(), range(2)))

    sent = [mail.notification_id for mail in post.mailbox()]
    assert len(sent) == len(set(sent)) == 10


def test_a_text_message_goes_to_the_provider_with_its_reference(post, provider, service):
    post.a_person()
    service.data(
        CHOOSE_CHANNELS, {"input": [{"kind": "booking.confirmed", "channels": ["SMS"]}]}, caller=as_user(ANA)
    )
    post.happen("booking.confirmed", BOOKING)

    post.deliver(sms_url=f"http://127.0.0.1:{provider.server_port}/send", sms_token="bearer of news")

    path, headers, body = provider.seen[0]
    row = post.told()[0]
    assert path == "/send"
    assert headers["authorization"] == "Bearer bearer of news"
    assert json.loads(body) == {"to": "+351210000000", "text": row.body, "reference": row.id}
    assert row.status == "SENT"


@pytest.mark.parametrize(("status", "left"), [(503, "QUEUED"), (422, "FAILED"), (302, "QUEUED")])
def test_what_a_provider_refuses_is_tried_again_unless_the_request_is_wrong(post, provider, status, left):
    provider.status = status
    post.happen("booking.confirmed", BOOKING, userId=None, contactEmail=None, contactPhone="+351 21 000 0000")

    post.deliver(sms_url=f"http://127.0.0.1:{provider.server_port}/send")

    assert post.told()[0].status == left


def test_a_browser_gets_a_message_that_it_alone_can_read(post, push_service, service):
    key = ec.generate_private_key(ec.SECP256R1())
    post.a_person()
    service.data(REGISTER_DEVICE, a_browser(push_service.address, key), caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)

    post.deliver(web_push=True)

    path, headers, body = push_service.seen[0]
    row = post.told(channel="PUSH")[0]
    assert (path, row.status) == ("/push", "SENT")
    assert headers["content-encoding"] == "aes128gcm"
    assert b"Metropolis" not in body
    secret = base64.urlsafe_b64decode(AUTH + "==")
    note = json.loads(http_ece.decrypt(body, private_key=key, auth_secret=secret))
    assert note == {
        "id": row.id, "title": "Your seats for Metropolis", "body": row.body,
        "url": "http://localhost:5000/bookings/b1",
    }  # fmt: skip


def test_a_push_service_can_tell_that_the_message_is_ours(post, push_service, service, runtime):
    """VAPID: a token for that very push service, with our contact, signed by the key that browsers were given."""
    post.a_person()
    service.data(REGISTER_DEVICE, a_browser(push_service.address), caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)

    post.deliver(web_push=True)

    _, headers, _ = push_service.seen[0]
    token, key = re.fullmatch(r"vapid t=(\S+),\s*k=(\S+)", headers["authorization"]).groups()
    file = runtime.settings.vapid_key_file
    assert key == push.public_key(file)
    told = jwt.decode(
        token, push.vapid_key(file).public_key(), algorithms=["ES256"], audience=push_service.address[: -len("/push")]
    )  # fmt: skip
    assert told["sub"] == runtime.settings.vapid_contact


def test_a_browser_that_has_unsubscribed_is_forgotten(post, push_service, service):
    push_service.status = 410
    post.a_person()
    service.data(REGISTER_DEVICE, a_browser(push_service.address), caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)

    post.deliver(web_push=True)
    post.happen("booking.confirmed", BOOKING, bookingId="b2")

    assert post.channels(booking_id="b2") == ["EMAIL", "IN_APP"]


def test_a_browser_whose_push_service_is_not_on_the_list_is_not_called(post, service):
    post.a_person()
    service.data(REGISTER_DEVICE, a_browser("https://push.example.org/x"), caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)

    post.deliver(web_push=True)

    row = post.told(channel="PUSH")[0]
    assert (row.status, row.last_error) == ("QUEUED", "the push service is not on the list")


def test_the_key_for_push_services_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    file = tmp_path / "keys" / "vapid.pem"

    first = push.public_key(str(file))
    push.vapid_key.cache_clear()

    assert push.public_key(str(file)) == first
    assert len(first) == 87
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_production_needs_a_mail_server_and_has_no_mailbox(runtime, tmp_path):
    secret = "a long text that nobody guesses, made once"
    given = {
        "LOBBYCARD_ENV": "production",
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.db",
        "INTERNAL_SECRET": secret,
        "ROOM_KEYS": told({"notification_service": secret}),
        "PUBLIC_URL": "https://tickets.test",
    }

    with pytest.raises(SettingsError, match="SMTP_URL"):
        load(NotificationSettings, **given)

    settings = load(NotificationSettings, **given, SMTP_URL="smtp://mail.internal:25")
    live = runtime_with(runtime, environment=settings.environment, smtp_url=settings.smtp_url)
    assert is_open(live, "EMAIL")
    assert not is_open(live, "SMS")
    assert not is_open(live, "PUSH")
