"""Wakes a worker within a time limit: a request waits `WAKE_SECONDS` at most for the broker, and after a failure no
message is sent for a while. If a message is lost, a sweeper (`core.lanes`) finds the job at its next look."""

from collections.abc import Callable

from django.conf import settings

from core.bounded import Messenger

PAUSE = 5.0  # seconds without messages after one that failed; meanwhile sweepers look every two seconds

_messenger = Messenger(seconds=lambda: float(settings.WAKE_SECONDS), pause=PAUSE)


def wake(send: Callable[[], object]) -> bool:
    """Call `send`, which gives a message to the broker; return whether it is known to have succeeded."""
    return _messenger.send(send)
