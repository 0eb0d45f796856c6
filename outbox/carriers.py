"""The protocol `Carrier`, which sends messages to a server, and the errors with which sending can end."""

from collections.abc import Callable
from typing import Protocol

from django.conf import settings

from outbox.models import Mail, Medium


class NotSent(Exception):
    """The message was not sent; `cause` is one of `Mail.Cause`, `answer` the text that the server answered."""

    def __init__(self, cause: str, answer: str = "") -> None:
        super().__init__(answer)
        self.cause = cause
        self.answer = answer[:1000]


class Away(NotSent):
    """The server takes no message at present, so all messages wait."""


class Later(NotSent):
    """The server does not take this message now; it is tried again later."""


class Never(NotSent):
    """The server will never take this message."""


class Unsure(NotSent):
    """The content was sent but the server did not answer clearly, so the message may have arrived."""


class NotOurs(Exception):
    """The lease has ended or another job has the message; this job stops before it sends the content."""


class Carrier(Protocol):
    """A connection to a mail server or SMS gateway, opened once for many messages."""

    def open(self) -> None:
        """Connect to the server; raises Away."""

    def carry(self, mail: Mail, hand_over: Callable[[], None]) -> str:
        """Send one message and return the answer of the server; raises NotSent.

        `hand_over` is called just before the content is sent, and may raise NotOurs.
        """

    def close(self) -> None:
        """Close the connection; raises no error."""


MAKERS: dict[str, Callable[[float], Carrier | None]] = {}


def carrier_of(medium: str, *, seconds: float | None = None) -> Carrier | None:
    """The carrier of a medium, as the settings say; None if none is set up.

    `seconds` is how long the sending of one message may take.
    """
    return MAKERS[medium](seconds or settings.EMAIL_WHOLE_TIMEOUT)


def is_set_up(medium: str) -> bool:
    return carrier_of(medium) is not None


def set_up() -> list[str]:
    """The media for which a carrier is set up."""
    return [medium for medium in Medium.values if is_set_up(medium)]
