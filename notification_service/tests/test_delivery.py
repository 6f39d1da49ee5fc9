"""Sending: over real servers, once, again after a failure, and given up in the end."""

import email
import email.policy
import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from chassis.settings import SettingsError, load
from chassis.testing import as_user
from notification_service import rules
from notification_service.channels import push
from notification_service.channels.choice import is_open
from notification_service.commands import delivery
from notification_service.settings import NotificationSettings
from notification_service.tests.builders import (
    ANA,
    BOOKING,
    CHOOSE_CHANNELS,
    REGISTER_DEVICE,
    a_browser,
    a_free_port,
    runtime_with,
)


class Inbox:
    """What a mail server took; `refusal` is what it says instead."""

    def __init__(self):
        self.messages = []
        self.refusal = None
        self.url = ""

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server():
    inbox = Inbox()
    port = a_free_port()
    inbox.url = f"smtp://127.0.0.1:{port}"
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox
    controller.stop()


class Provider(ThreadingHTTPServer):
    """An HTTP server that notes requests and answers with `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", a_free_port()), Answering)
        self.seen = []
        self.status = 201
        self.address = f"http://127.0.0.1:{self.server_port}/push"


class Answering(BaseHTTPRequestHandler):
    """What the provider does with a request."""

    server: Provider

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.path, headers, body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_arguments):
        """Silence."""


@pytest.fixture
def provider():
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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


def test_a_message_that_one_worker_has_claimed_is_left_alone_by_another(post, clock):
    post.a_person()
    post.happen("booking.confirmed", BOOKING)
    row = post.told(channel="EMAIL")[0]

    claimed = post.runtime.database.transact(lambda session: delivery._claim(session, row.id))
    again = post.runtime.database.transact(lambda session: delivery._claim(session, row.id))

    assert claimed is not None
    assert again is None
    clock.advance(seconds=15)
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


@pytest.fixture
def push_service(provider, monkeypatch):
    """The provider as a push service. Those speak https; this one stands in over plain http."""
    monkeypatch.setattr(rules, "check_endpoint", lambda _endpoint, _hosts: "push.example.org")
    return provider


def test_a_browser_gets_an_encrypted_message_signed_with_our_key(post, push_service, service, runtime):
    post.a_person()
    service.data(REGISTER_DEVICE, a_browser(push_service.address), caller=as_user(ANA))
    post.happen("booking.confirmed", BOOKING)

    post.deliver(web_push=True)

    path, headers, body = push_service.seen[0]
    assert path == "/push"
    assert headers["authorization"].startswith("vapid t=")
    assert push.public_key(runtime.settings.vapid_key_file) in headers["authorization"]
    assert headers["content-encoding"] == "aes128gcm"
    assert b"Metropolis" not in body
    assert post.told(channel="PUSH")[0].status == "SENT"


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
        "PUBLIC_URL": "https://tickets.test",
    }

    with pytest.raises(SettingsError, match="SMTP_URL"):
        load(NotificationSettings, **given)

    settings = load(NotificationSettings, **given, SMTP_URL="smtp://mail.internal:25")
    live = runtime_with(runtime, environment=settings.environment, smtp_url=settings.smtp_url)
    assert is_open(live, "EMAIL")
    assert not is_open(live, "SMS")
    assert not is_open(live, "PUSH")
