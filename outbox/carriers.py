"""What carries a message out of the site, and the ways in which that ends."""

from collections.abc import Callable
from typing import Protocol

from django.conf import settings

from outbox.models import Mail, Medium


class NotSent(Exception):
    """The message did not go out; `cause` is one of `Mail.Cause`, the text what the server said."""

    def __init__(self, cause: str, answer: str = "") -> None:
        super().__init__(answer)
        self.cause = cause
        self.answer = answer[:1000]


class Away(NotSent):
    """The server takes no messages at present, whichever they are: all of them wait."""


class Later(NotSent):
    """The server does not take this message now."""


class Never(NotSent):
    """The server will not take this message."""


class Unsure(NotSent):
    """The message was handed over and no answer came: it may have arrived."""


class NotOurs(Exception):
    """Another sender has taken the message over; this one lets go of it before anything was sent."""


class Carrier(Protocol):
    """A way out, opened once for many messages."""

    def open(self) -> None:
        """Reach the server; raises Away."""

    def carry(self, mail: Mail, hand_over: Callable[[], None]) -> str:
        """Bring one message to the server and return its words; raises NotSent.

        `hand_over` is called when the next thing sent is the content, and may raise NotOurs.
        """

    def close(self) -> None:
        """Let go of the server, without an error."""


MAKERS: dict[str, Callable[[float], Carrier | None]] = {}


def carrier_of(medium: str, *, seconds: float | None = None) -> Carrier | None:
    """What carries messages of this medium, as the settings say; None where nothing is set up.

    `seconds` is how long one message may take in all.
    """
    return MAKERS[medium](seconds or settings.EMAIL_WHOLE_TIMEOUT)


def is_set_up(medium: str) -> bool:
    return carrier_of(medium) is not None


def set_up() -> list[str]:
    """The media by which messages can leave."""
    return [medium for medium in Medium.values if is_set_up(medium)]
