"""E-mail over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from notification_service.channels import DeliveryFailed, Parcel
from notification_service.rules import is_one_address

TIMEOUT_SECONDS = 10.0


class Smtp:
    """A mail server, by its URL: smtp://user:password@host:587?starttls=1 or smtps://host:465."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._starttls = parse_qs(self._url.query).get("starttls", ["0"])[0] == "1"
        self._sender = sender

    def send(self, parcel: Parcel) -> None:
        """Hand one mail to the server. Raises DeliveryFailed; final when the server refuses for good."""
        if not is_one_address(parcel.recipient):
            raise DeliveryFailed("not an address", is_final=True)
        try:
            with self._connect() as server:
                server.send_message(self._message(parcel), to_addrs=[parcel.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise DeliveryFailed(_words(code, words), is_final=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            # Sign-in and sender are our own affair: an operator mends them, then another try helps.
            is_ours = isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused))
            is_final = error.smtp_code >= 500 and not is_ours
            raise DeliveryFailed(_words(error.smtp_code, error.smtp_error), is_final=is_final) from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error}") from error
        except ValueError as error:
            raise DeliveryFailed(f"not a mail: {error}", is_final=True) from error

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        secure = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=TIMEOUT_SECONDS, context=secure
            )
        else:
            server = smtplib.SMTP(host, self._url.port or 25, timeout=TIMEOUT_SECONDS)
            if self._starttls:
                server.starttls(context=secure)
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server

    def _message(self, parcel: Parcel) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = parcel.recipient
        message["Subject"] = parcel.subject
        message["Date"] = formatdate()
        # The same at each try, so that a mailbox can tell a second copy.
        message["Message-ID"] = f"<{parcel.notification_id}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(parcel.text)
        if parcel.html:
            message.add_alternative(parcel.html, subtype="html")
        return message


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
