"""Real servers on loopback for tests: a mail server, a provider that speaks HTTP, a push service."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from notification_service import rules
from notification_service.tests.builders import a_free_port


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


@pytest.fixture
def push_service(provider, monkeypatch):
    """The provider as a push service. Those speak https; this one stands in over plain http."""
    monkeypatch.setattr(rules, "check_endpoint", lambda _endpoint, _hosts: "push.example.org")
    return provider


@pytest.fixture
def secure_mail_server(tmp_path, monkeypatch):
    """A mail server that takes mails only from who has signed in over an encrypted connection."""
    inbox, port = Inbox(), a_free_port()
    inbox.url = f"smtp://house:p%40ss-word@127.0.0.1:{port}?starttls=1"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = _certificate(tmp_path)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    controller = Controller(
        inbox, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=_knows_the_house,
    )  # fmt: skip
    controller.start()
    yield inbox
    controller.stop()


def _knows_the_house(_server, _session, _envelope, _mechanism, given):
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"house", b"p@ss-word")
    return AuthResult(success=is_right)


def _certificate(folder):
    """A file with a key and a certificate for 127.0.0.1 that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file
