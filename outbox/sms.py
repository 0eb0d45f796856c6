"""Sends messages to mobile numbers: printed on the console to try it, or by HTTP to a gateway that sends the SMS."""

import http.client
import json
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from outbox.bounds import Bound
from outbox.carriers import MAKERS, Away, Carrier, Later, Never, Unsure
from outbox.letters import one_line
from outbox.models import Mail, Medium
from ui.templatetags.ui_format import masked


def make(seconds: float) -> Carrier | None:
    if settings.SMS_GATEWAY == "console":
        return Console()
    return Gateway(seconds) if settings.SMS_GATEWAY == "http" and settings.SMS_URL else None


class Console:
    """Prints each message with a masked number, to try SMS on a developer's machine.

    It does not log them: logs are given to other people, and they mask Chinese text but would not mask a code.
    """

    def open(self) -> None: ...

    def carry(self, mail: Mail, hand_over: Callable[[], None]) -> str:
        hand_over()
        print(f"SMS to {masked(mail.address)}: {mail.text}", file=sys.stderr, flush=True)  # noqa: T201
        return "console"

    def close(self) -> None: ...


class Gateway:
    """Sends each message with POST as JSON: `id` (the same at each attempt), `phone`, `template` (the kind), `text`.

    A status 2xx means that the gateway took the message. 401 and 403 raise Away, 429 and 503 Later, every other 4xx
    Never. After any other answer, or none, the message may have been sent (Unsure).
    """

    def __init__(self, seconds: float) -> None:
        self.address = urlsplit(settings.SMS_URL)
        secure = self.address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.seconds = seconds
        timeout = min(seconds, settings.EMAIL_TIMEOUT)
        self.connection = kind(self.address.hostname or "", self.address.port, timeout=timeout)

    def open(self) -> None:
        try:
            self.connection.connect()
        except TimeoutError as error:
            raise Away(Mail.Cause.SLOW, one_line(str(error))) from error
        except OSError as error:
            raise Away(Mail.Cause.AWAY, one_line(f"{type(error).__name__}: {error}")) from error

    def carry(self, mail: Mail, hand_over: Callable[[], None]) -> str:
        if self.connection.sock is None:
            self.open()
        hand_over()
        try:
            with Bound(self.seconds, lambda: self.connection.sock):
                self.connection.request("POST", self._path(), json.dumps(self._said(mail)).encode(), self._headers())
                response = self.connection.getresponse()
                words = response.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise Unsure(Mail.Cause.LOST, one_line(f"{type(error).__name__}: {error}")) from error
        finally:  # the gateway could close a connection kept for the next message without telling us
            self.close()
        return self._judge(response.status, one_line(f"{response.status} {words}"))

    def close(self) -> None:
        self.connection.close()

    def _judge(self, code: int, answer: str) -> str:
        if 200 <= code < 300:
            return answer
        if code in (401, 403):
            raise Away(Mail.Cause.SIGN_IN, answer)
        if code in (429, 503):
            raise Later(Mail.Cause.LATER, answer)
        if 400 <= code < 500:
            raise Never(Mail.Cause.REFUSED, answer)
        raise Unsure(Mail.Cause.LOST, answer)

    def _path(self) -> str:
        return f"{self.address.path or '/'}{'?' + self.address.query if self.address.query else ''}"

    def _headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"}

    def _said(self, mail: Mail) -> dict[str, Any]:
        return {"id": str(mail.message_id), "phone": mail.address, "template": mail.kind, "text": mail.text}


MAKERS[Medium.SMS] = make
