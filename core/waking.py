"""Waking a worker within a bound: a request waits `RING_SECONDS` at most for the broker, and after a failure nobody
asks it for a while. A message that is lost costs one look of a sweeper (`core.lanes`), never the job."""

from collections.abc import Callable

from django.conf import settings

from core.bounded import Messenger

PAUSE = 5.0  # seconds without a message after one that failed; meanwhile sweepers look every two

_messenger = Messenger(seconds=lambda: float(settings.RING_SECONDS), pause=PAUSE)


def wake(send: Callable[[], object]) -> bool:
    """Let `send` hand a message to the broker; whether it is known to have done so."""
    return _messenger.send(send)
