"""Sends mail by SMTP, with a time limit for each answer and each message; it is certain when the content was sent."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone

from outbox.bounds import Bound
from outbox.carriers import MAKERS, Away, Later, Never, Unsure
from outbox.letters import one_line
from outbox.models import Mail, Medium

BROKEN = (smtplib.SMTPException, OSError)


def make(seconds: float) -> "Smtp | None":
    return Smtp(seconds) if settings.EMAIL_HOST and "@" in sender()[1] else None


class Smtp:
    """A connection to the mail server of the settings."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        # Without `local_hostname` smtplib asks a name server for the name of this machine, and that may hang.
        options: dict[str, Any] = {"timeout": settings.EMAIL_TIMEOUT, "local_hostname": domain()}
        if settings.EMAIL_USE_SSL:
            self.server: smtplib.SMTP = smtplib.SMTP_SSL(context=ssl.create_default_context(), **options)
        else:
            self.server = smtplib.SMTP(**options)

    def open(self) -> None:
        server = self.server
        setattr(server, "_host", settings.EMAIL_HOST)  # noqa: B010 - the name TLS checks, which `connect` does not set
        with self._bounded(), self._away():
            code, words = server.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
            if code != 220:
                raise Away(Mail.Cause.SLOW if self.bound.reached else Mail.Cause.LATER, said(code, words))
            server.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)

    def carry(self, mail: Mail, hand_over: Callable[[], None]) -> str:
        with self._bounded():
            with self._away():
                self._address(mail)
            hand_over()
            try:
                if self.server.sock is not None:  # some servers scan a mail before they answer
                    self.server.sock.settimeout(self.seconds)
                self.server.send(re.sub(rb"(?m)^\.", b"..", content(mail)) + b".\r\n")
                code, words = self.server.getreply()
            except BROKEN as error:
                self.close()
                raise Unsure(Mail.Cause.LOST, self._words(error)) from error
        return self._outcome(code, said(code, words))

    def _outcome(self, code: int, answer: str) -> str:
        """The result of the answer to the content; a code that SMTP does not define raises Unsure."""
        if 200 <= code < 300:
            return answer
        if 400 <= code < 500:
            raise Later(Mail.Cause.LATER, answer)
        if 500 <= code < 600:
            raise Never(Mail.Cause.REFUSED, answer)
        self.close()
        raise Unsure(Mail.Cause.LOST, answer)

    def close(self) -> None:
        with suppress(*BROKEN), self._bounded(2):
            self.server.quit()
        self.server.close()

    def _address(self, mail: Mail) -> None:
        """Send the commands before the content: MAIL, RCPT and DATA."""
        server = self.server
        server.rset()
        code, words = server.mail(sender()[1])
        if code != 250:  # the server refuses our sender, not this mail
            raise Away(Mail.Cause.LATER if code < 500 else Mail.Cause.SIGN_IN, said(code, words))
        code, words = server.rcpt(mail.address)
        if code not in (250, 251):
            self._turn_down(code, words)
        code, words = server.docmd("DATA")
        if code != 354:
            self._turn_down(code, words)

    def _turn_down(self, code: int, words: bytes) -> None:
        if code == 421:
            raise Away(Mail.Cause.LATER, said(code, words))
        if code >= 500:
            raise Never(Mail.Cause.REFUSED, said(code, words))
        raise Later(Mail.Cause.LATER, said(code, words))

    @contextmanager
    def _away(self) -> Iterator[None]:
        """Context manager that raises Away for every error of SMTP or the connection before the content is sent."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            raise Away(Mail.Cause.SIGN_IN, self._words(error)) from error
        except BROKEN as error:
            # smtplib raises an error of its own when a socket times out.
            slow = self.bound.reached or TimeoutError in (type(error), type(error.__context__))
            raise Away(Mail.Cause.SLOW if slow else Mail.Cause.AWAY, self._words(error)) from error

    def _bounded(self, seconds: float | None = None) -> Bound:
        self.bound = Bound(seconds or self.seconds, lambda: self.server.sock)
        return self.bound

    def _words(self, error: Exception) -> str:
        if isinstance(error, smtplib.SMTPResponseException):
            return said(error.smtp_code, error.smtp_error)
        return one_line(f"{type(error).__name__}: {error}")


def said(code: int, words: bytes | str) -> str:
    """The answer of a server in one line."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return one_line(f"{code} {text}")


def sender() -> tuple[str, str]:
    """Name and address of the sender; `EMAIL_FROM` is an address, or a name and the address in angle brackets."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return name or settings.SITE_NAME, address


def domain() -> str:
    return sender()[1].rpartition("@")[2] or "localhost"


def content(mail: Mail) -> bytes:
    """The mail as it is sent: plain text in UTF-8, with headers that say that a program wrote it."""
    message = EmailMessage(policy=SMTP)
    name, address = sender()
    message["From"] = Address(one_line(name), addr_spec=address)
    message["To"] = mail.address
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(timezone.localtime(mail.queued_at))
    message["Message-ID"] = f"<{mail.message_id}@{domain()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text, cte="base64")
    return message.as_bytes()


MAKERS[Medium.MAIL] = make
